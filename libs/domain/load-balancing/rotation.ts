// Turns for those who wait: when minimums do not fit at once, whoever charged longest makes place for whoever waits longest.
// The order of admission is the split's; here only a place in the queue changes hands.

/** Nobody loses a turn that has lasted less than this [ms]. */
export const ROTATE_AFTER_MS = 30 * 60_000;

export interface Turn {
  readonly id: string;
  readonly priority: number;
  readonly waitingSinceMs: number;
  /** Charging without a break since then. */
  readonly servedSinceMs?: number;
  /** The node that has no room for its minimum. */
  readonly waitsFor?: string;
  /** Nodes above it. */
  readonly nodes: readonly string[];
}

/** Who goes to the end of the queue now: one for each that waits, at the node it waits for, never for somebody of lower priority. */
export function yielding(turns: readonly Turn[], nowMs: number): readonly string[] {
  const waiting = turns
    .filter(({ waitsFor }) => waitsFor !== undefined)
    .sort((a, b) => b.priority - a.priority || a.waitingSinceMs - b.waitingSinceMs);
  if (waiting.length === 0) return [];
  const tired = turns
    .filter(({ servedSinceMs }) => servedSinceMs !== undefined && servedSinceMs + ROTATE_AFTER_MS <= nowMs)
    .sort((a, b) => (a.servedSinceMs ?? 0) - (b.servedSinceMs ?? 0));
  const out: string[] = [];
  for (const { waitsFor = '', priority } of waiting) {
    const next = tired.find((turn) => !out.includes(turn.id) && turn.priority <= priority && turn.nodes.includes(waitsFor));
    if (next !== undefined) out.push(next.id);
  }
  return out;
}

/** When somebody's turn ends next; Infinity while nobody waits. */
export function nextTurn(turns: readonly Pick<Turn, 'servedSinceMs' | 'waitsFor'>[], nowMs: number): number {
  if (!turns.some(({ waitsFor }) => waitsFor !== undefined)) return Number.POSITIVE_INFINITY;
  return Math.min(
    ...turns.flatMap(({ servedSinceMs }) =>
      servedSinceMs !== undefined && servedSinceMs + ROTATE_AFTER_MS > nowMs ? [servedSinceMs + ROTATE_AFTER_MS] : [],
    ),
  );
}
