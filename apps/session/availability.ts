// What a station's records tell about whether its ports work: words of connectors, silence, and ports that come and go; as facts and as rows.
// How much of a time that makes is libs/domain/uptime's (ADR 0043).
import type { CallReceived, SiteEventData } from '#contracts';
import { judgeTime } from '#domain/metering';
import { downBy, type PortFact } from '#domain/uptime';
import { instantMs, isNamed } from '#ocpp';
import type { RowWrite } from '#service';
import { asObject } from './json.js';
import { isOldConnection, silenceMsOf, wasOffline } from './link.js';
import { MOST_OUTLETS } from './outlets.js';
import type { SiteInput } from './site-fold.js';
import type { Availability, StationState } from './state.js';
import { OUTAGE_CLASSIFICATIONS, OUTAGE_DECLARATIONS, PORT_FACTS } from './tables.js';

/** One word about a connector; 0 stands for all of them. `time` as the station wrote it. */
interface Word {
  readonly evseId: number;
  readonly connectorId: number;
  readonly status: string;
  readonly errorCode?: string;
  readonly time: unknown;
}

export interface TimedWord extends Word {
  readonly atMs: number;
  /** Why the station's own time was not believed. */
  readonly flags: readonly string[];
}

/** Nearly every record says nothing of it. */
const NOTHING: readonly never[] = [];

/** What this call says of connectors: by StatusNotification, or as 2.1 would rather have it, by NotifyEvent (G01). */
export function wordsIn(was: StationState, { type, data, time }: SiteInput): readonly TimedWord[] {
  if (type !== 'CallReceived' || (data.action !== 'StatusNotification' && data.action !== 'NotifyEvent')) return NOTHING;
  if (data.answer.kind === 'error' || isOldConnection(was.link, data)) return NOTHING;
  return followed(wordsOf(data, was), was.availability?.told ?? {}).map((word) => ({ ...word, ...timeOf(word.time, time, was) }));
}

/** Of a station that tells of ever more connectors only the first are followed: each costs something with every record. */
function followed(words: readonly Word[], told: Availability['told']): readonly Word[] {
  if (words.every((word) => told[keyOf(word)] !== undefined)) return words;
  const known = new Set(Object.keys(told));
  return words.filter((word) => known.has(keyOf(word)) || (known.size < MOST_OUTLETS && known.add(keyOf(word))));
}

/** Of that, what was not said before, on the same connection, about what works; a message may say several things, one after the other. */
export function newWords(was: StationState, input: SiteInput): readonly TimedWord[] {
  const words = wordsIn(was, input);
  if (words.length === 0 || input.type !== 'CallReceived') return NOTHING;
  const { connectionId } = input.data;
  let told = was.availability?.told ?? {};
  return words.filter((word) => {
    const known = told[keyOf(word)];
    const isRepeat =
      known?.connectionId === connectionId &&
      known.down === downBy(word.status) &&
      known.errorCode === word.errorCode &&
      word.atMs >= known.atMs;
    if (!isRepeat) told = withWord(told, word, connectionId);
    return !isRepeat;
  });
}

/** The same object where a later word is known. */
function withWord(told: Availability['told'], word: TimedWord, connectionId: string): Availability['told'] {
  const { atMs, status, errorCode } = word;
  if (atMs < (told[keyOf(word)]?.atMs ?? Number.NEGATIVE_INFINITY)) return told;
  const down = downBy(status);
  const latest = { atMs, connectionId, ...(down !== undefined && { down }), ...(errorCode !== undefined && { errorCode }) };
  return { ...told, [keyOf(word)]: latest };
}

const keyOf = ({ evseId, connectorId }: Word): string => `${evseId}/${connectorId}`;

function timeOf(stationTime: unknown, receivedAt: string, { link }: StationState): Pick<TimedWord, 'atMs' | 'flags'> {
  const stationMs = typeof stationTime === 'string' ? instantMs(stationTime.trim()) : undefined;
  const { at, flags } = judgeTime(stationTime, receivedAt, stationMs !== undefined && wasOffline(link, stationMs));
  return { atMs: Date.parse(at), flags };
}

function wordsOf(call: CallReceived, { registry }: StationState): readonly Word[] {
  const payload = asObject(call.payload);
  if (call.action === 'StatusNotification') {
    const { connectorId, evseId, status, connectorStatus, errorCode, timestamp: time } = payload;
    const is16 = call.ocppVersion === 'ocpp1.6';
    const word = is16 ? status : connectorStatus;
    if (typeof connectorId !== 'number' || connectorId < 0 || typeof word !== 'string') return [];
    const place = is16 ? (connectorId === 0 ? 0 : (registry?.connectors[connectorId] ?? connectorId)) : evseId;
    if (typeof place !== 'number' || place < 0) return [];
    const isFault = typeof errorCode === 'string' && errorCode !== 'NoError';
    return [{ evseId: place, connectorId, status: word, ...(isFault && { errorCode }), time }];
  }
  if (call.action !== 'NotifyEvent' || !Array.isArray(payload.eventData)) return [];
  return payload.eventData.flatMap((each): readonly Word[] => {
    const { component, variable, actualValue, timestamp: time } = asObject(each);
    const { id, connectorId } = asObject(asObject(component).evse);
    if (!isNamed(asObject(variable).name, 'AvailabilityState') || typeof actualValue !== 'string') return [];
    return [
      {
        evseId: typeof id === 'number' ? id : 0,
        connectorId: typeof connectorId === 'number' ? connectorId : 0,
        status: actualValue,
        time,
      },
    ];
  });
}

