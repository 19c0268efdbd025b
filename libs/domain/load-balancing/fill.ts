// Weighted max-min by progressive filling: one water level rises, who meets a full column or the own maximum stays there.
// Who takes part (admission) and rounding to what can be told are decided by the caller; numbers are mA.
import type { Bottlenecks } from './bottlenecks.js';
import { flag, NONE, real, whole, workFlags, workReals, workWholes } from './columns.js';
import { LevelHeap } from './level-heap.js';
import { type Load, timesUntil } from './load.js';
import { orderBy } from './stable-order.js';

export interface FillProblem {
  /** Indexes of the claims that take part. Their floors fit together. */
  readonly admitted: Int32Array;
  /** Per claim: floor, ceiling [mA], weight (> 0), and its route in the paths of `bottlenecks`. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly weight: Float64Array;
  readonly route: Int32Array;
  readonly bottlenecks: Bottlenecks;
  /** What flows besides. */
  readonly load: Load;
  /** Per claim, changed in place: the full column that kept it from more, NONE where its own ceiling did. */
  readonly tight: Int32Array;
}

/** Float noise on sums of some 10^5 terms stays far below this share of a milliamp. */
const NOISE = 1e-6;
/** What columns keep free whose sums are not whole numbers. */
export const reserveMa = (claims: number): number => NOISE * (1000 + 2 * claims);

/**
 * max-min of current/weight within [min, max] under every column: per claim whole mA, rounded down, 0 for who does not take part.
 * O(n × path) for n claims, and little for each column that fills up.
 */
export function fill({ admitted, min, max, weight, route, bottlenecks, load, tight }: FillProblem): Float64Array {
  const { paths } = bottlenecks;
  const count = min.length;
  const current = workReals(count);
  const isRising = workFlags(count);
  /** Claims of a route that rise, the latest first, as links; those that reached their ceiling since then are skipped. */
  const latest = workWholes(paths.start.length).fill(NONE);
  const earlier = workWholes(count);
  // What claims do on their own: leave the floor, reach the ceiling.
  const floors = new Queue(admitted, min, weight);
  const ceilings = new Queue(admitted, max, weight);

  // The lowest floor is mostly everybody's: those rise from the start on.
  let level = floors.level();
  const fixed = workReals(paths.start.length - 1);
  const slope = workReals(paths.start.length - 1);
  const rise = (i: number): void => {
    const r = whole(route, i);
    isRising[i] = 1;
    earlier[i] = whole(latest, r);
    latest[r] = i;
  };
  while (floors.isAt(level)) {
    const i = floors.take();
    rise(i);
    slope[whole(route, i)] = real(slope, whole(route, i)) + real(weight, i);
  }
  for (let place = floors.taken; place < admitted.length; place++) {
    const i = floors.at(place);
    fixed[whole(route, i)] = real(fixed, whole(route, i)) + real(min, i);
  }
  const sums = new ColumnSums(bottlenecks, load, fixed, slope, level);

  for (let open = admitted.length; open > 0; ) {
    const bound = sums.nextFull();
    if (bound <= Math.min(floors.level(), ceilings.level())) {
      if (!sums.isNextFull(level)) continue;
      level = bound;
      const full = sums.takeNext();
      const through = paths.routesThrough(full);
      for (let place = 0; place < through.length; place++) {
        const r = whole(through, place);
        let [stopped, steepness] = [0, 0];
        for (let i = whole(latest, r); i !== NONE; i = whole(earlier, i)) {
          if (flag(isRising, i) === 0) continue;
          isRising[i] = 0;
          tight[i] = full;
          current[i] = Math.min(real(max, i), Math.max(real(min, i), level * real(weight, i)));
          stopped += real(current, i);
          steepness += real(weight, i);
          open--;
        }
        latest[r] = NONE;
        if (steepness > 0) sums.change(r, stopped, -steepness);
      }
    } else if (floors.level() <= ceilings.level()) {
      for (level = floors.level(); floors.isAt(level); ) {
        const i = floors.take();
        rise(i);
        sums.change(whole(route, i), -real(min, i), real(weight, i));
        sums.lookAgain(whole(route, i), level);
      }
    } else {
      // Nothing is full before `bound`: whoever is there earlier stops, all at once.
      for (const end = Math.min(bound, floors.level()); ceilings.level() < end; ) {
        level = ceilings.level();
        const i = ceilings.take();
        if (flag(isRising, i) === 0) continue;
        isRising[i] = 0;
        current[i] = real(max, i);
        sums.change(whole(route, i), real(max, i), -real(weight, i));
        open--;
      }
    }
  }
  for (let place = 0; place < admitted.length; place++) {
    const i = whole(admitted, place);
    current[i] = Math.max(real(min, i), Math.floor(real(current, i) + NOISE));
  }
  return current;
}

