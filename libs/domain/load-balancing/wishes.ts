// What is fair: what the split gives each car that can be steered, now and from each announced change on.
// What of that is worth a message is moves.ts; what fits beside everything promised is the ledger's.
import { compareClaims } from './claim.js';
import { type SteeredCar, steeredCars, targetOf } from './claims.js';
import { capChanges, capMa } from './foreign-ledger.js';
import type { GrantStep } from './grant.js';
import { addStation } from './headroom.js';
import { leasesOverMs } from './lease.js';
import { committedMa, type EvseLedger, type StationLedger } from './ledger.js';
import { changesBetween } from './limits.js';
import { emptyLoad } from './load.js';
import type { ColumnName } from './network.js';
import { type HeldBy, heldBack } from './planner/held-back.js';
import { splitAsPlanned } from './planner/split-as-planned.js';
import type { PlanInput, PlannedGrant } from './site-plan.js';
import { reasonOf, split } from './split.js';

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
  readonly reason?: { readonly nodeId: string; readonly phase: ColumnName };
  readonly heldBy?: HeldBy;
}

/** Who can be steered shares what the others leave: those count with all they might draw. */
export function splitWindows(
  { network, stations, nowMs }: PlanInput,
  starts: readonly number[],
  capacities: readonly Float64Array[],
): readonly Wish[] {
  const steered = steeredCars(stations, (station) => station.quietUntilMs <= nowMs);
  // Whoever does not obey counts with its rating, whatever it is told; it is told its minimum.
  const obedient = steered.filter(({ evse }) => !evse.disobedient);
  const free = new Set(obedient.map(({ evse }) => evse));
  const splits = starts.map((t, index) => {
    const others = emptyLoad(network);
    for (const station of stations) addStation(others, station, 1, (evse) => (free.has(evse) ? 0 : reservedMa(station.ledger, evse, t)));
    const claims = obedient.map(({ claim, evse }) =>
      evse.foreign.length === 0 ? claim : { ...claim, maxMa: Math.min(claim.maxMa, capMa(evse, t)) },
    );
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
      const reason = reasonOf(network, held?.column ?? tight[index] ?? -1);
      return { ...entry, limits, ...(reason && { reason }), ...(held && { heldBy: held.by }) };
    })
    .concat(told)
    .sort((a, b) => compareClaims(a.claim, b.claim));
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
