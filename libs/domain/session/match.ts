// Whose session a fact belongs to: by its transactionId where that means something, else by place, token, time and register (P3).
// Nothing is decided or changed here.
import { isOcpp2 } from '#ocpp';
import type { EndSession, FactCommand, StartSession, UpdateSession } from './commands.js';
import { energyMwh, type Session, type StationSessions } from './state.js';

export type Match =
  | { readonly kind: 'session'; readonly session: Session; readonly flags: readonly string[] }
  /** Of a session nobody has heard of. */
  | { readonly kind: 'new' }
  /** Equal in identity and content to what is known (P2). */
  | { readonly kind: 'repeat' }
  | { readonly kind: 'unmatched'; readonly reason: 'noSession' | 'ambiguous' }
  /** Says nothing about a session: values and states outside of transactions. */
  | { readonly kind: 'nothing' };

/** A clock that goes wrong still never shows one time twice; with one that stands, an equal start after the end may well be another session. */
const STANDING_CLOCK: ReadonlySet<string> = new Set(['clockMissing', 'clockUnreadable', 'clockUnset']);

/** Stations try a message a few times within minutes; whoever is back later began anew. */
const SAYS_AGAIN_MS = 15 * 60_000;

const found = (session: Session, ...flags: readonly string[]): Match => ({ kind: 'session', session, flags });

export function match(station: StationSessions, fact: FactCommand): Match {
  const session = isUsable(fact) ? latestNamed(station, fact.transactionId) : undefined;
  if (session !== undefined && fact.seqNo !== undefined) {
    if (session.seqNos.includes(seqNoEntry(fact.seqNo, fact.digest))) return { kind: 'repeat' };
    const isUsed = session.seqNos.some((entry) => entry.startsWith(`${fact.seqNo}:`));
    if (isUsed && fact.type !== 'StartSession') return found(session, 'repeatedSeqNo');
  }
  switch (fact.type) {
    case 'StartSession':
      return matchStart(station, fact, session);
    case 'UpdateSession':
      return session === undefined ? matchUpdate(station, fact) : found(session);
    case 'EndSession':
      return matchEnd(station, fact, session);
  }
}

export const seqNoEntry = (seqNo: number, digest: string): string => `${seqNo}:${digest}`;

/** 1.6: 0, -1, other negative and missing ids are what stations say when they were never given one (errata 3.18). */
export const isUsable = ({ ocppVersion, transactionId }: FactCommand): boolean =>
  ocppVersion === 'ocpp1.6' ? /^[1-9]\d*$/.test(transactionId) : transactionId !== '';

/** A transactionId names the latest session carrying it. */
const latestNamed = ({ open, ended }: StationSessions, transactionId: string): Session | undefined =>
  open.findLast((session) => session.transactionId === transactionId) ?? ended.find((session) => session.transactionId === transactionId);

/** In 1.6 a transaction belongs to a connector, in 2.x to an EVSE. */
export const isAtPlace = (session: Session, place: { readonly evseId?: number; readonly connectorId?: number }): boolean =>
  session.ocppVersion === 'ocpp1.6' && session.connectorId !== undefined && place.connectorId !== undefined
    ? session.connectorId === place.connectorId
    : session.evseId === place.evseId;

function matchStart(station: StationSessions, fact: StartSession, session: Session | undefined): Match {
  if (session === undefined) {
    if ([...station.open, ...station.ended].some(({ earlierStarts }) => earlierStarts?.includes(fact.digest))) return { kind: 'repeat' };
    const before = toldBefore(station, fact);
    return before === undefined ? { kind: 'new' } : found(before, 'startAgain');
  }
  if (session.startDigest === fact.digest) {
    const mayBeAnother = session.end !== undefined && fact.ocppVersion === 'ocpp1.6' && fact.flags.some((flag) => STANDING_CLOCK.has(flag));
    return mayBeAnother ? { kind: 'new' } : { kind: 'repeat' };
  }
  if (session.startDigest === undefined) return found(session);
  // Numbering may restart with a reboot: the same id, started after the other one ended, is another transaction.
  if (session.end !== undefined && fact.atMs > session.end.endedMs) return { kind: 'new' };
  return found(session, 'secondStart');
}

/**
 * The session of a 1.6 start whose answer was lost, where the station says it again as of now: the same driver at the same outlet and register, nothing
 * flowed, nothing ended it but a boot, and the station never named it (ADR 0114).
 */
