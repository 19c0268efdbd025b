// The highest power of a month as tariffs bill it: the mean of a quarter hour, of everything the grid connection carries.
// What it costs is the planner's.
import { localMoment, zoneOf } from '#domain/billing';
import { measuredWatts } from './measured-power.js';
import type { SiteState } from './state.js';

/** Quarters begin at whole quarters of UTC, which are those of every time zone. */
const QUARTER_MS = 900_000;
/** Counted this often at most [ms]: with the power just before, which errs by what changed within that time. */
const LOOK_MS = 1_000;

/** A quarter hour that runs: what was drawn in it up to a moment. */
export interface RunningQuarter {
  readonly countedMs: number;
  readonly kWms: number;
}

/** Counts up to now, where the month's highest power has a price, with what was drawn `before`. What a quarter has drawn already is the least it will have been. */
export function withPeak(before: SiteState, state: SiteState): SiteState {
  const { config, nowMs, quarter } = state;
  if (!config?.energy?.demandPerKw || (quarter !== undefined && nowMs < quarter.countedMs + LOOK_MS)) return state;
  if (quarter === undefined) return { ...state, quarter: { countedMs: nowMs, kWms: 0 } };
  const kW = siteKw(before);
  let { countedMs, kWms } = quarter;
  let { peak } = state;
  while (countedMs < nowMs) {
    const fromMs = Math.floor(countedMs / QUARTER_MS) * QUARTER_MS;
    const toMs = Math.min(nowMs, fromMs + QUARTER_MS);
    kWms += kW * (toMs - countedMs);
    peak = higher(peak, { month: monthOf(config.timeZone, fromMs), kW: kWms / QUARTER_MS });
    if (toMs === fromMs + QUARTER_MS) kWms = 0;
    countedMs = toMs;
  }
  return { ...state, ...(peak && { peak }), quarter: { countedMs, kWms } };
}

type Peak = NonNullable<SiteState['peak']>;
const higher = (before: Peak | undefined, now: Peak): Peak => (before?.month === now.month && before.kW >= now.kW ? before : now);

/** Stations and what the meter of the grid connection says of other loads [kW]; own production lowers it. */
function siteKw(state: SiteState): number {
  const { config, nowMs, measurements } = state;
  const others = measurements.find(({ nodeId, untilMs }) => nodeId === config?.root.nodeId && untilMs > nowMs)?.currentMa ?? [0, 0, 0];
  const otherKw = ((others[0] + others[1] + others[2]) * (config?.voltageV ?? 0)) / 1e6;
  return Math.max(0, measuredWatts(state) / 1000 + otherKw);
}

export const monthOf = (timeZone: string, ms: number): string => localMoment(zoneOf(timeZone), ms).date.slice(0, 7);
