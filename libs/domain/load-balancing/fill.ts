// Weighted max-min by progressive filling: one water level rises, who meets a full column or the own maximum stays there.
// Who takes part (admission) and rounding to what can be told are decided by the caller; numbers are mA.
import type { Bottlenecks } from './bottlenecks.js';
import { filtered, joined, NONE, real, whole, workReals, workWholes } from './columns.js';
import { LevelHeap } from './level-heap.js';
import { type Load, timesUntil } from './load.js';
import { orderBy } from './stable-order.js';

export interface FillProblem {
  /** How many claims there are, and the indexes of those that take part. Their floors fit together. */
  readonly count: number;
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
export function fill({ count, admitted, min, max, weight, route, bottlenecks, load, tight }: FillProblem): Float64Array {
  const { routes, paths } = bottlenecks;
  const { throughStart, through } = paths;
  // The lowest floor is mostly everybody's: those rise from the start on, the others wait for their turn.
  const floors = new Queue(count, admitted, min, weight);
  let level = floors.level();
  const fixed = workReals(routes);
  const slope = workReals(routes);
  while (floors.isAt(level)) {
    const i = floors.take();
    slope[whole(route, i)] = real(slope, whole(route, i)) + real(weight, i);
  }
  const waiting = floors.order.subarray(floors.taken);
  for (let place = 0; place < waiting.length; place++) {
    const i = whole(waiting, place);
    fixed[whole(route, i)] = real(fixed, whole(route, i)) + real(min, i);
  }

  // Whoever reaches the ceiling before anything on the way up could be full, if all the others rose for ever, is there already.
  const sums = new ColumnSums(bottlenecks, load);
  sums.begin(fixed, slope, level);
  let rising = floors.order.subarray(0, floors.taken);
  for (let settled = count; settled > rising.length / 8; ) {
    const bound = sums.boundPerRoute();
    const before = rising.length;
    rising = filtered(rising, (i) => {
      const r = whole(route, i);
      if (real(max, i) / real(weight, i) >= Math.min(real(bound, r), floors.level())) return true;
      fixed[r] = real(fixed, r) + real(max, i);
      slope[r] = real(slope, r) - real(weight, i);
      return false;
    });
    settled = before - rising.length;
    if (settled > 0) sums.begin(fixed, slope, level);
  }

  // Then one after the other. With the first full column on its way up a route stops for good: it will not have room again. Only a route whose
  // current turns against what flows there goes on: nothing rose on it yet, or the column would have been fuller without it.
  sums.queue();
  let lastFull = NONE;
  const ceilings = new Queue(count, joined(rising, waiting), max, weight);
  const stop = workReals(routes).fill(Number.POSITIVE_INFINITY);
  const stoppedBy = workWholes(routes).fill(NONE);
  for (let bound = sums.nextFull(); bound < Number.POSITIVE_INFINITY || !floors.isDone(); bound = sums.nextFull()) {
    if (bound <= Math.min(floors.level(), ceilings.level())) {
      if (!sums.isNextFull(level)) continue;
      const isStuck = sums.top() === lastFull && level === bound;
      level = bound;
      lastFull = sums.top();
      const full = whole(bottlenecks.column, lastFull);
      let isRelieved = false;
      for (let place = whole(throughStart, full), end = whole(throughStart, full + 1); place < end; place++) {
        const r = whole(through, place);
        if (real(stop, r) <= level) continue;
        if (!isStuck && sums.relieves(place, level)) {
          isRelieved = true;
          continue;
        }
        stop[r] = level;
        stoppedBy[r] = full;
        if (real(slope, r) > 0) sums.change(r, level * real(slope, r), -real(slope, r));
      }
      sums.leave(level, isRelieved);
    } else if (floors.level() <= ceilings.level()) {
      for (level = floors.level(); floors.isAt(level); ) {
        const i = floors.take();
        const r = whole(route, i);
        if (real(stop, r) <= level) continue;
        slope[r] = real(slope, r) + real(weight, i);
        sums.change(r, -real(min, i), real(weight, i));
        sums.lookAgain(r, level);
      }
    } else {
      // Nothing is full before `bound`: whoever is there earlier stops, all at once.
      for (const end = Math.min(bound, floors.level()); ceilings.level() < end; ) {
        level = ceilings.level();
        const i = ceilings.take();
        const r = whole(route, i);
        if (real(stop, r) <= level) continue;
        slope[r] = real(slope, r) - real(weight, i);
        sums.change(r, real(max, i), -real(weight, i));
      }
    }
  }

  const current = workReals(count);
  for (let place = 0; place < admitted.length; place++) {
    const i = whole(admitted, place);
    const fair = Math.floor(real(stop, whole(route, i)) * real(weight, i) + NOISE);
    current[i] = Math.min(real(max, i), Math.max(real(min, i), fair));
    tight[i] = real(current, i) < real(max, i) ? whole(stoppedBy, whole(route, i)) : NONE;
  }
  return current;
}

/** Per bottleneck: what does not rise, what rises with the level, and so the level at which it is full. */
class ColumnSums {
  /** At 2b what does not rise, at 2b + 1 what rises per level. */
  private readonly re: Float64Array;
  private readonly im: Float64Array;
  /** Levels before which none is full, per bottleneck and the next of all: risers that stop only put it off, which is looked at when its turn comes. */
  private readonly bound: Float64Array;
  private readonly heap: LevelHeap;

