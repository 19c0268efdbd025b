// Weighted max-min by progressive filling: one water level rises, who meets a full column or the own maximum stays there.
// Who takes part (admission) and rounding to what can be told are decided by the caller; numbers are mA.
import { real, whole, workCopy, workFlags, workReals, workWholes } from './columns.js';
import { LevelHeap } from './level-heap.js';
import { type Load, timesUntil } from './load.js';
import type { Paths } from './routes.js';
import { orderBy } from './stable-order.js';

export interface FillProblem {
  /** Per claim: floor, ceiling [mA] and weight (> 0). The floors fit together. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly weight: Float64Array;
  /** Per claim, its route in `paths`. Claims of one route rise and stop together, which is what makes it fast. */
  readonly route: Int32Array;
  readonly paths: Paths;
  /** Per column [mA], and what flows there besides. */
  readonly capacity: Float64Array;
  readonly load: Load;
}

export interface FillResult {
  /** Whole mA, rounded down. */
  readonly current: Float64Array;
  /** The full column that kept a claim from more, -1 where its own ceiling did. */
  readonly tight: Int32Array;
}

const WAITING = 0; // at its floor, the level is still below it
const RISING = 1;
const FROZEN = 2;
const NOBODY = -1;
/** Float noise on sums of some 10^5 terms stays far below this share of a milliamp. */
const NOISE = 1e-6;

/** max-min of current/weight within [min, max] under every column. O(n × path) for n claims, and little for each column that fills up. */
export function fill({ min, max, weight, route, paths, capacity, load }: FillProblem): FillResult {
  const count = min.length;
  const state = workFlags(count);
  const current = workReals(count);
  const tight = workWholes(count).fill(-1);
  // Sums of whole numbers cannot exceed a whole capacity by noise; sums of other shares are kept a little away from it.
  const sums = new ColumnSums(paths, capacity, load, NOISE * (1000 + 2 * count));
  /** Rising claims of a route, the youngest first, as links; those that reached their ceiling are skipped. */
  const youngest = workWholes(paths.start.length).fill(NOBODY);
  const older = workWholes(count);
  // What claims do on their own: leave the floor, reach the ceiling.
  const floors = new Queue(min, weight);
  const ceilings = new Queue(max, weight);

  for (let i = 0; i < count; i++) sums.change(whole(route, i), real(min, i), 0, 0);
  for (let open = count, level = 0; open > 0; ) {
    while (floors.next < count && state[floors.top()] !== WAITING) floors.next++;
    while (ceilings.next < count && state[ceilings.top()] === FROZEN) ceilings.next++;
    sums.settle(level);
    const bound = sums.nextFull();
    if (floors.level() < bound && floors.level() <= ceilings.level()) {
      level = floors.level();
      for (; floors.level() === level; floors.next++) {
        const i = floors.top();
        if (state[i] !== WAITING) continue;
        const index = whole(route, i);
        state[i] = RISING;
        older[i] = whole(youngest, index);
        youngest[index] = i;
        sums.change(index, -real(min, i), real(weight, i), 1);
      }
    } else if (ceilings.level() < bound) {
      // Nothing is full before `bound`: whoever is there earlier stops, all at once.
      for (const end = Math.min(bound, floors.level()); ceilings.level() < end; ceilings.next++) {
        const i = ceilings.top();
        if (state[i] === FROZEN) continue;
        level = ceilings.level();
        current[i] = real(max, i);
        if (state[i] === RISING) sums.change(whole(route, i), real(max, i), -real(weight, i), -1);
        else sums.change(whole(route, i), real(max, i) - real(min, i), 0, 0);
        state[i] = FROZEN;
        open--;
      }
    } else if (sums.isNextFull(level)) {
      level = sums.nextFull();
      const full = sums.next();
      const through = paths.routesThrough(full);
      for (let place = 0; place < through.length; place++) {
        const index = whole(through, place);
        for (let i = whole(youngest, index); i !== NOBODY; i = whole(older, i)) {
          if (state[i] !== RISING) continue;
          const value = Math.min(real(max, i), Math.max(real(min, i), level * real(weight, i)));
          state[i] = FROZEN;
          current[i] = value;
          tight[i] = full;
          sums.change(index, value, -real(weight, i), -1);
          open--;
        }
        youngest[index] = NOBODY;
      }
    }
  }
  for (let i = 0; i < count; i++) current[i] = Math.max(real(min, i), Math.floor(real(current, i) + NOISE));
  return { current, tight };
}

/** Per column: what does not rise, what rises with the level, and so the level at which it is full. */
class ColumnSums {
  private readonly fixedRe: Float64Array;
  private readonly fixedIm: Float64Array;
  private readonly slopeRe: Float64Array;
  private readonly slopeIm: Float64Array;
  private readonly rising: Int32Array;
  private readonly limit: Float64Array;
  /** By a level no later than that at which the column is full: risers that stop only put it off, which is looked at when its turn comes. */
  private readonly heap: LevelHeap;
  /** Columns with new risers, to be put in their places. */
  private readonly steeper: Int32Array;
  private readonly isSteeper: Uint8Array;
  /** Changes per route since the columns were told, and the routes that have some. */
  private readonly newFixed: Float64Array;
  private readonly newSlope: Float64Array;
  private readonly newRising: Int32Array;
  private readonly changed: Int32Array;
  private readonly isChanged: Uint8Array;
  private changes = 0;

