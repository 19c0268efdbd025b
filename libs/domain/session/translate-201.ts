// OCPP 2.0.1 and 2.1 into session commands: the vocabulary is the same, so this mostly reads.
// Whose session a fact belongs to is decided in match.ts.
import { canonicalJson, sha256 } from '#kernel';
import { isNamed } from '#ocpp';
import type { ChargingState, FreeOutlet, SessionCommand } from './commands.js';
import { readingsOf } from './readings.js';
import { asObject, asText, asWhole, factTime, type Json, known, type StationCall, type StationContext, tokenOf } from './station-call.js';

const CHARGING_STATES: ReadonlySet<string> = new Set(['Charging', 'EVConnected', 'SuspendedEV', 'SuspendedEVSE', 'Idle']);

/** Undefined for what says nothing about sessions. */
export function fromOcpp201(call: StationCall, context: StationContext): SessionCommand | undefined {
  const payload = asObject(call.payload);
  const receivedMs = Date.parse(call.receivedAt);
  switch (call.action) {
    case 'TransactionEvent':
      return transactionEvent(call, context, payload);
    case 'MeterValues':
      return meterValues(call, context, payload);
    case 'StatusNotification':
    case 'NotifyEvent': {
      const outlets = context.isOldConnection ? [] : freeOutlets(call, context, payload);
      return outlets.length === 0 ? undefined : { type: 'ConcludeSession', receivedMs, reason: 'Available', outlets };
    }
    case 'BootNotification':
      // A boot that was only asked for by TriggerMessage is none (B01, reason Triggered).
      if (context.isOldConnection || payload.reason === 'Triggered') return undefined;
      return { type: 'ConcludeSession', receivedMs, reason: 'Boot' };
    default:
      return undefined;
  }
}

/** By StatusNotification, or by events of their connectors (G01). */
function freeOutlets(call: StationCall, context: StationContext, payload: Json): readonly FreeOutlet[] {
  const outlet = (word: unknown, evseId: unknown, connectorId: unknown, timestamp: unknown): readonly FreeOutlet[] => {
    const [evse, connector] = [asWhole(evseId), asWhole(connectorId)];
    if (word !== 'Available' || evse === undefined || evse < 1) return [];
    return [{ evseId: evse, ...known({ connectorId: connector }), atMs: factTime(timestamp, call, context, false).atMs }];
  };
  if (call.action === 'StatusNotification') return outlet(payload.connectorStatus, payload.evseId, payload.connectorId, payload.timestamp);
  return (Array.isArray(payload.eventData) ? payload.eventData : [])
    .map(asObject)
    .flatMap(({ component, variable, actualValue, timestamp }) => {
      const { id, connectorId } = asObject(asObject(component).evse);
      const isConnector = isNamed(asObject(variable).name, 'AvailabilityState') && connectorId !== undefined;
      return isConnector ? outlet(actualValue, id, connectorId, timestamp) : [];
    });
}

function transactionEvent(call: StationCall, context: StationContext, payload: Json): SessionCommand {
  const info = asObject(payload.transactionInfo);
  const transactionId = asText(info.transactionId) ?? '';
  const { stationId, action, recordId, ocppVersion } = call;
  if (transactionId === '') return { type: 'KeepUnreadable', stationId, transactionId, action };
  const { flags, ...time } = factTime(payload.timestamp, call, context, payload.offline === true);
  const evse = asObject(payload.evse);
  const token = tokenOf(call, asObject(payload.idToken).idToken);
  // A token is sealed anew each time, so its pseudonym stands for it; a repeat from the queue differs in `offline` alone.
  const { offline: _, idToken: __, ...content } = payload;
  const chargingState = asText(info.chargingState);
  const fact = {
    recordId,
    stationId,
    ocppVersion,
    action: `${action} ${asText(payload.eventType) ?? ''}`.trim(),
    receivedMs: Date.parse(call.receivedAt),
    ...time,
    transactionId,
    ...known({ evseId: asWhole(evse.id) ?? context.soleEvseId, connectorId: asWhole(evse.connectorId), seqNo: asWhole(payload.seqNo) }),
    digest: sha256(canonicalJson([content, token?.tokenHash ?? null])).slice(0, 16),
    // A card that stops it may be a colleague's, or a master pass (C09, C16).
    ...(token && payload.triggerReason !== 'StopAuthorized' && { token, ...known({ groupHash: call.token?.groupHash }) }),
    ...(chargingState !== undefined && CHARGING_STATES.has(chargingState) && { chargingState: chargingState as ChargingState }),
    flags: [...call.flags, ...flags],
  };
  const readings = (whole: 'begin' | 'end' | 'none') => readingsOf({ ...call, isQueued: time.isQueued }, whole);
  switch (payload.eventType) {
    case 'Started':
      return { type: 'StartSession', ...fact, readings: readings('begin') };
    case 'Ended':
      return { type: 'EndSession', ...fact, readings: readings('end'), reason: asText(info.stoppedReason) ?? 'Local' };
    default:
      return { type: 'UpdateSession', ...fact, readings: readings('none') };
  }
}

/** Outside TransactionEvent, yet some stations put the readings of a transaction here. EVSE 0 is the station's own meter. */
function meterValues(call: StationCall, context: StationContext, payload: Json): SessionCommand | undefined {
  const evseId = asWhole(payload.evseId);
  if (evseId === undefined || evseId < 1) return undefined;
  const given = Array.isArray(payload.meterValue) ? payload.meterValue : [];
  const { flags, ...time } = factTime(asObject(given.at(-1)).timestamp, call, context, false);
  return {
    type: 'UpdateSession',
    recordId: call.recordId,
    stationId: call.stationId,
    ocppVersion: call.ocppVersion,
    action: call.action,
    receivedMs: Date.parse(call.receivedAt),
    ...time,
    transactionId: '',
    evseId,
    digest: '',
    readings: readingsOf({ ...call, isQueued: time.isQueued }, 'none'),
    flags: [...call.flags, ...flags],
  };
}
