// A car at an EVSE as the planner knows it: since when it is there, what was said of its needs, and what it got.
// Folded by the site's owner from what stations and drivers say; who the driver is appears nowhere.
import { advanceRegister, NO_READING, type RegisterReading, type RegisterState } from '#domain/metering';
import { DEFAULT_ROUND_TRIP, type EvseConfig } from '../site-model.js';
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
  /** The most the car feeds back per line [mA]. */
  readonly maxDischargeMa?: number;
  /** What the car itself wants to keep, counted as `energyWh` is [Wh]. */
  readonly carReserveWh?: number;
  /** What car and station agreed on (2.1): energy in both directions, charging only though it could do more, or that alone. */
  readonly transfer?: 'agreed' | 'offered' | 'chargingOnly';
  /** It gave its powers for each line: so may the set points be (2.1 K01.FR.142). */
  readonly namesLines?: true;
  /** The driver lets the car feed back, down to this: counted as `energyWh` is, so that less than 0 is of what it came with [Wh]. */
  readonly discharge?: { readonly reserveWh: number };
}

export interface Visit {
  /** Absent while the car has spoken and its transaction has not begun. */
  readonly transactionId?: string;
  readonly arrivedMs: number;
  readonly needs: ChargingNeeds;
  readonly register: RegisterState;
  /** Of what it fed back, and when that was last read; absent = it is not metered. */
  readonly exported?: RegisterState;
  readonly exportedMs?: number;
  /** It asked for a schedule before its transaction began. */
  readonly isAsking?: boolean;
}

export const newVisit = (arrivedMs: number): Visit => ({ arrivedMs, needs: {}, register: NO_READING });

export const deliveredWh = ({ register }: Visit): number => register.energyWh;

export const fedBackWh = ({ exported }: Visit): number => exported?.energyWh ?? 0;

/** What it has more than when it came: delivered, less what was fed back and lost on the way. */
export const gainedWh = (visit: Visit, { roundTripEfficiency = DEFAULT_ROUND_TRIP }: Pick<EvseConfig, 'roundTripEfficiency'>): number =>
  deliveredWh(visit) - fedBackWh(visit) / roundTripEfficiency;

/** Both lead to plans; a car's own limits alone do not. */
export const hasNeeds = ({ needs }: Visit): boolean => needs.departsMs !== undefined || needs.energyWh !== undefined;

export const metered = (visit: Visit, reading: RegisterReading): Visit => ({
  ...visit,
  register: advanceRegister(visit.register, reading).state,
});

/** A reading of what flowed back, `atMs` being when it was taken: by the station's clock, but never later than it was heard. */
export const meteredBack = (visit: Visit, reading: RegisterReading, atMs: number): Visit => ({
  ...visit,
  exported: advanceRegister(visit.exported ?? NO_READING, reading).state,
  exportedMs: atMs,
});

/** What others can learn from it once it has left. */
export const stayOf = ({ arrivedMs, needs, register }: Visit, departureMs: number): PastStay => ({
  arrivalMs: arrivedMs,
  departureMs,
  ...(needs.departsMs !== undefined && { statedMs: needs.departsMs }),
  ...(register.samples > 0 && { energyWh: register.energyWh }),
});
