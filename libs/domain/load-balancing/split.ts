// The fair split of a site (T1): who may charge at all, weighted max-min among them, rounding, and what is left over.
// It knows nothing of time or messages; whether a raise may be sent now is the ledger's to say.
import { Bottlenecks } from './bottlenecks.js';
import { beginWork, NONE, real, whole, workCopy, workReals, workWholes } from './columns.js';
import { fill, reserveMa } from './fill.js';
import { copyOf, type Load } from './load.js';
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
  beginWork();
  const table = claims[0]?.route.table;
  if (table === undefined) return { admitted: new Int32Array(0), current: new Float64Array(0), tight: new Int32Array(0) };
  const columns = columnsOf(claims);
  const { admitted, current, tight } = sharesOf(columns, table.pathsWithin(capacity), capacity, occupied);
  return { admitted: inOrder(columns, admitted).slice(), current: current.slice(), tight: tight.slice() };
}

/** `capacity`: mA per column of the network; may be below what `occupied` says is promised already. */
export function split(capacity: Float64Array, claims: readonly Claim[], occupied: Load): Split {
  beginWork();
  const table = claims[0]?.route.table;
  if (table === undefined) return { limitMa: [], tight: [], load: copyOf(occupied) };
  const columns = columnsOf(claims);
  const paths = table.pathsWithin(capacity);
  const { admitted, current, tight, bottlenecks } = sharesOf(columns, paths, capacity, occupied);
  for (let place = 0; place < admitted.length; place++) {
    const index = whole(admitted, place);
    const ma = real(current, index);
    current[index] = columns.hasLevels ? roundDown(claims[index] as Claim, ma) : Math.floor(ma / STEP_MA) * STEP_MA;
  }
  const load = paths.loaded(occupied, perRoute(columns, admitted, current));
  offerRemainder({ load, bottlenecks, claims, columns, admitted, limitMa: current, tight });
  return { limitMa: listOf(current), tight: listOf(tight), load: copyOf(load) };
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
  /** Indexes of those for whom there is any such value, in the order of their ids. */
  readonly willing: Int32Array;
}

function columnsOf(claims: readonly Claim[]): ClaimColumns {
  const count = claims.length;
  const minMa = workReals(count);
  const maxMa = workReals(count);
  const weight = workReals(count);
  const waitingSinceMs = workReals(count);
  const lowPriority = workReals(count);
  const route = workWholes(count);
  const places = workWholes(count);
  let hasLevels = false;
  let isSorted = true;
  let size = 0;
  for (let index = 0; index < count; index++) {
    const claim = claims[index] as Claim;
    let [min, max] = [Math.ceil(claim.minMa / STEP_MA) * STEP_MA, Math.floor(claim.maxMa / STEP_MA) * STEP_MA];
    if (claim.levelsMa !== undefined) {
      hasLevels = true;
      const usable = claim.levelsMa.filter((level) => level > 0 && level >= claim.minMa && level <= claim.maxMa);
      [min, max] = usable.length === 0 ? [0, 0] : [Math.min(...usable), Math.max(...usable)];
    }
    minMa[index] = min;
    maxMa[index] = max;
    weight[index] = claim.weight;
    waitingSinceMs[index] = claim.waitingSinceMs;
    lowPriority[index] = -claim.priority;
    route[index] = claim.route.index;
    if (max >= min && max > 0) places[size++] = index;
    isSorted &&= index === 0 || compareIds((claims[index - 1] as Claim).id, claim.id) <= 0;
  }
  const willing = places.subarray(0, size);
  if (!isSorted) willing.sort((a, b) => compareIds((claims[a] as Claim).id, (claims[b] as Claim).id) || a - b);
  const routes = claims[0]?.route.table.routes.length ?? 0;
  return { minMa, maxMa, weight, waitingSinceMs, lowPriority, route, routes, hasLevels, willing };
}

/** As `compareClaims` says, without comparing: among those that are equal in all but the id, `indexes` are in its order already. */
const inOrder = ({ waitingSinceMs, lowPriority }: ClaimColumns, indexes: Int32Array): Int32Array =>
  orderBy(orderBy(indexes, waitingSinceMs), lowPriority);