  constructor(
    private readonly paths: Paths,
    private readonly capacity: Float64Array,
    load: Load,
    private readonly reserveMa: number,
  ) {
    const size = capacity.length;
    const routes = paths.start.length - 1;
    this.fixedRe = workCopy(load.re);
    this.fixedIm = workCopy(load.im);
    this.slopeRe = workReals(size);
    this.slopeIm = workReals(size);
    this.rising = workWholes(size);
    this.limit = workCopy(capacity);
    this.heap = new LevelHeap(size);
    this.steeper = workWholes(size);
    this.isSteeper = workFlags(size);
    this.newFixed = workReals(routes);
    this.newSlope = workReals(routes);
    this.newRising = workWholes(routes);
    this.changed = workWholes(routes);
    this.isChanged = workFlags(routes);
  }

  /** On a route: mA that do not rise, mA per level of those that do, and how many these are. */
  change(route: number, fixed: number, slope: number, risers: number): void {
    this.newFixed[route] = real(this.newFixed, route) + fixed;
    this.newSlope[route] = real(this.newSlope, route) + slope;
    this.newRising[route] = whole(this.newRising, route) + risers;
    if (this.isChanged[route] === 1) return;
    this.isChanged[route] = 1;
    this.changed[this.changes++] = route;
  }

  /** Takes the changes over into the columns. */
  settle(level: number): void {
    let count = 0;
    for (let place = 0; place < this.changes; place++) {
      const route = whole(this.changed, place);
      count = this.takeOver(route, count);
      this.newFixed[route] = 0;
      this.newSlope[route] = 0;
      this.newRising[route] = 0;
      this.isChanged[route] = 0;
    }
    this.changes = 0;
    for (let place = 0; place < count; place++) {
      const c = whole(this.steeper, place);
      this.isSteeper[c] = 0;
      this.heap.set(c, this.levelOf(c, level));
    }
  }

  /** A level before which no column is full. */
  nextFull(): number {
    return this.heap.topLevel();
  }

  /** The column it is about. */
  next(): number {
    return this.heap.top();
  }

  /** Whether that column is full there indeed; where not, the bound is moved. */
  isNextFull(level: number): boolean {
    const at = this.levelOf(this.next(), level);
    const isFull = at <= this.nextFull();
    if (!isFull) this.heap.set(this.next(), at);
    return isFull;
  }

  private levelOf(c: number, level: number): number {
    if (whole(this.rising, c) === 0) return Number.POSITIVE_INFINITY;
    const { fixedRe, fixedIm, slopeRe, slopeIm, limit } = this;
    return Math.max(level, timesUntil(real(fixedRe, c), real(fixedIm, c), real(slopeRe, c), real(slopeIm, c), real(limit, c)));
  }

  /** Returns how many columns are steeper now. */
  private takeOver(route: number, before: number): number {
    const { start, column, re, im, isReal, isWhole } = this.paths;
    const { fixedRe, slopeRe, rising, steeper, isSteeper } = this;
    const fixed = real(this.newFixed, route);
    const slope = real(this.newSlope, route);
    const risers = whole(this.newRising, route);
    let count = before;
    for (let k = whole(start, route), end = whole(start, route + 1); k < end; k++) {
      const c = whole(column, k);
      fixedRe[c] = real(fixedRe, c) + real(re, k) * fixed;
      slopeRe[c] = real(slopeRe, c) + real(re, k) * slope;
      if (!isReal) {
        this.fixedIm[c] = real(this.fixedIm, c) + real(im, k) * fixed;
        this.slopeIm[c] = real(this.slopeIm, c) + real(im, k) * slope;
      }
      if (!isWhole && !(real(im, k) === 0 && Number.isInteger(real(re, k)))) this.limit[c] = real(this.capacity, c) - this.reserveMa;
      rising[c] = whole(rising, c) + risers;
      if (rising[c] === 0) {
        slopeRe[c] = 0;
        this.slopeIm[c] = 0;
      }
      if (risers > 0 && isSteeper[c] === 0) {
        isSteeper[c] = 1;
        steeper[count++] = c;
      }
    }
    return count;
  }
}

/** Claims in the order of their value per weight. */
class Queue {
  next = 0;
  private readonly key: Float64Array;
  private readonly claim: Int32Array;

  constructor(value: Float64Array, weight: Float64Array) {
    this.key = workReals(value.length);
    const claims = workWholes(value.length);
    for (let i = 0; i < value.length; i++) {
      this.key[i] = real(value, i) / real(weight, i);
      claims[i] = i;
    }
    this.claim = orderBy(claims, this.key);
  }

  top(): number {
    return whole(this.claim, this.next);
  }

  /** Infinity at the end. */
  level(): number {
    return this.next < this.claim.length ? real(this.key, whole(this.claim, this.next)) : Number.POSITIVE_INFINITY;
  }
}
