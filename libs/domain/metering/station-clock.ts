// Which time a fact gets when station clocks cannot be trusted: the station's when plausible, else ours, and why.
// Both are kept; nothing here reads a clock.
import { instantMs } from '#ocpp';
import type { ClockFlag, Outage } from './sample.js';

export const MAX_SKEW_MS = 5 * 60_000;
const FIRST_POSSIBLE_MS = Date.UTC(2015, 0, 1);

export interface JudgedTime {
  /** ISO 8601 UTC */
  readonly at: string;
  readonly flags: readonly ClockFlag[];
}

/** `queued`: the message waited in the station, so its time may lie in the past, never in the future. */
export function judgeTime(stationTime: unknown, receivedAt: string, queued = false): JudgedTime {
  const receivedMs = Date.parse(receivedAt);
  const ours = (flag: ClockFlag): JudgedTime => ({ at: new Date(receivedMs).toISOString(), flags: [flag] });
  if (stationTime === undefined || stationTime === null || stationTime === '') return ours('clockMissing');
  const text = typeof stationTime === 'string' ? stationTime.trim() : '';
  const ms = instantMs(text);
  if (ms === undefined) return ours('clockUnreadable');
  if (!/(Z|[+-]\d\d:?\d\d)$/i.test(text)) return ours('clockNoOffset');
  if (ms < FIRST_POSSIBLE_MS) return ours('clockUnset');
  const skewMs = ms - receivedMs;
  if (skewMs > MAX_SKEW_MS) return ours('clockAhead');
  if (skewMs < -MAX_SKEW_MS && !queued) return ours('clockBehind');
  return { at: new Date(ms).toISOString(), flags: [] };
}

/** A connection as short as this may have died before what waited in the station was delivered [ms]. */
export const SHORT_CONNECTION_MS = 10 * 60_000;

/** The stretch without connection that ends now; that before it counts on where what was between them was short. */
export const outageUntil = (backAt: string, lostAt: string, before: Outage | undefined): Outage => ({
  from: before !== undefined && Date.parse(lostAt) - Date.parse(before.to) < SHORT_CONNECTION_MS ? before.from : lostAt,
  to: backAt,
});

/**
 * 1.6 does not say that a message waited in the station. A time that lies within the last outage, five minutes to either side, says it:
 * no broken clock hits that stretch but by chance.
 */
export function isFromOutage(stationTime: unknown, outage: Outage | undefined): boolean {
  if (outage === undefined || typeof stationTime !== 'string') return false;
  const ms = instantMs(stationTime.trim());
  return ms !== undefined && ms >= Date.parse(outage.from) - MAX_SKEW_MS && ms <= Date.parse(outage.to) + MAX_SKEW_MS;
}
