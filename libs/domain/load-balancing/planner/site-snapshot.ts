// From what the owner of a site knows to what the planner is asked: who is there, until when, what it still needs, what the network has
// left for it in each slot, and what energy costs then. Pure; the time is that of the site's stream.
import { isKept, type SteeredCar, steeredCars } from '../claims.js';
import { dischargeableMa } from '../discharge.js';
import { addStation } from '../headroom.js';
import { committedMa, type EvseLedger } from '../ledger.js';
import { capacityAt, exportCapacityAt, type Measurement } from '../limits.js';
import { addCurrent, emptyLoad, magnitude } from '../load.js';
import type { Network } from '../network.js';
import { powerShare } from '../phasor.js';
import { DEFAULT_ROUND_TRIP, type SiteConfig } from '../site-model.js';
import type { PlanInput } from '../site-plan.js';
import {
  comparable,
  departureQuantile,
  type LearnedStays,
  learnStays,
  type PastStay,
  type Stay,
  stayChance,
  usualEnergyWh,
} from './departures.js';
import { energyCostsAt } from './energy-costs.js';
import { networkRows } from './network-rows.js';
import { type PlanCar, type SiteSnapshot, slotsFrom } from './snapshot.js';
import { gainedWh, type Visit } from './visit.js';

export interface Outlook {
  readonly input: PlanInput;
  readonly site: Pick<SiteConfig, 'energy' | 'timeZone' | 'voltageV'>;
  /** By `station/EVSE`. */
  readonly visits: ReadonlyMap<string, Visit>;
  /** Who was here before. */
  readonly past: readonly PastStay[];
  /** Highest power from the grid this month. */
  readonly peakSoFarKw: number;
}

/** Where waiting saves money, a quarter of comparable cars has left by then: a plan that counts on less fails seldom. */
const CAUTION = 0.25;
/** Elsewhere three quarters have; until then a car counts with its chance to be there. */
const HORIZON = 0.75;

/** Cars are named `station/EVSE`. Undefined where nobody can be steered. */
export function snapshotOf({ input, site, visits, past, peakSoFarKw }: Outlook): SiteSnapshot | undefined {
  const { network, stations, conditions, nowMs } = input;
  const steered = steeredCars(stations, () => true).filter(({ evse }) => !evse.disobedient);
  if (steered.length === 0) return undefined;
  const learned = learnStays(past);
  const { energy, timeZone, voltageV } = site;
  const quantile = energy === undefined ? HORIZON : CAUTION;
  const guests = steered.map((car) => guestOf(car, visits.get(String(car.claim.id)), past, nowMs, quantile));
  const slots = slotsFrom(nowMs, Math.max(...guests.map(({ departureMs }) => departureMs))).map((slot) => {
    const otherLoadKw = otherLoadAt(network, conditions.measurements, voltageV, slot.fromMs, nowMs);
    const middleMs = slot.fromMs + slot.hours * 1_800_000;
    return { ...slot, ...(energy && { otherLoadKw, ...energyCostsAt(energy, timeZone, middleMs) }) };
  });
  const cars = guests.map((guest) => {
    const stays = Float64Array.from(slots, ({ fromMs, hours }) => stayChance(guest.alike, guest.stay, nowMs, fromMs + hours * 1_800_000));
    return { ...carOf(guest, learned, voltageV, nowMs), ...(energy === undefined && { stays }) };
  });
  const free = new Set(steered.map(({ evse }) => evse));
  const capacities = slots.map(({ fromMs }) => {
    const others = emptyLoad(network);
    for (const station of stations)
      addStation(others, station, 1, fromMs, (evse) => (free.has(evse) ? 0 : committedMa(station.ledger, evse, fromMs, true)));
    return capacityAt(network, conditions, fromMs).map((limit, column) => limit - magnitude(others, column));
  });
  const routes = steered.map(({ claim }) => claim.route);
  const feeding = energy !== undefined && cars.some(({ discharge }) => discharge !== undefined);
  return {
    slots,
    cars,
    rows: networkRows(network, routes, capacities),
    ...(feeding && { exportRows: networkRows(network, routes, slots.map(exportFree(input, free))) }),
    ...(energy && {
      costs: {
        demandPerKw: energy.demandPerKw ?? 0,
        carbonPerKg: energy.carbonPerKg ?? 0,
        peakSoFarKw,
        ...(energy.wearPerKwh !== undefined && { wearPerKwh: energy.wearPerKwh }),
      },
    }),
  };
}

