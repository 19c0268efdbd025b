// The fair split of a site (T1): who may charge at all, weighted max-min among them, rounding, and what is left over.
// It knows nothing of time or messages; whether a raise may be sent now is the ledger's to say.
import { beginWork, real, whole, workCopy, workReals, workWholes } from './columns.js';
import { fill } from './fill.js';
import { copyOf, exceeds, type Load } from './load.js';
import type { ColumnName, Network } from './network.js';
import type { Paths, Route } from './routes.js';
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
  /** With what was there before; of what nothing limits, only that. */
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

export interface Shares {
  /** Indexes of the claims that take part, in the order of admission. */
  readonly admitted: Int32Array;
  /** Per claim: its fair current in whole mA, and the column that kept it from more (or out), -1 for its own maximum. */
  readonly current: Float64Array;
  readonly tight: Int32Array;
}

/** Who takes part, and the weighted max-min among them, not yet rounded to what stations can be told. */
export function fairShares(capacity: Float64Array, claims: readonly Claim[], occupied: Load): Shares {
  const table = claims[0]?.route.table;
  beginWork();
  if (table === undefined) return { admitted: new Int32Array(0), current: new Float64Array(0), tight: new Int32Array(0) };
  const { admitted, current, tight } = sharesOf(capacity, columnsOf(claims), table.pathsWithin(capacity), occupied);
  return { admitted: admitted.slice(), current: current.slice(), tight: tight.slice() };
}

/** `capacity`: mA per column of the network; may be below what `occupied` says is promised already. */
export function split(capacity: Float64Array, claims: readonly Claim[], occupied: Load): Split {
  const table = claims[0]?.route.table;
  if (table === undefined) return { limitMa: [], tight: [], load: copyOf(occupied) };
  beginWork();
  const columns = columnsOf(claims);
  const paths = table.pathsWithin(capacity);
  const { admitted, current, tight } = sharesOf(capacity, columns, paths, occupied);
  for (let place = 0; place < admitted.length; place++) {
    const index = whole(admitted, place);
    const ma = real(current, index);
    current[index] = columns.hasLevels ? roundDown(claims[index] as Claim, ma) : Math.floor(ma / STEP_MA) * STEP_MA;
  }
  const load = copyOf(occupied);
  perRoute(columns, admitted, current, (index, sum) => paths.add(load, index, sum));
  offerRemainder({ capacity, load, paths, claims, columns, admitted, limitMa: current, tight });
  return { limitMa: listOf(current), tight: listOf(tight), load };
}

// Claims as columns

interface ClaimColumns {
  /** The tightest interval of values each EVSE can really be given: steps of 0.1 A, or its levels. */
  readonly minMa: Float64Array;
  readonly maxMa: Float64Array;
  readonly weight: Float64Array;
  readonly waitingSinceMs: Float64Array;
  readonly lowPriority: Float64Array;
  /** Place in the table of routes, and how many of them the table has. */
  readonly route: Int32Array;
  readonly routes: number;
  readonly hasLevels: boolean;
  /** All claims, in the order of their ids. */
  readonly byId: Int32Array;
}

function columnsOf(claims: readonly Claim[]): ClaimColumns {
  const count = claims.length;
  const minMa = workReals(count);
  const maxMa = workReals(count);
  const weight = workReals(count);
  const waitingSinceMs = workReals(count);
  const lowPriority = workReals(count);
  const route = workWholes(count);
  const byId = workWholes(count);
  let hasLevels = false;
  let isSorted = true;
  for (let index = 0; index < count; index++) {
    const claim = claims[index] as Claim;
    if (claim.levelsMa === undefined) {
      minMa[index] = Math.ceil(claim.minMa / STEP_MA) * STEP_MA;
      maxMa[index] = Math.floor(claim.maxMa / STEP_MA) * STEP_MA;
    } else {
      hasLevels = true;
      const usable = claim.levelsMa.filter((level) => level > 0 && level >= claim.minMa && level <= claim.maxMa);
      minMa[index] = usable.length === 0 ? 0 : Math.min(...usable);
      maxMa[index] = usable.length === 0 ? 0 : Math.max(...usable);
    }
    weight[index] = claim.weight;
    waitingSinceMs[index] = claim.waitingSinceMs;
    lowPriority[index] = -claim.priority;
    route[index] = claim.route.index;
    byId[index] = index;
    isSorted &&= index === 0 || compareIds((claims[index - 1] as Claim).id, claim.id) <= 0;
  }
  if (!isSorted) byId.sort((a, b) => compareIds((claims[a] as Claim).id, (claims[b] as Claim).id) || a - b);
  const routes = claims[0]?.route.table.routes.length ?? 0;
  return { minMa, maxMa, weight, waitingSinceMs, lowPriority, route, routes, hasLevels, byId };
}

/** As `compareClaims` says, without comparing much: claims mostly come in the order of their ids. */
const orderOf = ({ byId, waitingSinceMs, lowPriority }: ClaimColumns): Int32Array => orderBy(orderBy(byId, waitingSinceMs), lowPriority);

// The shares

