// Settings a station is wanted to have, beside those it tells: what differs, and the messages that set it, within what the station takes at once.
// Where wishes and words of stations are kept is the stations service's; sending is the api's.

/** A variable of a component (2.x), or a configuration key (1.6) with an empty component. EVSE and connector 0 = the station's. */
export interface VariableName {
  readonly component: string;
  readonly componentInstance: string;
  readonly evseId: number;
  readonly connectorId: number;
  readonly variable: string;
  readonly variableInstance: string;
  readonly attribute: string;
}
export interface Setting extends VariableName {
  readonly value: string;
}
export interface ToldVariable extends VariableName {
  /** null where the station keeps it to itself. */
  readonly value: string | null;
  readonly mutability: string | null;
  /** OCPP 2.x DataEnumType; null or absent where the station has not said. */
  readonly dataType?: string | null;
  /** How the last attempt to set it was answered. */
  readonly setStatus?: string | null;
}
/**
 * `equal`; `differs`; `notTold`: the station has told nothing of it; `readOnly`: it differs and cannot be set; `hidden`: set, and cannot be read;
 * `afterReboot`: it was taken, and holds from the next start on.
 */
export interface SettingState {
  readonly wanted: Setting;
  readonly told: string | null;
  readonly state: 'equal' | 'differs' | 'notTold' | 'readOnly' | 'hidden' | 'afterReboot';
  readonly templateId: string;
}

export interface Template {
  readonly templateId: string;
  readonly appliesTo: {
    readonly vendor?: string;
    readonly model?: string;
    readonly firmwareVersion?: string;
    readonly ocppVersion?: string;
  };
  readonly settings: readonly Setting[];
}
export interface Described {
  readonly vendor: string | null;
  readonly model: string | null;
  readonly firmwareVersion: string | null;
  readonly ocppVersion: string | null;
}

const key = ({ component, componentInstance, evseId, connectorId, variable, variableInstance, attribute }: VariableName): string =>
  JSON.stringify([component, componentInstance, evseId, connectorId, variable, variableInstance, attribute]).toLowerCase();

const NARROWING = ['vendor', 'model', 'firmwareVersion', 'ocppVersion'] as const;

/** Of templates that hold for the station, the narrower one wins; of equally narrow ones the later id. */
export function wantedOf(
  templates: readonly Template[],
  station: Described,
): readonly { readonly wanted: Setting; readonly templateId: string }[] {
  const isFor = ({ appliesTo }: Template): boolean =>
    NARROWING.every((name) => appliesTo[name] === undefined || appliesTo[name]?.toLowerCase() === station[name]?.toLowerCase());
  const breadth = ({ appliesTo }: Template): number => NARROWING.filter((name) => appliesTo[name] !== undefined).length;
  const ordered = templates.filter(isFor).sort((a, b) => breadth(a) - breadth(b) || (a.templateId < b.templateId ? -1 : 1));
  const wanted = new Map<string, { readonly wanted: Setting; readonly templateId: string }>();
  for (const { templateId, settings } of ordered) for (const setting of settings) wanted.set(key(setting), { wanted: setting, templateId });
  return [...wanted.values()];
}

export function differences(wanted: ReturnType<typeof wantedOf>, told: readonly ToldVariable[]): readonly SettingState[] {
  const known = new Map(told.map((variable) => [key(variable), variable]));
  return wanted.map((wish) => {
    const is = known.get(key(wish.wanted));
    return { ...wish, told: is?.value ?? null, state: stateOf(wish.wanted.value, is) };
  });
}

function stateOf(wanted: string, told: ToldVariable | undefined): SettingState['state'] {
  if (told === undefined) return 'notTold';
  if (told.mutability === 'WriteOnly' || told.value === null) return told.setStatus === 'Accepted' ? 'hidden' : 'notTold';
  if (isEqual(wanted, told.value, isOrdered(told))) return 'equal';
  if (told.setStatus === 'RebootRequired') return 'afterReboot';
  return told.mutability === 'ReadOnly' ? 'readOnly' : 'differs';
}

/** Variables that OCPP defines as lists whose order says something, in lower case (2.0.1 Part 2, 2.1.6 and 2.1.30; 2.1 alike). */
const SEQUENCES: ReadonlySet<string> = new Set(['networkconfigurationpriority', 'timesource']);

const isOrdered = ({ variable, dataType }: ToldVariable): boolean => dataType === 'SequenceList' || SEQUENCES.has(variable.toLowerCase());

