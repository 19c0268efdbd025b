// What a station said of the tokens it can keep: its local list (D01) and its authorization cache (C10), from reports and configuration of either version.
type Json = Readonly<Record<string, unknown>>;
const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const asList = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(asObject) : []);

export interface DeclaredTokens {
  readonly isListEnabled?: boolean;
  readonly itemsPerMessage?: number;
  readonly bytesPerMessage?: number;
  readonly maxEntries?: number;
  readonly isCacheEnabled?: boolean;
}

/** A message of unknown bounds is kept small. */
const ITEMS_UNLESS_SAID = 20;
/** Of an entry with its status, date and group, as text [bytes]. */
const BYTES_PER_ITEM = 300;

/** Tokens in one SendLocalList, at least 1 (D01.FR.11). */
export const itemsPerMessage = ({ itemsPerMessage: items = ITEMS_UNLESS_SAID, bytesPerMessage: bytes }: DeclaredTokens): number =>
  Math.max(1, Math.min(items, bytes === undefined ? items : Math.floor(bytes / BYTES_PER_ITEM)));

/** `variable` or configuration key, in lower case, with the value and the upper limit told for it. */
function read(declared: DeclaredTokens, name: string, value: unknown, maxLimit: unknown): DeclaredTokens {
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  const number = /^\d+$/.test(text) ? Number(text) : undefined;
  const limit = typeof maxLimit === 'number' ? maxLimit : undefined;
  switch (name) {
    case 'localauthlistctrlr.enabled':
    case 'localauthlistenabled':
      return { ...declared, isListEnabled: text === 'true' };
    case 'localauthlistctrlr.itemspermessage':
    case 'sendlocallistmaxlength':
      return number === undefined || number < 1 ? declared : { ...declared, itemsPerMessage: number };
    case 'localauthlistctrlr.bytespermessage':
      return number === undefined ? declared : { ...declared, bytesPerMessage: number };
    case 'localauthlistctrlr.entries':
      return limit === undefined ? declared : { ...declared, maxEntries: limit };
    case 'localauthlistmaxlength':
      return number === undefined ? declared : { ...declared, maxEntries: number };
    case 'authcachectrlr.enabled':
    case 'authorizationcacheenabled':
      return { ...declared, isCacheEnabled: text === 'true' };
    default:
      return declared;
  }
}

/** The same object when this says nothing new. Of NotifyReport (2.x), and of the answers to GetVariables and GetConfiguration. */
export function declaredBy(before: DeclaredTokens, payload: Json): DeclaredTokens {
  let declared = before;
  for (const data of asList(payload.reportData)) {
    const name = nameOf(data);
    const { maxLimit } = asObject(data.variableCharacteristics);
    for (const { type, value } of asList(data.variableAttribute))
      if ((type ?? 'Actual') === 'Actual') declared = read(declared, name, value, maxLimit);
  }
  for (const data of asList(payload.getVariableResult))
    if ((data.attributeType ?? 'Actual') === 'Actual') declared = read(declared, nameOf(data), data.attributeValue, undefined);
  for (const { key, value } of asList(payload.configurationKey)) declared = read(declared, String(key).toLowerCase(), value, undefined);
  return JSON.stringify(declared) === JSON.stringify(before) ? before : declared;
}

const nameOf = ({ component, variable }: Json): string => `${asObject(component).name}.${asObject(variable).name}`.toLowerCase();
