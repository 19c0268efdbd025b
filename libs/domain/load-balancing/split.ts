// The fair split of a site (T1): who may charge at all, weighted max-min among them, rounding, and what is left over.
// It knows nothing of time or messages; whether a raise may be sent now is the ledger's to say.
import { Bottlenecks, type Ways } from './bottlenecks.js';
import { type Claim, nextStep, roundDown, STEP_MA } from './claim.js';
import { type ClaimColumns, claimColumns } from './claim-columns.js';
import { beginWork, gathered, NONE, range, real, whole, workReals, workWholes } from './columns.js';
import { fill, reserveMa } from './fill.js';
import { copyOf, type Load } from './load.js';
import type { ColumnName, Network } from './network.js';
import type { Paths } from './routes.js';
import { orderBy } from './stable-order.js';

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
  /** Full is what nobody can take away there, which is all that somebody without a known clock may have (ADR 0100). */
  readonly isFirm?: true;
}

export function reasonOf({ nodes, columns }: Network, column: number): Reason | undefined {
  const place = columns[column];
  const node = nodes[place?.node ?? -1];
  return place && node ? { nodeId: node.nodeId, phase: place.phase } : undefined;
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
  const columns = claimColumns(table, claims);
  const { admitted, current, tight } = sharesOf(columns, table.pathsWithin(capacity), capacity, occupied);
  return { admitted: inOrder(columns, admitted).slice(), current: current.slice(), tight: tight.slice() };
}

/** `capacity`: mA per column of the network; may be below what `occupied` says is promised already. */
export function split(capacity: Float64Array, claims: readonly Claim[], occupied: Load): Split {
  beginWork();
  const table = claims[0]?.route.table;
  if (table === undefined) return { limitMa: [], tight: [], load: copyOf(occupied) };
  const columns = claimColumns(table, claims);
  const paths = table.pathsWithin(capacity);
  const { admitted, current, tight, bottlenecks } = sharesOf(columns, paths, capacity, occupied);
  for (let place = 0; place < admitted.length; place++) {
    const index = whole(admitted, place);
    const ma = real(current, index);
    current[index] = columns.hasLevels ? roundDown(claims[index] as Claim, ma) : Math.floor(ma / STEP_MA) * STEP_MA;
  }
  const load = paths.loaded(occupied, columns.perRoute(paths.routes, admitted, current));
  offerRemainder({ load, bottlenecks, claims, columns, admitted, limitMa: current, tight });
  return { limitMa: listOf(current), tight: listOf(tight), load: copyOf(load) };
}

// The shares

/** As `compareClaims` says, without comparing: among those that are equal in all but the id, `indexes` are in its order already. */
const inOrder = ({ count, waitingSinceMs, lowPriority }: ClaimColumns, indexes: Int32Array): Int32Array =>
  orderBy(orderBy(indexes, waitingSinceMs.subarray(0, count)), lowPriority.subarray(0, count));

type SharesWithin = Shares & { readonly bottlenecks: Bottlenecks };

function sharesOf(columns: ClaimColumns, paths: Paths, capacity: Float64Array, occupied: Load): SharesWithin {
  const { count, minMa, maxMa, weight, route } = columns;
  const willing = columns.willing();
  const bottlenecks = new Bottlenecks(paths, capacity, occupied, columns.perRoute(paths.routes, willing, maxMa), reserveMa(count));
  const { admitted, tight } = admit(columns, willing, bottlenecks);
  const current = fill({ count, admitted, min: minMa, max: maxMa, weight, route, bottlenecks, load: occupied, tight });
  return { admitted, current, tight, bottlenecks };
}