/** The same object where nothing changed. */
export function evolveAvailability(was: StationState, input: SiteInput): Availability | undefined {
  const { availability } = was;
  if (input.type !== 'CallReceived') return availability;
  const { action, answer, connectionId } = input.data;
  if (action === 'BootNotification' && answer.kind === 'result') {
    const { status, interval } = asObject(answer.payload);
    const isNews = status === 'Accepted' && typeof interval === 'number' && interval !== availability?.heartbeatS;
    return isNews ? { told: {}, ...availability, heartbeatS: interval } : availability;
  }
  const before = availability?.told ?? {};
  const told = newWords(was, input).reduce((all, word) => withWord(all, word, connectionId), before);
  return told === before ? availability : { ...availability, told };
}

interface FactRow {
  readonly kind: PortFact['kind'];
  readonly atMs: number;
  readonly evseId?: number;
  readonly connectorId?: number;
  readonly status?: string;
  readonly errorCode?: string;
  readonly graceMs?: number;
  readonly flags?: readonly string[];
}

/** `was` and `is`: the station before and after the record. */
function factsOf(was: StationState, is: StationState, input: SiteInput): readonly FactRow[] {
  const [links, words, ports] = [linkFacts(was, is), newWords(was, input), configurationFacts(was, is, input)];
  if (links.length + words.length + ports.length === 0) return NOTHING;
  return [...links, ...words.map(({ time: _, ...word }): FactRow => ({ kind: 'status', ...word })), ...ports];
}

/** Lost counts from what was last heard, also where nobody noticed until it came back. */
function linkFacts({ link: was, availability }: StationState, { link: is }: StationState): readonly FactRow[] {
  if (is === was || is === undefined) return NOTHING;
  const graceMs = silenceMsOf(availability);
  if (!is.isOnline) return was?.isOnline ? [{ kind: 'offline', atMs: was.heardMs, graceMs }] : NOTHING;
  if (was?.isOnline && is.heardMs - was.heardMs <= graceMs) return NOTHING;
  const heard: FactRow = { kind: 'online', atMs: is.heardMs };
  return was?.isOnline ? [{ kind: 'offline', atMs: was.heardMs, graceMs }, heard] : [heard];
}

function configurationFacts(was: StationState, is: StationState, input: SiteInput): readonly FactRow[] {
  if (input.type !== 'ConfigurationAccepted' || was.registry === is.registry) return NOTHING;
  const atMs = Date.parse(input.time);
  if (is.registry?.isRemoved) return [{ kind: 'removed', atMs }];
  const before = was.registry?.isRemoved ? [] : (was.registry?.evseIds ?? []);
  const after = is.registry?.evseIds ?? [];
  const dropped = before.filter((evseId) => !after.includes(evseId)).map((evseId): FactRow => ({ kind: 'removed', evseId, atMs }));
  return [
    ...dropped,
    ...after.filter((evseId) => !before.includes(evseId)).map((evseId): FactRow => ({ kind: 'configured', evseId, atMs })),
  ];
}

interface Place {
  readonly tenant_id: string;
  readonly site_id: string;
  readonly station_id: string;
}

export function availabilityRows(was: StationState, is: StationState, input: SiteInput, place: Place): readonly RowWrite[] {
  if (input.type === 'OutageClassified') return [classificationRow(input.data, input, place)];
  if (input.type === 'OutageDeclared') return [declarationRow(input.data, input, place)];
  const facts = factsOf(was, is, input);
  if (facts.length === 0) return NOTHING;
  return facts.map(({ kind, atMs, evseId = 0, connectorId = 0, status, errorCode, graceMs, flags = [] }, index) => ({
    table: PORT_FACTS,
    row: {
      ...place,
      record_offset: input.at.offset,
      index,
      evse_id: evseId,
      connector_id: connectorId,
      kind,
      at: new Date(atMs).toISOString(),
      received_at: input.time,
      event_id: input.id,
      status: status ?? null,
      error_code: errorCode ?? null,
      grace_ms: graceMs ?? null,
      flags,
    },
  }));
}

function classificationRow(data: SiteEventData['OutageClassified'], { id, time, at }: SiteInput, place: Place): RowWrite {
  const { outageId, evseId, cause, from, to, evidence, note, classifiedBy } = data;
  return {
    table: OUTAGE_CLASSIFICATIONS,
    row: {
      ...place,
      record_offset: at.offset,
      event_id: id,
      evse_id: evseId,
      outage_id: outageId,
      cause,
      from_at: from,
      to_at: to ?? null,
      evidence,
      note: note ?? null,
      classified_by: classifiedBy,
      classified_at: time,
    },
  };
}

function declarationRow(data: SiteEventData['OutageDeclared'], { id, time, at }: SiteInput, place: Place): RowWrite {
  const { declarationId, evseId, cause, from, to, evidence, declaredBy } = data;
  return {
    table: OUTAGE_DECLARATIONS,
    row: {
      ...place,
      record_offset: at.offset,
      event_id: id,
      evse_id: evseId,
      declaration_id: declarationId,
      cause,
      from_at: from,
      to_at: to ?? null,
      evidence,
      declared_by: declaredBy,
      declared_at: time,
    },
  };
}
