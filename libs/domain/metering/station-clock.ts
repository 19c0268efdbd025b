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
  const at = new Date(Date.parse(receivedAt)).toISOString();
  if (stationTime === undefined || stationTime === null || stationTime === '') return { at, flags: ['clockMissing'] };
  const ms = typeof stationTime === 'string' ? instantMs(stationTime.trim()) : undefined;
  if (ms === undefined) return { at, flags: ['clockUnreadable'] };
  if (!/(Z|[+-]\d\d:?\d\d)$/i.test(String(stationTime).trim())) return { at, flags: ['clockNoOffset'] };
  if (ms < FIRST_POSSIBLE_MS) return { at, flags: ['clockUnset'] };
  const skewMs = ms - Date.parse(receivedAt);
  if (skewMs > MAX_SKEW_MS) return { at, flags: ['clockAhead'] };
  if (skewMs < -MAX_SKEW_MS && !queued) return { at, flags: ['clockBehind'] };
  return { at: new Date(ms).toISOString(), flags: [] };
}

/**
 * 1.6 does not say that a message waited in the station. A time that lies within the last outage, five minutes to either side, says it:
 * no broken clock hits that stretch but by chance.
 */
export function isFromOutage(stationTime: unknown, outage: Outage | undefined): boolean {
  const ms = typeof stationTime === 'string' ? instantMs(stationTime.trim()) : undefined;
  return (
    ms !== undefined && outage !== undefined && ms >= Date.parse(outage.from) - MAX_SKEW_MS && ms <= Date.parse(outage.to) + MAX_SKEW_MS
  );
}
