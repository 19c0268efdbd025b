// Which broken billing messages still say enough to be kept: whose transaction it is, and what happened to it (P3).
// What the numbers in them are worth is found out by session and metering.
import { isOcpp2, type OcppVersion } from '#ocpp';

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
  ['MeterValues', ({ connectorId, meterValue }) => isNumeric(connectorId) && (meterValue === undefined || Array.isArray(meterValue))],
]);
const READABLE_2X: Readable = new Map<string, (payload: Payload) => boolean>([
  ['MeterValues', ({ evseId, meterValue }) => isNumeric(evseId) && (meterValue === undefined || Array.isArray(meterValue))],
  ['TransactionEvent', isReadableTransactionEvent],
]);

function isReadableTransactionEvent({ eventType, transactionInfo }: Payload): boolean {
  if (eventType !== 'Started' && eventType !== 'Updated' && eventType !== 'Ended') return false;
  if (typeof transactionInfo !== 'object' || transactionInfo === null || !('transactionId' in transactionInfo)) return false;
  const { transactionId } = transactionInfo;
  return isText(transactionId) && transactionId !== '' && transactionId.length <= LONGEST_ID;
}

/** True for a message that a bill may depend on and whose identity can be read, whatever else its schema finds wrong. */
export const isReadableBillingMessage = (version: OcppVersion, action: string, payload: Payload): boolean =>
  (isOcpp2(version) ? READABLE_2X : READABLE_16).get(action)?.(payload) ?? false;
