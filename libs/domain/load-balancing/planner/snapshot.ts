// What the planner is told about a site at one moment, and what it answers. Amperes, kilowatts and hours as floats: a plan is a wish,
// and the integer arithmetic of T0 and T1 decides what is sent.

/** A stretch of the horizon with constant currents; slots follow each other without gaps. */
export interface PlanSlot {
  readonly fromMs: number;
  readonly hours: number;
  /** Of a kWh taken from the grid; absent = 0. */
  readonly pricePerKwh?: number;
  /** For a kWh of own production that nobody at the site uses; absent = 0. */
  readonly feedInPerKwh?: number;
  readonly carbonKgPerKwh?: number;
  /** Building load less own production [kW]; negative = surplus the cars may use. Absent = 0. */
  readonly otherLoadKw?: number;
}

export interface PlanCar {
  readonly id: string;
  /** Power per ampere of line current [kW/A]: voltage × lines / 1000. */
  readonly kwPerA: number;
  readonly maxA: number;
  /** What it wants until it leaves; negative where it has more than that and may feed it back. */
  readonly needKwh: number;
  /** The part that was promised until `promisedMs`; absent = nothing. Negative as above. */
  readonly mustKwh?: number;
  /** Absent = `departureMs`. */
  readonly promisedMs?: number;
  /** When it is taken to leave; see departures.ts. */
  readonly departureMs: number;
  /** Per slot, how likely it is still there: what it may never take counts less. Absent = surely, until `departureMs`. */
  readonly stays?: Float64Array;
  /** It is charging and had better go on: the same energy, earlier. */
  readonly isCharging?: boolean;
  /** It is to have at least this in the first slot [A]; absent = 0. Comes with the promises. */
  readonly keepA?: number;
  /** Value of its energy relative to that of others when not all can be had; absent = 1. */
  readonly weight?: number;
  /** Absent = it feeds nothing back. */
  readonly discharge?: PlanDischarge;
}

/** What a driver's consent leaves the planner. */
export interface PlanDischarge {
  readonly maxA: number;
  /** What may be taken out of it before anything is charged; never negative. */
  readonly spareKwh: number;
  /** What arrives back of a kWh that was charged, in (0, 1]. */
  readonly roundTrip: number;
}

/** Σ factor × current ≤ limit: a node and phase, a total, or one direction of a phasor sum. */
export interface PlanRow {
  /** Per car; mostly 0. */
  readonly factor: Float64Array;
  /** Per slot [A]; what unmanaged loads take is already gone. */
  readonly limitA: Float64Array;
}

export interface PlanCosts {
  /** Per kW of the highest grid power of the billing period. */
  readonly demandPerKw?: number;
  readonly peakSoFarKw?: number;
  /** Per kWh fed back from a car. */
  readonly wearPerKwh?: number;
  /** Price put on carbon, per kg. */
  readonly carbonPerKg?: number;
}

export interface SiteSnapshot {
  readonly slots: readonly PlanSlot[];
  readonly cars: readonly PlanCar[];
  readonly rows: readonly PlanRow[];
  /** The same for what cars feed back; absent = nobody does. */
  readonly exportRows?: readonly PlanRow[];
  /** Absent = cost does not matter: everybody is to be full as soon as possible. */
  readonly costs?: PlanCosts;
}

export interface PlannedCar {
  readonly id: string;
  /** As asked. */
  readonly needKwh: number;
  readonly departureMs: number;
  /** Per slot [A]; 0 once it has left, negative where it feeds back. */
  readonly currentA: Float64Array;
  /**
   * Of a kWh more than planned, the share that is more energy in the end: 1 where it cannot have all it needs, 0 where it could have it
   * later just as well. Absent where energy is not what the plan ends with (costs).
   */
  readonly worth?: number;
  /** What it then has more, less what was fed back and lost on the way. */
  readonly plannedKwh: number;
  /** What it wants and cannot get, and what it was promised and cannot get. */
  readonly shortfallKwh: number;
  readonly mustShortfallKwh: number;
}

export interface SitePlanAhead {
  /** In the order of the snapshot. `none`: the solver had no answer; T1 shares alone. */
  readonly status: 'planned' | 'none';
  readonly cars: readonly PlannedCar[];
  /** Highest grid power planned [kW]. */
  readonly peakKw: number;
}

const MINUTE_MS = 60_000;

/** Fine where it matters: five minutes for half an hour, a quarter for three hours, then hours until the last car has left; at most `hours`. */
export function slotsFrom(nowMs: number, untilMs: number, hours = 24): readonly { readonly fromMs: number; readonly hours: number }[] {
  const end = Math.min(untilMs, nowMs + hours * 60 * MINUTE_MS);
  const slots: { fromMs: number; hours: number }[] = [];
  for (let fromMs = nowMs; fromMs < end || slots.length === 0; ) {
    const ahead = fromMs - nowMs;
    const step = ahead < 30 * MINUTE_MS ? 5 : ahead < 180 * MINUTE_MS ? 15 : 60;
    const next = step === 5 ? fromMs + 5 * MINUTE_MS : (Math.floor(fromMs / (step * MINUTE_MS)) + 1) * step * MINUTE_MS;
    slots.push({ fromMs, hours: (next - fromMs) / (60 * MINUTE_MS) });
    fromMs = next;
  }
  return slots;
}
