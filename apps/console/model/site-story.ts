// What a site's chart shows beside its load: limit changes worth a mark, spans above a limit, and the columns of a day with what lies ahead.
// Reading it is api/story-shapes.ts, saying it is words/reasons.ts, drawing it the page's.

import type { LoadPoint } from '../api/network-shapes.js';
import type { LimitCommand, SiteStory, Violation } from '../api/story-shapes.js';
import { columnsOf, type LoadColumns } from './load-series.js';

/** The day view: this much behind now and ahead of it [ms], in buckets of [s]. */
export const DAY = { behindMs: 8 * 3_600_000, aheadMs: 24 * 3_600_000, bucketS: 300 } as const;

/** A limit of an outlet that became another, with the one before where it is known [A]. */
export interface LimitChange extends LimitCommand {
  readonly beforeA: number | null;
}

/** Plans that say something new to an outlet, oldest first; renewals of the same are none. */
export function limitChanges(commands: readonly LimitCommand[]): readonly LimitChange[] {
  const last = new Map<string, number>();
  return commands
    .toReversed()
    .filter(({ slot, cause }) => slot === 'plan' && cause !== 'clear')
    .flatMap((command) => {
      const place = `${command.stationId}/${command.evseId}`;
      const beforeA = last.get(place) ?? null;
      last.set(place, command.limitA);
      const isNew = beforeA === null ? command.cause !== 'renew' : beforeA !== command.limitA;
      return isNew ? [{ ...command, beforeA }] : [];
    });
}

/** Changes of one moment, which share a mark. */
export interface ChangeMark {
  readonly atMs: number;
  readonly changes: readonly LimitChange[];
}

/** One mark for all changes within `withinMs` of its first. */
export function marksOf(changes: readonly LimitChange[], withinMs: number): readonly ChangeMark[] {
  const marks: { atMs: number; changes: LimitChange[] }[] = [];
  for (const change of changes) {
    const mark = marks.at(-1);
    if (mark !== undefined && change.atMs - mark.atMs < withinMs) mark.changes.push(change);
    else marks.push({ atMs: change.atMs, changes: [change] });
  }
  return marks;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** When anything at the site was above a limit; phases and nodes at the same time are one span. */
export function spansOf(violations: readonly Violation[], nowMs: number): readonly Span[] {
  const spans: { fromMs: number; toMs: number }[] = [];
  for (const { sinceMs, endedAtMs } of violations.toSorted((a, b) => a.sinceMs - b.sinceMs)) {
    const toMs = endedAtMs ?? nowMs;
    const open = spans.at(-1);
    if (open !== undefined && sinceMs <= open.toMs) open.toMs = Math.max(open.toMs, toMs);
    else spans.push({ fromMs: sinceMs, toMs });
  }
  return spans;
}

/** Violations of one moment with the same reasons are one to read: node, phases, and the widest numbers. */
export interface ToldViolation extends Violation {
  readonly phases: readonly string[];
}

export function toldViolations(violations: readonly Violation[]): readonly ToldViolation[] {
  const groups = Map.groupBy(violations, ({ nodeId, isFedBack, sinceMs, endedAtMs, reasons }) =>
    [nodeId, isFedBack, sinceMs, endedAtMs, ...reasons.map(({ kind, stationId }) => `${kind} ${stationId}`)].join(' '),
  );
  return [...groups.values()].flatMap((group) => {
    const [widest] = group.toSorted((a, b) => b.flowA - b.limitA - (a.flowA - a.limitA));
    if (widest === undefined) return [];
    const energyAboveWh = group.reduce((sum, each) => sum + each.energyAboveWh, 0);
    return [{ ...widest, energyAboveWh, phases: group.map(({ phase }) => phase).sort() }];
  });
}

/** The columns of the day: load until now with its gaps, the limit on into the day ahead, and the plan from now on. */
export function dayColumns({ points, limitsAhead, plan }: Pick<SiteStory, 'points' | 'limitsAhead' | 'plan'>, nowMs: number): LoadColumns {
  const past = columnsOf(points, nowMs, 2_000 * DAY.bucketS);
  const known = limitsAhead.filter(({ atMs }) => atMs > nowMs);
  const limitNowW = limitsAhead.findLast(({ atMs }) => atMs <= nowMs)?.limitW ?? lastLimitW(points);
  const planNowW = plan.findLast(({ atMs }) => atMs <= nowMs)?.powerW ?? null;
  const coming = plan.filter(({ atMs }) => atMs > nowMs);
  const endMs = nowMs + DAY.aheadMs;
  const instants = [...new Set([nowMs + 1, ...known.map(({ atMs }) => atMs), ...coming.map(({ atMs }) => atMs), endMs])].sort(
    (a, b) => a - b,
  );
  const ahead = instants.map((atMs) => ({
    atMs,
    limitW: known.findLast((each) => each.atMs <= atMs)?.limitW ?? limitNowW,
    planW: coming.findLast((each) => each.atMs <= atMs)?.powerW ?? planNowW,
  }));
  const kw = (w: number | null): number | null => (w === null ? null : w / 1000);
  const gap = ahead.map(() => null);
  return {
    atS: [...past.atS, ...ahead.map(({ atMs }) => atMs / 1000)],
    measuredKw: [...past.measuredKw, ...gap],
    allocatedKw: [...past.allocatedKw, ...gap],
    limitKw: [...past.limitKw, ...ahead.map(({ limitW }) => kw(limitW))],
    aboveKw: [...past.aboveKw, ...gap],
    planKw: [...past.atS.map(() => null), ...ahead.map(({ planW }) => kw(planW))],
  };
}

const lastLimitW = (points: readonly LoadPoint[]): number | null => points.findLast(({ limitW }) => limitW !== null)?.limitW ?? null;

/** The next change of the limit that is announced. */
export const nextLimit = (limitsAhead: SiteStory['limitsAhead'], nowMs: number): SiteStory['limitsAhead'][number] | null =>
  limitsAhead.find(({ atMs }) => atMs > nowMs) ?? null;
