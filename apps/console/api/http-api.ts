// What the console asks of the HTTP API: every path that more than one page needs, how it is sent and what a refusal means.
// How answers are read is the shapes files beside it; what they mean for the page is model/.
import { createStore, type Store } from '../model/store.js';
import {
  type DeviceOverview,
  readCampaign,
  readDeviceEvent,
  readMonitor,
  readOrder,
  readSecurityEvent,
  readSetting,
  readTransfer,
} from './device-shapes.js';
import { ApiError, ShapeError } from './errors.js';
import { type Certificate, type Holding, readCertificate, readHolding } from './holding-shapes.js';
import { listOf, rowOf, text } from './loose-json.js';
import {
  type LoadPoint,
  readLoadPoint,
  readSession,
  readSite,
  readStation,
  type Session,
  type Site,
  type Station,
} from './network-shapes.js';
import {
  type MessagePage,
  readIdentity,
  readMessage,
  readQuirks,
  readRefusal,
  readStationCertificate,
  readVariable,
  type StationStory,
} from './station-shapes.js';
import { readStory, type SiteStory } from './story-shapes.js';
import { arrayOf, objectOf } from './strict-json.js';
import {
  readExplanation,
  readOutage,
  readUptimeReport,
  type UptimeExplanation,
  type UptimeQuery,
  type UptimeReport,
  type UptimeTold,
  type Verdicts,
} from './uptime-shapes.js';

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** For pages that ask for themselves: what they ask and how they read it is in their own shapes file. Rejects as the api does. */
export interface Ask {
  read(path: string): Promise<unknown>;
  /** Null where the key may not see it. */
  readAllowed(path: string): Promise<unknown>;
  /** A file of text, with its SHA-256 where the api says it. */
  readFile(path: string): Promise<{ readonly text: string; readonly sha256: string | null }>;
  /** `key`: asked for again under it, it is done once; without one each is another. */
  post(path: string, body: unknown, key?: string): Promise<unknown>;
  put(path: string, body: unknown): Promise<unknown>;
  remove(path: string): Promise<void>;
  /** Puts `body` where what is there `isAsSeen`, and is still then: rejects with 412 otherwise. */
  replace(path: string, isAsSeen: (there: unknown) => boolean, body: unknown): Promise<unknown>;
  /** Something to keep, under a name. */
  file(path: string): Promise<Blob>;
  /** A table; an answer of 422 is read as well: it tells what is wrong with it. */
  postTable(path: string, csv: string): Promise<unknown>;
}

