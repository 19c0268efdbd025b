// What follows from what was said and what was decided about it. Total: the past already happened.
// The deciding itself is in decide.ts; both read a fact through the same absorb.
import { absorb, note, settled } from './absorb.js';
import { type FactCommand, isFact, type SessionCommand } from './commands.js';
import type { ChargingPeriodRecorded, SessionAmended, SessionEnded, SessionEvent, SessionStarted } from './events.js';
import { match } from './match.js';
import {
  ENDED_KEPT_MS,
  freshSession,
  isRunning,
  MOST_ENDED,
  MOST_ENDED_PER_EVSE,
  MOST_OPEN,
  type Session,
  type StationSessions,
} from './state.js';

/** Of an ended session; older events that are repeated bring nothing new anyway. */
const SEQ_NOS_KEPT = 8;

/** The same object when nothing changed. `events`: what was decided on the command, or recorded then. */
export function evolve(station: StationSessions, command: SessionCommand, events: readonly SessionEvent[]): StationSessions {
  let next = station;
  if (isFact(command)) {
    const target = targetOf(station, command, events);
    if (target !== undefined) {
      const told = absorb(target.session, command, target.flags, target.isNew);
      if (target.isNew) next = { ...next, open: [...next.open, told].slice(-MOST_OPEN) };
      else if (told !== target.session) next = replace(next, target.session.sessionId, told);
    }
  }
  for (const event of events) next = apply(next, command, event);
  return next;
}

export interface Target {
  readonly session: Session;
  readonly flags: readonly string[];
  readonly isNew: boolean;
}

/** The session a fact is about: a new one where the events start it. */
function targetOf(station: StationSessions, fact: FactCommand, events: readonly SessionEvent[]): Target | undefined {
  const started = events.find((event) => event.type === 'SessionStarted');
  if (started !== undefined) return newTarget(started, fact);
  const found = match(station, fact);
  return found.kind === 'session' ? { session: found.session, flags: found.flags, isNew: false } : undefined;
}

export function newTarget(started: SessionStarted, fact: FactCommand): Target {
  const { sessionId, transactionId, ocppVersion, evseId, connectorId, tokenHash, startedAt, flags } = started;
  const session = freshSession({
    sessionId,
    transactionId,
    ocppVersion,
    evseId,
    ...(connectorId !== undefined && { connectorId }),
    ...(tokenHash !== undefined && { tokenHash, ...(fact.groupHash !== undefined && { groupHash: fact.groupHash }) }),
    startedMs: Date.parse(startedAt),
    flags,
  });
  return { session: fact.type === 'StartSession' ? { ...session, startDigest: fact.digest } : session, flags: [], isNew: true };
}

function apply(station: StationSessions, command: SessionCommand, event: SessionEvent): StationSessions {
  switch (event.type) {
    case 'ChargingPeriodRecorded':
      return update(station, event.sessionId, (session) => withPeriod(session, event));
    case 'SessionEnded':
    case 'SessionAmended': {
      const session = find(station, event.sessionId);
      return session === undefined ? station : keepEnded(station, withEnd(session, command, event));
    }
    case 'SessionStarted':
    case 'SessionTokenLearned':
    case 'TransactionRenamed':
    case 'OutletReserved':
    case 'FactUnmatched':
      return station;
  }
}

export function withPeriod(session: Session, { seq, to, energyWh }: ChargingPeriodRecorded): Session {
  const toMs = Date.parse(to);
  return {
    ...session,
    periods: seq,
    reachedMs: toMs,
    recordedMwh: session.recordedMwh + Math.round(energyWh * 1000),
    segments: session.segments.filter((segment) => segment.toMs > toMs),
    segmentMs: Math.max(session.segmentMs, toMs),
  };
}

function withEnd(session: Session, command: SessionCommand, event: SessionEnded | SessionAmended): Session {
  // What the end says of itself stays with the session; what it says of its figures is found anew with the next ones.
  const told = note(settled(session), event.flags.includes('secondStop') ? ['secondStop'] : []);
  const { isDirty: _, isResumed: __, powerW: ___, currentA: ____, ...rest } = told;
  const digest = command.type === 'EndSession' ? command.digest : session.end?.digest;
  return {
    ...rest,
    segments: [],
    seqNos: rest.seqNos.slice(-SEQ_NOS_KEPT),
    end: {
      endedMs: Date.parse(event.endedAt),
      reason: event.reason,
      provisional: event.provisional,
      amendment: event.type === 'SessionAmended' ? event.amendment : 0,
      energyMwh: Math.round(event.energyWh * 1000),
      heardMs: 'receivedMs' in command ? command.receivedMs : session.heardMs,
      ...(digest !== undefined && { digest }),
    },
  };
}

/** Latest first, no more and no longer than stations repeat themselves; what goes on is not over. */
function keepEnded(station: StationSessions, session: Session): StationSessions {
  const nowMs = session.end?.heardMs ?? 0;
  const isKept = (each: Session): boolean => isRunning(each) || (each.end?.heardMs ?? 0) > nowMs - ENDED_KEPT_MS;
  const others = station.ended.filter((each) => each.sessionId !== session.sessionId && isKept(each));
  return {
    open: station.open.filter(({ sessionId }) => sessionId !== session.sessionId),
    ended: bounded([session, ...others]),
  };
}

function bounded(ended: readonly Session[]): readonly Session[] {
  const counts = new Map<number, number>();
  const isKept = (session: Session): boolean => {
    const count = (counts.get(session.evseId) ?? 0) + 1;
    counts.set(session.evseId, count);
    return count <= MOST_ENDED_PER_EVSE || isRunning(session);
  };
  return ended.filter(isKept).slice(0, MOST_ENDED);
}

const find = ({ open, ended }: StationSessions, sessionId: string): Session | undefined =>
  open.find((session) => session.sessionId === sessionId) ?? ended.find((session) => session.sessionId === sessionId);

function update(station: StationSessions, sessionId: string, change: (session: Session) => Session): StationSessions {
  const session = find(station, sessionId);
  return session === undefined ? station : replace(station, sessionId, change(session));
}

function replace({ open, ended }: StationSessions, sessionId: string, by: Session): StationSessions {
  const swap = (sessions: readonly Session[]): readonly Session[] =>
    sessions.some((session) => session.sessionId === sessionId)
      ? sessions.map((session) => (session.sessionId === sessionId ? by : session))
      : sessions;
  return { open: swap(open), ended: swap(ended) };
}
