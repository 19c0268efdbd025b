// A car at an EVSE as the planner knows it: since when it is there, what was said of its needs, and what it got.
// Folded by the site's owner from what stations and drivers say; who the driver is appears nowhere.
import { advanceRegister, NO_READING, type RegisterReading, type RegisterState } from '#domain/metering';
import type { PastStay } from './departures.js';

/** As the car or its driver states them; what is absent was not said. */
export interface ChargingNeeds {
  readonly departsMs?: number;
  /** To have got by then, counted from its arrival [Wh]. */
  readonly energyWh?: number;
  /** The part of it that the driver cannot do without [Wh]. */
  readonly minEnergyWh?: number;
  /** The most the car takes per line [mA]. */
  readonly maxMa?: number;
  /** Most periods the car's own schedules can hold. */
  readonly maxPeriods?: number;
}

export interface Visit {
  /** Absent while the car has spoken and its transaction has not begun. */
  readonly transactionId?: string;
  readonly arrivedMs: number;
  readonly needs: ChargingNeeds;
  readonly register: RegisterState;
  /** It asked for a schedule before its transaction began. */
  readonly isAsking?: boolean;
}

export const newVisit = (arrivedMs: number): Visit => ({ arrivedMs, needs: {}, register: NO_READING });

export const deliveredWh = ({ register }: Visit): number => register.energyWh;

/** Both lead to plans; a car's own limits alone do not. */
export const hasNeeds = ({ needs }: Visit): boolean => needs.departsMs !== undefined || needs.energyWh !== undefined;

export const metered = (visit: Visit, reading: RegisterReading): Visit => ({
  ...visit,
  register: advanceRegister(visit.register, reading).state,
});

/** What others can learn from it once it has left. */
export const stayOf = ({ arrivedMs, needs, register }: Visit, departureMs: number): PastStay => ({
  arrivalMs: arrivedMs,
  departureMs,
  ...(needs.departsMs !== undefined && { statedMs: needs.departsMs }),
  ...(register.samples > 0 && { energyWh: register.energyWh }),
});
