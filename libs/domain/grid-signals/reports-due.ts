// Which reports the server of an event wants, about which intervals, and when each of them can be made (OpenADR 3 User Guide §7.5).
// What is said in them is report-values.ts'; who sends them, apps/grid's.
import type { GridEvent, ReportDescriptor } from './event.js';
import { plannedOf } from './intervals.js';

export interface ReportInterval {
  readonly id: number;
  readonly fromMs: number;
  readonly toMs: number;
}
/** A report that can be made from `dueMs` on. */
export interface DueReport {
  /** The same whoever makes it, so that a server can know a repeat. */
  readonly name: string;
  readonly dueMs: number;
  readonly intervals: readonly [ReportInterval, ...ReportInterval[]];
}

/** Meters tell late: about an interval that is over nothing is said before [ms]. */
const SETTLED_MS = 90_000;
const QUARTER_MS = 900_000;
/** What was missed for longer is not told any more. */
const MOST_AT_ONCE = 96;
const MOST_INTERVALS = 2_000;

/** Intervals by their number, repeated ones counted on; undefined where there is none, or one without an end. */
interface Intervals {
  readonly count: number;
  readonly perRound: number;
  at(index: number): ReportInterval | undefined;
}

/**
 * Reports that are due and of intervals that end later than what was told last, in order; and when the next one is [ms since 1970]. Of those that were due before anybody
 * heard of the event only the latest is made. Where the guide's words and its examples differ, with `numIntervals` the `startInterval` is the last interval of the first report about the past where
 * that many come before it, else the first.
 */
export function reportsDue(
  event: GridEvent,
  descriptor: ReportDescriptor,
  nowMs: number,
  toldUntilMs: number | undefined,
): { readonly due: readonly DueReport[]; readonly nextMs: number } {
  const intervals = intervalsOf(event, nowMs);
  if (intervals === undefined) return { due: [], nextMs: Number.POSITIVE_INFINITY };
  const { startInterval = -1, numIntervals = -1, historical = true, frequency = -1, repeat } = descriptor;
  const start = Math.max(0, startInterval);
  const all = Math.max(1, intervals.perRound - (startInterval < 0 ? 0 : start));
  const size = Math.min(MOST_INTERVALS, numIntervals > 0 ? numIntervals : all);
  const every = frequency > 0 ? frequency : frequency === 0 ? 1 : size;
  const isEndless = repeat === -1 || frequency === 0 || (repeat === undefined && intervals.count > intervals.perRound);
  const times = isEndless ? Number.POSITIVE_INFINITY : Math.max(1, repeat ?? 1);
  const isAfter = historical && startInterval >= 0 && numIntervals > 0 && start - size + 1 >= 0;
  const isLast = historical && startInterval < 0 && Number.isFinite(intervals.count) && !isEndless;
  const first = isAfter ? start - size + 1 : isLast ? Math.max(0, intervals.perRound - size) : start;

  const report = (turn: number): DueReport | undefined => {
    if (turn < 0 || turn >= times) return undefined;
    const told = Array.from({ length: size }, (_, index) => intervals.at(first + turn * every + index)).filter(
      (each) => each !== undefined,
    );
    const [head, ...rest] = told;
    if (head === undefined) return undefined;
    const last = rest.at(-1) ?? head;
    const dueMs = historical ? last.toMs + SETTLED_MS : turn === 0 ? Number.NEGATIVE_INFINITY : head.fromMs;
    return { name: nameOf(event, descriptor, head), dueMs, intervals: [head, ...rest] };
  };

  const latest = latestBefore((turn) => (report(turn)?.dueMs ?? Number.POSITIVE_INFINITY) <= nowMs);
  const due: DueReport[] = [];
  for (let turn = latest; turn >= 0 && due.length < MOST_AT_ONCE; turn--) {
    const each = report(turn);
    const untilMs = each === undefined ? 0 : endOf(each);
    if (each === undefined || untilMs <= (toldUntilMs ?? Number.NEGATIVE_INFINITY)) break;
    // A forecast of what is over is none.
    if (historical || untilMs > nowMs) due.push(each);
    if (toldUntilMs === undefined) break;
  }
  return { due: due.reverse(), nextMs: report(latest + 1)?.dueMs ?? Number.POSITIVE_INFINITY };
}

/** End of the last interval of a report [ms since 1970]. */
export const endOf = ({ intervals }: DueReport): number => (intervals.at(-1) ?? intervals[0]).toMs;

const nameOf = ({ eventId }: GridEvent, { payloadType, readingType }: ReportDescriptor, { fromMs }: ReportInterval): string =>
  `${payloadType}${readingType === undefined ? '' : `/${readingType}`} ${new Date(fromMs).toISOString()} ${eventId}`.slice(0, 128);

/** The highest number from 0 on for which it is so, where it is so for all below; −1: for none. */
function latestBefore(isSo: (turn: number) => boolean): number {
  if (!isSo(0)) return -1;
  let [low, high] = [0, 1];
  while (isSo(high)) [low, high] = [high, high * 2];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isSo(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function intervalsOf(event: GridEvent, nowMs: number): Intervals | undefined {
  if (event.intervals.length === 0) return impliedBy(event, nowMs);
  const planned = plannedOf(event, nowMs);
  if ('path' in planned) return undefined;
  const { spans, endMs } = planned;
  const startMs = Math.min(...spans.map(({ fromMs }) => fromMs));
  const lengthMs = Math.max(...spans.map(({ toMs }) => toMs)) - startMs;
  const isLooped = endMs !== undefined && startMs + lengthMs < endMs;
  const rounds = isLooped ? Math.ceil((endMs - startMs) / lengthMs) : 1;
  return {
    count: rounds * spans.length,
    perRound: spans.length,
    at(index) {
      const [span, round] = [spans[index % spans.length], Math.floor(index / spans.length)];
      if (span === undefined || round >= rounds || !Number.isFinite(span.toMs)) return undefined;
      const byMs = round * (isLooped ? lengthMs : 0);
      const toMs = Math.min(span.toMs + byMs, endMs ?? Number.POSITIVE_INFINITY);
      return toMs > span.fromMs + byMs ? { id: span.intervalId, fromMs: span.fromMs + byMs, toMs } : undefined;
    },
  };
}

/** An event that only asks for reports may say how long an interval is, and leave it at that; where it does not, quarters of an hour. */
function impliedBy(event: GridEvent, nowMs: number): Intervals | undefined {
  const planned = plannedOf({ ...event, intervals: [{ id: 0, payloads: [] }] }, nowMs);
  const [first] = 'path' in planned ? [] : planned.spans;
  if (first === undefined) return undefined;
  const isGiven = Number.isFinite(first.toMs);
  const eachMs = isGiven ? first.toMs - first.fromMs : QUARTER_MS;
  const startMs = isGiven ? first.fromMs : Math.floor(first.fromMs / QUARTER_MS) * QUARTER_MS;
  const endMs = 'path' in planned ? undefined : planned.endMs;
  const count = endMs === undefined ? Number.POSITIVE_INFINITY : Math.max(0, Math.ceil((endMs - startMs) / eachMs));
  const at = (index: number): ReportInterval | undefined =>
    index < count ? { id: index, fromMs: startMs + index * eachMs, toMs: startMs + (index + 1) * eachMs } : undefined;
  return { count, perRound: 1, at };
}
