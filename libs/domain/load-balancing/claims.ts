// Who can be steered at a site, and what each asks of the split: the least and the most it can use, and what a plan wants it to have.
// What it gets is the split's question; when it may be told is the ledger's.

import type { OcppVersion } from '#ocpp';
import type { Claim } from './claim.js';
import type { PlacedStation } from './headroom.js';
import type { EvseLedger } from './ledger.js';
import { type CarPlan, targetAt } from './planner/car-plan.js';
import type { Dischargeable } from './planner/consent.js';
import type { Target } from './planner/split-as-planned.js';
import type { Route } from './routes.js';
import type { EvseConfig, StationConfig } from './site-model.js';
import { limitToMa } from './units.js';
import { leastToldMa } from './watts.js';

/** A transaction that wants current. */
export interface Demand {
  readonly transactionId: string;
  readonly waitingSinceMs: number;
  /** The most it can make use of, where that is known to be less than the EVSE's maximum [mA]. */
  readonly usableMa?: number;
  /** It has charged without a break since then. */
  readonly servedSinceMs?: number;
  /** How often it was given current after it had none. */
  readonly starts?: number;
  /** The node that has no room for its minimum. */
  readonly waitsFor?: string;
  /** The car asked for a schedule then: it gets one, though nothing changed (OCPP 2.0.1 K15). */
  readonly askedMs?: number;
  /** Most periods the car's own schedules can hold. */
  readonly maxPeriods?: number;
  /** What the plan in force wants it to have. */
  readonly plan?: CarPlan;
  /** What may be taken out of it; absent = nothing. */
  readonly discharge?: Dischargeable;
  /** It charges with priority: before all others that may be made to wait, and with most of what they could have beyond their least. */
  readonly isFirst?: boolean;
}

export interface StationView extends PlacedStation {
  readonly config: StationConfig;
  /** Too soon after a failed attempt to try again; counts with what it holds until then. */
  readonly quietUntilMs: number;
  readonly demands: ReadonlyMap<number, Demand>;
  /** Most periods its schedules can hold, where it said so. */
  readonly maxPeriods?: number;
  /** The only unit it takes limits in, where it said so. */
  readonly onlyUnit?: 'A' | 'W';
  /** As it spoke last; absent = it never did. */
  readonly ocppVersion?: OcppVersion;
}

export interface SteeredCar {
  readonly station: StationView;
  readonly evse: EvseLedger;
  readonly config: EvseConfig;
  readonly demand: Demand;
  readonly claim: Claim;
}

/** Cars that can be told something, at stations that `isReady` lets through; the disobedient included. */
export function steeredCars(stations: readonly StationView[], isReady: (station: StationView) => boolean): readonly SteeredCar[] {
  return stations.flatMap((station) => {
    const { ledger } = station;
    if (ledger.contact !== 'online' || ledger.profilesUnsupported || !isReady(station)) return [];
    return ledger.evses.flatMap((evse) => {
      const demand = station.demands.get(evse.evseId);
      const config = station.config.evses.find(({ evseId }) => evseId === evse.evseId);
      const route = station.placement.evses.get(evse.evseId)?.route;
      return demand && config && route && hasDefault(ledger.bootedSinceDefault, evse)
        ? [{ station, evse, config, demand, claim: claimOf(station, evse, route, config, demand) }]
        : [];
    });
  });
}

const hasDefault = (bootedSinceDefault: boolean, { defaults }: EvseLedger): boolean =>
  !bootedSinceDefault && defaults.some(({ state }) => state === 'accepted');

/** What a car with priority is given beside its outlet's own: above any that can be configured, below what safe levels give. */
const FIRST_PLACE = { priority: 500, weight: 100 } as const;
/** Safe levels are reserved anyway: whoever has one is never made to wait by somebody who has none. */
const SAFE_PLACE = 1000;

/** Who is admitted before whom. */
export const rankOf = ({ priority = 0 }: Pick<EvseConfig, 'priority'>, isFirst: boolean): number =>
  isFirst ? priority + FIRST_PLACE.priority : priority;

function claimOf(
  { ledger, config: station, onlyUnit }: StationView,
  evse: EvseLedger,
  route: Route,
  config: EvseConfig,
  { waitingSinceMs, usableMa, isFirst = false }: Demand,
): Claim {
  const { maxA, levelsA, weight = 1 } = config;
  const rank = rankOf(config, isFirst);
  const minMa = Math.max(leastToldMa(config, station, onlyUnit), evse.safeMa);
  return {
    id: `${ledger.stationId}/${evse.evseId}`,
    route,
    minMa,
    maxMa: Math.min(limitToMa(maxA), Math.max(minMa, usableMa ?? Number.POSITIVE_INFINITY)),
    ...(levelsA && { levelsMa: levelsA.map(limitToMa) }),
    weight: isFirst ? weight * FIRST_PLACE.weight : weight,
    priority: evse.safeMa > 0 ? rank + SAFE_PLACE : rank,
    waitingSinceMs,
  };
}

/** Contactors and cars bear only so many starts: after these a car keeps its minimum until it has what it needs. */
export const MOST_STARTS = 3;

/** It charges and is not to be interrupted by a plan: one more start would be too many, or it might not resume from 0 (its safe level). */
export const isKept = (evse: EvseLedger, { plan, starts = 0, servedSinceMs }: Demand): boolean =>
  evse.safeMa > 0 || (starts >= MOST_STARTS && servedSinceMs !== undefined && plan?.isMet !== true);

/** What the plan wants for a car at `t`; undefined where no plan knows it, or holds any more. */
export function targetOf({ evse, demand }: SteeredCar, t: number): Target | undefined {
  const { plan } = demand;
  return plan && targetAt(plan, t, isKept(evse, demand));
}
