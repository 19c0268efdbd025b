// Claims as columns of numbers, kept from one split to the next: reading a hundred thousand objects is more work than most of what is done with
// them, and mostly few are others than before. What is done with them is the split's.

import { type Claim, compareIds, STEP_MA } from './claim.js';
import { real, whole, workReals, workWholes } from './columns.js';
import type { RouteTable } from './routes.js';

const kept = new WeakMap<RouteTable, ClaimColumns>();

/** The columns of these claims, all of one network; they are the next caller's too. */
export function claimColumns(table: RouteTable, claims: readonly Claim[]): ClaimColumns {
  const before = kept.get(table);
  const columns = before?.holds(claims.length) ? before : new ClaimColumns(2 * claims.length);
  kept.set(table, columns);
  columns.update(claims);
  return columns;
}

/** Per claim, in the order given; longer than there are claims. */
export class ClaimColumns {
  count = 0;
  /** The tightest interval of values each EVSE can really be given: steps of 0.1 A, or its levels. */
  readonly minMa: Float64Array;
  readonly maxMa: Float64Array;
  readonly weight: Float64Array;
  readonly waitingSinceMs: Float64Array;
  readonly lowPriority: Float64Array;
  /** Place in the table of routes. */
  readonly route: Int32Array;
  /** Indexes of all claims in the order of their ids. */
  byId: Int32Array = new Int32Array(0);
  private readonly known: Claim[] = [];
  private withLevels = 0;

  constructor(capacity: number) {
    const reals = (): Float64Array => new Float64Array(capacity);
    [this.minMa, this.maxMa, this.weight, this.waitingSinceMs, this.lowPriority] = [reals(), reals(), reals(), reals(), reals()];
    this.route = new Int32Array(capacity);
  }

  holds(count: number): boolean {
    return count <= this.route.length && 4 * count >= this.route.length;
  }

  get hasLevels(): boolean {
    return this.withLevels > 0;
  }

  update(claims: readonly Claim[]): void {
    let isSameOrder = claims.length === this.count;
    for (let index = claims.length; index < this.count; index++) this.withLevels -= Number(this.known[index]?.levelsMa !== undefined);
    this.known.length = this.count = claims.length;
    for (let index = 0; index < claims.length; index++) {
      const claim = claims[index] as Claim;
      const before = this.known[index];
      // Identity alone: `===` would look into each object whether it is a number, and that is the whole cost of this loop.
      if (Object.is(claim, before)) continue;
      isSameOrder &&= claim.id === before?.id;
      this.withLevels += Number(claim.levelsMa !== undefined) - Number(before?.levelsMa !== undefined);
      this.known[index] = claim;
      this.read(index, claim);
    }
    if (!isSameOrder) this.byId = orderOfIds(claims);
  }

  private read(index: number, { route, minMa, maxMa, levelsMa, weight, priority, waitingSinceMs }: Claim): void {
    const usable = levelsMa?.filter((level) => level > 0 && level >= minMa && level <= maxMa);
    this.minMa[index] = usable === undefined ? Math.ceil(minMa / STEP_MA) * STEP_MA : usable.length === 0 ? 0 : Math.min(...usable);
    this.maxMa[index] = usable === undefined ? Math.floor(maxMa / STEP_MA) * STEP_MA : Math.max(0, ...usable);
    this.weight[index] = weight;
    this.waitingSinceMs[index] = waitingSinceMs;
    this.lowPriority[index] = -priority;
    this.route[index] = route.index;
  }

  /** Those that can use anything at all, in the order of their ids. */
  willing(): Int32Array {
    const willing = workWholes(this.count);
    let size = 0;
    for (let place = 0; place < this.count; place++) {
      const index = whole(this.byId, place);
      if (real(this.maxMa, index) >= real(this.minMa, index) && real(this.maxMa, index) > 0) willing[size++] = index;
    }
    return willing.subarray(0, size);
  }

  /** Sums of what the claims of each route take. */
  perRoute(routes: number, indexes: Int32Array, currentMa: Float64Array): Float64Array {
    const sums = workReals(routes);
    for (let place = 0; place < indexes.length; place++) {
      const index = whole(indexes, place);
      sums[whole(this.route, index)] = real(sums, whole(this.route, index)) + real(currentMa, index);
    }
    return sums;
  }
}

function orderOfIds(claims: readonly Claim[]): Int32Array {
  const order = Int32Array.from(claims.keys());
  const isSorted = claims.every((claim, index) => index === 0 || compareIds((claims[index - 1] as Claim).id, claim.id) <= 0);
  return isSorted ? order : order.sort((a, b) => compareIds((claims[a] as Claim).id, (claims[b] as Claim).id) || a - b);
}
