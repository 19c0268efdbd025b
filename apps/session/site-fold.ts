// The fold over a site's stream: which station a record is about, what it means for its sessions, and what is remembered.
// The rules of sessions are in libs/domain/session; rows are in rows.ts.
import type { Recorded, SessionEventData, SiteEvent } from '#contracts';
import { newestProven } from '#domain/authorization';
import { withTariff } from '#domain/billing';
import { connectorMap } from '#domain/load-balancing';
import { correctionsFor, identityIn } from '#domain/quirks';
import {
  decide as decideSession,
  evolve as evolveSessions,
  fromOcpp16,
  fromOcpp201,
  isUnsettled,
  type MissingEvents,
  missingEvents,
  missingNow,
  type Session,
  type SessionCommand,
  type SessionEvent,
} from '#domain/session';
import type { Deadline, Output } from '#service';
import { evolveAvailability, wordsIn } from './availability.js';
import { evolveAwaited, nextLapse, unansweredAt } from './awaited.js';
import { advance, isNews, outcomeOf } from './command-progress.js';
import { evolveCredential } from './credential.js';
import { evolveLink, goneAt, isOldConnection, lossShownAt, silentFrom, wasOffline } from './link.js';
import { withoutDropped, withoutFlow, withReadings, withWords } from './outlets.js';
import { evolveRemoteStarts, remoteStartOf, withToken } from './remote-starts.js';
import { reservedBy } from './reserving.js';
import { type AdmissionState, type Registry, type SiteState, type StationState, stationIn, stationsOf, withStation } from './state.js';
import { termsOf } from './terms.js';

/** A session that went on after its provisional end counts as over when nothing more is heard for this long. */
const QUIET_MS = 30 * 60_000;
const SETTLE = 'settle';

export type SiteInput = Recorded<SiteEvent>;

/** The station a record of the stream is about; undefined for the site itself. */
export function stationOf(input: SiteInput): string | undefined {
  if ('stationId' in input.data) return input.data.stationId;
  if (input.type === 'ConfigurationAccepted') {
    const { change } = input.data;
    if (change.kind === 'site' || change.kind === 'siteRemoved') return undefined;
    return change.kind === 'station' ? change.config.stationId : change.stationId;
  }
  return input.stationId;
}

type Told = { [Type in SessionEvent['type']]: Omit<Extract<SessionEvent, { type: Type }>, 'type'> };
/** Compiles only while the domain tells what the contract promises. */
type SessionOutput = Told extends SessionEventData ? Output : never;

export function decideSite(site: SiteState, input: SiteInput): readonly SessionOutput[] {
  const stationId = stationOf(input);
  if (stationId === undefined) return [];
  const station = stationIn(site, stationId);
  const command = commandOf(station, input);
  const reserved = reservedBy(site, input);
  const decided =
    command === undefined ? [] : decideSession(station.sessions, command, termsOf(site, station, command, Date.parse(input.time)));
  const told = reserved === undefined ? decided : [reserved];
  const facts = told.map(({ type, ...data }) => ({ topic: 'session-events' as const, type, data, stationId }));
  const unanswered = unansweredAt(site, input);
  const missing = missingIn(station, command, told);
  return [
    ...facts,
    ...(unanswered === undefined ? [] : [{ topic: 'site-events' as const, type: 'CommandUnanswered', data: unanswered, stationId }]),
    ...(missing === undefined
      ? []
      : [{ topic: 'site-events' as const, type: 'TransactionEventsMissing', data: { stationId, ...missing }, stationId }]),
  ];
}

/** Looked for at an end, and while a transaction that ended waits for what is missing. */
function missingIn(
  { sessions }: StationState,
  command: SessionCommand | undefined,
  told: readonly SessionEvent[],
): MissingEvents | undefined {
  if (command === undefined || !('seqNo' in command)) return undefined;
  const isLate = sessions.ended.some((session) => session.transactionId === command.transactionId && missingEvents(session) > 0);
  if (command.type !== 'EndSession' && !isLate) return undefined;
  return missingNow(sessions, evolveSessions(sessions, command, told), command.transactionId);
}

export function evolveSite(before: SiteState, input: SiteInput, outputs: readonly Output[]): SiteState {
  const awaited = evolveAwaited(before, input);
  const site = awaited === undefined || awaited === before.awaited ? before : { ...before, awaited };
  if (input.type === 'SiteTariffChanged') return { ...site, ...withTariff(site, input.data.tariff, Date.parse(input.time)) };
  if (input.type === 'ConfigurationAccepted' && input.data.change.kind === 'site')
    return { ...site, timeZone: input.data.change.config.timeZone };
  const stationId = stationOf(input);
  return stationId === undefined ? site : withStation(site, stationId, evolveStation(stationIn(site, stationId), input, outputs));
}

