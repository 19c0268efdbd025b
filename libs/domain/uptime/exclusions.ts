// What may be taken off outages: stretches somebody classified, each with a cause and evidence, as far as a rule set allows for it.
// Only what lies inside an outage counts, and no millisecond twice.
import { lastWords, type Word } from './facts.js';
import type { ExclusionCause, RuleSet } from './rules.js';
import { difference, firstOf, intersection, type Span, union } from './spans.js';

export interface Exclusion {
  /** Of the record that says so. */
  readonly id: string;
  readonly cause: ExclusionCause;
  readonly fromMs: number;
  /** Absent = to the end of the outage it begins in. */
  readonly toMs?: number;
  /** Stretches of other outages that were said later to count after all: what was one outage may be several by now. */
  readonly except?: readonly Pick<Exclusion, 'fromMs' | 'toMs'>[];
}

/** How an outage was judged. A later word about the same outage takes the place of an earlier one; both stay on record. */
export interface Classification extends Word {
  readonly outageId: string;
  /** `counts`: it is the operator's after all. */
  readonly cause: ExclusionCause | 'counts';
  readonly fromMs: number;
  readonly toMs?: number;
}

/** The last word about each outage, in any order of arrival. */
export function exclusionsOf(classifications: readonly Classification[]): readonly Exclusion[] {
  const words = lastWords(classifications, ({ outageId }) => outageId);
  const isLater = (a: Word, b: Word): boolean => a.receivedMs > b.receivedMs || (a.receivedMs === b.receivedMs && a.order > b.order);
  return words.flatMap((word): readonly Exclusion[] => {
    const { eventId, cause, fromMs, toMs } = word;
    if (cause === 'counts') return [];
    const except = words.filter((each) => each.cause === 'counts' && isLater(each, word));
    return [{ id: eventId, cause, fromMs, ...(toMs !== undefined && { toMs }), ...(except.length > 0 && { except }) }];
  });
}

/** What each exclusion takes off `down`: disjoint. `outages` are whole, for those that last as long as theirs. What spends nothing of the window goes first. */
export function excludedSpans(
  down: readonly Span[],
  exclusions: readonly Exclusion[],
  outages: readonly Span[],
  { excluded }: Pick<RuleSet, 'excluded'>,
): readonly { readonly id: string; readonly cause: ExclusionCause; readonly spans: readonly Span[] }[] {
  const spends = ({ cause }: Exclusion): boolean => excluded[cause]?.perWindowMs !== undefined;
  const inOrder = [...exclusions].sort((a, b) => Number(spends(a)) - Number(spends(b)) || a.fromMs - b.fromMs || (a.id < b.id ? -1 : 1));
  const spent = new Map<ExclusionCause, number>();
  let left = union(down);
  return inOrder.flatMap((exclusion) => {
    const { id, cause, fromMs, except = [] } = exclusion;
    const allowance = excluded[cause];
    if (allowance === undefined) return [];
    const { perIncidentMs = Number.POSITIVE_INFINITY, perWindowMs = Number.POSITIVE_INFINITY } = allowance;
    const toMs = Math.min(endOf(exclusion, outages), fromMs + perIncidentMs);
    const rest = perWindowMs - (spent.get(cause) ?? 0);
    const counted = union(except.map((each) => ({ fromMs: each.fromMs, toMs: endOf(each, outages) })));
    const spans = firstOf(intersection(left, difference([{ fromMs, toMs }], counted)), rest);
    for (const span of spans) spent.set(cause, (spent.get(cause) ?? 0) + span.toMs - span.fromMs);
    left = difference(left, spans);
    return spans.length === 0 ? [] : [{ id, cause, spans }];
  });
}

const endOf = ({ fromMs, toMs }: Pick<Exclusion, 'fromMs' | 'toMs'>, outages: readonly Span[]): number =>
  toMs ?? outages.find((outage) => outage.fromMs <= fromMs && fromMs < outage.toMs)?.toMs ?? fromMs;
