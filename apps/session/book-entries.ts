// What the answer book has to know, read out of the state: stations, tokens, and which token charges where.
// Writing it, and writing it again after it was lost, is in book-keeper.ts.
import { tariffsAhead } from '#domain/billing';
import { isRunning, type Session } from '#domain/session';
import type { BookEntry } from '#ports';
import { type SessionServiceState, type SiteState, type StationState, stationIn, stationsOf } from './state.js';

export interface BookSettings {
  readonly heartbeatIntervalS: number;
}

/** Everything the book has of this state, endings of remembered sessions included: the book may still hold them as open. */
export function allEntries(state: SessionServiceState, settings: BookSettings): readonly BookEntry[] {
  if (state.kind === 'token') return tokenEntries(state);
  return [...stationsOf(state)].flatMap(([stationId, station]) => [
    ...stationEntries(state, stationId, station, settings),
    ...[...station.sessions.open, ...station.sessions.ended].flatMap((session) => sessionEntries(state, stationId, station, session)),
  ]);
}

/** What one record about `stationId` changed. */
export function changedEntries(
  before: SessionServiceState,
  after: SessionServiceState,
  stationId: string | undefined,
  settings: BookSettings,
): readonly BookEntry[] {
  if (before === after) return [];
  if (after.kind === 'token') return tokenEntries(after);
  if (before.kind === 'token') return [];
  if (before.tariff !== after.tariff || before.timeZone !== after.timeZone)
    return [...stationsOf(after)].flatMap(([each, station]) => stationEntries(after, each, station, settings));
  if (stationId === undefined) return [];
  const [was, is] = [stationIn(before, stationId), stationIn(after, stationId)];
  const entries: BookEntry[] = [];
  const isSame =
    was.registry === is.registry &&
    was.admission === is.admission &&
    was.availability?.heartbeatS === is.availability?.heartbeatS &&
    was.corrections === is.corrections &&
    was.shows === is.shows;
  if (!isSame) entries.push(...stationEntries(after, stationId, is, settings));
  if (was.sessions !== is.sessions) {
    const known = new Map([...was.sessions.open, ...was.sessions.ended].map((session) => [session.sessionId, session]));
    for (const session of [...is.sessions.open, ...is.sessions.ended]) {
      const old = known.get(session.sessionId);
      const isKnown = old !== undefined && old.tokenHash === session.tokenHash && isRunning(old) === isRunning(session);
      if (!isKnown) entries.push(...sessionEntries(after, stationId, is, session));
    }
  }
  return entries;
}

/** One identity per thing the book knows; a later entry replaces an earlier one that was not written yet. */
export const identityOf = (entry: BookEntry): string => {
  const what =
    entry.kind === 'station' ? [entry.stationId] : entry.kind === 'token' ? [entry.tokenHash] : [entry.tokenHash, entry.sessionId];
  return JSON.stringify([entry.kind, entry.tenantId, ...what]);
};

function tokenEntries({ tenantId, entry, erased, offset }: Extract<SessionServiceState, { kind: 'token' }>): readonly BookEntry[] {
  if (erased !== undefined) return [{ kind: 'token', version: [0, offset], tenantId, tokenHash: erased, value: null }];
  return entry === undefined ? [] : [{ kind: 'token', version: [0, offset], tenantId, tokenHash: entry.tokenHash, value: entry }];
}

function stationEntries(
  site: SiteState,
  stationId: string,
  { registry, admission, availability, corrections, shows, offset }: StationState,
  { heartbeatIntervalS }: BookSettings,
): readonly BookEntry[] {
  if (registry === undefined) return [];
  const { tenantId, siteId, timeZone } = site;
  const { tariff, ...ahead } = tariffsAhead(site);
  const { assignmentSeq, securityProfile, credentialHash, offered, certificate, provenCertificate, isRemoved, evseIds, connectors } =
    registry;
  const value = {
    tenantId,
    stationId,
    siteId,
    assignmentSeq,
    securityProfile,
    ...(credentialHash !== undefined && { credentialHash }),
    ...(offered !== undefined && { offeredCredential: offered }),
    ...(certificate !== undefined && { certificate }),
    ...(provenCertificate !== undefined && { provenCertificate }),
    bootStatus: admission?.bootStatus ?? ('Accepted' as const),
    heartbeatIntervalS: admission?.heartbeatIntervalS ?? heartbeatIntervalS,
    ...(availability?.heartbeatS !== undefined && { toldHeartbeatS: availability.heartbeatS }),
    ...(tariff !== undefined && { terms: { tariff, ...ahead, ...(timeZone !== undefined && { timeZone }) } }),
    ...(shows !== undefined && { shows }),
    ...(evseIds.length > 0 && { evseIds, connectors }),
    ...(corrections?.tokenEnding !== undefined && { tokenEnding: corrections.tokenEnding }),
    strict: registry.strict === true,
  };
  return [{ kind: 'station', version: [assignmentSeq, offset], tenantId, stationId, value: isRemoved ? null : value }];
}

function sessionEntries(
  { tenantId }: SiteState,
  stationId: string,
  { registry, offset }: StationState,
  session: Session,
): readonly BookEntry[] {
  const { tokenHash, sessionId, startedMs } = session;
  if (tokenHash === undefined) return [];
  const value = isRunning(session) ? { tokenHash, sessionId, stationId, startedMs } : null;
  return [{ kind: 'openSession', version: [registry?.assignmentSeq ?? 0, offset], tenantId, tokenHash, sessionId, value }];
}
