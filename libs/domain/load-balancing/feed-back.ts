// What cars are told to feed back: what the plan wants and drivers allow, shared below the limits on that, and as grants for which the second
// account has room. A car is told so only once it is told not to charge (plan); less is told at once, more is a lease as any raise.

import { roundDown } from './claim.js';
import { isKept, type SteeredCar, targetOf } from './claims.js';
import { dischargeableMa } from './discharge.js';
import { dischargeAt, type Grant, type GrantStep, SETTLE_MS } from './grant.js';
import { changesBetween, exportCapacityAt } from './limits.js';
import { addCurrent, emptyLoad, type Load, roomMa } from './load.js';
import type { Network } from './network.js';
import type { PlanInput } from './site-plan.js';
import { LARGEST_SKEW_MS, leaseSkew, skewBound } from './skew.js';
import { split } from './split.js';

/** A car as the split left it, with the newest plan it was told. */
export interface FeedingCar extends SteeredCar {
  readonly limits: readonly number[];
  readonly last: Grant | undefined;
}

export interface Flow {
  readonly steps: readonly GrantStep[];
  /** `lower` also shortens. */
  readonly cause: 'lower' | 'raise' | 'renew';
}

/** Smaller currents and changes are not worth a message [mA], shorter times neither [ms]. */
const DEADBAND_MA = 500;
const SHORTEST_MS = 60_000;
/** What will be taken away within this time is gone already: no lease that is worth telling ends before it on every clock. */
const NEAR_MS = SHORTEST_MS + LARGEST_SKEW_MS + SETTLE_MS;
/** Between changes of one EVSE that safety does not ask for. */
const CHANGE_PAUSE_MS = 30_000;

/** By EVSE, in the order of the cars; who is told nothing new is not in it. */
export function feedBack(
  { network, stations, conditions, leaseMs, nowMs }: PlanInput,
  cars: readonly FeedingCar[],
): ReadonlyMap<FeedingCar['evse'], Flow> {
  const flows = new Map<FeedingCar['evse'], Flow>();
  if (cars.length === 0) return flows;
  const feeding = cars.filter((car) => askedMa(car, nowMs) > 0);
  const { capacity, cuts } = takenBack(network, conditions, leaseMs, nowMs);
  const wanted = shared(network, stations, feeding, capacity, nowMs);
  const book = accountOf(network, stations, nowMs, () => true);
  for (const car of cars) {
    const held = heldMa(car, nowMs);
    const wantMa = wanted.get(car) ?? 0;
    const endMs = lastsUntil(car, wantMa, Math.max(held, wantMa), Math.min(nowMs + leaseMs, cutMs(cuts, car)), nowMs);
    const isWorthIt = endMs - nowMs >= SHORTEST_MS;
    const less = held > 0 && (wantMa <= held - DEADBAND_MA || wantMa === 0 || endMs + 1_000 < heldUntil(car));
    if (less) {
      flows.set(car.evse, { cause: 'lower', steps: stepsOf(car, Math.min(held, wantMa), endMs, leaseMs, nowMs) });
      continue;
    }
    if (!isWorthIt || wantMa === 0 || !mayAsk(car, held, nowMs)) continue;
    const isMore = wantMa - held >= DEADBAND_MA;
    const isDue = heldUntil(car) - nowMs < leaseMs / 2 && endMs - heldUntil(car) >= leaseMs / 4;
    if (!isMore && !isDue) continue;
    // Only what the account has room for, beside all that may still flow.
    const own = dischargeableMa(car.station.ledger, car.evse, nowMs);
    const allowedMa = roundDown({}, Math.min(wantMa, own + Math.max(0, roomMa(book, capacity, car.claim.route))));
    if (allowedMa < DEADBAND_MA || (!isDue && allowedMa - held < DEADBAND_MA)) continue;
    addCurrent(book, car.claim.route, Math.max(0, allowedMa - own));
    flows.set(car.evse, { cause: isMore ? 'raise' : 'renew', steps: stepsOf(car, allowedMa, endMs, leaseMs, nowMs) });
  }
  return flows;
}

interface Cut {
  readonly atMs: number;
  /** Per column. */
  readonly isLower: Uint8Array;
}

/** What nodes take back now, and when they will take less within a lease: no lease outlasts that, so none promises what is taken away later. */
function takenBack(
  network: Network,
  { gridLimits }: PlanInput['conditions'],
  leaseMs: number,
  nowMs: number,
): { readonly capacity: Float64Array; readonly cuts: readonly Cut[] } {
  const exports = gridLimits.filter(({ direction }) => direction === 'export');
  const at = (t: number): Float64Array => exportCapacityAt(network, exports, t);
  const near = changesBetween(exports, nowMs, nowMs + NEAR_MS).map(at);
  const capacity = near.reduce((least, each) => least.map((ma, column) => Math.min(ma, each[column] ?? 0)), at(nowMs));
  const cuts = changesBetween(exports, nowMs + NEAR_MS, nowMs + leaseMs + NEAR_MS).map((atMs) => {
    const then = at(atMs);
    return { atMs, isLower: Uint8Array.from(capacity, (ma, column) => Number((then[column] ?? 0) < ma)) };
  });
  return { capacity, cuts };
}

