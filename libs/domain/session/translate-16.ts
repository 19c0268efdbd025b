// OCPP 1.6 into session commands; the words of 1.6 (idTag, connectorId as the place of a transaction) stop here.
// Whose session a fact belongs to is decided in match.ts.
import { canonicalJson, sha256 } from '#kernel';
import type { ChargingState, SessionCommand, TransactionFact } from './commands.js';
import { readingsOf } from './readings.js';
import { asObject, asText, asWhole, factTime, type Json, known, type StationCall, type StationContext, tokenOf } from './station-call.js';

/** ChargePointStatus while a transaction runs, as the charging states of 2.x. */
const CHARGING_STATE: Readonly<Record<string, ChargingState>> = {
  Preparing: 'EVConnected',
  Charging: 'Charging',
  SuspendedEV: 'SuspendedEV',
  SuspendedEVSE: 'SuspendedEVSE',
  Finishing: 'EVConnected',
};

/** Undefined for what says nothing about sessions. */
export function fromOcpp16(call: StationCall, context: StationContext): SessionCommand | undefined {
  const payload = asObject(call.payload);
  switch (call.action) {
    case 'StartTransaction':
      return start(call, context, payload);
    case 'StopTransaction':
      return stop(call, context, payload);
    case 'MeterValues':
      return meterValues(call, context, payload);
    case 'StatusNotification':
      return context.isOldConnection ? undefined : status(call, context, payload);
    case 'BootNotification':
      return context.isOldConnection ? undefined : { type: 'ConcludeSession', receivedMs: Date.parse(call.receivedAt), reason: 'Boot' };
    default:
      return undefined;
  }
}

function start(call: StationCall, context: StationContext, payload: Json): SessionCommand {
  const connectorId = asWhole(payload.connectorId);
  if (connectorId === undefined || connectorId < 1 || call.transactionId === undefined) return unreadable(call, call.transactionId ?? '');
  const { flags, ...time } = factTime(payload.timestamp, call, context, false);
  const { meterStart, timestamp } = payload;
  const token = tokenOf(call, payload.idTag);
  return {
    type: 'StartSession',
    ...common(call, flags),
    ...time,
    transactionId: call.transactionId,
    ...place(context, connectorId),
    digest: digestOf([connectorId, token?.tokenHash ?? null, timestamp ?? null, meterStart ?? null]),
    ...(token && { token, ...known({ groupHash: call.token?.groupHash }) }),
    readings: readingsOf({ ...call, isQueued: time.isQueued }, 'begin'),
  };
}

function stop(call: StationCall, context: StationContext, payload: Json): SessionCommand {
  const { flags, ...time } = factTime(payload.timestamp, call, context, false);
  const { transactionData, ...end } = payload;
  const isQueued = time.isQueued;
  const stopped = readingsOf({ ...call, payload: end, isQueued }, 'end');
  // Collected over the whole transaction, so as old as it likes when the stop itself has a plausible time.
  const collected = readingsOf(
    { ...call, action: 'MeterValues', payload: { meterValue: transactionData ?? [] }, isQueued: !time.isTimeDoubtful },
    stopped.some(({ registerWh }) => registerWh !== undefined) ? 'none' : 'end',
  ).map((reading) => (reading.kind === 'end' && stopped.length > 0 ? { ...reading, kind: 'sample' as const } : reading));
  const token = tokenOf(call, payload.idTag);
  return {
    type: 'EndSession',
    ...common(call, flags),
    ...time,
    transactionId: asText(payload.transactionId) ?? '',
    ...known({ evseId: context.soleEvseId }),
    digest: digestOf([payload.transactionId ?? null, payload.timestamp ?? null, payload.meterStop ?? null, payload.reason ?? null]),
    ...(token && { token, ...known({ groupHash: call.token?.groupHash }) }),
    readings: [...collected, ...stopped].sort((a, b) => a.ms - b.ms),
    reason: asText(payload.reason) ?? 'Local',
  };
}

function meterValues(call: StationCall, context: StationContext, payload: Json): SessionCommand | undefined {
  const connectorId = asWhole(payload.connectorId);
  const transactionId = asText(payload.transactionId) ?? '';
  if (connectorId === undefined && transactionId === '') return undefined;
  const given = Array.isArray(payload.meterValue) ? payload.meterValue : [];
  const { flags, ...time } = factTime(asObject(given.at(-1)).timestamp, call, context, false);
  return {
    type: 'UpdateSession',
    ...common(call, flags),
    ...time,
    transactionId,
    // Connector 0 is the station's own meter; with a transaction named some stations send its values there.
    ...(connectorId !== undefined && connectorId > 0 ? place(context, connectorId) : {}),
    digest: '',
    readings: readingsOf({ ...call, isQueued: time.isQueued }, 'none'),
  };
}

function status(call: StationCall, context: StationContext, payload: Json): SessionCommand | undefined {
  const connectorId = asWhole(payload.connectorId);
  const word = asText(payload.status) ?? '';
  if (connectorId === undefined || connectorId < 1) return undefined;
  const { flags, ...time } = factTime(payload.timestamp ?? call.receivedAt, call, context, false);
  if (word === 'Available')
    return {
      type: 'ConcludeSession',
      receivedMs: Date.parse(call.receivedAt),
      reason: 'Available',
      outlets: [{ atMs: time.atMs, ...place(context, connectorId) }],
    };
  const chargingState = CHARGING_STATE[word];
  if (chargingState === undefined) return undefined;
  return {
    type: 'UpdateSession',
    ...common(call, flags),
    ...time,
    transactionId: '',
    ...place(context, connectorId),
    digest: '',
    readings: [],
    chargingState,
  };
}

const common = (
  { recordId, stationId, ocppVersion, action, receivedAt, flags }: StationCall,
  clock: readonly string[],
): Pick<TransactionFact, 'recordId' | 'stationId' | 'ocppVersion' | 'action' | 'receivedMs' | 'flags'> => ({
  recordId,
  stationId,
  ocppVersion,
  action,
  receivedMs: Date.parse(receivedAt),
  flags: [...flags, ...clock],
});

const place = ({ evseOf }: StationContext, connectorId: number): { evseId: number; connectorId: number } => ({
  evseId: evseOf(connectorId),
  connectorId,
});

const unreadable = ({ stationId, action }: StationCall, transactionId: string): SessionCommand => ({
  type: 'KeepUnreadable',
  stationId,
  transactionId,
  action,
});

const digestOf = (identity: unknown): string => sha256(canonicalJson(identity)).slice(0, 16);