/** In their order, whoever still fits with the least it can use; `tight`: what kept others out. */
function admit(
  columns: ClaimColumns,
  willing: Int32Array,
  bottlenecks: Bottlenecks,
): { readonly admitted: Int32Array; readonly tight: Int32Array } {
  const { count, minMa, route } = columns;
  const tight = workWholes(count).fill(NONE);
  // Mostly there is room for everybody, and nobody needs to be asked.
  if (bottlenecks.haveRoomFor(columns.perRoute(bottlenecks.routes, willing, minMa))) return { admitted: willing, tight };
  const ordered = inOrder(columns, willing);
  const ways = bottlenecks.waysOf(gathered(route, ordered));
  const admitted = workWholes(ordered.length);
  let size = 0;
  for (let place = 0; place < ordered.length; place++) {
    const index = whole(ordered, place);
    const full = bottlenecks.firstFull(ways, place, real(minMa, index));
    tight[index] = full;
    if (full !== NONE) continue;
    bottlenecks.add(ways, place, real(minMa, index));
    admitted[size++] = index;
  }
  return { admitted: admitted.subarray(0, size), tight };
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
const FIRST_ROUNDS = 2;

/** Step by step in order, until nobody can take another one: it is not wasted and hurts nobody. */
function offerRemainder(remainder: Remainder): void {
  const { load, bottlenecks, columns, admitted, limitMa } = remainder;
  const { count, maxMa, route, hasLevels } = columns;
  const takeable = workReals(count);
  let hopeful = inOrder(columns, wantingMore(admitted, limitMa, maxMa));
  for (let rounds = FIRST_ROUNDS; hopeful.length > 0; rounds *= 2) {
    for (let place = 0; place < hopeful.length; place++) {
      const index = whole(hopeful, place);
      const rest = real(maxMa, index) - real(limitMa, index);
      takeable[index] = hasLevels ? rest : Math.min(rest, rounds * STEP_MA);
    }
    const fillable = bottlenecks.after(load, columns.perRoute(bottlenecks.routes, hopeful, takeable));
    const offer = {
      ...remainder,
      fillable,
      hopeful,
      ways: fillable.waysOf(gathered(route, hopeful)),
      taken: workReals(bottlenecks.routes),
    };
    let places = range(hopeful.length);
    for (let round = 0; round < rounds; round++) places = offerStep(offer, places);
    fillable.addTo(load, offer.taken);
    for (let nth = 0; nth < places.length; nth++) hopeful[nth] = whole(hopeful, whole(places, nth));
    hopeful = hopeful.subarray(0, places.length);
  }
}

function wantingMore(indexes: Int32Array, limitMa: Float64Array, maxMa: Float64Array): Int32Array {
  const wanting = workWholes(indexes.length);
  let size = 0;
  for (let place = 0; place < indexes.length; place++) {
    const index = whole(indexes, place);
    if (real(limitMa, index) < real(maxMa, index)) wanting[size++] = index;
  }
  return wanting.subarray(0, size);
}

interface Offer extends Remainder {
  readonly fillable: Bottlenecks;
  readonly hopeful: Int32Array;
  readonly ways: Ways;
  /** Per route, changed in place. */
  readonly taken: Float64Array;
}

/** To whom at these places among the hopeful there is room for; who could take more after that is left of `places`. */
function offerStep({ fillable, ways, taken, claims, columns, hopeful, limitMa, tight }: Offer, places: Int32Array): Int32Array {
  const { maxMa, route, hasLevels } = columns;
  let left = 0;
  for (let nth = 0; nth < places.length; nth++) {
    const place = whole(places, nth);
    const index = whole(hopeful, place);
    const step = hasLevels ? nextStep(claims[index] as Claim, real(limitMa, index)) - real(limitMa, index) : STEP_MA;
    const full = fillable.firstFull(ways, place, step);
    if (full === NONE) {
      const r = whole(route, index);
      fillable.add(ways, place, step);
      taken[r] = real(taken, r) + step;
      limitMa[index] = real(limitMa, index) + step;
      if (real(limitMa, index) < real(maxMa, index)) places[left++] = place;
      else tight[index] = NONE;
    } else if (whole(tight, index) === NONE) {
      // Keep the certificate of the fill where it has one: that is the constraint the fair level met.
      tight[index] = full;
    }
  }
  return places.subarray(0, left);
}

function listOf(values: Float64Array | Int32Array): number[] {
  const list = new Array<number>(values.length);
  for (let index = 0; index < values.length; index++) list[index] = values[index] as number;
  return list;
}
