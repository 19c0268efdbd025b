// Sums of the ledger over a site, and the one question it answers with a veto: may this grant be sent?
// Which grant would be fair is the split's; what was heard from stations is the ledger's.
import { type Grant, permittedMa } from './grant.js';
import { committedMa, type EvseLedger, type StationLedger, stationBoundMa } from './ledger.js';
import { type Conditions, capacityAt, firmCapacity } from './limits.js';
import { COLUMN_NAMES, COLUMNS, type Network, pathOf, TOTAL } from './network.js';
import type { StationConfig } from './site-model.js';
import { skewBound } from './skew.js';
import { phaseIndexes } from './units.js';

/** Where a station hangs in the network. */
export interface Placement {
  /** Node indexes up to the root: the station's own node first, where it has one. */
  readonly path: readonly number[];
  /** Per EVSE id its wired phases. */
  readonly phasesOf: ReadonlyMap<number, readonly number[]>;
}

export function placeStation(network: Network, { stationId, nodeId, evses }: StationConfig): Placement {
  return {
    path: pathOf(network, network.indexOf.has(stationId) ? stationId : nodeId),
    phasesOf: new Map(evses.map(({ evseId, phases }) => [evseId, phaseIndexes(phases)])),
  };
}

export interface PlacedStation {
  readonly ledger: StationLedger;
  readonly placement: Placement;
}

/** Per column what all stations might draw at `t` [mA]. */
export function committedLoad(network: Network, stations: readonly PlacedStation[], t: number, floored: boolean): Float64Array {
  const load = new Float64Array(network.nodes.length * COLUMNS);
  for (const station of stations) {
    addStation(load, station, 1, (evse) => committedMa(station.ledger, evse, t, floored));
  }
  return load;
}

/** Adds (sign 1) or takes away (sign -1) a station whose EVSEs draw `currentOf` [mA], never more than its confirmed maximum. */
export function addStation(
  load: Float64Array,
  { ledger, placement }: PlacedStation,
  sign: 1 | -1,
  currentOf: (evse: EvseLedger) => number,
): void {
  const own: [number, number, number] = [0, 0, 0];
  for (const evse of ledger.evses) {
    const current = currentOf(evse);
    for (const phase of placement.phasesOf.get(evse.evseId) ?? []) own[phase as 0 | 1 | 2] += current;
  }
  const bound = stationBoundMa(ledger);
  for (const node of placement.path) {
    const base = node * COLUMNS;
    let total = 0;
    for (const phase of [0, 1, 2] as const) {
      const current = Math.min(own[phase], bound);
      load[base + phase] = (load[base + phase] as number) + sign * current;
      total += current;
    }
    load[base + TOTAL] = (load[base + TOTAL] as number) + sign * total;
  }
}

/** A moment from which on a capacity holds, and what is committed then under both readings. */
export interface Window {
  readonly fromMs: number;
  readonly capacity: Float64Array;
  readonly floored: Float64Array;
}

/** The site's promises, now and at each scheduled change of a limit. Grants admitted in between are added to it. */
export interface Book {
  readonly nowMs: number;
  /** Now, with certain plans at their value. */
  readonly certain: Float64Array;
  readonly windows: readonly Window[];
  readonly firm: Float64Array;
}

/**
 * Whether a grant fits beside everything promised, now and in every window. What is drawn already is never vetoed: only a rise needs room.
 */
export function mayRaise(book: Book, station: PlacedStation, evse: EvseLedger, grant: Grant): boolean {
  const { ledger, placement } = station;
  const phases = placement.phasesOf.get(evse.evseId) ?? [];
  const skew = skewBound(ledger.skew);
  const fits = (load: Float64Array, capacity: Float64Array, deltaMa: number): boolean =>
    deltaMa <= 0 || hasRoom(load, capacity, placement.path, phases, deltaMa);

  const first = book.windows[0];
  if (first === undefined) return false;
  const drawsNow = committedMa(ledger, evse, book.nowMs, false);
  if (!fits(book.certain, first.capacity, Math.min(evse.ratingMa, permittedMa(grant, book.nowMs, skew)) - drawsNow)) return false;
  for (const { fromMs, capacity, floored } of book.windows) {
    const at = Math.max(fromMs, book.nowMs);
    const drawsThen = committedMa(ledger, evse, at, true);
    if (!fits(floored, capacity, Math.min(evse.ratingMa, permittedMa(grant, at, skew)) - drawsThen)) return false;
  }
  // A clock nobody can vouch for makes a lease endless: the promise must then hold under the guaranteed limits, for ever.
  if (skew !== undefined) return true;
  return fits(
    first.floored,
    book.firm,
    Math.min(evse.ratingMa, permittedMa(grant, book.nowMs, undefined)) - committedMa(ledger, evse, book.nowMs, true),
  );
}

/**
 * Whether a station may hold what `after` says: at each of `times` no column on its way up may come above its capacity, or higher than it is.
 * `forAll` asks the same of the guaranteed limits, for what nothing ends.
 */
export function admits(
  network: Network,
  conditions: Conditions,
  stations: readonly PlacedStation[],
  station: PlacedStation,
  after: StationLedger,
  times: readonly number[],
  nowMs: number,
  forAll: boolean,
): { readonly nodeId: string; readonly phase: string } | undefined {
  const firm = firmCapacity(network);
  for (const t of times) {
    for (const floored of t === nowMs ? [false, true] : [true]) {
      const before = committedLoad(network, stations, t, floored);
      const load = before.slice();
      addStation(load, station, -1, (evse) => committedMa(station.ledger, evse, t, floored));
      addStation(load, { ...station, ledger: after }, 1, (evse) => committedMa(after, evse, t, floored));
      const capacities = [capacityAt(network, conditions, t), ...(forAll && floored ? [firm] : [])];
      for (const node of station.placement.path) {
        for (let column = node * COLUMNS; column < (node + 1) * COLUMNS; column++) {
          const value = load[column] as number;
          if (value <= (before[column] as number) || capacities.every((capacity) => value <= (capacity[column] as number))) continue;
          return { nodeId: network.nodes[node]?.nodeId ?? '', phase: COLUMN_NAMES[column % COLUMNS] ?? '' };
        }
      }
    }
  }
  return undefined;
}

export function hasRoom(
  load: Float64Array,
  capacity: Float64Array,
  path: readonly number[],
  phases: readonly number[],
  deltaMa: number,
): boolean {
  return path.every((node) => {
    const base = node * COLUMNS;
    const inPhases = phases.every((phase) => (load[base + phase] as number) + deltaMa <= (capacity[base + phase] as number));
    return inPhases && (load[base + TOTAL] as number) + deltaMa * phases.length <= (capacity[base + TOTAL] as number);
  });
}

/** The most that still fits on the way up [mA]; negative where more than the capacity is promised. */
export function roomMa(load: Float64Array, capacity: Float64Array, path: readonly number[], phases: readonly number[]): number {
  let room = Number.POSITIVE_INFINITY;
  for (const node of path) {
    const base = node * COLUMNS;
    for (const phase of phases) room = Math.min(room, (capacity[base + phase] as number) - (load[base + phase] as number));
    room = Math.min(room, ((capacity[base + TOTAL] as number) - (load[base + TOTAL] as number)) / phases.length);
  }
  return Math.floor(room);
}