function toldBefore({ open, ended }: StationSessions, fact: StartSession): Session | undefined {
  if (fact.ocppVersion !== 'ocpp1.6' || fact.token === undefined) return undefined;
  const isHere = (session: Session): boolean => isAtPlace(session, fact);
  const last = open.findLast(isHere) ?? ended.find(isHere);
  if (last?.startDigest === undefined || last.tokenHash !== fact.token.tokenHash) return undefined;
  const isNamed = last.isConfirmed || last.flags.includes('unknownTransactionId');
  const meterStartWh = fact.readings.find(({ kind }) => kind === 'begin')?.registerWh;
  const isUnmoved = meterStartWh !== undefined && meterStartWh === last.meterStartWh && energyMwh(last) === 0;
  const mayGoOn = last.end === undefined || (last.end.provisional && last.end.reason === 'Boot');
  const isSoon = fact.atMs >= last.startedMs && fact.receivedMs - last.heardMs <= SAYS_AGAIN_MS;
  return !isNamed && isUnmoved && mayGoOn && isSoon ? last : undefined;
}

function matchUpdate(station: StationSessions, fact: UpdateSession): Match {
  if (isOcpp2(fact.ocppVersion) && fact.transactionId !== '') return { kind: 'new' };
  const atPlace = station.open.findLast((session) => isAtPlace(session, fact));
  if (!isUsable(fact)) return atPlace === undefined ? { kind: 'nothing' } : found(atPlace);
  // A session whose id the station has used goes on under that id: another one is not its.
  if (atPlace === undefined || atPlace.isConfirmed) return { kind: 'unmatched', reason: 'noSession' };
  return found(atPlace, 'unknownTransactionId');
}

function matchEnd(station: StationSessions, fact: EndSession, named: Session | undefined): Match {
  const recorded = fact.ocppVersion === 'ocpp1.6' && station.ended.some(({ end }) => end?.digest === fact.digest);
  if (recorded || named?.end?.digest === fact.digest) return { kind: 'repeat' };
  if (named !== undefined) return found(named);
  if (isOcpp2(fact.ocppVersion)) return { kind: 'new' };
  const candidates = stopCandidates(station, fact);
  const [first] = candidates;
  if (first !== undefined) {
    const session = candidates.length === 1 ? first : nearestRegister(candidates, fact);
    return session === undefined ? { kind: 'unmatched', reason: 'ambiguous' } : found(session, 'unknownTransactionId');
  }
  return isUsable(fact) && fact.evseId !== undefined ? { kind: 'new' } : { kind: 'unmatched', reason: 'noSession' };
}

const stopWh = ({ readings }: EndSession): number | undefined => readings.findLast(({ kind }) => kind === 'end')?.registerWh;

/**
 * Sessions that a 1.6 stop without a known id can end: begun before it, not above its register, not of a driver of another group. Those that run,
 * and where there are none the last of each outlet that was concluded.
 */
function stopCandidates({ open, ended }: StationSessions, fact: EndSession): readonly Session[] {
  const stop = stopWh(fact);
  const isPossible = (session: Session): boolean =>
    session.startedMs <= fact.atMs &&
    mayStop(session, fact) &&
    (stop === undefined || stop >= (session.register.lastWh ?? session.meterStartWh ?? 0) - 1) &&
    !(isUsable(fact) && session.isConfirmed);
  const running = open.filter(isPossible);
  if (running.length > 0) return running;
  const concluded = ended.filter((session) => session.end?.provisional === true && isPossible(session));
  return concluded.filter((session, index) => concluded.findIndex((each) => isAtPlace(each, session)) === index);
}

const mayStop = ({ tokenHash, groupHash }: Session, { token, groupHash: stopping }: EndSession): boolean =>
  token === undefined || tokenHash === undefined || token.tokenHash === tokenHash || (stopping !== undefined && stopping === groupHash);

/** Each connector has its own meter: the stop is of the one whose register it continues. */
function nearestRegister(candidates: readonly Session[], fact: EndSession): Session | undefined {
  const stop = stopWh(fact);
  if (stop === undefined) return undefined;
  const distance = (session: Session): number => stop - (session.register.lastWh ?? Number.NEGATIVE_INFINITY);
  const [nearest, next] = [...candidates].sort((a, b) => distance(a) - distance(b));
  return nearest !== undefined && next !== undefined && distance(nearest) < distance(next) ? nearest : undefined;
}