/** By then nothing of what it was told before may flow on any clock. */
function cutMs(cuts: readonly Cut[], { claim, station }: FeedingCar): number {
  const cut = cuts.find(({ isLower }) => claim.route.column.some((column) => isLower[column] === 1));
  return cut === undefined ? Number.POSITIVE_INFINITY : cut.atMs - (skewBound(station.ledger.skew) ?? 0) - SETTLE_MS;
}

/** What the plan wants and everybody concerned allows. Nothing where a grant might have no end, or something else than our plan decides. */
function askedMa(car: FeedingCar, nowMs: number): number {
  const { evse, demand, station, limits } = car;
  const isSteady = leaseSkew(station.ledger) !== undefined && !evse.disobedient && evse.foreign.length === 0;
  // Who was interrupted often enough, or might not resume, goes on charging.
  if (demand.discharge === undefined || !isSteady || isKept(evse, demand) || (limits[0] ?? 0) > 0) return 0;
  const wantMa = -(targetOf(car, nowMs)?.wantMa ?? 0);
  const most = Math.min(wantMa, demand.discharge.maxMa, evse.dischargeMa ?? 0);
  return most < DEADBAND_MA ? 0 : most;
}

/** Fair shares of what those leave who cannot be steered. */
function shared(
  network: Network,
  stations: PlanInput['stations'],
  feeding: readonly FeedingCar[],
  capacity: Float64Array,
  nowMs: number,
): ReadonlyMap<FeedingCar, number> {
  const steered = new Set(feeding.map(({ evse }) => evse));
  const others = accountOf(network, stations, nowMs, (evse) => !steered.has(evse));
  const claims = feeding.map((car) => {
    const { id, route, waitingSinceMs } = car.claim;
    const maxMa = askedMa(car, nowMs);
    return { id, route, minMa: 0, maxMa, weight: Math.max(1, maxMa) / 1000, priority: 0, waitingSinceMs };
  });
  const { limitMa } = split(capacity, claims, others);
  return new Map(feeding.map((car, index) => [car, limitMa[index] ?? 0]));
}

function accountOf(network: Network, stations: PlanInput['stations'], nowMs: number, counts: (evse: FeedingCar['evse']) => boolean): Load {
  const load = emptyLoad(network);
  for (const { ledger, placement } of stations)
    for (const evse of ledger.evses) {
      const route = placement.evses.get(evse.evseId)?.route;
      if (route !== undefined && counts(evse)) addCurrent(load, route, dischargeableMa(ledger, evse, nowMs));
    }
  return load;
}

const heldMa = ({ last }: FeedingCar, nowMs: number): number => (last === undefined ? 0 : dischargeAt(last, nowMs));

/** When what it was told last ends. */
function heldUntil({ last }: FeedingCar): number {
  const index = last?.steps.findLastIndex(({ dischargeMa = 0 }) => dischargeMa > 0) ?? -1;
  return index < 0 ? Number.NEGATIVE_INFINITY : (last?.steps[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY);
}

/** Until what is spare may be gone, the plan or a node wants less, or the lease ends. `sinceReadMa`: the most that has flowed since the meter was read. */
function lastsUntil(car: FeedingCar, ma: number, sinceReadMa: number, lastMs: number, nowMs: number): number {
  const { discharge, plan } = car.demand;
  if (discharge === undefined || plan === undefined || ma <= 0) return nowMs;
  // Read by the station's clock, and ended by it; and the car takes its time to stop.
  const skew = skewBound(car.station.ledger.skew) ?? 0;
  const unread = sinceReadMa * (nowMs - discharge.readMs + skew);
  const spareMs = (discharge.spareMaMs - unread) / ma - skew - SETTLE_MS;
  const wantedNow = plan.steps.findLast(({ fromMs }) => fromMs <= nowMs)?.wantMa ?? 0;
  const next = plan.steps.find(({ fromMs, wantMa }) => fromMs > nowMs && wantMa > wantedNow + DEADBAND_MA)?.fromMs ?? plan.untilMs;
  return Math.floor(Math.min(nowMs + spareMs, next, plan.untilMs, lastMs) / 1000) * 1000;
}

function stepsOf({ evse }: FeedingCar, ma: number, endMs: number, leaseMs: number, nowMs: number): readonly GrantStep[] {
  const leaseEnd = Math.floor((nowMs + leaseMs) / 1000) * 1000;
  const flows = ma > 0 && endMs > nowMs;
  return [
    { fromMs: nowMs, limitMa: 0, ...(flows && { dischargeMa: ma }) },
    ...(flows && endMs < leaseEnd ? [{ fromMs: endMs, limitMa: 0 }] : []),
    { fromMs: leaseEnd, limitMa: evse.safeMa },
  ];
}

function mayAsk({ last }: FeedingCar, held: number, nowMs: number): boolean {
  if (last === undefined) return true;
  if (last.state === 'requested' || last.state === 'sent') return false;
  return held === 0 || nowMs - last.requestedMs >= CHANGE_PAUSE_MS;
}

/** When to look again at what was granted. */
export const flowChanges = ({ steps }: Grant, leaseMs: number): readonly number[] =>
  steps.some(({ dischargeMa = 0 }) => dischargeMa > 0) ? steps.flatMap(({ fromMs }) => [fromMs, fromMs - leaseMs / 2 + 1]) : [];
