// What a site needs of a limit it shares with others: whatever happens, and at most. By line [mA] and over all lines [W].
// How much of that it gets is shared-limit's; what its stations are told is the plan's.

import type { StationView } from './claims.js';
import { type SteeredCar, steeredCars } from './claims.js';
import { addStation } from './headroom.js';
import { committedMa, type EvseLedger } from './ledger.js';
import { capacityAt } from './limits.js';
import { emptyLoad, type Load, magnitude } from './load.js';
import { HIGHEST_VOLTAGE, TOTAL } from './network.js';
import type { PlanInput } from './site-plan.js';

export interface SiteAmounts {
  /** L1, L2, L3 [mA]. */
  readonly lineMa: readonly [number, number, number];
  readonly totalW: number;
}

export interface SiteNeeds {
  /** Steerable stations at their safe levels, others at all they might draw, and other loads. */
  readonly floor: SiteAmounts;
  /** The same, with the cars that charge at the most they can make use of. */
  readonly demand: SiteAmounts;
}

/** Rounded up to this [mA, W], so that not every ampere is worth a record. */
const STEP = 1_000;

/** At the grid connection, node 0. */
export function siteNeeds(input: PlanInput, voltageV: number): SiteNeeds {
  const others = otherLoads(input);
  const obedient = steeredCars(input.stations, ({ quietUntilMs }) => quietUntilMs <= input.nowMs).filter(({ evse }) => !evse.disobedient);
  const steered = new Map(obedient.map((car) => [car.evse, car]));
  const amounts = (currentOf: (car: SteeredCar) => number): SiteAmounts => {
    const load = emptyLoad(input.network);
    for (const station of input.stations)
      addStation(load, station, 1, input.nowMs, (evse) => {
        const car = steered.get(evse);
        if (car !== undefined) return currentOf(car);
        return isBeingMet(station, evse, input.nowMs) ? evse.safeMa : committedMa(station.ledger, evse, input.nowMs, true);
      });
    return amountsOf(load, others, voltageV);
  };
  return { floor: amounts(({ evse }) => evse.safeMa), demand: amounts(({ evse, claim }) => Math.max(evse.safeMa, claim.maxMa)) };
}

/** A new station is told its safe level at once. It counts with its rating from then on only if it does not take that within this time [ms]. */
const MET_WITHIN_MS = 30_000;

/**
 * Before it was here it counted with nothing; what it might draw for these seconds is no need that others have to stop their cars for, and start them
 * again a moment later.
 */
function isBeingMet({ ledger, quietUntilMs }: StationView, { defaults, disobedient }: EvseLedger, nowMs: number): boolean {
  if (ledger.contact !== 'online' || ledger.profilesUnsupported || disobedient) return false;
  return defaults.length === 0 ? quietUntilMs <= nowMs : defaults.every(({ requestedMs }) => nowMs - requestedMs <= MET_WITHIN_MS);
}

/** What does not charge, with the margin [mA per line]. */
function otherLoads({ network, conditions, nowMs }: PlanInput): readonly number[] {
  const free = capacityAt(network, { ...conditions, gridLimits: [] }, nowMs);
  return (network.nodes[0]?.limitMa ?? []).map((limitMa, line) => limitMa - (free[line] as number));
}

function amountsOf(load: Load, others: readonly number[], voltageV: number): SiteAmounts {
  const onLine = (line: number): number => stepped(magnitude(load, line) + (others[line] ?? 0));
  const totalMa = magnitude(load, TOTAL) + others.reduce((sum, ma) => sum + ma, 0);
  return { lineMa: [onLine(0), onLine(1), onLine(2)], totalW: stepped((totalMa * voltageV * HIGHEST_VOLTAGE) / 1000) };
}

const stepped = (value: number): number => Math.ceil(Math.max(0, value) / STEP - 1e-9) * STEP;
