// Weighted max-min by progressive filling: one water level rises, who hits a full constraint or the own maximum stays there.
// Who takes part (admission) and rounding are decided by the caller; numbers are mA.

export interface FillProblem {
  /** Per claim: floor, ceiling [mA] and weight (> 0). The floors fit together. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly weight: Float64Array;
  /** Constraints of claim i: constraint[start[i]] … constraint[start[i + 1] - 1], each loaded `coefficient` times the claim's current. */
  readonly start: Int32Array;
  readonly constraint: Int32Array;
  readonly coefficient: Float64Array;
  /** Per constraint [mA]. */
  readonly capacity: Float64Array;
}

export interface FillResult {
  /** Whole mA, rounded down. */
  readonly current: Float64Array;
  /** The full constraint that kept a claim from more, -1 where its own ceiling did. */
  readonly tight: Int32Array;
}

const WAITING = 0; // at its floor, the level is still below it
const RISING = 1;
const FROZEN = 2;
/** Float noise on sums of some 10^5 terms stays far below this share of a milliamp. */
const NOISE = 1e-6;

/** max-min of current/weight within [min, max] under every constraint. O(n log n) events for n claims in a tree of bounded depth. */
export function fill(problem: FillProblem): FillResult {
  const { min, max, weight, start, constraint, coefficient, capacity } = problem;
  const count = min.length;
  const members = transpose(problem);
  const state = new Uint8Array(count);
  const current = new Float64Array(count);
  const tight = new Int32Array(count).fill(-1);
  const fixed = new Float64Array(capacity.length); // load of what does not rise
  const slope = new Float64Array(capacity.length); // load per unit of level of what rises
  const heap = new LevelHeap(capacity.length);

  for (let i = 0; i < count; i++) {
    for (let k = at(start, i); k < at(start, i + 1); k++) add(fixed, at(constraint, k), at(coefficient, k) * at(min, i));
  }

  let level = 0;
  const fullAt = (c: number): number => {
    const room = at(capacity, c) - at(fixed, c);
    if (at(slope, c) > 0) return Math.max(level, room / at(slope, c));
    return room <= NOISE ? level : Number.POSITIVE_INFINITY;
  };
  const rise = (i: number): void => {
    state[i] = RISING;
    for (let k = at(start, i); k < at(start, i + 1); k++) {
      const c = at(constraint, k);
      add(fixed, c, -at(coefficient, k) * at(min, i));
      add(slope, c, at(coefficient, k) * at(weight, i));
      heap.set(c, fullAt(c));
    }
  };
  const freeze = (i: number, value: number, reason: number): void => {
    const rising = state[i] === RISING;
    state[i] = FROZEN;
    current[i] = value;
    tight[i] = reason;
    if (!rising) return;
    for (let k = at(start, i); k < at(start, i + 1); k++) {
      const c = at(constraint, k);
      const share = at(coefficient, k) * at(weight, i);
      add(fixed, c, at(coefficient, k) * value);
      slope[c] = Math.max(0, at(slope, c) - share);
      if (at(slope, c) < share * 1e-9) slope[c] = 0;
      if (heap.has(c)) heap.set(c, fullAt(c));
    }
  };

  for (let c = 0; c < capacity.length; c++) if (at(members.start, c) < at(members.start, c + 1)) heap.set(c, fullAt(c));

  // Two sorted queues of what claims do on their own: leave the floor, reach the ceiling.
  const byFloor = order(count, (i) => at(min, i) / at(weight, i));
  const byCeiling = order(count, (i) => at(max, i) / at(weight, i));
  let floor = 0;
  let ceiling = 0;
  let open = count;
  while (open > 0) {
    while (ceiling < count && state[at(byCeiling.claim, ceiling)] === FROZEN) ceiling++;
    while (floor < count && state[at(byFloor.claim, floor)] !== WAITING) floor++;
    const nextCeiling = ceiling < count ? at(byCeiling.level, ceiling) : Number.POSITIVE_INFINITY;
    const nextFloor = floor < count ? at(byFloor.level, floor) : Number.POSITIVE_INFINITY;
    const nextFull = heap.topLevel();
    if (nextFull <= nextFloor && nextFull <= nextCeiling) {
      const c = heap.pop();
      level = Math.max(level, nextFull);
      for (let k = at(members.start, c); k < at(members.start, c + 1); k++) {
        const i = at(members.claim, k);
        if (state[i] === FROZEN) continue;
        freeze(i, state[i] === RISING ? Math.min(at(max, i), Math.max(at(min, i), level * at(weight, i))) : at(min, i), c);
        open--;
      }
    } else if (nextFloor <= nextCeiling) {
      level = Math.max(level, nextFloor);
      rise(at(byFloor.claim, floor));
    } else {
      level = Math.max(level, nextCeiling);
      freeze(at(byCeiling.claim, ceiling), at(max, at(byCeiling.claim, ceiling)), -1);
      open--;
    }
  }
  // Sums of whole numbers that exceed a whole capacity by noise do not exceed it.
  for (let i = 0; i < count; i++) current[i] = Math.max(at(min, i), Math.floor(at(current, i) + NOISE));
  return { current, tight };
}