function sharesOf(capacity: Float64Array, columns: ClaimColumns, paths: Paths, occupied: Load): Shares {
  const { admitted, refusedBy: tight } = admit(capacity, columns, paths, occupied);
  const { minMa, maxMa, weight, route } = columns;
  const filled = fill({
    min: pickReal(minMa, admitted),
    max: pickReal(maxMa, admitted),
    weight: pickReal(weight, admitted),
    route: pickWhole(route, admitted),
    paths,
    capacity,
    load: occupied,
  });
  const current = workReals(minMa.length);
  for (let place = 0; place < admitted.length; place++) {
    const index = whole(admitted, place);
    current[index] = real(filled.current, place);
    tight[index] = whole(filled.tight, place);
  }
  return { admitted, current, tight };
}

/** In their order, whoever still fits with the least it can use. */
function admit(
  capacity: Float64Array,
  columns: ClaimColumns,
  paths: Paths,
  occupied: Load,
): { readonly admitted: Int32Array; readonly refusedBy: Int32Array } {
  const { minMa, maxMa, route } = columns;
  const willing = filtered(orderOf(columns), (index) => real(maxMa, index) >= real(minMa, index) && real(maxMa, index) > 0);
  const refusedBy = workWholes(minMa.length).fill(-1);
  const load = { re: workCopy(occupied.re), im: workCopy(occupied.im) };
  // Mostly there is room for everybody, and nobody needs to be asked.
  perRoute(columns, willing, minMa, (index, sum) => paths.add(load, index, sum));
  if (!exceeds(load, capacity)) return { admitted: willing, refusedBy };
  load.re.set(occupied.re);
  load.im.set(occupied.im);
  const admitted = filtered(willing, (index) => {
    const full = paths.firstFull(load, capacity, whole(route, index), real(minMa, index));
    refusedBy[index] = full;
    if (full < 0) paths.add(load, whole(route, index), real(minMa, index));
    return full < 0;
  });
  return { admitted, refusedBy };
}

/** Sums of what the claims of each route take. */
function perRoute(
  { route, routes }: ClaimColumns,
  indexes: Int32Array,
  currentMa: Float64Array,
  visit: (route: number, sumMa: number) => void,
): void {
  const sums = workReals(routes);
  for (let place = 0; place < indexes.length; place++) {
    const index = whole(indexes, place);
    sums[whole(route, index)] = real(sums, whole(route, index)) + real(currentMa, index);
  }
  for (let index = 0; index < routes; index++) if (real(sums, index) > 0) visit(index, real(sums, index));
}

interface Remainder {
  readonly capacity: Float64Array;
  readonly paths: Paths;
  readonly claims: readonly Claim[];
  readonly columns: ClaimColumns;
  readonly admitted: Int32Array;
  /** Changed in place, all three. */
  readonly load: Load;
  readonly limitMa: Float64Array;
  readonly tight: Int32Array;
}

/** Step by step in order, until nobody can take another one: what rounding left is not wasted and hurts nobody. */
function offerRemainder({ capacity, load, paths, claims, columns, admitted, limitMa, tight }: Remainder): void {
  const { maxMa, route, hasLevels } = columns;
  let hopeful = admitted;
  while (hopeful.length > 0) {
    hopeful = filtered(hopeful, (index) => {
      const now = real(limitMa, index);
      const next = hasLevels ? nextStep(claims[index] as Claim, now) : now + STEP_MA;
      if (next > real(maxMa, index)) {
        tight[index] = -1;
        return false;
      }
      const full = paths.firstFull(load, capacity, whole(route, index), next - now);
      if (full >= 0) {
        // Keep the certificate of the fill where it has one: that is the constraint the fair level met.
        if (whole(tight, index) < 0) tight[index] = full;
        return false;
      }
      paths.add(load, whole(route, index), next - now);
      limitMa[index] = next;
      return true;
    });
  }
}

// Values an EVSE can be told

/** The largest one that is not above `ma`. */
export function roundDown({ levelsMa }: Pick<Claim, 'levelsMa'>, ma: number): number {
  if (levelsMa === undefined) return Math.floor(ma / STEP_MA) * STEP_MA;
  return levelsMa.reduce((best, level) => (level <= ma && level > best ? level : best), 0);
}

function nextStep({ levelsMa }: Claim, ma: number): number {
  if (levelsMa === undefined) return ma + STEP_MA;
  return levelsMa.reduce((best, level) => (level > ma && level < best ? level : best), Number.POSITIVE_INFINITY);
}

// Arrays of numbers, as plain loops: what takes a function for each element is many times slower

function pickReal(values: Float64Array, indexes: Int32Array): Float64Array {
  const picked = workReals(indexes.length);
  for (let place = 0; place < indexes.length; place++) picked[place] = real(values, whole(indexes, place));
  return picked;
}

function pickWhole(values: Int32Array, indexes: Int32Array): Int32Array {
  const picked = workWholes(indexes.length);
  for (let place = 0; place < indexes.length; place++) picked[place] = whole(values, whole(indexes, place));
  return picked;
}

function filtered(indexes: Int32Array, keeps: (index: number) => boolean): Int32Array {
  const kept = workWholes(indexes.length);
  let count = 0;
  for (let place = 0; place < indexes.length; place++) {
    const index = whole(indexes, place);
    if (keeps(index)) kept[count++] = index;
  }
  return kept.subarray(0, count);
}

function listOf(values: Float64Array | Int32Array): number[] {
  const list = new Array<number>(values.length);
  for (let index = 0; index < values.length; index++) list[index] = values[index] as number;
  return list;
}
