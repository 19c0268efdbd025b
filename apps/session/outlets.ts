// EVSEs as stations report them now: status of their connectors, power and register. For people to look at; nothing is decided by it.
// Energy and states of sessions are the session domain's.
import { isFact, isRunning, type Session, type SessionCommand, type StationSessions } from '#domain/session';
import type { TimedWord } from './availability.js';
import type { Outlet, Registry } from './state.js';

export type Outlets = Readonly<Record<string, Outlet>>;

/** Of one station, or connectors; more than the largest that charge. */
export const MOST_OUTLETS = 500;

/** The most telling first: several connectors of an EVSE have one status between them. */
const TELLING = [
  'Charging',
  'SuspendedEVSE',
  'SuspendedEV',
  'Finishing',
  'Preparing',
  'Occupied',
  'Reserved',
  'Faulted',
  'Unavailable',
  'Available',
];

/** The connectors' status as one word; `Unknown` before the station said anything. */
export function statusOf({ connectors }: Outlet): string {
  const words = Object.values(connectors);
  return TELLING.find((word) => words.includes(word)) ?? words[0] ?? 'Unknown';
}

/** The latest session that runs on the EVSE. */
export const runningOn = ({ open, ended }: StationSessions, evseId: number): Session | undefined =>
  open.findLast((session) => session.evseId === evseId) ?? ended.find((session) => session.evseId === evseId && isRunning(session));

/**
 * With what was said of connectors; the same object where that is nothing. A word from before this connection is history where a later one is
 * known; on a connection the last one counts, whatever its station's clock did meanwhile.
 */
export function withWords(outlets: Outlets, words: readonly TimedWord[], receivedMs: number, connectedMs: number): Outlets {
  let next = outlets;
  for (const { evseId, connectorId, status, errorCode, atMs } of words) {
    if (evseId < 1) continue;
    const { errorCode: _, ...outlet } = next[evseId] ?? { connectors: {} };
    if (atMs < connectedMs && atMs < (outlet.toldMs?.[connectorId] ?? Number.NEGATIVE_INFINITY)) continue;
    const connectors = { ...outlet.connectors, [connectorId]: status };
    const toldMs = { ...outlet.toldMs, [connectorId]: atMs };
    next = { ...next, [evseId]: { ...outlet, connectors, toldMs, statusMs: receivedMs, ...(errorCode !== undefined && { errorCode }) } };
  }
  return next;
}

/** From the meter values of a live message; what waited in the station is history. */
export function withReadings(outlets: Outlets, command: SessionCommand | undefined, { open }: StationSessions): Outlets {
  if (command === undefined || !isFact(command) || command.isQueued) return outlets;
  const evseId = command.evseId ?? open.findLast(({ transactionId }) => transactionId === command.transactionId)?.evseId ?? 0;
  if (evseId < 1 || (outlets[evseId] === undefined && Object.keys(outlets).length >= MOST_OUTLETS)) return outlets;
  const before = outlets[evseId] ?? { connectors: {} };
  let outlet: Outlet = before;
  for (const { ms, powerW, currentA, registerWh } of command.readings) {
    if (ms < (outlet.measuredMs ?? 0) || (powerW ?? currentA ?? registerWh) === undefined) continue;
    outlet = {
      ...outlet,
      measuredMs: ms,
      ...(powerW !== undefined && { powerW }),
      ...(currentA !== undefined && { currentA }),
      ...(registerWh !== undefined && { registerWh }),
    };
  }
  return outlet === before ? outlets : { ...outlets, [evseId]: outlet };
}

/** Where a session has ended nothing flows, though many stations send no last value to say so. */
export function withoutFlow(outlets: Outlets, before: StationSessions, after: StationSessions): Outlets {
  if (before === after) return outlets;
  let next = outlets;
  for (const [evseId, outlet] of Object.entries(outlets)) {
    const hasEnded = runningOn(before, Number(evseId)) !== undefined && runningOn(after, Number(evseId)) === undefined;
    if (hasEnded && (outlet.powerW ?? outlet.currentA) !== undefined) next = { ...next, [evseId]: { ...outlet, powerW: 0, currentA: 0 } };
  }
  return next;
}

/** An EVSE taken out of the configuration is forgotten, until the station speaks of it again. */
export function withoutDropped(outlets: Outlets, before: Registry | undefined, after: Registry | undefined): Outlets {
  const dropped = (before?.evseIds ?? []).filter((evseId) => !after?.evseIds.includes(evseId));
  return dropped.length === 0
    ? outlets
    : Object.fromEntries(Object.entries(outlets).filter(([evseId]) => !dropped.includes(Number(evseId))));
}