/** Typed arrays hold a number at every index below their length. */
const at = (array: Float64Array | Int32Array, index: number): number => array[index] as number;
const add = (array: Float64Array, index: number, value: number): void => {
  array[index] = at(array, index) + value;
};

function transpose({ start, constraint, capacity }: FillProblem): { readonly start: Int32Array; readonly claim: Int32Array } {
  const starts = new Int32Array(capacity.length + 1);
  for (const c of constraint) starts[c + 1] = at(starts, c + 1) + 1;
  for (let c = 0; c < capacity.length; c++) starts[c + 1] = at(starts, c + 1) + at(starts, c);
  const next = starts.slice();
  const claim = new Int32Array(constraint.length);
  for (let i = 0; i + 1 < start.length; i++) {
    for (let k = at(start, i); k < at(start, i + 1); k++) {
      const c = at(constraint, k);
      claim[at(next, c)] = i;
      next[c] = at(next, c) + 1;
    }
  }
  return { start: starts, claim };
}

function order(count: number, levelOf: (claim: number) => number): { readonly claim: Int32Array; readonly level: Float64Array } {
  const key = Float64Array.from({ length: count }, (_, i) => levelOf(i));
  const claim = Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => at(key, a) - at(key, b) || a - b);
  return { claim, level: Float64Array.from(claim, (i) => at(key, i)) };
}

/** Binary heap of constraints by the level at which each fills up; a constraint popped is gone. */
class LevelHeap {
  private readonly items: Int32Array;
  private readonly place: Int32Array;
  private readonly level: Float64Array;
  private size = 0;

  constructor(capacity: number) {
    this.items = new Int32Array(capacity);
    this.place = new Int32Array(capacity).fill(-1);
    this.level = new Float64Array(capacity);
  }

  has(item: number): boolean {
    return at(this.place, item) >= 0;
  }

  topLevel(): number {
    return this.size > 0 ? at(this.level, at(this.items, 0)) : Number.POSITIVE_INFINITY;
  }

  set(item: number, level: number): void {
    this.level[item] = level;
    if (!this.has(item)) this.put(this.size++, item);
    this.up(at(this.place, item));
    this.down(at(this.place, item));
  }

  pop(): number {
    const top = at(this.items, 0);
    const last = at(this.items, --this.size);
    this.place[top] = -1;
    if (this.size > 0) {
      this.put(0, last);
      this.down(0);
    }
    return top;
  }

  private put(index: number, item: number): void {
    this.items[index] = item;
    this.place[item] = index;
  }

  private up(from: number): void {
    let index = from;
    const item = at(this.items, index);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = at(this.items, parent);
      if (at(this.level, above) <= at(this.level, item)) break;
      this.put(index, above);
      index = parent;
    }
    this.put(index, item);
  }

  private down(from: number): void {
    let index = from;
    const item = at(this.items, index);
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.size) break;
      const right = child + 1;
      if (right < this.size && at(this.level, at(this.items, right)) < at(this.level, at(this.items, child))) child = right;
      const below = at(this.items, child);
      if (at(this.level, item) <= at(this.level, below)) break;
      this.put(index, below);
      index = child;
    }
    this.put(index, item);
  }
}