/** Sums of what the claims of each route take. */
function perRoute({ route, routes }: ClaimColumns, indexes: Int32Array, currentMa: Float64Array): Float64Array {
  const sums = workReals(routes);
  for (let place = 0; place < indexes.length; place++) {
    const index = whole(indexes, place);
    sums[whole(route, index)] = real(sums, whole(route, index)) + real(currentMa, index);
  }
  return sums;
}

// The shares

type SharesWithin = Shares & { readonly bottlenecks: Bottlenecks };

function sharesOf(columns: ClaimColumns, paths: Paths, capacity: Float64Array, occupied: Load): SharesWithin {
  const { minMa, maxMa, weight, route, willing } = columns;
  const bottlenecks = new Bottlenecks(paths, capacity, occupied, perRoute(columns, willing, maxMa), reserveMa(willing.length));
  const { admitted, tight } = admit(columns, bottlenecks, occupied);
  const current = fill({ admitted, min: minMa, max: maxMa, weight, route, bottlenecks, load: occupied, tight });
  return { admitted, current, tight, bottlenecks };
}

/** In their order, whoever still fits with the least it can use; `tight`: what kept others out. */
function admit(columns: ClaimColumns, bottlenecks: Bottlenecks, occupied: Load): Pick<Shares, 'admitted' | 'tight'> {
  const { minMa, route, willing } = columns;
  const tight = workWholes(minMa.length).fill(NONE);
  // Mostly there is room for everybody, and nobody needs to be asked.
  if (bottlenecks.haveRoomFor(perRoute(columns, willing, minMa))) return { admitted: willing, tight };
  const load = { re: workCopy(occupied.re), im: workCopy(occupied.im) };
  const admitted = filtered(inOrder(columns, willing), (index) => {
    const full = bottlenecks.firstFull(load, whole(route, index), real(minMa, index));
    tight[index] = full;
    if (full === NONE) bottlenecks.paths.add(load, whole(route, index), real(minMa, index));
    return full === NONE;
  });
  return { admitted, tight };
}

// What rounding left

interface Remainder {
  readonly bottlenecks: Bottlenecks;
  readonly claims: readonly Claim[];
  readonly columns: ClaimColumns;
  readonly admitted: Int32Array;
  /** Changed in place, all three. */
  readonly load: Load;
  readonly limitMa: Float64Array;
  readonly tight: Int32Array;
}

/** A few rounds fill few columns, and mostly a few are all there are. */
const FIRST_ROUNDS = 4;

/** Step by step in order, until nobody can take another one: it is not wasted and hurts nobody. */
function offerRemainder({ load, bottlenecks, claims, columns, admitted, limitMa, tight }: Remainder): void {
  const { maxMa, route, hasLevels } = columns;
  const takeable = workReals(maxMa.length);
  let hopeful = inOrder(
    columns,
    filtered(admitted, (index) => real(limitMa, index) < real(maxMa, index)),
  );
  for (let rounds = FIRST_ROUNDS; hopeful.length > 0; rounds *= 2) {
    for (let place = 0; place < hopeful.length; place++) {
      const index = whole(hopeful, place);
      const rest = real(maxMa, index) - real(limitMa, index);
      takeable[index] = hasLevels ? rest : Math.min(rest, rounds * STEP_MA);
    }
    const fillable = bottlenecks.after(load, perRoute(columns, hopeful, takeable));
    for (let round = 0; round < rounds && hopeful.length > 0; round++)
      hopeful = filtered(hopeful, (index) => {
        const now = real(limitMa, index);
        const next = hasLevels ? nextStep(claims[index] as Claim, now) : now + STEP_MA;
        const full = fillable.firstFull(load, whole(route, index), next - now);
        if (full !== NONE) {
          // Keep the certificate of the fill where it has one: that is the constraint the fair level met.
          if (whole(tight, index) === NONE) tight[index] = full;
          return false;
        }
        bottlenecks.paths.add(load, whole(route, index), next - now);
        limitMa[index] = next;
        if (next < real(maxMa, index)) return true;
        tight[index] = NONE;
        return false;
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
