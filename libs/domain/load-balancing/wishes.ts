// What is fair: what the split gives each car that can be steered, now and from each announced change on.
// What of that is worth a message is moves.ts; what fits beside everything promised is the ledger's.
import { compareClaims } from './claim.js';
import { type StationView, type SteeredCar, steeredCars, targetOf } from './claims.js';
import { capChanges, capMa } from './foreign-ledger.js';
import type { GrantStep } from './grant.js';
import { addStation, lastingMa, type Window } from './headroom.js';
import { leasesOverMs } from './lease.js';
import { committedMa, type EvseLedger, type StationLedger } from './ledger.js';
import { changesBetween } from './limits.js';
import { emptyLoad } from './load.js';
import type { Network } from './network.js';
import { type HeldBy, heldBack } from './planner/held-back.js';
import { splitAsPlanned } from './planner/split-as-planned.js';
import type { PlanInput, PlannedGrant } from './site-plan.js';
import { leaseSkew } from './skew.js';
import { type Reason, reasonOf, split } from './split.js';

/** Now, and each moment before the leases told now are over at which a limit or a cap changes by schedule. */
export function windowsOf({ conditions, stations, leaseMs, nowMs }: Omit<PlanInput, 'network'>): readonly number[] {
  const end = leasesOverMs(nowMs, leaseMs);
  const grid = changesBetween(conditions.gridLimits, nowMs, end);
  const caps = stations.flatMap(({ ledger }) =>
    ledger.evses.flatMap(({ foreign }) => (foreign.length === 0 ? [] : capChanges(foreign, nowMs, end))),
  );
  return [nowMs, ...(caps.length === 0 ? grid : [...new Set([...grid, ...caps])].sort((a, b) => a - b))];
}

export interface Wish extends SteeredCar {
  /** Per window [mA], never rising: a lease promises nothing that a later limit could take back. */
  readonly limits: readonly number[];
  readonly reason?: Reason;
  readonly heldBy?: HeldBy;
}

/**
 * Who can be steered shares what the others leave: those count with all they might draw. Who has no clock that anybody can vouch for shares what nobody
 * can take away (`beyond`, where that is stated) with others like it first, and has no more than that (ADR 0100).
 */
export function splitWindows(
  { network, stations, nowMs }: PlanInput,
  starts: readonly number[],
  capacities: readonly Float64Array[],
  beyond: Window | undefined,
): readonly Wish[] {
  const steered = steeredCars(stations, (station) => station.quietUntilMs <= nowMs);
  // Whoever does not obey counts with its rating, whatever it is told; it is told its minimum.
  const obedient = steered.filter(({ evse }) => !evse.disobedient);
  const free = new Set(obedient.map(({ evse }) => evse));
  const forGood = sharesForGood(network, stations, obedient, beyond);
  // Nobody is there to share it.
  const splits = (obedient.length === 0 ? [] : starts).map((t, index) => {
    const others = emptyLoad(network);
    for (const station of stations) addStation(others, station, 1, t, (evse) => (free.has(evse) ? 0 : reservedMa(station.ledger, evse, t)));
    const claims = obedient.map(({ claim, evse }) => {
      const mostMa = Math.min(evse.foreign.length === 0 ? claim.maxMa : capMa(evse, t), forGood.get(evse)?.mostMa ?? claim.maxMa);
      return mostMa < claim.maxMa ? { ...claim, maxMa: mostMa } : claim;
    });
    const targets = obedient.map((car) => targetOf(car, t));
    const capacity = capacities[index] as Float64Array;
    const isBent = targets.some((target) => target !== undefined);
    // Now only, for the reason: what everybody would have without a plan.
    const fairMa = isBent && index === 0 ? split(capacity, claims, others).limitMa : undefined;
    return { fairMa, ...splitAsPlanned(capacity, claims, others, targets) };
  });
  const told = steered
    .filter(({ evse }) => evse.disobedient)
    .map((entry) => ({ ...entry, limits: starts.map((t) => (capMa(entry.evse, t) < entry.claim.minMa ? 0 : entry.claim.minMa)) }));
  return obedient
    .map((entry, index): Wish => {
      let lowest = Number.POSITIVE_INFINITY;
      const limits = splits.map(({ limitMa }) => {
        lowest = Math.min(lowest, limitMa[index] ?? 0);
        return lowest;
      });
      const { fairMa, tight, load } = splits[0] as (typeof splits)[number];
      const car = { claim: entry.claim, isMet: entry.demand.plan?.isMet === true };
      const held = fairMa && heldBack(capacities[0] as Float64Array, car, { limitMa: limits[0] ?? 0, load }, fairMa[index] ?? 0);
      const column = held?.column ?? tight[index] ?? -1;
      const endless = forGood.get(entry.evse);
      const isEndless = column < 0 && held === undefined && endless !== undefined && (limits[0] ?? 0) >= endless.mostMa;
      const reason = isEndless ? endless.reason : reasonOf(network, column);
      return { ...entry, limits, ...(reason && { reason }), ...(held && { heldBy: held.by }) };
    })
    .concat(told)
    .sort((a, b) => compareClaims(a.claim, b.claim));
}

/** What each car may hold whose station's leases have no end, and the column that keeps it from more. */
function sharesForGood(
  network: Network,
  stations: readonly StationView[],
  cars: readonly SteeredCar[],
  beyond: Window | undefined,
): ReadonlyMap<EvseLedger, { readonly mostMa: number; readonly reason?: Reason }> {
  const endless = beyond === undefined ? [] : cars.filter(({ station }) => leaseSkew(station.ledger) === undefined);
  if (beyond === undefined || endless.length === 0) return new Map();
  const sharing = new Set(endless.map(({ evse }) => evse));
  const ending = new Set(cars.map(({ evse }) => evse));
  const others = emptyLoad(network);
  // Leases of cars that can be told otherwise make room; their safe levels do not.
  const keptMa = (ledger: StationLedger, evse: EvseLedger): number =>
    ending.has(evse) ? evse.safeMa : lastingMa(ledger, evse, beyond.fromMs);
  for (const station of stations)
    addStation(others, station, 1, beyond.fromMs, (evse) => (sharing.has(evse) ? 0 : keptMa(station.ledger, evse)));
  const shares = split(
    beyond.capacity,
    endless.map(({ claim }) => claim),
    others,
  );
  return new Map(
    endless.map(({ evse }, index) => {
      const reason = reasonOf(network, shares.tight[index] ?? -1);
      return [evse, { mostMa: shares.limitMa[index] ?? 0, ...(reason && { reason: { ...reason, isFirm: true } }) }];
    }),
  );
}

/** What it might draw, or will once its safe level is installed. */
const reservedMa = (ledger: StationLedger, evse: EvseLedger, t: number): number =>
  ledger.contact === 'never' ? 0 : Math.max(evse.safeMa, committedMa(ledger, evse, t, true));

/** A grant for it, with what it is due. */
export const planned = (
  { station, evse, demand, limits, reason, heldBy }: Wish,
  steps: readonly GrantStep[],
  cause: PlannedGrant['cause'],
): PlannedGrant => ({
  slot: 'plan',
  stationId: station.ledger.stationId,
  evseId: evse.evseId,
  transactionId: demand.transactionId,
  steps,
  cause,
  wantedMa: limits[0] ?? 0,
  ...(reason && { reason }),
  ...(heldBy && { heldBy }),
});
