// Cars coming, speaking, being metered and leaving, as the owner remembers them for the planner.
// What a visit is and what its needs mean is the domain's.
import type { ChargingNeedsStated } from '#contracts';
import {
  committedMa,
  gainedWh,
  isClearlyAbove,
  metered,
  meteredBack,
  needsOfCar,
  newVisit,
  type PastStay,
  stayOf,
  type Visit,
} from '#domain/load-balancing';
import type { PowerReading } from '#domain/metering';
import { highestMa } from './composite.js';
import { type SiteState, type StationState, stationIn, withStation } from './state.js';

/** Enough to learn from, and a few kilobytes. */
const REMEMBERED_STAYS = 200;
/** A car that spoke this long before a transaction began is not the one that began it [ms]. */
const WAITS_FOR_TRANSACTION_MS = 900_000;
const ASKS_AGAIN_MS = 60_000;

/** A transaction begins, or is heard of again after a restart of its station. `startWh`: the register then, where it was told. */
export function began(station: StationState, evseId: number, transactionId: string, nowMs: number, startWh?: number): StationState {
  const before = station.visits[evseId];
  if (before?.transactionId === transactionId) return station;
  const isIts = before !== undefined && before.transactionId === undefined && nowMs - before.arrivedMs <= WAITS_FOR_TRANSACTION_MS;
  const visit: Visit = { ...(isIts ? before : newVisit(nowMs)), transactionId };
  const reading = { at: new Date(nowMs).toISOString(), kind: 'begin' } as const;
  return withVisit(station, evseId, startWh === undefined ? visit : metered(visit, { ...reading, wh: startWh }));
}

export function left(station: StationState, transactionId: string): StationState {
  const visits = Object.fromEntries(Object.entries(station.visits).filter(([, visit]) => visit.transactionId !== transactionId));
  return Object.keys(visits).length === Object.keys(station.visits).length ? station : { ...station, visits };
}

/** The car itself says what it needs (OCPP 2.0.1 K15); before its transaction begins, that is kept for it. */
export function spoke(station: StationState, payload: Readonly<Record<string, unknown>>, nowMs: number, voltageV: number): StationState {
  const evseId = Number(payload.evseId);
  const config = station.config.evses.find((each) => each.evseId === evseId);
  if (config === undefined) return station;
  const visit = station.visits[evseId] ?? newVisit(nowMs);
  const said = needsOfCar(payload, gainedWh(visit, config), config, voltageV, nowMs);
  const { discharge, departsMs, energyWh } = visit.needs;
  // Each time it may feed back, or may not any more, it speaks again: what the driver said who agreed to that stands.
  const ofDriver = discharge && { ...(departsMs !== undefined && { departsMs }), ...(energyWh !== undefined && { energyWh }) };
  const needs = { ...visit.needs, ...said, ...ofDriver };
  const isWaiting = station.demands[evseId] === undefined;
  const told = withVisit(station, evseId, {
    ...visit,
    needs,
    ...(isWaiting && { isAsking: true, ...(visit.transactionId === undefined && { arrivedMs: nowMs }) }),
  });
  return asking(told, evseId, nowMs);
}

/** The car says how it will charge: where that was refused as more than it was told, or is clearly more than it may now, it gets its schedule again (OCPP 2.0.1 K17). */
export function announced(
  station: StationState,
  payload: Readonly<Record<string, unknown>>,
  wasRefused: boolean,
  nowMs: number,
  voltageV: number,
): StationState {
  const evseId = Number(payload.evseId);
  const evse = station.ledger.evses.find((each) => each.evseId === evseId);
  const plannedMa = highestMa(payload, voltageV);
  const isAbove =
    evse !== undefined && plannedMa !== undefined && isClearlyAbove(plannedMa, committedMa(station.ledger, evse, nowMs, false));
  return wasRefused || isAbove ? asking(station, evseId, nowMs) : station;
}

/** A schedule is sent, though nothing changed; to a car that repeats itself a minute later: each one is written to a flash. */
function asking(station: StationState, evseId: number, nowMs: number): StationState {
  const demand = station.demands[evseId];
  if (demand === undefined || (demand.askedMs ?? 0) > nowMs) return station;
  const askedMs = Math.max(nowMs, (demand.askedMs ?? 0) + ASKS_AGAIN_MS);
  return { ...station, demands: { ...station.demands, [evseId]: { ...demand, askedMs } } };
}

/** Somebody says it for the driver: instead of what was said before, apart from what only the car can know. */
export const stated = (
  state: SiteState,
  stationId: string,
  { evseId, transactionId, departsAt, energyWh, minEnergyWh, discharge }: ChargingNeedsStated,
): SiteState =>
  withStation(state, stationId, (station) => {
    const visit = station.visits[evseId];
    if (visit?.transactionId !== transactionId) return station;
    const { maxMa, maxPeriods, maxDischargeMa, carReserveWh, transfer, namesLines } = visit.needs;
    const needs = {
      ...(departsAt !== undefined && { departsMs: Date.parse(departsAt) }),
      ...(energyWh !== undefined && { energyWh }),
      ...(minEnergyWh !== undefined && { minEnergyWh }),
      ...(maxMa !== undefined && { maxMa }),
      ...(maxPeriods !== undefined && { maxPeriods }),
      ...(maxDischargeMa !== undefined && { maxDischargeMa }),
      ...(carReserveWh !== undefined && { carReserveWh }),
      ...(transfer !== undefined && { transfer }),
      ...(namesLines && { namesLines }),
      ...(discharge && { discharge }),
    };
    return withVisit(station, evseId, { ...visit, needs });
  });

/** Register readings of a transaction that runs: what was delivered, and what flowed back. */
export function read(
  station: StationState,
  evseId: number,
  { at, energyRegisterWh: wh, exportRegisterWh: backWh }: Pick<PowerReading, 'at' | 'energyRegisterWh' | 'exportRegisterWh'>,
  nowMs: number,
): StationState {
  const visit = station.visits[evseId];
  if (visit?.transactionId === undefined || (wh === undefined && backWh === undefined)) return station;
  const delivered = wh === undefined ? visit : metered(visit, { at, wh, kind: 'sample' });
  return withVisit(
    station,
    evseId,
    backWh === undefined ? delivered : meteredBack(delivered, { at, wh: backWh, kind: 'sample' }, Math.min(nowMs, Date.parse(at))),
  );
}

const withVisit = (station: StationState, evseId: number, visit: Visit): StationState => ({
  ...station,
  visits: { ...station.visits, [evseId]: visit },
});

/** Remembers the stays that ended between the two. */
export function learned(before: SiteState, after: SiteState, stationId: string): SiteState {
  const [was, is] = [stationIn(before, stationId), stationIn(after, stationId)];
  if (was === undefined || is === undefined || was.visits === is.visits) return after;
  const running = new Set(Object.values(is.visits).map(({ transactionId }) => transactionId));
  const ended: readonly PastStay[] = Object.values(was.visits).flatMap((visit) =>
    visit.transactionId === undefined || running.has(visit.transactionId) ? [] : [stayOf(visit, after.nowMs)],
  );
  return ended.length === 0 ? after : { ...after, past: [...after.past, ...ended].slice(-REMEMBERED_STAYS) };
}
