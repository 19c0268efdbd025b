// Which messages still say enough to be kept though they break their schema: whose transaction it is and what happened to it (P3), or who boots,
// what has which status, which card asks (ADR 0075). What the rest of them is worth is found out by who folds them.
import { isOcpp2, MOST_VIOLATIONS, type OcppVersion, type SchemaViolation } from '#ocpp';

type Payload = Readonly<Record<string, unknown>>;

/** Numbers, and numbers written as text: stations send both. */
const isNumeric = (value: unknown): boolean =>
  Number.isFinite(value) || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim()));
const isText = (value: unknown): value is string => typeof value === 'string';
const LONGEST_ID = 255;

type Readable = ReadonlyMap<string, (payload: Payload) => boolean>;

const READABLE_16: Readable = new Map<string, (payload: Payload) => boolean>([
  ['StartTransaction', ({ connectorId, idTag }) => isNumeric(connectorId) && isText(idTag) && idTag.length <= LONGEST_ID],
  ['StopTransaction', ({ transactionId }) => isNumeric(transactionId)],
  ['MeterValues', ({ connectorId, meterValue }) => isNumeric(connectorId) && Array.isArray(meterValue ?? [])],
]);
const READABLE_2X: Readable = new Map<string, (payload: Payload) => boolean>([
  ['MeterValues', ({ evseId, meterValue }) => isNumeric(evseId) && Array.isArray(meterValue ?? [])],
  ['TransactionEvent', isReadableTransactionEvent],
]);

function isReadableTransactionEvent({ eventType, transactionInfo }: Payload): boolean {
  if (eventType !== 'Started' && eventType !== 'Updated' && eventType !== 'Ended') return false;
  if (typeof transactionInfo !== 'object' || transactionInfo === null || !('transactionId' in transactionInfo)) return false;
  const { transactionId } = transactionInfo;
  return isText(transactionId) && transactionId !== '' && transactionId.length <= LONGEST_ID;
}

/** The fields that are the message, as JSON pointers. A text in them may be too long; nothing else may be wrong with them. */
type Essence = ReadonlyMap<string, readonly string[]>;

const PROGRESS: Essence = new Map([
  ['FirmwareStatusNotification', ['/status']],
  ['LogStatusNotification', ['/status']],
  ['SecurityEventNotification', ['/type']],
]);
const ESSENCE_16: Essence = new Map([
  ...PROGRESS,
  ['Authorize', ['/idTag']],
  ['BootNotification', ['/chargePointVendor', '/chargePointModel']],
  ['DiagnosticsStatusNotification', ['/status']],
  ['SignedFirmwareStatusNotification', ['/status']],
  ['StatusNotification', ['/connectorId', '/status']],
]);
const ESSENCE_2X: Essence = new Map([
  ...PROGRESS,
  ['Authorize', ['/idToken', '/certificate', '/iso15118CertificateHashData']],
  ['BootNotification', ['/reason', '/chargingStation/vendorName', '/chargingStation/model']],
  ['StatusNotification', ['/evseId', '/connectorId', '/connectorStatus']],
]);

/** A field, what is in it, and what it is in. */
const concerns = (essential: string, path: string): boolean =>
  path === essential || path.startsWith(`${essential}/`) || essential.startsWith(`${path}/`);

/** More than any station has to say of itself, and still a row. */
const LONGEST_TEXT = 1000;

function lengthAt(payload: Payload, path: string): number {
  const at = path
    .split('/')
    .slice(1)
    .reduce<unknown>((value, name) => (value as Payload | undefined)?.[name], payload);
  return isText(at) ? at.length : Number.POSITIVE_INFINITY;
}

function isUnderstood(essence: readonly string[] | undefined, payload: Payload, violations: readonly SchemaViolation[]): boolean {
  // Where there are so many, those of essential fields may not be among the ones that were told.
  if (essence === undefined || violations.length >= MOST_VIOLATIONS) return false;
  return violations.every(({ path, keyword }) =>
    keyword === 'maxLength' ? lengthAt(payload, path) <= LONGEST_TEXT : !essence.some((essential) => concerns(essential, path)),
  );
}

/** True for a message that breaks its schema, and means what it means all the same. */
export const isReadable = (version: OcppVersion, action: string, payload: Payload, violations: readonly SchemaViolation[]): boolean =>
  (isOcpp2(version) ? READABLE_2X : READABLE_16).get(action)?.(payload) ??
  isUnderstood((isOcpp2(version) ? ESSENCE_2X : ESSENCE_16).get(action), payload, violations);