function evolveStation(before: StationState, input: SiteInput, outputs: readonly Output[]): StationState {
  const command = commandOf(before, input);
  const events = sessionEventsOf(outputs);
  const sessions = command === undefined ? before.sessions : evolveSessions(before.sessions, command, events);
  const link = evolveLink(before.link, input);
  const registry = evolveRegistry(before.registry, input);
  let outlets = registry === before.registry ? before.outlets : withoutDropped(before.outlets, before.registry, registry);
  if (input.type === 'CallReceived' && !isOldConnection(before.link, input.data)) {
    const words = wordsIn(before, input);
    if (words.length > 0) outlets = withWords(outlets, words, Date.parse(input.time), link?.connectedMs ?? 0);
    outlets = withReadings(outlets, command, sessions);
  }
  outlets = withoutFlow(outlets, before.sessions, sessions);
  const commands = evolveCommands(before, input);
  const admission = evolveAdmission(before.admission, input);
  const availability = evolveAvailability(before, input);
  const corrections = evolveCorrections(before, input);
  const shows = evolveShows(before.shows, input);
  const remoteStarts = evolveRemoteStarts(before.remoteStarts, input);
  const isSame =
    admission === before.admission &&
    availability === before.availability &&
    corrections === before.corrections &&
    shows === before.shows &&
    remoteStarts === before.remoteStarts &&
    sessions === before.sessions &&
    link === before.link &&
    registry === before.registry &&
    outlets === before.outlets &&
    commands === before.commands;
  if (isSame) return before;
  return {
    ...(link !== undefined && { link }),
    ...(registry !== undefined && { registry }),
    ...(admission !== undefined && { admission }),
    ...(availability !== undefined && { availability }),
    ...(corrections !== undefined && { corrections }),
    ...(shows !== undefined && { shows }),
    ...(remoteStarts !== undefined && { remoteStarts }),
    outlets,
    sessions,
    commands,
    offset: input.at.offset,
  };
}

/** Of what was decided, the part about sessions. */
export const sessionEventsOf = (outputs: readonly Output[]): readonly SessionEvent[] =>
  outputs.flatMap(({ topic, type, data }) => (topic === 'session-events' ? [{ type, ...(data as object) } as SessionEvent] : []));

function evolveAdmission(admission: AdmissionState | undefined, input: SiteInput): AdmissionState | undefined {
  if (input.type !== 'StationAdmissionChanged') return admission;
  const { bootStatus, heartbeatIntervalS } = input.data;
  return { bootStatus, ...(heartbeatIntervalS !== undefined && { heartbeatIntervalS }) };
}

/** Another station may hang there since the last boot; the same object where nothing changed. */
function evolveCorrections({ link, corrections }: StationState, input: SiteInput): StationState['corrections'] {
  if (input.type !== 'CallReceived' || input.data.action !== 'BootNotification' || isOldConnection(link, input.data)) return corrections;
  const found = correctionsFor(identityIn(input.data.payload));
  return JSON.stringify(found) === JSON.stringify(corrections) ? corrections : found;
}

function evolveShows(shows: StationState['shows'], input: SiteInput): StationState['shows'] {
  if (input.type !== 'PriceDisplayReported') return shows;
  const { costs, tariffs } = input.data;
  return { costs, tariffs };
}

function evolveRegistry(before: Registry | undefined, input: SiteInput): Registry | undefined {
  const registry = evolveProven(evolveCredential(before, input), input);
  if (input.type !== 'ConfigurationAccepted') return registry;
  const { change } = input.data;
  if (change.kind === 'site' || change.kind === 'siteRemoved') return registry;
  if (change.kind === 'stationRemoved') return registry && { ...registry, isRemoved: true };
  const { config, assignmentSeq } = change;
  const credentialHash = change.credentialHash ?? registry?.credentialHash;
  const offered = credentialHash === registry?.credentialHash ? registry?.offered : undefined;
  return {
    securityProfile: config.securityProfile,
    assignmentSeq,
    isRemoved: false,
    connectors: connectorMap(config.evses),
    evseIds: config.evses.map(({ evseId }) => evseId),
    ...(config.strict === true && { strict: true }),
    ...(credentialHash !== undefined && { credentialHash }),
    ...(offered !== undefined && { offered }),
    ...(change.certificate !== undefined && { certificate: change.certificate }),
    // A way out for a station that lost its newest one: in a lower profile nothing is remembered of any.
    ...(config.securityProfile === 3 && registry?.provenCertificate !== undefined && { provenCertificate: registry.provenCertificate }),
  };
}

