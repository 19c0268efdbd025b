// How much of a time a port worked, by a rule set: pure, in whole milliseconds, the same for the same facts whatever order they came in.
// Where facts and classifications come from, and what is shown of the result, is for others.
import { type Exclusion, excludedSpans } from './exclusions.js';
import type { RuleSet } from './rules.js';
import { difference, intersection, measure, type Span, union, within } from './spans.js';
import { type DownCause, periodOf, type Segment } from './timeline.js';

export interface Outage extends Span {
  /** When it began and ended, also outside the period that was asked for. Without an end it goes on. */
  readonly startedMs: number;
  readonly endedMs?: number;
  readonly causes: readonly DownCause[];
  readonly because: readonly string[];
  readonly excludedMs: number;
  /** What was taken off, in order of time. */
  readonly excluded: readonly (Span & { readonly cause: Exclusion['cause']; readonly id: string })[];
}

export interface Amounts {
  /** In service, within opening hours where only these count. */
  readonly inServiceMs: number;
  readonly outageMs: number;
  /** Never more than `outageMs`. */
  readonly excludedMs: number;
  /** What `outageMs − excludedMs` is compared with. */
  readonly divisorMs: number;
}

export interface Uptime extends Amounts, Span {
  /** From when to when it was in service, perhaps with breaks; absent = never. */
  readonly serving?: Span;
  readonly outages: readonly Outage[];
}

export interface UptimeQuestion extends Span {
  /** Of one port; what it does not tell of is out of service. */
  readonly timeline: readonly Segment[];
  readonly exclusions: readonly Exclusion[];
  /** When nobody can come. */
  readonly closed?: readonly Span[];
  readonly rules: RuleSet;
}

export function uptime({ fromMs, toMs, timeline, exclusions, closed = [], rules }: UptimeQuestion): Uptime {
  const period = periodOf(timeline, fromMs, toMs);
  const shut = rules.onlyOpeningHours ? union(closed) : [];
  const served = union(period.filter(({ inService }) => inService));
  const inServiceMs = measure(difference(served, shut));
  const [first, last] = [served[0], served.at(-1)];
  const runs = outagesOf(timeline, rules);
  const inside = within(runs, fromMs, toMs).map((run) => ({ run, counted: difference([run], shut) }));
  const down = inside.flatMap(({ counted }) => counted);
  const taken = excludedSpans(down, [...exclusions, ...closedAs(closed, rules)], runs, rules);
  const outages = inside.flatMap(({ run, counted }): readonly Outage[] => {
    if (measure(counted) === 0) return [];
    const excluded = taken.flatMap(({ cause, id, spans }) => intersection([run], spans).map((span) => ({ ...span, cause, id })));
    return [{ ...run, excludedMs: measure(excluded), excluded: excluded.sort((a, b) => a.fromMs - b.fromMs) }];
  });
  return {
    fromMs,
    toMs,
    inServiceMs,
    outageMs: measure(down),
    excludedMs: outages.reduce((sum, { excludedMs }) => sum + excludedMs, 0),
    divisorMs: rules.divisorMs ?? inServiceMs,
    ...(first !== undefined && last !== undefined && { serving: { fromMs: first.fromMs, toMs: last.toMs } }),
    outages,
  };
}

const closedAs = (closed: readonly Span[], { onlyOpeningHours }: RuleSet): readonly Exclusion[] =>
  onlyOpeningHours ? [] : closed.map((span) => ({ id: 'openingHours', cause: 'outsideOpeningHours', ...span }));

/** Stretches that a rule set counts as down, whole and in order. */
export function outagesOf(
  timeline: readonly Segment[],
  { down, unknown = [] }: Pick<RuleSet, 'down' | 'unknown'>,
): readonly Omit<Outage, 'excludedMs' | 'excluded'>[] {
  const outages: Omit<Outage, 'excludedMs' | 'excluded'>[] = [];
  const untilMs = timeline.at(-1)?.toMs;
  for (const { fromMs, toMs, inService, causes, because } of timeline) {
    if (!inService || !causes.some((cause) => down.includes(cause)) || causes.some((cause) => unknown.includes(cause))) continue;
    const last = outages.at(-1);
    const goesOn = last?.toMs === fromMs;
    const next = {
      fromMs: goesOn ? last.fromMs : fromMs,
      toMs,
      startedMs: goesOn ? last.fromMs : fromMs,
      ...(toMs !== untilMs && { endedMs: toMs }),
      causes: goesOn ? [...new Set([...last.causes, ...causes])].sort() : causes,
      because: goesOn ? [...new Set([...last.because, ...because])] : because,
    };
    if (goesOn) outages[outages.length - 1] = next;
    else outages.push(next);
  }
  return outages;
}

/** Of several ports, as if they were one. */
export const together = (ports: readonly Amounts[]): Amounts =>
  ports.reduce<Amounts>(
    (sum, port) => ({
      inServiceMs: sum.inServiceMs + port.inServiceMs,
      outageMs: sum.outageMs + port.outageMs,
      excludedMs: sum.excludedMs + port.excludedMs,
      divisorMs: sum.divisorMs + port.divisorMs,
    }),
    { inServiceMs: 0, outageMs: 0, excludedMs: 0, divisorMs: 0 },
  );

/** Percent with two decimals, rounded down so that nobody looks better than he is; null where there is nothing to compare with. */
export const percentOf = ({ outageMs, excludedMs, divisorMs }: Amounts): string | null =>
  percentText(divisorMs - outageMs + excludedMs, divisorMs);

/** Outages against the time in service, nothing taken off: how the federal dashboard looks at ports younger than a year. */
export const grossPercentOf = ({ outageMs, inServiceMs }: Amounts): string | null => percentText(inServiceMs - outageMs, inServiceMs);

function percentText(part: number, whole: number): string | null {
  if (whole <= 0) return null;
  const hundredths = (BigInt(Math.max(0, part)) * 10_000n) / BigInt(whole);
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`;
}

/** Exactly, without rounding. */
export function meets({ outageMs, excludedMs, divisorMs }: Amounts, { target }: Pick<RuleSet, 'target'>): boolean | null {
  if (divisorMs <= 0) return null;
  const [reached, wanted] = [BigInt(divisorMs - outageMs + excludedMs) * 10_000n, BigInt(target.basisPoints) * BigInt(divisorMs)];
  return target.isStrict ? reached > wanted : reached >= wanted;
}

/** Minutes with two decimals, as reports want them; rounded to the nearest. */
export function minutesText(ms: number): string {
  const hundredths = Math.round(ms / 600);
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
}