export interface Api {
  ask(signal: AbortSignal): Ask;
  /** The calls that whoever asks is let in to, as `POST /v1/stations/{stationId}/commands`. */
  may(signal?: AbortSignal): Promise<ReadonlySet<string>>;
  sites(signal?: AbortSignal): Promise<readonly Site[]>;
  stations(signal?: AbortSignal): Promise<readonly Station[]>;
  activeSessions(signal?: AbortSignal): Promise<readonly Session[]>;
  /** Points of [fromMs, toMs), oldest first. */
  load(siteId: string, fromMs: number, toMs: number, intervalS: number, signal?: AbortSignal): Promise<readonly LoadPoint[]>;
  /** Load of [fromMs, toMs) with what was above a limit, limits sent and why, what might be exceeded now, and what lies ahead. */
  story(siteId: string, fromMs: number, toMs: number, intervalS: number, signal?: AbortSignal): Promise<SiteStory>;
  /** Certificates that run out within so many days, the next one first. */
  certificates(withinDays: number, signal?: AbortSignal): Promise<readonly Certificate[]>;
  /** Campaigns, and events of devices that ask for attention. */
  devices(signal?: AbortSignal): Promise<DeviceOverview>;
  /** What a station is, is made of, told and was asked. */
  station(stationId: string, signal?: AbortSignal): Promise<StationStory>;
  /** Messages of a station and to it, newest first; the first page without a cursor, of all actions without one. */
  messages(stationId: string, action: string | null, cursor: string | null, signal?: AbortSignal): Promise<MessagePage>;
  holdings(signal?: AbortSignal): Promise<readonly Holding[]>;
  /** Uptime of every port, with the outages of its window; null where no port was in service up to then. */
  uptime(query: UptimeQuery, signal?: AbortSignal): Promise<UptimeTold | null>;
  /** Everything behind the figure of one port. */
  explainUptime(stationId: string, evseId: string, query: UptimeQuery, signal?: AbortSignal): Promise<UptimeExplanation>;
  /** Says why an outage is not the operator's, or that it is; a later word takes the place of an earlier one. */
  judgeOutage(outageId: string, verdict: Verdicts, signal?: AbortSignal): Promise<void>;
  /** How far the server's clock is ahead of this machine's [ms]; 0 until an answer told, and when they agree within 2 s. */
  clockOffsetMs(): number;
  /** Records that are not in the rows yet, by the answer before: what was read may not be all; 0 where it is. */
  readonly recordsLeft: Store<number>;
  /** Opens the feed after `lastEventId`; the body is `text/event-stream`. */
  events(lastEventId: string | null, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

/**
 * An Api that sends `token()` as bearer key; without one the browser sends its session, and `csrf()` goes with each change; `unknown()` is told of a key or
 * session that is not known any more. Rejects with ApiError or ShapeError.
 */
export function httpApi(
  token: () => string | null,
  fetch: typeof globalThis.fetch = globalThis.fetch.bind(globalThis),
  csrf: () => string | null = () => null,
  unknown: () => void = () => undefined,
): Api {
  let clockOffsetMs = 0;
  const recordsLeft = createStore(0);
  const open = async (
    path: string,
    headers: Record<string, string>,
    signal?: AbortSignal,
    sent: RequestInit = {},
    alsoRead: readonly number[] = [],
  ): Promise<Response> => {
    const key = token();
    const authorization: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
    let response: Response;
    try {
      response = await fetch(path, {
        ...sent,
        headers: { ...headers, ...authorization },
        cache: 'no-store',
        ...(signal ? { signal } : {}),
      });
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new ApiError(0, 'The api could not be reached', { cause });
    }
    const serverMs = Date.parse(response.headers.get('date') ?? '');
    // The header has whole seconds, so a small difference says nothing.
    if (!Number.isNaN(serverMs)) clockOffsetMs = Math.abs(serverMs - Date.now()) > 2_000 ? serverMs - Date.now() : 0;
    if (response.status === 401) unknown();
    if (!response.ok && !alsoRead.includes(response.status)) throw await problemOf(response);
    if (sent.method === undefined) recordsLeft.set(Number(response.headers.get('records-left') ?? 0));
    return response;
  };
  const read = async (path: string, signal?: AbortSignal): Promise<unknown> =>
    (await open(path, { accept: 'application/json' }, signal)).json();

  const list = async <T>(path: string, reader: (row: unknown) => T, signal?: AbortSignal): Promise<readonly T[]> => {
    const rows: T[] = [];
    let cursor: string | null = null;
    do {
      const page = objectOf(
        await read(
          `${path}${path.includes('?') ? '&' : '?'}limit=500${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
          signal,
        ),
      );
      for (const row of arrayOf(page.items)) rows.push(reader(row));
      cursor = typeof page.nextCursor === 'string' && page.nextCursor !== '' ? page.nextCursor : null;
    } while (cursor !== null);
    return rows;
  };

  const readAllowed = async (path: string, signal?: AbortSignal): Promise<unknown> => {
    try {
      return await read(path, signal);
    } catch (error) {
      if (error instanceof ApiError && error.status === 403) return null;
      throw error;
    }
  };
  const send = async (
    path: string,
    body: string,
    type: string,
    signal?: AbortSignal,
    alsoRead: readonly number[] = [],
    {
      method = 'POST',
      ifMatch,
      key = randomKey(),
    }: { readonly method?: 'POST' | 'PUT'; readonly ifMatch?: string; readonly key?: string | undefined } = {},
  ): Promise<Response> => {
    const csrfToken = csrf();
    const headers = {
      ...{ 'content-type': type, 'idempotency-key': key },
      ...(csrfToken !== null && { 'x-csrf-token': csrfToken }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    };
    return open(path, headers, signal, { method, body }, alsoRead);
  };
  const post = (path: string, body: unknown, signal?: AbortSignal, key?: string): Promise<Response> =>
    send(path, JSON.stringify(body), 'application/json', signal, [], { key });

  /** The first page alone; what the key may not see is as if it were not there. */
  const page = async <T>(path: string, reader: (row: unknown) => T, signal?: AbortSignal): Promise<readonly T[]> => {
    const answer = await readAllowed(path, signal);
    return answer === null ? [] : arrayOf(objectOf(answer).items).map(reader);
  };

  return {
    ask: (signal) => ({
      read: (path) => read(path, signal),
      readAllowed: (path) => readAllowed(path, signal),
      readFile: async (path) => {
        const response = await open(path, { accept: 'text/csv, application/problem+json' }, signal);
        return { text: await response.text(), sha256: response.headers.get('x-checksum-sha256') };
      },
      post: async (path, body, key) => (await post(path, body, signal, key)).json(),
      put: async (path, body) => (await send(path, JSON.stringify(body), 'application/json', signal, [], { method: 'PUT' })).json(),
      remove: async (path) => {
        const csrfToken = csrf();
        await open(path, csrfToken === null ? {} : { 'x-csrf-token': csrfToken }, signal, { method: 'DELETE' });
      },
      replace: async (path, isAsSeen, body) => {
        const there = await open(path, { accept: 'application/json' }, signal);
        const ifMatch = there.headers.get('etag');
        if (ifMatch === null || !isAsSeen(await there.json())) throw new ApiError(412, 'It was changed meanwhile');
        return (await send(path, JSON.stringify(body), 'application/json', signal, [], { method: 'PUT', ifMatch })).json();
      },
      file: async (path) => (await open(path, {}, signal)).blob(),
      postTable: async (path, csv) => (await send(path, csv, 'text/csv', signal, [422])).json(),
    }),
    clockOffsetMs: () => clockOffsetMs,
    recordsLeft,
    may: async (signal) => new Set(arrayOf(objectOf(await read('/v1/me', signal)).may).map(String)),
    sites: (signal) => list('/v1/sites', readSite, signal),
    stations: (signal) => list('/v1/stations', readStation, signal),
    activeSessions: (signal) => list('/v1/sessions?status=active', readSession, signal),
    holdings: (signal) => list('/v1/holdings', readHolding, signal),
    certificates: (withinDays, signal) => page(`/v1/certificates?withinDays=${withinDays}`, readCertificate, signal),
    devices: async (signal) => {
      const [campaigns, told, security] = await Promise.all([
        page('/v1/campaigns?limit=20', readCampaign, signal),
        page('/v1/device-events?standing=true&acknowledged=false&limit=50', readDeviceEvent, signal),
        page('/v1/security-events?criticality=critical&acknowledged=false&limit=50', readSecurityEvent, signal),
      ]);
      const events = [...told, ...security].sort((a, b) => (b.atMs ?? 0) - (a.atMs ?? 0));
      return { campaigns, events };
    },
    station: async (stationId, signal) => {
      const id = encodeURIComponent(stationId);
      const [row, odd, variables, certificates, refusals, transfers, settings, monitors, told, security, orders] = await Promise.all([
        read(`/v1/stations/${id}`, signal),
        read(`/v1/stations/${id}/quirks`, signal),
        page(`/v1/stations/${id}/variables?limit=1000`, readVariable, signal),
        page(`/v1/stations/${id}/certificates`, readStationCertificate, signal),
        page(`/v1/stations/${id}/refused-connections`, readRefusal, signal),
        page(`/v1/stations/${id}/transfers`, readTransfer, signal),
        page(`/v1/stations/${id}/device-settings`, readSetting, signal),
        page(`/v1/stations/${id}/monitors`, readMonitor, signal),
        page(`/v1/device-events?stationId=${id}&limit=20`, readDeviceEvent, signal),
        page(`/v1/security-events?stationId=${id}&limit=20`, readSecurityEvent, signal),
        page(`/v1/stations/${id}/orders`, readOrder, signal),
      ]);
      const events = [...told, ...security].sort((a, b) => (b.atMs ?? 0) - (a.atMs ?? 0));
      const parts = { variables, certificates, refusals, transfers, settings, monitors, events, orders };
      return { station: readStation(row), identity: readIdentity(row), quirks: readQuirks(odd), ...parts };
    },
    messages: async (stationId, action, cursor, signal) => {
      const query = new URLSearchParams({ limit: '20', ...(action !== null && { action }), ...(cursor !== null && { cursor }) });
      const { items, nextCursor } = objectOf(await read(`/v1/stations/${encodeURIComponent(stationId)}/messages?${query}`, signal));
      return { messages: arrayOf(items).map(readMessage), nextCursor: typeof nextCursor === 'string' ? nextCursor : null };
    },
    uptime: async ({ rules, month, over }, signal) => {
      let report: UptimeReport;
      try {
        report = readUptimeReport(await read(`/v1/reports/uptime?${new URLSearchParams({ rules, month, over })}`, signal));
      } catch (error) {
        if (error instanceof ApiError && error.status === 422) return null;
        throw error;
      }
      const window = { from: new Date(report.fromMs).toISOString(), to: new Date(report.toMs).toISOString() };
      return { report, outages: await list(`/v1/outages?${new URLSearchParams({ rules, ...window })}`, readOutage, signal) };
    },
    explainUptime: async (stationId, evseId, { rules, month, over }, signal) => {
      const place = `/v1/stations/${encodeURIComponent(stationId)}/evses/${encodeURIComponent(evseId)}`;
      return readExplanation(await read(`${place}/uptime/${month}/explain?${new URLSearchParams({ rules, over })}`, signal));
    },
    judgeOutage: async (outageId, verdict, signal) => {
      await post(`/v1/outages/${encodeURIComponent(outageId)}/classifications`, verdict, signal);
    },
    story: async (siteId, fromMs, toMs, intervalS, signal) => {
      const path = `/v1/sites/${encodeURIComponent(siteId)}`;
      const window = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
      const [load, limits, shortfalls, outlook] = await Promise.all([
        read(`${path}/load?${new URLSearchParams({ ...window, interval: String(intervalS) })}`, signal),
        read(`${path}/limits?${new URLSearchParams({ ...window, limit: String(MOST_COMMANDS) })}`, signal),
        read(`${path}/shortfalls`, signal),
        read(`${path}/outlook`, signal),
      ]);
      return readStory(load, limits, shortfalls, outlook);
    },
    load: async (siteId, fromMs, toMs, intervalS, signal) => {
      const query = new URLSearchParams({
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
        interval: String(intervalS),
      });
      const answer = await read(`/v1/sites/${encodeURIComponent(siteId)}/load?${query}`, signal);
      return arrayOf(Array.isArray(answer) ? answer : objectOf(answer).items).map(readLoadPoint);
    },
    events: async (lastEventId, signal) => {
      const headers = { accept: 'text/event-stream', ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }) };
      const { body } = await open('/v1/events', headers, signal);
      if (body === null) throw new ShapeError('The feed has no body');
      return body;
    },
  };
}

/** Not randomUUID: browsers have it on secure pages only. */
export const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Of a window, the latest. */
const MOST_COMMANDS = 500;

/** An RFC 9457 problem: its detail and what it says of fields; or the status line. */
async function problemOf(response: Response): Promise<ApiError> {
  const { status, statusText } = response;
  const { detail, title, errors } = response.headers.get('content-type')?.includes('json') ? objectOf(await response.json()) : {};
  const reason = [detail, title].find((each) => typeof each === 'string') ?? `${status} ${statusText}`.trim();
  const fields = listOf(errors).map((each) => ({ path: text(rowOf(each).path), message: text(rowOf(each).message) }));
  return new ApiError(status, String(reason), undefined, fields);
}
