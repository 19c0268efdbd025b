// Which transaction is where, from what stations say of it; its demand comes and goes with it.
// What a car needs is visits.ts; where nothing is configured unconfigured.ts.
import { evseOfConnector, transactionEnded, transactionStarted } from '#domain/load-balancing';
import { instantMs, type OcppVersion } from '#ocpp';
import { withoutFirstPlace } from './first-place.js';
import type { StationState, Wanting } from './state.js';
import { placeOfTransaction, withoutPlace, withoutTransaction } from './unconfigured.js';
import { began, left } from './visits.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * Where the event says, where an earlier one of its transaction said (E01: said once is enough), or where it ran before the station restarted: 2.1
 * goes on with it, and does not say again where (TxResumed).
 */
export function placeOf(station: StationState, { evse }: Json, transactionId: string | undefined): number | undefined {
  const { config, ledger } = station;
  const named = (evse as Json | undefined)?.id ?? (transactionId === undefined ? undefined : placeOfTransaction(station, transactionId));
  if (named !== undefined) return config.evses.find(({ evseId }) => evseId === Number(named))?.evseId;
  return transactionId === undefined ? undefined : ledger.evses.find((each) => each.transactionId === transactionId)?.evseId;
}

/** Kept of transactions that are no demand: begun while the station was offline, or where nothing is configured. */
export function withPlace(station: StationState, { evse, offline }: Json, transactionId: string): StationState {
  const outletId = Number((evse as Json | undefined)?.id);
  if (transactionId === '' || !(outletId > 0) || station.places?.[outletId] === transactionId) return station;
  const isDemand = offline !== true && station.config.evses.some(({ evseId }) => evseId === outletId);
  return isDemand ? withoutPlace(station, outletId) : { ...station, places: { ...station.places, [outletId]: transactionId } };
}

/** Which connector it uses, and whether a car was there: what `Available` is worth later. */
export function told(station: StationState, transactionId: string, { evse, transactionInfo }: Json): StationState {
  const [evseId, demand] = Object.entries(station.demands).find(([, each]) => each.transactionId === transactionId) ?? [];
  if (evseId === undefined || demand === undefined) return station;
  const { connectorId = demand.connectorId } = (evse ?? {}) as { readonly connectorId?: number };
  const { chargingState } = (transactionInfo ?? {}) as { readonly chargingState?: string };
  const isPluggedIn = demand.isPluggedIn === true || (chargingState !== undefined && chargingState !== 'Idle');
  if (connectorId === demand.connectorId && isPluggedIn === (demand.isPluggedIn === true)) return station;
  const known = { ...demand, ...(connectorId !== undefined && { connectorId }), ...(isPluggedIn && { isPluggedIn }) };
  return { ...station, demands: { ...station.demands, [evseId]: known } };
}

/** Another connector of the EVSE is no news of the one in use. In 2.x a transaction may run before a car is plugged in: then it is free by right. */
export const isFreed = (demand: Wanting, ocppVersion: OcppVersion, { connectorId }: Json): boolean =>
  (demand.connectorId === undefined || connectorId === undefined || demand.connectorId === Number(connectorId)) &&
  (ocppVersion === 'ocpp1.6' || demand.isPluggedIn === true);

export function started(
  station: StationState,
  evseId: number,
  transactionId: string,
  nowMs: number,
  { connectorId, startWh }: { readonly connectorId?: number; readonly startWh?: number } = {},
): StationState {
  const before = station.demands[evseId];
  if (before?.transactionId === transactionId) return station;
  const visiting = began(before ? left(station, before.transactionId) : station, evseId, transactionId, nowMs, startWh);
  const demand: Wanting = {
    transactionId,
    waitingSinceMs: nowMs,
    ...(connectorId !== undefined && { connectorId }),
    ...(visiting.visits[evseId]?.isAsking && { askedMs: nowMs }),
  };
  return {
    ...visiting,
    ledger: transactionStarted(before ? transactionEnded(station.ledger, before.transactionId) : station.ledger, evseId, transactionId),
    demands: { ...station.demands, [evseId]: demand },
  };
}

/** 1.6: a transaction that goes on after a boot is only heard of in its samples. */
export function resumed(station: StationState, { connectorId, transactionId }: Json, nowMs: number): StationState {
  const evseId = evseOfConnector(station.config, Number(connectorId));
  const evse = station.ledger.evses.find((each) => each.evseId === evseId);
  if (evse === undefined || evse.transactionId !== String(transactionId) || evse.evseId in station.demands) return station;
  return started(station, evse.evseId, evse.transactionId, nowMs, { connectorId: Number(connectorId) });
}

/** As many that a station has ended are remembered, and for as long [ms]. */
const REMEMBERED_ENDS = 20;
const REMEMBERED_FOR_MS = 86_400_000;

/** The station's own word: what it says later of times before that has waited, and makes no demand. */
export function stopped(station: StationState, transactionId: string, { timestamp }: Json, nowMs: number): StationState {
  const endedMs = stationMs(timestamp);
  const gone = ended(station, transactionId);
  if (transactionId === '' || endedMs === undefined) return gone;
  const others = (station.over ?? []).filter((each) => each.transactionId !== transactionId && nowMs - each.heardMs < REMEMBERED_FOR_MS);
  return { ...gone, over: [...others, { transactionId, endedMs, heardMs: nowMs }].slice(-REMEMBERED_ENDS) };
}

/** It was over before it comes again. One that begins later under an id its station had used before is another. */
export function isOver({ over = [] }: StationState, id: string, { timestamp }: Json): boolean {
  const toldMs = stationMs(timestamp);
  return toldMs !== undefined && over.some(({ transactionId, endedMs }) => transactionId === id && toldMs < endedMs);
}

const stationMs = (timestamp: unknown): number | undefined => (typeof timestamp === 'string' ? instantMs(timestamp) : undefined);

export function ended(before: StationState, transactionId: string): StationState {
  const station = withoutTransaction(before, transactionId);
  const demands = Object.fromEntries(Object.entries(station.demands).filter(([, demand]) => demand.transactionId !== transactionId));
  const measurements = Object.fromEntries(Object.entries(station.measured).filter(([evseId]) => evseId in demands));
  const gone = withoutFirstPlace(left(station, transactionId), transactionId);
  return { ...gone, ledger: transactionEnded(station.ledger, transactionId), demands, measured: measurements };
}
