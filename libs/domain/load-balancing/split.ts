// The fair split of a site (T1): who may charge at all, weighted max-min among them, rounding, and what is left over.
// It knows nothing of time or messages; whether a raise may be sent now is the ledger's to say.
import { fill } from './fill.js';
import { addCurrent, copyOf, exceeds, firstFull, type Load } from './load.js';
import type { ColumnName, Network, Route } from './network.js';
import { orderBy } from './stable-order.js';

/** OCPP 1.6 allows one decimal of an ampere. */
export const STEP_MA = 100;

/** What an EVSE asks of the split; currents in whole mA. */
export interface Claim {
  readonly id: string | number;
  readonly route: Route;
  readonly minMa: number;
  readonly maxMa: number;
  readonly levelsMa?: readonly number[];
  readonly weight: number;
  readonly priority: number;
  readonly waitingSinceMs: number;
}

export interface Split {
  /** Per claim, in the order given. */
  readonly limitMa: readonly number[];
  /** Per claim the column that kept it from more, -1 for its own maximum. */
  readonly tight: readonly number[];
  /** With what was there before. */
  readonly load: Load;
}

export interface Reason {
  readonly nodeId: string;
  readonly phase: ColumnName;
}

export function reasonOf({ nodes, columns }: Network, column: number): Reason | undefined {
  const place = columns[column];
  const node = nodes[place?.node ?? -1];
  return place && node ? { nodeId: node.nodeId, phase: place.phase } : undefined;
}

/** Priority, then who waits longest, then the id: the order in which the scarce is given away. */
export function compareClaims(a: Claim, b: Claim): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  if (a.waitingSinceMs !== b.waitingSinceMs) return a.waitingSinceMs - b.waitingSinceMs;
  return compareIds(a.id, b.id);
}

