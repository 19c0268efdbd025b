// The copper side of a station: outlets, cars, meters and the profiles in force, moved from one instant to the next.
// No sockets and no clock: time is passed in. What is told to whom is the business of charging.ts and the dialects.
import { acceptedMa, type Car, charged, discharged, LEAST_AC_MA, releasableMa } from './car.js';
import type { Chance } from './chance.js';
import { accumulate, type Meter, meterAt, PHASES, type Phase, type PhaseFlow, phaseFlow, powerMw } from './meter.js';
import { share } from './power-share.js';
import type { Limit } from './profile.js';
import { ProfileStore } from './profile-store.js';
import type { EvseSpec } from './specs.js';
import { limitMa, nextChange, outletLimit, stationLimit } from './stacking.js';
import type { Transaction } from './transaction.js';

export type ChargingState = 'Idle' | 'EVConnected' | 'Charging' | 'SuspendedEV' | 'SuspendedEVSE';

/** Kept for a driver. */
export interface Reservation {
  readonly id: number;
  readonly idToken: string;
  /** ISO 8601 */
  readonly until: string;
}

export interface Outlet {
  readonly evseId: number;
  readonly phases: readonly Phase[];
  readonly maxMa: number;
  readonly minMa: number;
  readonly nominalDv: number;
  voltagesDv: readonly number[];
  meter: Meter;
  /** The most that flows back [mA per phase], 0 where nothing can, and the register of what did. */
  readonly mostBackMa: number;
  exportMeter: Meter;
  car: Car | undefined;
  transaction: Transaction | undefined;
  reservation: Reservation | undefined;
  /** The transaction of the plugged car is over. */
  finished: boolean;
  operative: boolean;
  /** What the outlet offers the car on each phase in use [mA]; 0 is a pause. */
  offeredMa: number;
  flows: readonly PhaseFlow[];
}

/** A car's state of charge moves its appetite; this is how long it is taken as constant. */
const LONGEST_STEP_MS = 5_000;

function outletOf(
  { evseId, phases = 3, maxA = 32, minA = 6, maxDischargeA = 0, voltageV = 230, meterStartWh }: EvseSpec,
  chance: Chance,
): Outlet {
  const wired = typeof phases === 'number' ? PHASES.slice(0, phases) : phases;
  return {
    evseId,
    phases: wired,
    maxMa: maxA * 1000,
    minMa: minA * 1000,
    nominalDv: voltageV * 10,
    voltagesDv: wired.map(() => voltageV * 10),
    meter: meterAt(meterStartWh ?? chance.integer(1_000, 900_000)),
    mostBackMa: maxDischargeA * 1000,
    exportMeter: meterAt(0),
    car: undefined,
    transaction: undefined,
    reservation: undefined,
    finished: false,
    operative: true,
    offeredMa: 0,
    flows: [],
  };
}

export function chargingState(outlet: Outlet): ChargingState {
  if (outlet.car === undefined) return 'Idle';
  if (outlet.transaction === undefined) return 'EVConnected';
  // 2.1 has one word for energy that flows, whichever way.
  if (outlet.flows.length > 0) return 'Charging';
  return outlet.offeredMa === 0 ? 'SuspendedEVSE' : 'SuspendedEV';
}

export class Installation {
  readonly outlets: readonly Outlet[];
  readonly profiles = new ProfileStore();
  /** Ignores every profile, while still accepting them. */
  disobedient = false;
  /** Station time minus true time [ms]; schedules run on the station's own clock. */
  skewMs = 0;
  readonly #chance: Chance;
  readonly #drawn: (outlet: Outlet, at: number) => void;
  #settledAt: number;

  constructor(evses: readonly EvseSpec[], chance: Chance, now: number, drawn: (outlet: Outlet, at: number) => void = () => {}) {
    this.#chance = chance;
    this.#drawn = drawn;
    this.#settledAt = now;
    this.outlets = evses.map((evse) => outletOf(evse, chance));
  }

  outlet(evseId: number): Outlet | undefined {
    return this.outlets.find((outlet) => outlet.evseId === evseId);
  }

