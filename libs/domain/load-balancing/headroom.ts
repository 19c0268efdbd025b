// Sums of the ledger over a site, and the one question it answers with a veto: may this grant be sent?
// Which grant would be fair is the split's; what was heard from stations is the ledger's.
import { type Grant, permittedMa } from './grant.js';
import { committedMa, type EvseLedger, type StationLedger, stationBoundMa } from './ledger.js';
import { type Conditions, capacityAt, firmCapacity } from './limits.js';
import { addCurrent, copyOf, emptyLoad, firstFull, type Load, magnitude } from './load.js';
import { type Network, pathOf } from './network.js';
import { type Route, routeOf } from './routes.js';
import { PHASES, type StationConfig } from './site-model.js';
import { leaseSkew } from './skew.js';
import { isLinePair, phaseIndexes } from './units.js';

/** Where a station hangs in the network: its own node, where it has one, and all above. */
export interface Placement {
  /** Node indexes up to the root. */
  readonly path: readonly number[];
  /** Per EVSE id, with the lines it is wired to. */
  readonly evses: ReadonlyMap<number, { readonly route: Route; readonly lines: readonly number[] }>;
  /** What flows on L1, L2 or L3 alone; absent where an EVSE is connected between two lines. */
  readonly perLine?: readonly Route[];
}

export function placeStation(network: Network, { stationId, nodeId, evses }: StationConfig): Placement {
  const node = network.indexOf.has(stationId) ? stationId : nodeId;
  const hasPairs = evses.some(({ phases }) => isLinePair(phases));
  return {
    path: pathOf(network, node),
    evses: new Map(evses.map(({ evseId, phases }) => [evseId, { route: routeOf(network, node, phases), lines: phaseIndexes(phases) }])),
    ...(!hasPairs && { perLine: PHASES.map((phase) => routeOf(network, node, [phase])) }),
  };
}

export interface PlacedStation {
  readonly ledger: StationLedger;
  readonly placement: Placement;
}

/** Per column what all stations might draw at `t`. */
export function committedLoad(network: Network, stations: readonly PlacedStation[], t: number, floored: boolean): Load {
  const load = emptyLoad(network);
  for (const station of stations) {
    addStation(load, station, 1, t, (evse) => committedMa(station.ledger, evse, t, floored));
  }
  return load;
}

/** Adds (sign 1) or takes away (sign -1) a station whose EVSEs draw `currentOf` at `t` [mA], never more than its confirmed maximum. */
export function addStation(
  load: Load,
  { ledger, placement }: PlacedStation,
  sign: 1 | -1,
  t: number,
  currentOf: (evse: EvseLedger) => number,
): void {
  const bound = stationBoundMa(ledger, t);
  if (bound === Number.POSITIVE_INFINITY) {
    for (const evse of ledger.evses) {
      const route = placement.evses.get(evse.evseId)?.route;
      if (route !== undefined) addCurrent(load, route, sign * currentOf(evse));
    }
    return;
  }
  const onLine: [number, number, number] = [0, 0, 0];
  const drawn = ledger.evses.flatMap((evse) => {
    const place = placement.evses.get(evse.evseId);
    if (place === undefined) return [];
    const current = Math.min(bound, currentOf(evse));
    for (const line of place.lines) onLine[line as 0 | 1 | 2] += current;
    return [{ route: place.route, current }];
  });
  const { perLine } = placement;
  if (perLine !== undefined && Math.max(...onLine) > bound) {
    for (const [line, current] of onLine.entries()) addCurrent(load, perLine[line] as Route, sign * Math.min(bound, current));
  } else {
    for (const { route, current } of drawn) addCurrent(load, route, sign * current);
  }
}

/** A moment from which on a capacity holds, and what is committed then under both readings. */
export interface Window {
  readonly fromMs: number;
  readonly capacity: Float64Array;
  readonly floored: Load;
}

/** What counts of it when its lease is over: nobody takes its safe level back, installed yet or not. */
export const lastingMa = (ledger: StationLedger, evse: EvseLedger, t: number): number =>
  Math.max(evse.safeMa, committedMa(ledger, evse, t, true));

/** The site's promises, now and at each scheduled change of a limit. Grants admitted in between are added to it. */
export interface Book {
  readonly nowMs: number;
  /** Now, with certain plans at their value. */
  readonly certain: Load;
  readonly windows: readonly Window[];
  readonly firm: Float64Array;
  /** When all leases of usual length are over: what nobody can take away, and what lasts, safe levels included. Absent = nothing may last. */
  readonly beyond?: Window;
}

/**
 * Whether a grant fits beside everything promised, now and in every window. What is drawn already is never vetoed: only a rise needs room.
 */
export function mayRaise(book: Book, station: PlacedStation, evse: EvseLedger, grant: Grant): boolean {
  const { ledger, placement } = station;
  const route = placement.evses.get(evse.evseId)?.route;
  const skew = leaseSkew(ledger);
  const fits = (load: Load, capacity: Float64Array, deltaMa: number): boolean =>
    deltaMa <= 0 || (route !== undefined && firstFull(load, capacity, route, deltaMa) < 0);

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
  const { floored, capacity, countsMa } = forGood(book, station, evse);
  return fits(floored, capacity, Math.min(evse.ratingMa, permittedMa(grant, book.nowMs, undefined)) - countsMa);
}

/**
 * What a lease without an end has to fit into, and what its EVSE counts with there already: beside what lasts when leases of others are over, where it is
 * stated what nobody can take away (ADR 0085); else beside all there is now.
 */
export function forGood({ beyond, firm, windows, nowMs }: Book, { ledger }: PlacedStation, evse: EvseLedger) {
  if (beyond) return { ...beyond, countsMa: lastingMa(ledger, evse, beyond.fromMs) };
  return { floored: (windows[0] as Window).floored, capacity: firm, countsMa: committedMa(ledger, evse, nowMs, true) };
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
  const firm = firmCapacity(network, conditions);
  for (const t of times) {
    for (const floored of t === nowMs ? [false, true] : [true]) {
      const before = committedLoad(network, stations, t, floored);
      const load = copyOf(before);
      addStation(load, station, -1, t, (evse) => committedMa(station.ledger, evse, t, floored));
      addStation(load, { ...station, ledger: after }, 1, t, (evse) => committedMa(after, evse, t, floored));
      const capacities = [capacityAt(network, conditions, t), ...(forAll && floored ? [firm] : [])];
      for (const [column, { node, phase }] of network.columns.entries()) {
        const value = magnitude(load, column);
        // Elsewhere nothing changes, but for the noise of taking away and adding again.
        if (value <= magnitude(before, column) + 1e-6 || capacities.every((capacity) => value <= (capacity[column] as number))) continue;
        return { nodeId: network.nodes[node]?.nodeId ?? '', phase };
      }
    }
  }
  return undefined;
}