/** Per bottleneck: what does not rise, what rises with the level, and so the level at which it is full. */
class ColumnSums {
  /** At 2b what does not rise, at 2b + 1 what rises per level. */
  private readonly re: Float64Array;
  private readonly im: Float64Array;
  /** By a level no later than that at which it is full: risers that stop only put it off, which is looked at when its turn comes. */
  private readonly heap: LevelHeap;

  /** Per route the mA that do not rise, and mA per level of those that do. */
  constructor(
    private readonly bottlenecks: Bottlenecks,
    load: Load,
    fixed: Float64Array,
    slope: Float64Array,
    level: number,
  ) {
    const { paths, count } = bottlenecks;
    const side = (share: Float64Array, besides: Float64Array): Float64Array => {
      const [atRest, rising] = [paths.sums(fixed, share), paths.sums(slope, share)];
      const both = workReals(2 * count);
      for (let b = 0; b < count; b++) {
        const c = whole(bottlenecks.column, b);
        both[2 * b] = real(besides, c) + real(atRest, c);
        both[2 * b + 1] = real(rising, c);
      }
      return both;
    };
    this.re = side(paths.re, load.re);
    this.im = side(paths.im, load.im);
    this.heap = new LevelHeap(count);
    for (let b = 0; b < count; b++) this.heap.set(b, this.levelOf(b, level));
  }

  /** On a route: mA that do not rise, and mA per level of those that do. */
  change(route: number, fixed: number, slope: number): void {
    const { start, onRoute, re, im, paths } = this.bottlenecks;
    for (let k = whole(start, route), end = whole(start, route + 1); k < end; k++) {
      const b = whole(onRoute, k);
      this.re[2 * b] = real(this.re, 2 * b) + real(re, k) * fixed;
      this.re[2 * b + 1] = real(this.re, 2 * b + 1) + real(re, k) * slope;
      if (paths.isReal) continue;
      this.im[2 * b] = real(this.im, 2 * b) + real(im, k) * fixed;
      this.im[2 * b + 1] = real(this.im, 2 * b + 1) + real(im, k) * slope;
    }
  }

  /** More rises on a route: its bottlenecks may be full as soon as `level`. */
  lookAgain(route: number, level: number): void {
    const { start, onRoute } = this.bottlenecks;
    for (let k = whole(start, route), end = whole(start, route + 1); k < end; k++) this.heap.bringForward(whole(onRoute, k), level);
  }

  /** A level before which none is full. */
  nextFull(): number {
    return this.heap.topLevel();
  }

  /** Whether the one it is about is full there indeed; where not, the bound is moved. */
  isNextFull(level: number): boolean {
    const at = this.levelOf(this.heap.top(), level);
    const isFull = at <= this.nextFull();
    if (!isFull) this.heap.set(this.heap.top(), at);
    return isFull;
  }

  /** Its column, in which nobody is to rise any more. */
  takeNext(): number {
    const full = this.heap.top();
    this.heap.set(full, Number.POSITIVE_INFINITY);
    return whole(this.bottlenecks.column, full);
  }

  private levelOf(b: number, level: number): number {
    const limit = real(this.bottlenecks.limit, b);
    return Math.max(
      level,
      timesUntil(real(this.re, 2 * b), real(this.im, 2 * b), real(this.re, 2 * b + 1), real(this.im, 2 * b + 1), limit),
    );
  }
}

/** Claims in the order of their value per weight. */
class Queue {
  taken = 0;
  private readonly key: Float64Array;
  private readonly order: Int32Array;

  constructor(claims: Int32Array, value: Float64Array, weight: Float64Array) {
    this.key = workReals(value.length);
    for (let i = 0; i < value.length; i++) this.key[i] = real(value, i) / real(weight, i);
    this.order = orderBy(claims, this.key);
  }

  at(place: number): number {
    return whole(this.order, place);
  }

  isAt(level: number): boolean {
    return this.taken < this.order.length && real(this.key, this.at(this.taken)) === level;
  }

  /** Of the next one; Infinity at the end. */
  level(): number {
    return this.taken < this.order.length ? real(this.key, this.at(this.taken)) : Number.POSITIVE_INFINITY;
  }

  take(): number {
    return this.at(this.taken++);
  }
}
