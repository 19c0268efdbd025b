// Numbers that hold for a while, laid over one another: whose goes first, and what comes of it at each instant.

/** A number from `fromMs` up to `toMs` (may be infinite), in the order of `priority`: a lower one goes first, none comes last. */
export interface Bound {
  readonly fromMs: number;
  readonly toMs: number;
  readonly value: number;
  readonly priority?: number | undefined;
}

/** From then on this holds; `value` absent: nothing does. */
export interface Step {
  readonly fromMs: number;
  readonly value?: number;
}

/** Steps in order of time, no two alike beside each other; the first one with a value. Among bounds of one priority the lowest number holds (OpenADR 3 leaves that open: §7.1). */
export function timelineOf(bounds: readonly Bound[]): readonly Step[] {
  const edges = bounds
    .flatMap((bound, index) => [
      { atMs: bound.fromMs, index, begins: true },
      { atMs: bound.toMs, index, begins: false },
    ])
    .filter(({ atMs }) => atMs < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.atMs - b.atMs);
  const open = new Set<number>();
  const steps: Step[] = [];
  edges.forEach(({ atMs, index, begins }, place) => {
    if (begins) open.add(index);
    else open.delete(index);
    if (edges[place + 1]?.atMs !== atMs) steps.push({ fromMs: atMs, ...holding(bounds, open) });
  });
  return withoutRepeats(steps);
}

function holding(bounds: readonly Bound[], open: ReadonlySet<number>): Pick<Step, 'value'> {
  let first: Bound | undefined;
  for (const index of open) {
    const bound = bounds[index] as Bound;
    const before = (bound.priority ?? Number.POSITIVE_INFINITY) - (first?.priority ?? Number.POSITIVE_INFINITY);
    if (first === undefined || before < 0 || (!(before > 0) && bound.value < first.value)) first = bound;
  }
  return first === undefined ? {} : { value: first.value };
}

const withoutRepeats = (steps: readonly Step[]): readonly Step[] => steps.filter(({ value }, index) => value !== steps[index - 1]?.value);

export const valueAt = (steps: readonly Step[], atMs: number): number | undefined => steps.findLast(({ fromMs }) => fromMs <= atMs)?.value;

/** What both say at each instant. */
export function laidOver(
  a: readonly Step[],
  b: readonly Step[],
  combine: (a: number | undefined, b: number | undefined) => number | undefined,
): readonly Step[] {
  const times = [...new Set([...a, ...b].map(({ fromMs }) => fromMs))].sort((x, y) => x - y);
  return withoutRepeats(
    times.map((fromMs) => {
      const value = combine(valueAt(a, fromMs), valueAt(b, fromMs));
      return { fromMs, ...(value !== undefined && { value }) };
    }),
  );
}

/** The lower of two; one alone where there is one. */
export const lower = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

/** From `nowMs` on: what holds then, and what follows. */
export function fromNow(steps: readonly Step[], nowMs: number): readonly Step[] {
  const value = valueAt(steps, nowMs);
  return [...(value === undefined ? [] : [{ fromMs: nowMs, value }]), ...steps.filter(({ fromMs }) => fromMs > nowMs)];
}
