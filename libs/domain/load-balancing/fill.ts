// Weighted max-min by progressive filling: one water level rises, who meets a full column or the own maximum stays there.
// Who takes part (admission) and rounding to what can be told are decided by the caller; numbers are mA.
import { LevelHeap } from './level-heap.js';
import { type Load, timesUntil } from './load.js';
import type { Route } from './network.js';
import { orderBy } from './stable-order.js';

export interface FillProblem {
  /** Per claim: floor, ceiling [mA] and weight (> 0). The floors fit together. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly weight: Float64Array;
  /** Per claim, its route: an index into `routes`. Claims of one route rise and stop together, which is what makes it fast. */
  readonly route: Int32Array;
  readonly routes: readonly Route[];
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

/** max-min of current/weight within [min, max] under every column. O(n + events × path) for n claims. */
export function fill({ min, max, weight, route, routes, capacity, load }: FillProblem): FillResult {
  const count = min.length;
  const state = new Uint8Array(count);
  const current = new Float64Array(count);
  const tight = new Int32Array(count).fill(-1);
  // Sums of whole numbers cannot exceed a whole capacity by noise; sums of other shares are kept a little away from it.
  const columns = columnSums(capacity, load, routes, NOISE * (1000 + 2 * count));
  const groups = routes.map(newGroup);
  /** Rising claims of a route, the youngest first, as links; those that reached their ceiling are skipped. */
  const older = new Int32Array(count).fill(NOBODY);

  const changed: Group[] = [];
  const touch = (group: Group): void => {
    if (group.isChanged) return;
    group.isChanged = true;
    changed.push(group);
  };
  const rise = (i: number): void => {
    const group = groups[num(route, i)] as Group;
    state[i] = RISING;
    older[i] = group.youngest;
    group.youngest = i;
    group.rising++;
    group.fixed -= num(min, i);
    group.slope += num(weight, i);
    touch(group);
  };
  const stop = (i: number, value: number, reason: number): void => {
    const group = groups[num(route, i)] as Group;
    group.fixed += state[i] === RISING ? value : value - num(min, i);
    if (state[i] === RISING) {
      group.rising--;
      group.slope = group.rising === 0 ? 0 : group.slope - num(weight, i);
    }
    state[i] = FROZEN;
    current[i] = value;
    tight[i] = reason;
    touch(group);
  };

  for (let i = 0; i < count; i++) {
    const group = groups[num(route, i)] as Group;
    group.fixed += num(min, i);
    touch(group);
  }
  // What claims do on their own: leave the floor, reach the ceiling.
  const floors = queueOf(count, (i) => num(min, i) / num(weight, i));
  const ceilings = queueOf(count, (i) => num(max, i) / num(weight, i));
  let level = 0;
  let open = count;
  while (open > 0) {
    columns.apply(changed, level);
    while (floors.next < count && state[floors.top()] !== WAITING) floors.next++;
    while (ceilings.next < count && state[ceilings.top()] === FROZEN) ceilings.next++;
    const nextFull = columns.topLevel();
    if (nextFull <= floors.level() && nextFull <= ceilings.level()) {
      level = Math.max(level, nextFull);
      const column = columns.top();
      for (const index of columns.routesThrough(column)) {
        const group = groups[index] as Group;
        for (let i = group.youngest; i !== NOBODY; i = num(older, i)) {
          if (state[i] !== RISING) continue;
          stop(i, Math.min(num(max, i), Math.max(num(min, i), level * num(weight, i))), column);
          open--;
        }
        group.youngest = NOBODY;
      }
    } else if (floors.level() <= ceilings.level()) {
      level = Math.max(level, floors.level());
      const together = floors.level();
      for (; floors.next < count && floors.level() === together; floors.next++) if (state[floors.top()] === WAITING) rise(floors.top());
    } else {
      level = Math.max(level, ceilings.level());
      const together = ceilings.level();
      for (; ceilings.next < count && ceilings.level() === together; ceilings.next++) {
        if (state[ceilings.top()] === FROZEN) continue;
        stop(ceilings.top(), num(max, ceilings.top()), -1);
        open--;
      }
    }
  }
  for (let i = 0; i < count; i++) current[i] = Math.max(num(min, i), Math.floor(num(current, i) + NOISE));
  return { current, tight };
}

/** All claims of one route. Sums beside what of them the columns have been told. */
interface Group {
  readonly route: Route;
  youngest: number;
  rising: number;
  /** mA of those that do not rise; mA per level of those that do. */
  fixed: number;
  slope: number;
  isChanged: boolean;
  toldFixed: number;
  toldSlope: number;
  toldRising: number;
}

const newGroup = (route: Route): Group => ({
  route,
  youngest: NOBODY,
  rising: 0,
  fixed: 0,
  slope: 0,
  isChanged: false,
  toldFixed: 0,
  toldSlope: 0,
  toldRising: 0,
});

/** Per column: what does not rise, what rises with the level, and so the level at which it is full. */
function columnSums(capacity: Float64Array, load: Load, routes: readonly Route[], reserveMa: number) {
  const size = capacity.length;
  const fixedRe = load.re.slice();
  const fixedIm = load.im.slice();
  const slopeRe = new Float64Array(size);
  const slopeIm = new Float64Array(size);
  const rising = new Int32Array(size);
  const limit = capacity.slice();
  const heap = new LevelHeap(size);
  const dirty = new Int32Array(size);
  const isDirty = new Uint8Array(size);
  const through = transpose(size, routes);
  for (const { column, re, im } of routes) {
    for (let k = 0; k < column.length; k++) {
      const isWhole = num(im, k) === 0 && Number.isInteger(num(re, k));
      if (!isWhole) limit[num(column, k)] = num(capacity, num(column, k)) - reserveMa;
    }
  }
  const fullAt = (c: number, level: number): number => {
    if (num(rising, c) === 0) return Number.POSITIVE_INFINITY;
    return Math.max(level, timesUntil(num(fixedRe, c), num(fixedIm, c), num(slopeRe, c), num(slopeIm, c), num(limit, c)));
  };
  return {
    topLevel: () => heap.topLevel(),
    top: () => heap.top(),
    routesThrough: (c: number): Int32Array => through.route.subarray(num(through.start, c), num(through.start, c + 1)),
    /** Takes over what changed in the groups, and empties the list. */
    apply(groups: Group[], level: number): void {
      let count = 0;
      for (const group of groups) {
        const { column, re, im } = group.route;
        const fixed = group.fixed - group.toldFixed;
        const slope = group.slope - group.toldSlope;
        const risers = group.rising - group.toldRising;
        for (let k = 0; k < column.length; k++) {
          const c = num(column, k);
          fixedRe[c] = num(fixedRe, c) + num(re, k) * fixed;
          slopeRe[c] = num(slopeRe, c) + num(re, k) * slope;
          if (num(im, k) !== 0) {
            fixedIm[c] = num(fixedIm, c) + num(im, k) * fixed;
            slopeIm[c] = num(slopeIm, c) + num(im, k) * slope;
          }
          rising[c] = num(rising, c) + risers;
          if (isDirty[c] === 0) {
            isDirty[c] = 1;
            dirty[count++] = c;
          }
        }
        group.toldFixed = group.fixed;
        group.toldSlope = group.slope;
        group.toldRising = group.rising;
        group.isChanged = false;
      }
      groups.length = 0;
      for (let k = 0; k < count; k++) {
        const c = num(dirty, k);
        isDirty[c] = 0;
        if (rising[c] === 0) {
          slopeRe[c] = 0;
          slopeIm[c] = 0;
        }
        heap.set(c, fullAt(c, level));
      }
    },
  };
}

/** Per column the routes that load it. */
function transpose(size: number, routes: readonly Route[]): { readonly start: Int32Array; readonly route: Int32Array } {
  const start = new Int32Array(size + 1);
  for (const { column } of routes) for (let k = 0; k < column.length; k++) bump(start, num(column, k) + 1);
  for (let c = 0; c < size; c++) start[c + 1] = num(start, c + 1) + num(start, c);
  const next = start.slice();
  const route = new Int32Array(num(start, size));
  routes.forEach(({ column }, index) => {
    for (let k = 0; k < column.length; k++) {
      const c = num(column, k);
      route[num(next, c)] = index;
      bump(next, c);
    }
  });
  return { start, route };
}

function queueOf(count: number, levelOf: (claim: number) => number) {
  const key = Float64Array.from({ length: count }, (_, i) => levelOf(i));
  const claim = orderBy(
    Int32Array.from({ length: count }, (_, i) => i),
    key,
  );
  return {
    next: 0,
    top(): number {
      return num(claim, this.next);
    },
    level(): number {
      return this.next < count ? num(key, num(claim, this.next)) : Number.POSITIVE_INFINITY;
    },
  };
}

/** Typed arrays hold a number at every index below their length. */
const num = (array: Float64Array | Int32Array, index: number): number => array[index] as number;
const bump = (array: Int32Array, index: number): void => {
  array[index] = num(array, index) + 1;
};
