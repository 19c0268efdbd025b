// What messages tell of a station's clock: only those that cannot have waited.
// What a bound on it is worth is the ledger's.
import type { CallReceived } from '#contracts';
import { isJump, observeSkew, skewBound } from '#domain/load-balancing';
import { instantMs } from '#ocpp';
import type { StationState } from './state.js';

type Json = Readonly<Record<string, unknown>>;

/** What a station sends late says nothing about its clock; it is asked again at most this often [ms]. */
const DOUBT_AGAIN_MS = 30_000;

/** They tell when something was, which may be long ago: a station keeps them while it is offline. */
const NOT_OF_NOW: ReadonlySet<string> = new Set([
  'NotifyDERAlarm',
  'NotifyDERStartStop',
  'NotifyEVChargingNeeds',
  'SecurityEventNotification',
]);

/**
 * Live messages alone tell what its clock says now: in 1.6 those after it answered a trigger on this connection, in 2.x those not `offline`.
 * In 1.6 whatever belongs to a transaction may have waited there all the same: where it speaks of another time, the clock is asked again.
 */
export function withSkew(
  station: StationState,
  { ocppVersion, generation, action }: CallReceived,
  payload: Json,
  nowMs: number,
): StationState {
  const isLive = ocppVersion === 'ocpp1.6' ? station.facts.clockOn === generation.offset : payload.offline !== true;
  if (!isLive || NOT_OF_NOW.has(action)) return station;
  const told = payload.timestamp ?? ((payload.meterValue as readonly Json[] | undefined)?.[0]?.timestamp as unknown);
  const stationMs = typeof told === 'string' ? instantMs(told) : undefined;
  if (stationMs === undefined) return station;
  const { skew } = station.ledger;
  const mayHaveWaited = ocppVersion === 'ocpp1.6' && action !== 'StatusNotification';
  if (mayHaveWaited && skewBound(skew) !== undefined && isJump(skew, stationMs, nowMs)) {
    const { clockOn: _doubtful, ...facts } = station.facts;
    return (facts.clockAskedMs ?? 0) + DOUBT_AGAIN_MS > nowMs ? station : { ...station, facts };
  }
  return { ...station, ledger: { ...station.ledger, skew: observeSkew(skew, stationMs, nowMs) } };
}