/** The old certificate of a station is good until it came with the new one. */
function evolveProven(registry: Registry | undefined, input: SiteInput): Registry | undefined {
  if (registry === undefined || input.type !== 'StationConnected' || input.data.certificate === undefined) return registry;
  const provenCertificate = newestProven(input.data.certificate, registry.provenCertificate);
  return provenCertificate === registry.provenCertificate ? registry : { ...registry, provenCertificate };
}

function evolveCommands({ commands }: StationState, input: SiteInput): StationState['commands'] {
  const outcome = outcomeOf(input);
  if (outcome === undefined || !('commandId' in input.data)) return commands;
  const { commandId } = input.data;
  return isNews(commands, commandId, outcome) ? advance(commands, commandId, outcome, Date.parse(input.time)) : commands;
}

/** A record is translated for `decide` and again for `evolve`, one after the other, against the same state. */
let last: { readonly station: StationState; readonly input: SiteInput; readonly command: SessionCommand | undefined } | undefined;

/** What the record means for the station's sessions; undefined when nothing. */
export function commandOf(station: StationState, input: SiteInput): SessionCommand | undefined {
  if (last?.input !== input || last.station !== station) last = { station, input, command: translate(station, input) };
  return last.command;
}

function translate(station: StationState, input: SiteInput): SessionCommand | undefined {
  const { link, registry, corrections } = station;
  if (input.type === 'TimeReached') return dueCommand(station, input);
  // An answer of CALLERROR told the station that we did not take it: it counts when it comes again.
  if (input.type !== 'CallReceived' || input.data.answer.kind === 'error') return undefined;
  const { id, time, stationId = '', data } = input;
  const { ocppVersion, action, payload, transactionId, token, flags } = data;
  const [sole, another] = registry?.evseIds ?? [];
  const start = remoteStartOf(station, action, payload);
  const call = {
    recordId: id,
    stationId,
    ocppVersion,
    action,
    payload: start === undefined ? payload : withToken(payload, start),
    receivedAt: time,
    // The domain recognises a repeated seqNo itself, over longer than an edge remembers.
    flags: [
      ...flags.filter((flag) => flag !== 'repeatedSeqNo'),
      ...(token !== undefined && token.status !== 'Accepted' && !flags.includes('bookAway') ? ['tokenNotAccepted'] : []),
    ],
    ...(transactionId !== undefined && { transactionId }),
    ...(start !== undefined && { token: start }),
    ...(token !== undefined && { token }),
    ...(corrections?.unitOverrides && { unitOverrides: corrections.unitOverrides }),
  };
  const context = {
    evseOf: (connectorId: number) => registry?.connectors[connectorId] ?? connectorId,
    ...(sole !== undefined && another === undefined && { soleEvseId: sole }),
    wasOffline: (ms: number) => wasOffline(link, ms),
    isOldConnection: isOldConnection(link, data),
  };
  return ocppVersion === 'ocpp1.6' ? fromOcpp16(call, context) : fromOcpp201(call, context);
}

const deadlineId = ({ sessionId, heardMs }: Session): string => `${SETTLE}/${sessionId}/${heardMs}`;

function dueCommand(station: StationState, { data, time }: Extract<SiteInput, { type: 'TimeReached' }>): SessionCommand | undefined {
  if (data.service !== 'session') return undefined;
  if (goneAt(station)?.deadlineId === data.deadlineId) return { type: 'ConcludeSession', receivedMs: Date.parse(time), reason: 'Gone' };
  const session = station.sessions.ended.find((each) => deadlineId(each) === data.deadlineId);
  return session && { type: 'SettleSession', sessionId: session.sessionId };
}

export function nextDueOfSite(site: SiteState): Deadline | undefined {
  let next = nextLapse(site);
  const { tenantId, siteId } = site;
  for (const [stationId, station] of stationsOf(site)) {
    const due = lossShownAt(station) ?? silentFrom(station) ?? goneAt(station);
    if (due !== undefined && (next === undefined || due.dueMs < next.dueMs)) next = { ...due, tenantId, siteId, stationId };
    for (const session of station.sessions.ended) {
      if (!isUnsettled(session)) continue;
      const dueMs = session.heardMs + QUIET_MS;
      if (next === undefined || dueMs < next.dueMs) next = { deadlineId: deadlineId(session), dueMs, tenantId, siteId, stationId };
    }
  }
  return next;
}