  /** Lets time pass until `now` (true time): energy flows, batteries fill, schedules step. Then every offer is up to date. */
  settle(now: number): void {
    if (this.#settledAt >= now) this.#offer();
    while (this.#settledAt < now) {
      const flowing = this.outlets.some(({ flows }) => flows.length > 0);
      const end = Math.min(now, this.nextChange(this.#settledAt), flowing ? this.#settledAt + LONGEST_STEP_MS : now);
      for (const outlet of this.outlets) pass(outlet, end - this.#settledAt);
      this.#settledAt = end;
      this.#offer();
    }
  }

  /** The next true time at which a profile may change an offer; Infinity when none will. */
  nextChange(now: number): number {
    const running = this.outlets.flatMap(({ transaction }) => transaction ?? []);
    return nextChange(this.profiles.all(), now + this.skewMs, running) - this.skewMs;
  }

  /** The mains wander by up to 2 % around nominal. Called between samples, so that a sample agrees with the time before it. */
  drift(outlet: Outlet): void {
    const most = Math.floor(outlet.nominalDv * 0.02);
    outlet.voltagesDv = outlet.voltagesDv.map((voltage) => {
      const moved = voltage + this.#chance.integer(-4, 4);
      return Math.max(outlet.nominalDv - most, Math.min(outlet.nominalDv + most, moved));
    });
    this.#offer();
  }

  #offer(): void {
    const stationAt = this.#settledAt + this.skewMs;
    const active = this.outlets
      .filter(({ car, transaction }) => car !== undefined && transaction !== undefined)
      .sort((a, b) => (a.transaction?.startedAt ?? 0) - (b.transaction?.startedAt ?? 0) || a.evseId - b.evseId);
    const plans = active.map((outlet) => this.#plan(outlet, stationAt));
    const cap = this.disobedient ? undefined : stationLimit(this.profiles.all(), stationAt);
    const shares =
      cap === undefined
        ? plans.map(({ capMa }) => capMa)
        : share(
            plans.map(({ capMa, outlet }) => ({ wantedMa: capMa, leastMa: outlet.minMa })),
            limitMa(cap, widest(this.outlets)),
          );
    for (const outlet of this.outlets) if (!active.includes(outlet)) this.#set(outlet, 0, 0, 0);
    plans.forEach(({ outlet, phases, backMa }, index) => {
      const offered = backMa > 0 ? 0 : Math.floor((shares[index] ?? 0) / 100) * 100;
      this.#set(outlet, offered < outlet.minMa ? 0 : offered, backMa, phases);
    });
  }

  /** What profiles of the outlet leave it, and on how many phases. */
  #plan(outlet: Outlet, stationAt: number) {
    const limit = this.disobedient ? undefined : outletLimit(this.profiles.all(), outlet.evseId, stationAt, outlet.transaction);
    const phases = Math.min(outlet.car?.spec.phases ?? 3, outlet.phases.length, Math.max(1, limit?.phases ?? 3));
    const capMa = limit === undefined ? outlet.maxMa : Math.min(outlet.maxMa, limitMa(limit, outlet.voltagesDv.slice(0, phases)));
    return { outlet, phases, capMa, backMa: backMa(outlet, limit, phases) };
  }

  #set(outlet: Outlet, offeredMa: number, backMa: number, phases: number): void {
    outlet.offeredMa = offeredMa;
    const before = outlet.flows;
    const taken = outlet.car === undefined || offeredMa === 0 ? 0 : Math.min(offeredMa, acceptedMa(outlet.car));
    const flowing = taken >= Math.min(LEAST_AC_MA, outlet.minMa) && taken >= 100;
    const flowMa = flowing ? taken : -backMa;
    outlet.flows =
      Math.abs(flowMa) >= 100
        ? outlet.phases.slice(0, phases).map((phase, index) => phaseFlow(phase, outlet.voltagesDv[index] ?? 0, flowMa))
        : [];
    const same =
      before.length === outlet.flows.length &&
      before.every(
        ({ currentMa, voltageDv }, index) => currentMa === outlet.flows[index]?.currentMa && voltageDv === outlet.flows[index]?.voltageDv,
      );
    if (!same) this.#drawn(outlet, this.#settledAt);
  }
}

/** What flows back [mA per phase]: as the profile says, within what outlet and car can, once the CSMS has allowed it. */
function backMa({ car, transaction, mostBackMa, voltagesDv }: Outlet, limit: Limit | undefined, phases: number): number {
  if (limit?.back === undefined || car === undefined || transaction?.mayFeedBack !== true) return 0;
  return Math.min(limitMa({ ...limit, limit: limit.back }, voltagesDv.slice(0, phases)), mostBackMa, releasableMa(car));
}

/** Voltages of the outlet with most phases: what a limit in watts on the whole station is divided by. */
const widest = (outlets: readonly Outlet[]): readonly number[] =>
  outlets.reduce<readonly number[]>((most, { voltagesDv }) => (voltagesDv.length > most.length ? voltagesDv : most), []);

/** Energy through one outlet for `ms`, counted by the register of its direction, and stored or given by its car. */
function pass(outlet: Outlet, ms: number): void {
  const power = powerMw(outlet.flows);
  if (power === 0) return;
  const energyWh = (power * ms) / 3_600_000_000;
  if (power > 0) outlet.meter = accumulate(outlet.meter, power, ms);
  else outlet.exportMeter = accumulate(outlet.exportMeter, -power, ms);
  if (outlet.car !== undefined) outlet.car = power > 0 ? charged(outlet.car, energyWh) : discharged(outlet.car, -energyWh);
}
