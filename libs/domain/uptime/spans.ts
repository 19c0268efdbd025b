// Half-open stretches of time [fromMs, toMs) in whole milliseconds since 1970, and sums over them. Lists are in order and disjoint unless said otherwise.

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const span = (fromMs: number, toMs: number): readonly Span[] => (toMs > fromMs ? [{ fromMs, toMs }] : []);

export const measure = (spans: readonly Span[]): number => spans.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);

export const within = <T extends Span>(spans: readonly T[], fromMs: number, toMs: number): readonly T[] =>
  spans.flatMap((each) => {
    const [from, to] = [Math.max(each.fromMs, fromMs), Math.min(each.toMs, toMs)];
    return to > from ? [{ ...each, fromMs: from, toMs: to }] : [];
  });

/** Any order, overlaps allowed. */
export function union(spans: readonly Span[]): readonly Span[] {
  const joined: Span[] = [];
  for (const { fromMs, toMs } of spans.filter((each) => each.toMs > each.fromMs).sort((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1);
    if (last === undefined || fromMs > last.toMs) joined.push({ fromMs, toMs });
    else joined[joined.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, toMs) };
  }
  return joined;
}

export const intersection = (a: readonly Span[], b: readonly Span[]): readonly Span[] =>
  a.flatMap(({ fromMs, toMs }) => within(b, fromMs, toMs).map((each) => ({ fromMs: each.fromMs, toMs: each.toMs })));

export const difference = (a: readonly Span[], b: readonly Span[]): readonly Span[] =>
  a.flatMap(({ fromMs, toMs }) => {
    const inside = within(b, fromMs, toMs);
    const starts = [fromMs, ...inside.map((each) => each.toMs)];
    const ends = [...inside.map((each) => each.fromMs), toMs];
    return starts.flatMap((start, index) => span(start, ends[index] ?? start));
  });

/** The first `ms` of them. */
export function firstOf(spans: readonly Span[], ms: number): readonly Span[] {
  let left = ms;
  return spans.flatMap(({ fromMs, toMs }) => {
    const taken = span(fromMs, Math.min(toMs, fromMs + left));
    left -= measure(taken);
    return taken;
  });
}
