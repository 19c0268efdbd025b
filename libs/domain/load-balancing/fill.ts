// Weighted max-min by progressive filling: one water level rises, who meets a full column or the own maximum stays there.
// Who takes part (admission) and rounding to what can be told are decided by the caller; numbers are mA.
import type { Bottlenecks } from './bottlenecks.js';
import { ColumnSums } from './column-sums.js';
import { joined, NONE, range, real, whole, workReals, workWholes } from './columns.js';
import type { Load } from './load.js';
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
/** A tree of ten levels is mostly done by then; the rest is taken one after the other. */
const ROUNDS = 12;
/** What columns keep free whose sums are not whole numbers. */
export const reserveMa = (claims: number): number => NOISE * (1000 + 2 * claims);

/**
 * max-min of current/weight within [min, max] under every column: per claim whole mA, rounded down, 0 for who does not take part.
 * O(n × path) for n claims, and little for each column that fills up.
 */
export function fill(problem: FillProblem): Float64Array {
  const { count, admitted, min, max, weight, route, tight } = problem;
  const filling = begun(problem);
  riseInRounds(problem, filling);
  riseOneByOne(problem, filling);
  const { stop, stoppedBy } = filling;
  const current = workReals(count);
  for (let place = 0; place < admitted.length; place++) {
    const i = whole(admitted, place);
    const fair = Math.floor(real(stop, whole(route, i)) * real(weight, i) + NOISE);
    current[i] = Math.min(real(max, i), Math.max(real(min, i), fair));
    tight[i] = real(current, i) < real(max, i) ? whole(stoppedBy, whole(route, i)) : NONE;
  }
  return current;
}

interface Filling {
  /** Where the level begins to rise. */
  readonly level: number;
  /** Those that wait for their floor. */
  readonly floors: Queue;
  /** Those that rise on route r are at start[r] … end[r] − 1. */
  readonly rising: Int32Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Per route, mA per level of those that rise; the level at which it ended, Infinity where it goes on; and the full column it ended at. */
  readonly slope: Float64Array;
  readonly stop: Float64Array;
  readonly stoppedBy: Int32Array;
  readonly sums: ColumnSums;
}

/** The lowest floor is mostly everybody's: those rise from the start on, the others wait for their turn. */
function begun({ count, admitted, min, weight, route, bottlenecks, load }: FillProblem): Filling {
  const { routes } = bottlenecks;
  const floors = new Queue(count, admitted, min, weight);
  const level = floors.level();
  const fixed = workReals(routes);
  const slope = workReals(routes);
  const start = workWholes(routes + 1);
  while (floors.isAt(level)) {
    const i = floors.take();
    const r = whole(route, i);
    slope[r] = real(slope, r) + real(weight, i);
    start[r + 1] = whole(start, r + 1) + 1;
  }
  for (let place = floors.taken; place < floors.order.length; place++) {
    const i = whole(floors.order, place);
    fixed[whole(route, i)] = real(fixed, whole(route, i)) + real(min, i);
  }
  const end = workWholes(routes);
  for (let r = 0; r < routes; r++) {
    end[r] = whole(start, r);
    start[r + 1] = whole(start, r + 1) + whole(start, r);
  }
  const rising = workWholes(floors.taken);
  for (let place = 0; place < floors.taken; place++) {
    const i = whole(floors.order, place);
    const r = whole(route, i);
    rising[whole(end, r)] = i;
    end[r] = whole(end, r) + 1;
  }
  const stop = workReals(routes).fill(Number.POSITIVE_INFINITY);
  const stoppedBy = workWholes(routes).fill(NONE);
  const sums = new ColumnSums(bottlenecks, load, fixed, slope);
  return { level, floors, rising, start, end, slope, stop, stoppedBy, sums };
}

/**
 * All routes at once, as they lie in memory. Whoever reaches the ceiling before anything on the way up could be full, if all the others rose for
 * ever, is there already. And a column that is full before anything else happens on any route through it ends all of these: but not while some
 * wait for their floors, and not where currents may turn against each other.
 */
function riseInRounds(problem: FillProblem, filling: Filling): void {
  const { level, floors, slope, sums } = filling;
  const { routes, paths } = problem.bottlenecks;
  // Per route the lowest ceiling of those that rise; 0 where nobody has looked.
  const lowest = workReals(routes);
  const active = range(routes);
  for (let round = 0, count = routes, isMoving = true; round < ROUNDS && isMoving; round++) {
    isMoving = false;
    sums.beginRound(level);
    const before = count;
    count = 0;
    for (let place = 0; place < before; place++) {
      const r = whole(active, place);
      if (real(slope, r) <= 0) continue;
      active[count++] = r;
      const bound = sums.boundOf(r);
      const until = Math.min(bound, floors.level());
      const hasSettled = real(lowest, r) < until && settle(problem, filling, r, until, lowest);
      sums.isQuiet(r, hasSettled ? Number.NEGATIVE_INFINITY : bound);
      isMoving ||= hasSettled;
    }
    if (paths.isReal && floors.isDone()) isMoving = endFull(filling, active.subarray(0, count)) || isMoving;
  }
}

/** Whether anybody on the route has a ceiling below `until`: they are there. */
function settle({ max, weight }: FillProblem, filling: Filling, route: number, until: number, lowest: Float64Array): boolean {
  const { rising, start, end, slope, sums } = filling;
  const last = whole(end, route);
  let kept = whole(start, route);
  let settledMa = 0;
  let settled = 0;
  let next = Number.POSITIVE_INFINITY;
  for (let place = kept; place < last; place++) {
    const i = whole(rising, place);
    const ceiling = real(max, i) / real(weight, i);
    if (ceiling >= until) {
      rising[kept++] = i;
      next = Math.min(next, ceiling);
    } else {
      settledMa += real(max, i);
      settled += real(weight, i);
    }
  }
  lowest[route] = next;
  if (kept === last) return false;
  end[route] = kept;
  sums.change(route, settledMa, -settled);
  slope[route] = kept === whole(start, route) ? 0 : real(slope, route) - settled;
  return true;
}

/** Whether any of these routes ended at a full column. */
function endFull({ slope, stop, stoppedBy, sums }: Filling, routes: Int32Array): boolean {
  sums.findFull();
  let hasEnded = false;
  for (let place = 0; place < routes.length; place++) {
    const r = whole(routes, place);
    const full = sums.fullOn(r);
    if (full === NONE) continue;
    hasEnded = true;
    stoppedBy[r] = full;
    stop[r] = sums.boundOf(r);
    sums.change(r, real(stop, r) * real(slope, r), -real(slope, r));
    slope[r] = 0;
  }
  return hasEnded;
}

function leftRising({ rising, start, end, slope }: Filling): Int32Array {
  let size = 0;
  for (let r = 0; r < slope.length; r++)
    if (real(slope, r) > 0) for (let place = whole(start, r); place < whole(end, r); place++) rising[size++] = whole(rising, place);
  return rising.subarray(0, size);
}

/**
 * One after the other. With the first full column on its way up a route stops for good: it will not have room again. Only a route whose
 * current turns against what flows there goes on: nothing rose on it yet, or the column would have been fuller without it.
 */
function riseOneByOne({ count, min, max, weight, route, bottlenecks }: FillProblem, filling: Filling): void {
  const { floors, slope, stop, stoppedBy, sums } = filling;
  const { throughStart, through } = bottlenecks.paths;
  let { level } = filling;
  sums.queue(level);
  let lastFull = NONE;
  const ceilings = new Queue(count, joined(leftRising(filling), floors.order.subarray(floors.taken)), max, weight);
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
