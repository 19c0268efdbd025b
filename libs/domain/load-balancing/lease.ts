// How long a raise is leased, and when it is told again: late, with time for several attempts; for hours where nobody can take the current away
// (ADR 0035). What is leased is the plan's; what a lease counts for is the ledger's.

import type { SteeredCar } from './claims.js';
import { type Grant, leaseEndMs, SETTLE_MS } from './grant.js';
import { addStation, type PlacedStation } from './headroom.js';
import { committedMa, type EvseLedger, type StationLedger } from './ledger.js';
import { type Conditions, capacityAt, changesBetween, firmCapacity } from './limits.js';
import { addCurrent, emptyLoad, firstFull, type Load } from './load.js';
import type { Network } from './network.js';
import { LARGEST_MS as LARGEST_SKEW_MS, skewBound } from './skew.js';

/** Four attempts, each of 30 s until silence counts and 10 s until the station is asked again; and a minute for another owner to take over. */
const RENEW_AHEAD_MS = 220_000;
/** What nobody can take away is leased for this long. */
const STANDING_MS = 4 * 3_600_000;

/** When a lease is to be told again. */
export const dueMs = (grant: Grant, leaseMs: number): number => leaseEndMs(grant) - Math.min(RENEW_AHEAD_MS, leaseMs / 2);

interface Site {
  readonly network: Network;
  readonly conditions: Conditions;
  readonly stations: readonly PlacedStation[];
  readonly leaseMs: number;
  readonly nowMs: number;
}

/** Until when a car is to have these limits (one per window); what is to stand for hours is entered beside what stands already. */
export type LeaseEnd = (car: SteeredCar, limits: readonly number[]) => number;

export function leaseEnds(site: Site): LeaseEnd {
  let standing: Standing | undefined;
  let isKnown = false;
  return (car, limits) => {
    const leased = site.nowMs + site.leaseMs;
    if (!mayStand(car, limits)) return leased;
    if (!isKnown) [standing, isKnown] = [standingOf(site), true];
    return standing !== undefined && enters(standing, car, limits[0] ?? 0) ? standing.untilMs : leased;
  };
}

/**
 * The minimum of a car that gives back all the rest: it stands there full, or waits for its hour. And that this ends, or can be taken back, is
 * certain: it obeys, keeps its default, and its clock is known.
 */
function mayStand({ station: { ledger }, evse, demand, claim }: SteeredCar, limits: readonly number[]): boolean {
  return (
    demand.usableMa !== undefined &&
    claim.maxMa === claim.minMa &&
    limits.every((limitMa) => limitMa === claim.minMa) &&
    demand.discharge === undefined &&
    evse.foreign.length === 0 &&
    !evse.disobedient &&
    ledger.survivesPowerCycle &&
    skewBound(ledger.skew) !== undefined
  );
}

/** What is promised for longer than any other lease, beside what is guaranteed for all that time. */
interface Standing {
  readonly load: Load;
  readonly capacity: Float64Array;
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * Undefined where the grid connection declares no `firmLimitA`: then nothing is known that nobody can take away. Counts what is left when all
 * shorter leases are over; stations that may lose their default at their rating; and the largest EVSE at its rating, for one that stops to obey.
 */
function standingOf({ network, conditions, stations, leaseMs, nowMs }: Site): Standing | undefined {
  if (network.nodes[0]?.isFirmDeclared !== true) return undefined;
  const fromMs = nowMs + leaseMs + LARGEST_SKEW_MS + SETTLE_MS + 1_000;
  const untilMs = nowMs + STANDING_MS;
  const load = emptyLoad(network);
  for (const station of stations) addStation(load, station, 1, (evse) => lastingMa(station.ledger, evse, fromMs));
  const capacity = firmCapacity(network);
  for (const t of [fromMs, ...changesBetween(conditions.gridLimits, fromMs, untilMs)])
    capacityAt(network, conditions, t).forEach((most, column) => {
      capacity[column] = Math.min(capacity[column] as number, most);
    });
  const reserve = largestAlone(network, stations);
  return { load, capacity: capacity.map((most, column) => most - (reserve[column] as number)), fromMs, untilMs };
}

const lastingMa = (ledger: StationLedger, evse: EvseLedger, t: number): number =>
  ledger.contact === 'never' || ledger.survivesPowerCycle ? committedMa(ledger, evse, t, true) : evse.ratingMa;

/** Per column, what the EVSE with the highest rating there draws. */
function largestAlone(network: Network, stations: readonly PlacedStation[]): Float64Array {
  const most = new Float64Array(network.columns.length);
  for (const { ledger, placement } of stations)
    for (const { evseId, ratingMa } of ledger.evses) {
      const route = placement.evses.get(evseId)?.route;
      route?.column.forEach((column, k) => {
        const ma = Math.hypot(route.re[k] as number, route.im[k] as number) * ratingMa;
        most[column] = Math.max(most[column] as number, ma);
      });
    }
  return most;
}

/** False where there is no room. */
function enters({ load, capacity, fromMs }: Standing, { station, evse, claim: { route } }: SteeredCar, ma: number): boolean {
  const more = Math.max(0, ma - lastingMa(station.ledger, evse, fromMs));
  if (more > 0 && firstFull(load, capacity, route, more) >= 0) return false;
  addCurrent(load, route, more);
  return true;
}