  constructor(
    private readonly bottlenecks: Bottlenecks,
    private readonly load: Load,
  ) {
    this.bound = workReals(bottlenecks.count);
    this.re = workReals(2 * bottlenecks.count);
    this.im = workReals(2 * bottlenecks.count);
    this.heap = new LevelHeap(bottlenecks.count);
  }

  /** Per route the mA that do not rise, and mA per level of those that do. */
  begin(fixed: Float64Array, slope: Float64Array, level: number): void {
    const { paths } = this.bottlenecks;
    this.takeOver(this.re, this.load.re, paths.sums(fixed, paths.re), paths.sums(slope, paths.re));
    if (!paths.isReal) this.takeOver(this.im, this.load.im, paths.sums(fixed, paths.im), paths.sums(slope, paths.im));
    for (let b = 0; b < this.bottlenecks.count; b++) this.bound[b] = this.levelOf(b, level);
  }

  /** The same, per route. */
  boundPerRoute(): Float64Array {
    const { count, first, next, routes, paths } = this.bottlenecks;
    // From there on up; what is above has a lower number.
    const upwards = workReals(count);
    for (let b = 0; b < count; b++) {
      const above = whole(next, b);
      upwards[b] = above === NONE ? real(this.bound, b) : Math.min(real(this.bound, b), real(upwards, above));
    }
    const bound = workReals(routes).fill(Number.POSITIVE_INFINITY);
    for (let route = 0; route < routes; route++)
      for (let k = whole(paths.start, route), end = whole(paths.start, route + 1); k < end; k++) {
        const b = whole(first, whole(paths.column, k));
        if (b !== NONE) bound[route] = Math.min(real(bound, route), real(upwards, b));
      }
    return bound;
  }

  /** From here on one after the other. */
  queue(): void {
    for (let b = 0; b < this.bottlenecks.count; b++) this.heap.set(b, real(this.bound, b));
  }

  private takeOver(both: Float64Array, besides: Float64Array, atRest: Float64Array, rising: Float64Array): void {
    for (let b = 0; b < this.bottlenecks.count; b++) {
      const c = whole(this.bottlenecks.column, b);
      both[2 * b] = real(besides, c) + real(atRest, c);
      both[2 * b + 1] = real(rising, c);
    }
  }

  /** On a route: mA that do not rise, and mA per level of those that do. */
  change(route: number, fixed: number, slope: number): void {
    const { first, next, paths } = this.bottlenecks;
    for (let k = whole(paths.start, route), end = whole(paths.start, route + 1); k < end; k++)
      for (let b = whole(first, whole(paths.column, k)); b !== NONE; b = whole(next, b)) {
        this.re[2 * b] = real(this.re, 2 * b) + real(paths.re, k) * fixed;
        this.re[2 * b + 1] = real(this.re, 2 * b + 1) + real(paths.re, k) * slope;
        if (paths.isReal) continue;
        this.im[2 * b] = real(this.im, 2 * b) + real(paths.im, k) * fixed;
        this.im[2 * b + 1] = real(this.im, 2 * b + 1) + real(paths.im, k) * slope;
      }
  }

  /** More rises on a route: its bottlenecks may be full as soon as `level`. */
  lookAgain(route: number, level: number): void {
    const { first, next, paths } = this.bottlenecks;
    for (let k = whole(paths.start, route), end = whole(paths.start, route + 1); k < end; k++)
      for (let b = whole(first, whole(paths.column, k)); b !== NONE; b = whole(next, b)) this.heap.bringForward(b, level);
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

  /** The one it is about. */
  top(): number {
    return this.heap.top();
  }

  /** Whether more on the route at this place of `through` makes less flow there. */
  relieves(place: number, level: number): boolean {
    const { isReal, throughRe, throughIm } = this.bottlenecks.paths;
    if (isReal) return false;
    const b = this.heap.top();
    const x = real(this.re, 2 * b) + real(this.re, 2 * b + 1) * level;
    const y = real(this.im, 2 * b) + real(this.im, 2 * b + 1) * level;
    return x * real(throughRe, place) + y * real(throughIm, place) < 0;
  }

  /** Nobody is to rise any more there, or only who relieves it. */
  leave(level: number, isRelieved: boolean): void {
    this.heap.set(this.heap.top(), isRelieved ? this.levelOf(this.heap.top(), level) : Number.POSITIVE_INFINITY);
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
  readonly order: Int32Array;

  constructor(count: number, claims: Int32Array, value: Float64Array, weight: Float64Array) {
    this.key = workReals(count);
    for (let place = 0; place < claims.length; place++) {
      const i = whole(claims, place);
      this.key[i] = real(value, i) / real(weight, i);
    }
    this.order = orderBy(claims, this.key);
  }

  isDone(): boolean {
    return this.taken === this.order.length;
  }

  isAt(level: number): boolean {
    return !this.isDone() && real(this.key, whole(this.order, this.taken)) === level;
  }

  /** Of the next one; Infinity at the end. */
  level(): number {
    return this.isDone() ? Number.POSITIVE_INFINITY : real(this.key, whole(this.order, this.taken));
  }

  take(): number {
    return whole(this.order, this.taken++);
  }
}