/** What those leave of the limits on feeding back who are not planned for. */
function exportFree(
  { network, stations, conditions, nowMs }: PlanInput,
  free: ReadonlySet<EvseLedger>,
): (slot: { readonly fromMs: number }) => Float64Array {
  const others = emptyLoad(network);
  for (const { ledger, placement } of stations)
    for (const evse of ledger.evses) {
      const route = placement.evses.get(evse.evseId)?.route;
      if (route !== undefined && !free.has(evse)) addCurrent(others, route, dischargeableMa(ledger, evse, nowMs));
    }
  return ({ fromMs }) => exportCapacityAt(network, conditions.gridLimits, fromMs).map((limit, column) => limit - magnitude(others, column));
}

/** A car, and how long it may stay. */
interface Guest {
  readonly car: SteeredCar;
  readonly visit: Visit | undefined;
  readonly stay: Stay;
  readonly alike: LearnedStays;
  readonly departureMs: number;
}

function guestOf(car: SteeredCar, visit: Visit | undefined, past: readonly PastStay[], nowMs: number, quantile: number): Guest {
  const { needs = {}, arrivedMs = nowMs } = visit ?? {};
  const stay = { arrivalMs: arrivedMs, ...(needs.departsMs !== undefined && { statedMs: needs.departsMs }) };
  const alike = learnStays(comparable(past, stay));
  return { car, visit, stay, alike, departureMs: departureQuantile(alike, stay, nowMs, quantile) };
}

function carOf({ car, visit, departureMs }: Guest, learned: LearnedStays, voltageV: number, nowMs: number): PlanCar {
  const { config, claim, demand, evse } = car;
  const { needs = {} } = visit ?? {};
  const gotWh = visit === undefined ? 0 : gainedWh(visit, config);
  const discharge = isKept(evse, demand) ? undefined : demand.discharge;
  // What it has beyond its needs is there to be taken again.
  const kwhLeft = (wantedWh: number): number => (discharge === undefined ? Math.max(0, wantedWh - gotWh) : wantedWh - gotWh) / 1000;
  const kwPerA = (voltageV * powerShare(config.phases) * (config.efficiency ?? 1)) / 1000;
  const maxA = claim.maxMa / 1000;
  // Who says nothing is taken to want what others took, or all it can get: a plan may not leave it short.
  const mostKwh = (kwPerA * maxA * (departureMs - nowMs)) / 3_600_000;
  const usualWh = usualEnergyWh(learned, gotWh);
  const needKwh = needs.energyWh !== undefined ? kwhLeft(needs.energyWh) : usualWh === undefined ? mostKwh : kwhLeft(usualWh);
  const { departsMs } = needs;
  const promisedWh = needs.minEnergyWh ?? (departsMs === undefined ? undefined : needs.energyWh);
  const isCharging = demand.servedSinceMs !== undefined;
  return {
    id: String(claim.id),
    kwPerA,
    maxA,
    needKwh,
    departureMs,
    ...(config.weight !== undefined && { weight: config.weight }),
    ...(promisedWh !== undefined && { mustKwh: Math.min(needKwh, kwhLeft(promisedWh)) }),
    ...(departsMs !== undefined && departsMs > nowMs && { promisedMs: departsMs }),
    ...(isCharging && { isCharging }),
    ...(isKept(evse, demand) && { keepA: claim.minMa / 1000 }),
    ...(discharge && {
      discharge: {
        maxA: discharge.maxMa / 1000,
        spareKwh: discharge.spareWh / 1000,
        roundTrip: config.roundTripEfficiency ?? DEFAULT_ROUND_TRIP,
      },
    }),
  };
}

/**
 * Load less own production at the nodes that are metered [kW], at the voltage of the stations. What is drawn is taken to go on; what is fed
 * in lasts as long as the measurement does.
 */
function otherLoadAt(network: Network, measurements: readonly Measurement[], voltageV: number, atMs: number, nowMs: number): number {
  const fresh = measurements.filter(({ untilMs }) => untilMs > nowMs);
  const measured = new Set(fresh.map(({ nodeId }) => network.indexOf.get(nodeId) ?? -1));
  return fresh.reduce((sum, { nodeId, currentMa: [a, b, c], untilMs }) => {
    const kw = ((a + b + c) * voltageV) / 1e6;
    return isCounted(network, measured, network.indexOf.get(nodeId) ?? -1) || (kw < 0 && atMs >= untilMs) ? sum : sum + kw;
  }, 0);
}

/** A measurement above it covers it already. */
function isCounted({ nodes }: Network, measured: ReadonlySet<number>, index: number): boolean {
  for (let above = nodes[index]?.parent ?? -1; above >= 0; above = nodes[above]?.parent ?? -1) if (measured.has(above)) return true;
  return false;
}
