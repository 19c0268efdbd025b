// Session decisions: what a station's word means for its charging sessions. Late, repeated and offline facts amend, never erase (P2, P3).
// Storage, topics and prices are someone else's; the tariff handed in is pinned at the start (P8).
import type { Tariff } from '#domain/billing';
import { uuidV5 } from '#kernel';
import { absorb, closeSegment, note, settled } from './absorb.js';
import type { ConcludeSession, EndSession, FactCommand, FreeOutlet, SessionCommand, SettleSession } from './commands.js';
import type { SessionEnded, SessionEvent, SessionStarted } from './events.js';
import { newTarget, type Target, withPeriod } from './evolve.js';
import { isAtPlace, match } from './match.js';
import { duePeriods } from './periods.js';
import { energyMwh, exportedWh, isOver, isUnsettled, type Session, type StationSessions, sourceOf } from './state.js';

/** What a site pins to a session at its start. */
export interface Terms {
  readonly tariff?: Tariff;
  /** IANA zone of the site. */
  readonly timeZone?: string;
  /** Whether the station shows what a transaction costs. */
  readonly showsCosts?: boolean;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** The same answer forever: time and ids are in the command. */
export function decide(station: StationSessions, command: SessionCommand, terms: Terms): readonly SessionEvent[] {
  switch (command.type) {
    case 'StartSession':
    case 'UpdateSession':
    case 'EndSession':
      return decideFact(station, command, terms);
    case 'ConcludeSession':
      return conclude(station, command);
    case 'SettleSession':
      return settle(station, command);
    case 'KeepUnreadable': {
      const { stationId, transactionId, action } = command;
      return [{ type: 'FactUnmatched', stationId, transactionId, action, reason: 'unreadable' }];
    }
  }
}

function decideFact(station: StationSessions, fact: FactCommand, terms: Terms): readonly SessionEvent[] {
  const found = match(station, fact);
  switch (found.kind) {
    case 'repeat':
    case 'nothing':
      return [];
    case 'unmatched': {
      const { stationId, transactionId, action } = fact;
      return [{ type: 'FactUnmatched', stationId, transactionId, action, reason: found.reason }];
    }
    case 'session':
      return goOn({ session: found.session, flags: found.flags, isNew: false }, fact);
    case 'new': {
      const started = start(fact, terms);
      return [...displaced(station, fact), started, ...goOn(newTarget(started, fact), fact)];
    }
  }
}

/** When the session of a fact began that is the first of it [ms since 1970]. */
export const beganMs = ({ type, atMs, readings }: FactCommand): number =>
  type === 'StartSession' ? atMs : Math.min(atMs, ...readings.map(({ ms }) => ms));

function start(fact: FactCommand, { tariff, timeZone, showsCosts }: Terms): SessionStarted {
  const { recordId, stationId, ocppVersion, transactionId, evseId, connectorId, token, readings } = fact;
  const isStart = fact.type === 'StartSession';
  const meterStartWh = readings.find(({ kind }) => kind === 'begin')?.registerWh;
  return {
    type: 'SessionStarted',
    sessionId: uuidV5('session', recordId),
    stationId,
    evseId: evseId ?? 0,
    ...(connectorId !== undefined && { connectorId }),
    transactionId,
    ocppVersion,
    ...(fact.type !== 'EndSession' && token),
    startedAt: iso(beganMs(fact)),
    ...(meterStartWh !== undefined && { meterStartWh }),
    ...(tariff !== undefined && { tariff }),
    ...(timeZone !== undefined && { timeZone }),
    ...(ocppVersion === 'ocpp1.6' && tariff !== undefined && showsCosts === true && { showsCosts }),
    flags: [...new Set([...fact.flags, ...(isStart ? [] : ['startUnknown'])])],
  };
}

/** A start on an occupied connector: the one before has ended, though nobody said so. A start from before it displaces nothing. */
function displaced(station: StationSessions, fact: FactCommand): readonly SessionEvent[] {
  if (fact.type !== 'StartSession') return [];
  const atPlace = (session: Session): boolean => isAtPlace(session, fact) && session.startedMs <= fact.atMs;
  const at = (session: Session): number => Math.min(fact.atMs, Math.max(session.segmentMs, session.startedMs));
  return [
    ...station.open.filter(atPlace).flatMap((session) => end(session, at(session), 'NewStart', true)),
    ...station.ended.filter((session) => isUnsettled(session) && atPlace(session)).flatMap(amendProvisional),
  ];
}

/** What a fact about a session leads to, once the session has taken it in. */
function goOn({ session: before, flags, isNew }: Target, fact: FactCommand): readonly SessionEvent[] {
  const session = absorb(before, fact, flags, isNew);
  const { sessionId, transactionId, tokenHash } = session;
  const renamed = transactionId === before.transactionId ? [] : [{ type: 'TransactionRenamed' as const, sessionId, transactionId }];
  if (session.end !== undefined) return [...renamed, ...amend(session, fact)];
  if (fact.type === 'EndSession') return end(session, fact.atMs, fact.reason, false);
  const isLearned = before.tokenHash === undefined && tokenHash !== undefined;
  const learned = isLearned ? [{ type: 'SessionTokenLearned' as const, sessionId, tokenHash }] : [];
  return [...renamed, ...learned, ...duePeriods(session, false)];
}

function conclude(station: StationSessions, { reason, outlets }: ConcludeSession): readonly SessionEvent[] {
  // Nobody knows when the power went: up to the last word that was heard. Stations that boot with every connection go on all the same: what
  // became of those is told when they are quiet.
  if (outlets === undefined) return station.open.flatMap((session) => end(session, session.segmentMs, reason, true));
  const ended = station.open.flatMap((session) => {
    const left = outlets.find((outlet) => isLeft(session, outlet));
    return left === undefined ? [] : end(session, left.atMs, reason, true);
  });
  const isMeant = (session: Session): boolean => isUnsettled(session) && outlets.some((outlet) => isLeft(session, outlet));
  return [...ended, ...station.ended.filter(isMeant).flatMap(amendProvisional)];
}

const isLeft = (session: Session, outlet: FreeOutlet): boolean =>
  isAtPlace(session, outlet) &&
  // An EVSE with several connectors charges at one of them; the others may well be available.
  (session.connectorId ?? outlet.connectorId) === (outlet.connectorId ?? session.connectorId) &&
  outlet.atMs >= session.startedMs &&
  // A 2.x transaction may run before the car is plugged in; then its outlet is rightly available.
  (session.ocppVersion === 'ocpp1.6' || (session.isStateTold && session.state !== 'Idle'));

function settle({ ended }: StationSessions, { sessionId }: SettleSession): readonly SessionEvent[] {
  const session = ended.find((each) => each.sessionId === sessionId);
  return session !== undefined && isUnsettled(session) ? amendProvisional(session) : [];
}

/** The remaining periods and the end; never before what was already told of the session. */
function end(running: Session, atMs: number, reason: string, provisional: boolean): readonly SessionEvent[] {
  const session = settled(running);
  const endedMs = Math.max(atMs, session.startedMs, session.segmentMs);
  const closed = withLastSegment(closeSegment(session, endedMs), endedMs);
  const periods = duePeriods(closed, true);
  const told = periods.reduce(withPeriod, closed);
  return [...periods, { type: 'SessionEnded', ...figures(told, endedMs, reason, provisional) }];
}

/** Energy that came at the very instant the last stretch ended, or a session of no length at all, still needs a period. */
function withLastSegment(session: Session, endedMs: number): Session {
  const last = session.segments.at(-1);
  const total = energyMwh(session);
  if (last !== undefined) return { ...session, segments: [...session.segments.slice(0, -1), { ...last, energyMwh: total }] };
  return total > session.recordedMwh ? { ...session, segments: [{ toMs: endedMs, state: session.state, energyMwh: total }] } : session;
}

/** After the end: a stop makes a provisional one final; other news replaces the figures of a final one, and waits for quiet otherwise. */
function amend(session: Session, fact: FactCommand): readonly SessionEvent[] {
  const { end: known } = session;
  if (known === undefined) return [];
  const isNewer = known.provisional || fact.atMs > known.endedMs || (fact.atMs === known.endedMs && session.isDirty === true);
  if (fact.type === 'EndSession' && isNewer) return amended(session, Math.max(fact.atMs, session.startedMs), fact.reason, false, fact);
  if (known.provisional) return duePeriods(session, false);
  return session.isDirty ? amended(session, known.endedMs, known.reason, false) : [];
}

/** Still no stop: the end moves to the last word of the session. */
function amendProvisional(session: Session): readonly SessionEvent[] {
  const { endedMs, reason } = session.end ?? { endedMs: session.startedMs, reason: 'Local' };
  return amended(session, session.isResumed ? Math.max(endedMs, session.lastMs ?? endedMs) : endedMs, reason, true);
}

/** With what a provisional end left open of its periods (ADR 0109). */
function amended(known: Session, endedMs: number, reason: string, provisional: boolean, stop?: EndSession): readonly SessionEvent[] {
  const session = settled(known);
  const isSecond = stop !== undefined && isOver(session);
  const closed = closeSegment(isSecond ? note(session, ['secondStop']) : session, endedMs);
  const periods = closed.segments.length === 0 ? [] : duePeriods(withLastSegment(closed, endedMs), true);
  const told = periods.reduce(withPeriod, closed);
  return [
    ...periods,
    {
      type: 'SessionAmended',
      ...figures(told, endedMs, reason, provisional),
      amendment: (session.end?.amendment ?? 0) + 1,
      energyDifferenceWh: (energyMwh(told) - told.recordedMwh) / 1000,
    },
  ];
}

function figures(session: Session, endedMs: number, reason: string, provisional: boolean): Omit<SessionEnded, 'type'> {
  const { sessionId, flags, meterStopWh, learned } = session;
  const fedBackWh = exportedWh(session);
  const source = sourceOf(session);
  const isIntegrated = source === 'intervals' || (source === 'power' && session.integrated !== undefined);
  return {
    sessionId,
    endedAt: iso(endedMs),
    energyWh: energyMwh(session) / 1000,
    ...(fedBackWh !== undefined && { exportedWh: fedBackWh }),
    ...(meterStopWh !== undefined && { meterStopWh }),
    reason,
    provisional,
    flags: isIntegrated ? [...flags, `${source}Integrated`] : flags,
    ...(learned !== undefined && { learned }),
  };
}