/** Booleans and words are compared without regard to case, numbers as numbers, and what is written with commas as a set where order says nothing. */
function isEqual(wanted: string, told: string, isSequence: boolean): boolean {
  const parts = (text: string): readonly string[] => text.split(',').map((part) => part.trim().toLowerCase());
  const list = (text: string): string => (isSequence ? parts(text) : [...new Set(parts(text))].sort()).join();
  const [a, b] = [Number(wanted), Number(told)];
  if (wanted.trim() !== '' && told.trim() !== '' && !Number.isNaN(a) && !Number.isNaN(b)) return a === b;
  return list(wanted) === list(told);
}

export interface MessageLimits {
  readonly items: number;
  readonly bytes: number;
}
/** As many items as any station must take: nobody says less than one, and what is not said is taken for little. */
const UNSAID: MessageLimits = { items: 1, bytes: 8192 };

/** What a station takes in one message (B05.FR.11, B06.FR.05): DeviceDataCtrlr.ItemsPerMessage and BytesPerMessage of that message. */
export function limitsOf(message: 'GetVariables' | 'SetVariables' | 'GetReport', told: readonly ToldVariable[]): MessageLimits {
  const said = (variable: string): number => {
    const found = told.filter((each) => each.component.toLowerCase() === 'devicedatactrlr' && each.variable.toLowerCase() === variable);
    const own = found.find(({ variableInstance }) => variableInstance.toLowerCase() === message.toLowerCase());
    return Number(own?.value ?? Number.NaN);
  };
  const [items, bytes] = [said('itemspermessage'), said('bytespermessage')];
  return { items: items >= 1 ? items : UNSAID.items, bytes: bytes >= 1 ? bytes : UNSAID.bytes };
}

export interface SettingMessage {
  readonly action: 'SetVariables' | 'ChangeConfiguration' | 'GetVariables' | 'GetConfiguration';
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Messages that set these settings (with `value`) or ask for them, in order, none with more than the station takes. One that is too long alone goes alone. */
export function settingMessages(
  version: string,
  kind: 'set' | 'get',
  settings: readonly Setting[],
  told: readonly ToldVariable[],
): readonly SettingMessage[] {
  if (version === 'ocpp1.6') {
    if (kind === 'set')
      return settings.map(({ variable, value }) => ({ action: 'ChangeConfiguration', payload: { key: variable, value } }));
    return inGroupsOf(
      mostKeys(told),
      settings.map(({ variable }) => variable),
    ).map((key) => ({ action: 'GetConfiguration', payload: { key } }));
  }
  const action = kind === 'set' ? 'SetVariables' : 'GetVariables';
  const [field, empty] = kind === 'set' ? ['setVariableData', '{"setVariableData":[]}'] : ['getVariableData', '{"getVariableData":[]}'];
  const limits = limitsOf(action, told);
  const messages: object[][] = [];
  let bytes = 0;
  for (const setting of settings) {
    const item = itemOf(setting, kind);
    const length = Buffer.byteLength(JSON.stringify(item)) + 1;
    const last = messages.at(-1);
    if (last !== undefined && last.length < limits.items && bytes + length <= limits.bytes) {
      last.push(item);
      bytes += length;
    } else {
      messages.push([item]);
      bytes = empty.length + length;
    }
  }
  return messages.map((items) => ({ action, payload: { [field as string]: items } }));
}

export const MAX_KEYS = 'GetConfigurationMaxKeys';

/** For as many keys a 1.6 station may be asked at once that says this of `MAX_KEYS` (1.6, 9.1.9); one that has not said is asked for all of them. */
export function keysAtOnce(said: string | undefined): number {
  const most = Number(said ?? Number.NaN);
  return most >= 1 ? Math.floor(most) : Number.POSITIVE_INFINITY;
}

const mostKeys = (told: readonly ToldVariable[]): number =>
  keysAtOnce(told.find(({ variable }) => variable.toLowerCase() === MAX_KEYS.toLowerCase())?.value ?? undefined);

const inGroupsOf = (most: number, keys: readonly string[]): readonly (readonly string[])[] =>
  keys.length === 0 ? [] : [keys.slice(0, most), ...inGroupsOf(most, keys.slice(most))];

function itemOf(
  { component, componentInstance, evseId, connectorId, variable, variableInstance, attribute, value }: Setting,
  kind: 'set' | 'get',
): object {
  return {
    component: {
      name: component,
      ...(componentInstance !== '' && { instance: componentInstance }),
      ...(evseId > 0 && { evse: { id: evseId, ...(connectorId > 0 && { connectorId }) } }),
    },
    variable: { name: variable, ...(variableInstance !== '' && { instance: variableInstance }) },
    ...(attribute !== 'Actual' && { attributeType: attribute }),
    ...(kind === 'set' && { attributeValue: value }),
  };
}
