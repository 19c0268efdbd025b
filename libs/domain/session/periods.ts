// Charging periods: stretches whose energy has become known, without gap or overlap, with energies that add up exactly (P8).
// When a session's stretches end is decided by what is heard (absorb.ts).
import type { ChargingPeriodRecorded } from './events.js';
import { energyMwh, hasRegister, type Segment, type Session } from './state.js';

/** Without registers nothing is worth waiting for. */
const MOST_WAITING = 20;
const HOUR_MS = 3_600_000;

const iso = (ms: number): string => new Date(ms).toISOString();

/** Periods that can be told now: up to the last stretch whose energy is known, or all when the session ends. */
export function duePeriods(session: Session, isEnding: boolean): readonly ChargingPeriodRecorded[] {
  const { segments } = session;
  const tellAll = isEnding || (segments.length > MOST_WAITING && !hasRegister(session));
  const count = tellAll ? segments.length : segments.findLastIndex((segment) => segment.energyMwh !== undefined) + 1;
  // At the end registers may say less than samples did on the way.
  const mostMwh = isEnding ? energyMwh(session) : Number.POSITIVE_INFINITY;
  const periods: ChargingPeriodRecorded[] = [];
  let recordedMwh = session.recordedMwh;
  let fromMs = session.reachedMs;
  let waiting: Segment[] = [];
  for (const segment of segments.slice(0, count)) {
    waiting.push(segment);
    const isLast = periods.length + waiting.length === count;
    if (segment.energyMwh === undefined && !isLast) continue;
    const reachedMwh = isLast && isEnding ? mostMwh : Math.min(segment.energyMwh ?? recordedMwh, mostMwh);
    const shares = shareOut(Math.max(0, reachedMwh - recordedMwh), waiting, fromMs);
    for (const [index, { toMs, state, currentA }] of waiting.entries()) {
      const mwh = shares[index] ?? 0;
      const lastsMs = toMs - fromMs;
      periods.push({
        type: 'ChargingPeriodRecorded',
        sessionId: session.sessionId,
        seq: session.periods + periods.length + 1,
        from: iso(fromMs),
        to: iso(toMs),
        energyWh: mwh / 1000,
        state,
        ...(state === 'SuspendedEVSE' && { pausedBy: 'network' }),
        ...(state === 'SuspendedEV' && { pausedBy: 'vehicle' }),
        ...(lastsMs > 0 && { powerW: Math.round((mwh / 1000) * (HOUR_MS / lastsMs)) }),
        ...(currentA !== undefined && { currentA }),
      });
      recordedMwh += mwh;
      fromMs = toMs;
    }
    waiting = [];
  }
  return periods;
}

/** Energy belongs to the time of charging, in proportion to it; to the last stretch where there was none. Exact to the mWh. */
function shareOut(mwh: number, segments: readonly Segment[], fromMs: number): readonly number[] {
  const begins = [fromMs, ...segments.map(({ toMs }) => toMs)];
  const weights = segments.map(({ toMs, state }, index) => (state === 'Charging' ? BigInt(toMs - (begins[index] ?? toMs)) : 0n));
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n) return segments.map((_, index) => (index === segments.length - 1 ? mwh : 0));
  let reached = 0n;
  let given = 0;
  return weights.map((weight) => {
    reached += weight;
    const upTo = Number((BigInt(mwh) * reached) / total);
    const share = upTo - given;
    given = upTo;
    return share;
  });
}