function compareIds(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

/** As `compareClaims` says, without comparing much: claims mostly come in the order of their ids. */
function orderOf(claims: readonly Claim[]): Int32Array {
  const byId = Int32Array.from(claims, (_, index) => index);
  const isSorted = claims.every((claim, index) => index === 0 || compareIds((claims[index - 1] as Claim).id, claim.id) <= 0);
  if (!isSorted) byId.sort((a, b) => compareIds((claims[a] as Claim).id, (claims[b] as Claim).id) || a - b);
  const byWaiting = orderBy(
    byId,
    Float64Array.from(claims, ({ waitingSinceMs }) => waitingSinceMs),
  );
  return orderBy(
    byWaiting,
    Float64Array.from(claims, ({ priority }) => -priority),
  );
}

export interface Shares {
  /** Indexes of the claims that take part, in the order of admission. */
  readonly admitted: Int32Array;
  /** Per claim: its fair current in whole mA, and the column that kept it from more (or out), -1 for its own maximum. */
  readonly current: Float64Array;
  readonly tight: Int32Array;
}

/** Who takes part, and the weighted max-min among them, not yet rounded to what stations can be told. */
export function fairShares(capacity: Float64Array, claims: readonly Claim[], occupied: Load): Shares {
  const bounds = usableBounds(claims);
  const routes = routesOf(claims);
  const { admitted, refusedBy } = admit(capacity, claims, bounds, routes, occupied);
  const filled = fill({
    min: pick(bounds.minMa, admitted),
    max: pick(bounds.maxMa, admitted),
    weight: Float64Array.from(admitted, (index) => (claims[index] as Claim).weight),
    route: Int32Array.from(admitted, (index) => routes.of[index] as number),
    routes: routes.all,
    capacity,
    load: occupied,
  });
  const current = new Float64Array(claims.length);
  for (let position = 0; position < admitted.length; position++) {
    const index = admitted[position] as number;
    current[index] = filled.current[position] as number;
    refusedBy[index] = filled.tight[position] as number;
  }
  return { admitted, current, tight: refusedBy };
}

/** In their order, whoever still fits with the least it can use. */
function admit(
  capacity: Float64Array,
  claims: readonly Claim[],
  { minMa, maxMa }: Bounds,
  routes: Routes,
  occupied: Load,
): { readonly admitted: Int32Array; readonly refusedBy: Int32Array } {
  const willing = orderOf(claims).filter((index) => (maxMa[index] as number) >= (minMa[index] as number) && (maxMa[index] as number) > 0);
  const refusedBy = new Int32Array(claims.length).fill(-1);
  const load = copyOf(occupied);
  addAll(load, routes, willing, minMa);
  // Mostly there is room for everybody, and nobody needs to be asked.
  if (!exceeds(load, capacity)) return { admitted: willing, refusedBy };
  load.re.set(occupied.re);
  load.im.set(occupied.im);
  const admitted = willing.filter((index) => {
    const route = routes.all[routes.of[index] as number] as Route;
    const full = firstFull(load, capacity, route, minMa[index] as number);
    refusedBy[index] = full;
    if (full < 0) addCurrent(load, route, minMa[index] as number);
    return full < 0;
  });
  return { admitted, refusedBy };
}

/** `capacity`: mA per column of the network; may be below what `occupied` says is promised already. */
export function split(capacity: Float64Array, claims: readonly Claim[], occupied: Load): Split {
  const { admitted, current, tight } = fairShares(capacity, claims, occupied);
  for (const index of admitted) current[index] = roundDown(claims[index] as Claim, current[index] as number);
  const load = copyOf(occupied);
  addAll(load, routesOf(claims), admitted, current);
  offerRemainder(capacity, load, claims, admitted, current, tight);
  return { limitMa: Array.from(current), tight: Array.from(tight), load };
}

const pick = (values: Float64Array, indexes: Int32Array): Float64Array => Float64Array.from(indexes, (index) => values[index] as number);

/** The different routes of all claims, and which one each claim takes. */
interface Routes {
  readonly all: readonly Route[];
  readonly of: Int32Array;
}

function routesOf(claims: readonly Claim[]): Routes {
  const numbers = new Map<Route, number>();
  const of = new Int32Array(claims.length);
  claims.forEach(({ route }, index) => {
    const known = numbers.get(route);
    of[index] = known ?? numbers.size;
    if (known === undefined) numbers.set(route, numbers.size);
  });
  return { all: [...numbers.keys()], of };
}

/** Adds currents of many claims, summed per route first. */
function addAll(load: Load, { all, of }: Routes, indexes: Int32Array, current: Float64Array): void {
  const sums = new Float64Array(all.length);
  for (const index of indexes) sums[of[index] as number] = (sums[of[index] as number] as number) + (current[index] as number);
  for (const [number, route] of all.entries()) addCurrent(load, route, sums[number] as number);
}

/** Step by step in order, until nobody can take another one: what rounding left is not wasted and hurts nobody. */
function offerRemainder(
  capacity: Float64Array,
  load: Load,
  claims: readonly Claim[],
  admitted: Int32Array,
  limitMa: Float64Array,
  tight: Int32Array,
): void {
  const { maxMa } = usableBounds(claims);
  let hopeful = admitted;
  while (hopeful.length > 0) {
    hopeful = hopeful.filter((index) => {
      const claim = claims[index] as Claim;
      const now = limitMa[index] as number;
      const next = nextStep(claim, now);
      if (next > (maxMa[index] as number)) {
        tight[index] = -1;
        return false;
      }
      const full = firstFull(load, capacity, claim.route, next - now);
      if (full >= 0) {
        // Keep the certificate of the fill where it has one: that is the constraint the fair level met.
        if ((tight[index] as number) < 0) tight[index] = full;
        return false;
      }
      addCurrent(load, claim.route, next - now);
      limitMa[index] = next;
      return true;
    });
  }
}

interface Bounds {
  readonly minMa: Float64Array;
  readonly maxMa: Float64Array;
}

/** The tightest interval of values each EVSE can really be given: steps of 0.1 A, or its levels. */
function usableBounds(claims: readonly Claim[]): Bounds {
  const lowest = new Float64Array(claims.length);
  const highest = new Float64Array(claims.length);
  claims.forEach(({ minMa, maxMa, levelsMa }, index) => {
    if (levelsMa === undefined) {
      lowest[index] = Math.ceil(minMa / STEP_MA) * STEP_MA;
      highest[index] = Math.floor(maxMa / STEP_MA) * STEP_MA;
      return;
    }
    const usable = levelsMa.filter((level) => level > 0 && level >= minMa && level <= maxMa);
    if (usable.length === 0) return;
    lowest[index] = Math.min(...usable);
    highest[index] = Math.max(...usable);
  });
  return { minMa: lowest, maxMa: highest };
}

/** The largest value the EVSE can be told that is not above `ma`. */
export function roundDown({ levelsMa }: Pick<Claim, 'levelsMa'>, ma: number): number {
  if (levelsMa === undefined) return Math.floor(ma / STEP_MA) * STEP_MA;
  return levelsMa.reduce((best, level) => (level <= ma && level > best ? level : best), 0);
}

function nextStep({ levelsMa }: Claim, ma: number): number {
  if (levelsMa === undefined) return ma + STEP_MA;
  return levelsMa.reduce((best, level) => (level > ma && level < best ? level : best), Number.POSITIVE_INFINITY);
}
