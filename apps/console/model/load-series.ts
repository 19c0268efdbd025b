// The last minutes of a site's load: merging history with live points, and what a chart and a sentence need of them.
// Drawing is someone else's; so is asking for the points.
import type { LoadPoint } from '../api/network-shapes.js';

/** How much the live chart shows [ms]. */
export const WINDOW_MS = 15 * 60_000;
/** A measurement older than this is not "now": the network counts the worst case until it hears again [ms]. */
export const STALE_MS = 60_000;

/**
 * Joins two runs of points into one, oldest first, one per instant, none before `nowMs - windowMs` except the last one before it
 * (limits hold until replaced). Of two at the same instant the incoming wins, field by field where it knows something.
 */
export function mergePoints(
  held: readonly LoadPoint[],
  incoming: readonly LoadPoint[],
  nowMs: number,
  windowMs = WINDOW_MS,
): readonly LoadPoint[] {
  const byInstant = new Map(held.map((point) => [point.atMs, point]));
  for (const point of incoming) {
    const before = byInstant.get(point.atMs);
    byInstant.set(point.atMs, {
      atMs: point.atMs,
      measuredW: point.measuredW ?? before?.measuredW ?? null,
      allocatedW: point.allocatedW ?? before?.allocatedW ?? null,
      limitW: point.limitW ?? before?.limitW ?? null,
    });
  }
  const all = [...byInstant.values()].sort((a, b) => a.atMs - b.atMs);
  const firstInside = all.findIndex((point) => point.atMs >= nowMs - windowMs);
  if (firstInside === -1) return all.slice(-1);
  return all.slice(Math.max(0, firstInside - 1));
}

/** Columns as uPlot takes them: seconds, then [kW]. `undefined` is drawn through, `null` is a gap. */
export interface LoadColumns {
  readonly atS: readonly number[];
  readonly measuredKw: readonly (number | null | undefined)[];
  readonly allocatedKw: readonly (number | null)[];
  readonly limitKw: readonly (number | null)[];
  /** The measurement again where it was above the limit then in force. */
  readonly aboveKw: readonly (number | null | undefined)[];
  /** What the plan has for the cars; nowhere but ahead. */
  readonly planKw: readonly (number | null)[];
}

/** Half a percent is what the rounding of meters and voltages makes of "at the limit". */
export const isAbove = (load: number, limit: number): boolean => load > limit * 1.005;

/**
 * Limit and allocation hold until replaced, so they are carried on to `nowMs`; a measurement is not: silence of more than
 * `staleMs` is a gap.
 */
export function columnsOf(points: readonly LoadPoint[], nowMs: number, staleMs = STALE_MS): LoadColumns {
  const atS: number[] = [];
  const measuredKw: (number | null | undefined)[] = [];
  const allocatedKw: (number | null)[] = [];
  const limitKw: (number | null)[] = [];
  const aboveKw: (number | null | undefined)[] = [];
  let allocated: number | null = null;
  let limit: number | null = null;
  const add = (atMs: number, measured: number | null | undefined) => {
    atS.push(atMs / 1000);
    measuredKw.push(measured);
    allocatedKw.push(allocated);
    limitKw.push(limit);
    aboveKw.push(typeof measured !== 'number' ? measured : limit !== null && isAbove(measured, limit) ? measured : null);
  };
  const nextMeasuredMs = nextMeasured(points, nowMs);
  let silent = true;
  for (const [index, point] of points.entries()) {
    allocated = kw(point.allocatedW) ?? allocated;
    limit = kw(point.limitW) ?? limit;
    if (point.measuredW === null) {
      add(point.atMs, silent ? null : undefined);
      continue;
    }
    add(point.atMs, kw(point.measuredW));
    silent = (nextMeasuredMs[index] ?? nowMs) - point.atMs > staleMs;
    if (silent) add(point.atMs + 1, null);
  }
  if (nowMs > (points.at(-1)?.atMs ?? nowMs)) add(nowMs, null);
  return { atS, measuredKw, allocatedKw, limitKw, aboveKw, planKw: atS.map(() => null) };
}

/** For each point, when the next measurement after it came; `nowMs` where none has. */
function nextMeasured(points: readonly LoadPoint[], nowMs: number): readonly number[] {
  let nextMs = nowMs;
  return points
    .toReversed()
    .map((point) => {
      const answer = nextMs;
      if (point.measuredW !== null) nextMs = point.atMs;
      return answer;
    })
    .reverse();
}

/** What the chart says, in numbers: for the sentence beside it and for those who cannot see it. */
export interface LoadSummary {
  /** Latest measurement [W] and its age [ms]; both null when there is none. */
  readonly measuredW: number | null;
  readonly ageMs: number | null;
  readonly stale: boolean;
  readonly limitW: number | null;
  readonly allocatedW: number | null;
  /** Highest measurement in the window and when. */
  readonly peakW: number | null;
  readonly peakAtMs: number | null;
  /** Time in the window during which the measurement was above the limit then in force [ms]. */
  readonly aboveLimitMs: number;
}

export function summarise(points: readonly LoadPoint[], nowMs: number, windowMs = WINDOW_MS): LoadSummary {
  let limitW: number | null = null;
  let allocatedW: number | null = null;
  let last: LoadPoint | null = null;
  let peak: LoadPoint | null = null;
  let aboveLimitMs = 0;
  let aboveSinceMs: number | null = null;
  for (const point of points) {
    if (aboveSinceMs !== null) aboveLimitMs += Math.min(point.atMs - aboveSinceMs, STALE_MS);
    aboveSinceMs = null;
    limitW = point.limitW ?? limitW;
    allocatedW = point.allocatedW ?? allocatedW;
    const measured = point.measuredW ?? (last !== null && point.atMs - last.atMs <= STALE_MS ? last.measuredW : null);
    if (point.measuredW !== null) {
      last = point;
      if (point.atMs >= nowMs - windowMs && point.measuredW > (peak?.measuredW ?? Number.NEGATIVE_INFINITY)) peak = point;
    }
    if (measured !== null && limitW !== null && isAbove(measured, limitW)) aboveSinceMs = point.atMs;
  }
  if (aboveSinceMs !== null) aboveLimitMs += Math.min(Math.max(0, nowMs - aboveSinceMs), STALE_MS);
  const ageMs = last === null ? null : Math.max(0, nowMs - last.atMs);
  return {
    measuredW: last?.measuredW ?? null,
    ageMs,
    stale: ageMs === null || ageMs > STALE_MS,
    limitW,
    allocatedW,
    peakW: peak?.measuredW ?? null,
    peakAtMs: peak?.atMs ?? null,
    aboveLimitMs,
  };
}

const kw = (w: number | null): number | null => (w === null ? null : w / 1000);
