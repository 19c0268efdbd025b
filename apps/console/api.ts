// What the console asks of the HTTP API, and how it reads the answers: every shape and every path is in this file.
// Following the event feed is feed/; what the answers mean for the page is model/.
import {
  type DeviceOverview,
  readCampaign,
  readDeviceEvent,
  readMonitor,
  readOrder,
  readSecurityEvent,
  readSetting,
  readTransfer,
  type StationDevice,
} from './device-shapes.js';
import {
  type MessagePage,
  type Quirk,
  type RefusedConnection,
  readIdentity,
  readMessage,
  readQuirks,
  readRefusal,
  readStationCertificate,
  readVariable,
  type StationCertificate,
  type StationIdentity,
  type Variable,
} from './station-shapes.js';
import {
  type Outage,
  readExplanation,
  readOutage,
  readUptimeReport,
  type UptimeExplanation,
  type UptimeQuery,
  type UptimeReport,
  type Verdicts,
} from './uptime-shapes.js';

export type { DeviceEvent, DeviceOverview } from './device-shapes.js';
export type { MessagePage, StationMessage } from './station-shapes.js';

/** A part of a site that has a limit. `limitA` is per phase; one number means the same on each. */
export interface SiteNode {
  readonly nodeId: string;
  readonly limitA: number | readonly number[];
  readonly phases: number;
  readonly children: readonly SiteNode[];
}

export interface Site {
  readonly siteId: string;
  readonly name: string;
  /** IANA name; charts of the site use its time. */
  readonly timeZone: string;
  readonly voltageV: number;
  readonly root: SiteNode | null;
}

export interface Evse {
  readonly evseId: number;
  /** The station's own word: a 1.6 or 2.x status, or a 2.x charging state. */
  readonly status: string;
  /** What the network allows now, per phase [A]; null when nothing was said. */
  readonly limitA: number | null;
  /** What the network wants it to have; below `limitA` while that is not certain, since what is not known counts as the worst case [A]. */
  readonly wantedA: number | null;
  /** Why a plan gives it less than its fair share; null where none does. */
  readonly heldBy: HeldBy | null;
  /** It waits for current at this node and phase, where this many and perhaps more have the share; null where it does not. */
  readonly waits: { readonly nodeId: string; readonly phase: string; readonly behind: number } | null;
  /** The node and phase whose limit keeps it from more; null where none does. */
  readonly tightAt: { readonly nodeId: string; readonly phase: string } | null;
  /** What somebody else caps it at [A per phase]; null where nobody does. */
  readonly capA: number | null;
  readonly powerW: number | null;
  readonly sessionId: string | null;
}

/** An outlet, or with 0 the whole station, does not follow its limits. */
export interface LimitAlarm {
  readonly evseId: number;
  readonly kind: (typeof ALARM_KINDS)[number];
  readonly sinceMs: number;
  /** [A per phase] */
  readonly allowedA: number | null;
  readonly drawnA: number | null;
}
export const ALARM_KINDS = ['ignores', 'rejects', 'silent', 'outlasts', 'differs'] as const;

export const HELD_BY = ['cheaperHour', 'laterDeparture', 'needMet'] as const;
export type HeldBy = (typeof HELD_BY)[number];

export interface Station {
  readonly stationId: string;
  readonly siteId: string | null;
  readonly online: boolean;
  readonly ocppVersion: string | null;
  /** When its last message arrived [ms since 1970]; null when it never spoke. */
  readonly lastSeenAtMs: number | null;
  readonly alarms: readonly LimitAlarm[];
  readonly evses: readonly Evse[];
}

/** A decimal string and its currency; never a float. */
export interface Money {
  readonly amount: string;
  readonly currency: string;
}

export interface Session {
  readonly sessionId: string;
  readonly stationId: string;
  readonly evseId: number | null;
  readonly siteId: string | null;
  readonly active: boolean;
  readonly startedAtMs: number;
  readonly energyWh: number;
  /** What its car fed back, beside what it got; null where that is not metered. */
  readonly exportedWh: number | null;
  /** Its driver lets the car feed back, and whether that is possible now; null without consent. */
  readonly consent: 'possible' | 'notPossible' | null;
  /** Negative where the car feeds back. */
  readonly powerW: number | null;
  readonly limitA: number | null;
  readonly cost: Money | null;
}

/** One bucket of a site's load. null: not known at that time. */
export interface LoadPoint {
  readonly atMs: number;
  readonly measuredW: number | null;
  readonly allocatedW: number | null;
  readonly limitW: number | null;
}

/** Why more was measured at a node than it may carry; which of the other fields there are depends on the kind. */
export interface ExceedanceReason {
  readonly kind: string;
  readonly stationId: string | null;
  readonly evseId: number | null;
  readonly source: string | null;
  readonly loadA: number | null;
}
export interface Violation {
  readonly nodeId: string;
  /** L1, L2, L3, or total: the sum over all lines. */
  readonly phase: string;
  /** More was fed back than allowed, not drawn. */
  readonly isFedBack: boolean;
  readonly sinceMs: number;
  /** null: it goes on. */
  readonly endedAtMs: number | null;
  readonly limitA: number;
  readonly flowA: number;
  readonly seconds: number;
  readonly energyAboveWh: number;
  readonly reasons: readonly ExceedanceReason[];
}

/** A limit that was sent to an outlet, with its reason. */
export interface LimitCommand {
  readonly commandId: string;
  readonly stationId: string;
  /** 0: the whole station. */
  readonly evseId: number;
  readonly slot: string;
  readonly limitA: number;
  readonly cause: string;
  readonly outcome: string;
  readonly heldBy: HeldBy | null;
  /** Which node and phase kept it from more, and who limits that: `site`, or the source of a limit from the grid. */
  readonly tight: { readonly nodeId: string; readonly phase: string; readonly limitedBy: string; readonly limitA: number | null } | null;
  /** Cars at the site then, and those of them that had nothing. */
  readonly cars: number;
  readonly waiting: number;
  /** What somebody else capped it at then [A per phase]. */
  readonly capA: number | null;
  /** The plan for its car had become too old by then. */
  readonly planLapsed: boolean;
  readonly atMs: number;
}

/** More might be drawn at a node than it may carry: what is not known counts as the worst case. */
export interface Shortfall {
  readonly nodeId: string;
  readonly phase: string;
  readonly limitA: number;
  readonly committedA: number;
}

export interface LimitAhead {
  readonly atMs: number;
  readonly limitW: number;
}
export interface PlannedPower {
  readonly atMs: number;
  readonly powerW: number;
}

/** What happened at a site within a window of time, and what lies ahead of it. */
export interface SiteStory {
  readonly points: readonly LoadPoint[];
  readonly violations: readonly Violation[];
  /** Latest first. */
  readonly commands: readonly LimitCommand[];
  readonly shortfalls: readonly Shortfall[];
  readonly limitsAhead: readonly LimitAhead[];
  /** Empty where nobody plans. */
  readonly plan: readonly PlannedPower[];
}

/** What the feed says: a whole row, a point, or only that a list is worth reading again. */
export type FeedEvent =
  | { readonly type: 'SiteChanged'; readonly site: Site }
  | { readonly type: 'StationChanged'; readonly station: Station }
  | { readonly type: 'SessionChanged'; readonly session: Session }
  | { readonly type: 'LoadMeasured'; readonly siteId: string; readonly point: LoadPoint }
  | { readonly type: 'Outdated'; readonly resource: Resource };

export type Resource = 'sites' | 'stations' | 'sessions' | 'load';

/** A certificate of a station that is in force, or meant to be. */
export interface Certificate {
  readonly certificateId: string;
  readonly stationId: string;
  readonly type: string;
  readonly subject: string | null;
  readonly serialNumber: string | null;
  readonly notAfterMs: number;
  readonly alarm: string | null;
}

/** One station, all that is known of it but its messages. */
export interface StationStory extends StationDevice {
  readonly station: Station;
  readonly identity: StationIdentity;
  readonly quirks: readonly Quirk[];
  readonly variables: readonly Variable[];
  readonly certificates: readonly StationCertificate[];
  readonly refusals: readonly RefusedConnection[];
}

/** What a station holds beside its device. */
export interface Holding {
  readonly stationId: string;
  /** Null: it said nothing of a list. */
  readonly localList: { readonly state: string; readonly version: number | null; readonly entries: number | null } | null;
  /** Live ones. `evseId` null: any outlet. */
  readonly reservations: readonly { readonly reservationId: number; readonly evseId: number | null; readonly expiresAtMs: number | null }[];
  readonly messagesShown: number;
}

export interface UptimeTold {
  readonly report: UptimeReport;
  /** Latest first. */
  readonly outages: readonly Outage[];
}

/** The api refused or failed. `status` 0: it could not be reached. */
export class ApiError extends Error {
  readonly code = 'ApiError';
  constructor(
    readonly status: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
  /** The same call may succeed later without anyone changing anything. */
  get retriable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** An answer that is not what the documentation says. */
export class ShapeError extends Error {
  readonly code = 'ShapeError';
  readonly retriable = false;
}

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
  post(path: string, body: unknown): Promise<unknown>;
  put(path: string, body: unknown): Promise<unknown>;
  /** Puts `body` where what is there `isAsSeen`, and is still then: rejects with 412 otherwise. */
  replace(path: string, isAsSeen: (there: unknown) => boolean, body: unknown): Promise<unknown>;
  /** Something to keep, under a name. */
  file(path: string): Promise<Blob>;
  /** A table; an answer of 422 is read as well: it tells what is wrong with it. */
  postTable(path: string, csv: string): Promise<unknown>;
}

export interface Api {
  ask(signal: AbortSignal): Ask;
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
  /** Opens the feed after `lastEventId`; the body is `text/event-stream`. */
  events(lastEventId: string | null, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

/** An Api that sends `token()` as bearer key; without one the browser sends its session, and `csrf()` goes with each change. Rejects with ApiError or ShapeError. */
export function httpApi(
  token: () => string | null,
  fetch: typeof globalThis.fetch = globalThis.fetch.bind(globalThis),
  csrf: () => string | null = () => null,
): Api {
  let clockOffsetMs = 0;
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
    if (!response.ok && !alsoRead.includes(response.status)) throw new ApiError(response.status, await reasonOf(response));
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
    { method = 'POST', ifMatch }: { readonly method?: 'POST' | 'PUT'; readonly ifMatch?: string } = {},
  ): Promise<Response> => {
    // Not randomUUID: browsers have it on secure pages only.
    const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
    const csrfToken = csrf();
    const headers = {
      ...{ 'content-type': type, 'idempotency-key': key },
      ...(csrfToken !== null && { 'x-csrf-token': csrfToken }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    };
    return open(path, headers, signal, { method, body }, alsoRead);
  };
  const post = (path: string, body: unknown, signal?: AbortSignal): Promise<Response> =>
    send(path, JSON.stringify(body), 'application/json', signal);

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
      post: async (path, body) => (await post(path, body, signal)).json(),
      put: async (path, body) => (await send(path, JSON.stringify(body), 'application/json', signal, [], { method: 'PUT' })).json(),
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
      const query = new URLSearchParams({ limit: '50', ...(action !== null && { action }), ...(cursor !== null && { cursor }) });
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

/** Of a window, the latest. */
const MOST_COMMANDS = 500;

/** What the server has for whoever opens the page: the key of this very machine, the session of who signed in, or where to sign in. */
export type Offer =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'session'; readonly csrfToken: string }
  | { readonly kind: 'signIn'; readonly address: string };

/** Null where there is nothing to hand out (then the page asks for a key). */
export async function readOffer(fetch: typeof globalThis.fetch = globalThis.fetch.bind(globalThis)): Promise<Offer | null> {
  const response = await fetch('/console/session', { headers: { accept: 'application/json' }, cache: 'no-store' });
  if (!response.ok || !response.headers.get('content-type')?.includes('json')) return null;
  const { token, csrfToken, signIn } = objectOf(await response.json());
  if (typeof csrfToken === 'string' && csrfToken !== '') return { kind: 'session', csrfToken };
  if (typeof token === 'string' && token !== '') return { kind: 'key', key: token };
  return typeof signIn === 'string' && signIn.startsWith('/') ? { kind: 'signIn', address: signIn } : null;
}

/** The ports chargers connect to; what the server does not say is the usual one. */
export interface ChargerPorts {
  readonly plain: number;
  readonly tls: number;
}
export const USUAL_PORTS: ChargerPorts = { plain: 9220, tls: 9221 };

export async function readChargerPorts(fetch: typeof globalThis.fetch = globalThis.fetch.bind(globalThis)): Promise<ChargerPorts> {
  const response = await fetch('/console/session', { headers: { accept: 'application/json' }, cache: 'no-store' });
  const { ocppPort, ocppTlsPort } = response.ok ? objectOf(await response.json()) : {};
  return { plain: numberOf(ocppPort) ?? USUAL_PORTS.plain, tls: numberOf(ocppTlsPort) ?? USUAL_PORTS.tls };
}

/** Ends the session; whether the server heard it or not, the page forgets it. */
export async function signOut(csrfToken: string, fetch: typeof globalThis.fetch = globalThis.fetch.bind(globalThis)): Promise<void> {
  await fetch('/console/logout', { method: 'POST', headers: { 'x-csrf-token': csrfToken } });
}

/** The detail of an RFC 9457 problem, or the status line. */
async function reasonOf(response: Response): Promise<string> {
  const fallback = `${response.status} ${response.statusText}`.trim();
  if (!response.headers.get('content-type')?.includes('json')) return fallback;
  const problem = objectOf(await response.json());
  return typeof problem.detail === 'string' ? problem.detail : typeof problem.title === 'string' ? problem.title : fallback;
}

export function readSite(json: unknown): Site {
  const row = objectOf(json);
  const siteId = textOf(row.siteId, 'siteId');
  return {
    siteId,
    name: typeof row.name === 'string' && row.name !== '' ? row.name : siteId,
    timeZone: typeof row.timeZone === 'string' ? row.timeZone : 'UTC',
    voltageV: numberOf(row.voltageV) ?? 230,
    root: row.root === undefined || row.root === null ? null : readNode(row.root),
  };
}

function readNode(json: unknown): SiteNode {
  const row = objectOf(json);
  const limitA = Array.isArray(row.limitA) ? row.limitA.map((each) => numberOf(each) ?? 0) : (numberOf(row.limitA) ?? 0);
  const phases = Array.isArray(row.phases) ? row.phases.length : (numberOf(row.phases) ?? 3);
  return {
    nodeId: textOf(row.nodeId, 'nodeId'),
    limitA,
    phases,
    children: Array.isArray(row.children) ? row.children.map(readNode) : [],
  };
}

export function readCertificate(json: unknown): Certificate {
  const row = objectOf(json);
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    certificateId: textOf(row.certificateId, 'certificateId'),
    stationId: textOf(row.stationId, 'stationId'),
    type: textOf(row.type, 'type'),
    subject: text(row.subject),
    serialNumber: text(row.serialNumber),
    notAfterMs: timeOf(row.notAfter) ?? 0,
    alarm: text(row.alarm),
  };
}

export function readHolding(json: unknown): Holding {
  const row = objectOf(json);
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  const list = row.localList === null || row.localList === undefined ? null : objectOf(row.localList);
  const reservations = Array.isArray(row.reservations) ? row.reservations.map(objectOf) : [];
  return {
    stationId: textOf(row.stationId, 'stationId'),
    localList: list && { state: textOf(list.state, 'localList.state'), version: number(list.version), entries: number(list.entries) },
    reservations: reservations.map(({ reservationId, evseId, expiresAt }) => ({
      reservationId: Number(reservationId),
      evseId: number(evseId),
      expiresAtMs: timeOf(expiresAt) ?? null,
    })),
    messagesShown: number(row.messagesShown) ?? 0,
  };
}

export function readStation(json: unknown): Station {
  const row = objectOf(json);
  return {
    stationId: textOf(row.stationId, 'stationId'),
    siteId: typeof row.siteId === 'string' ? row.siteId : null,
    online: row.online === true,
    ocppVersion: typeof row.ocppVersion === 'string' ? row.ocppVersion : null,
    lastSeenAtMs: timeOf(row.lastSeenAt),
    alarms: (Array.isArray(row.alarms) ? row.alarms : []).flatMap(readAlarm),
    evses: (Array.isArray(row.evses) ? row.evses : []).map(readEvse),
  };
}

function readAlarm(json: unknown): readonly LimitAlarm[] {
  const row = objectOf(json);
  const kind = ALARM_KINDS.find((each) => each === row.kind);
  const sinceMs = timeOf(row.since);
  if (kind === undefined || sinceMs === null) return [];
  return [{ kind, sinceMs, evseId: numberOf(row.evseId) ?? 0, allowedA: numberOf(row.allowedA), drawnA: numberOf(row.drawnA) }];
}

function readPlace(reason: unknown): Evse['tightAt'] {
  if (typeof reason !== 'object' || reason === null) return null;
  const { nodeId, phase } = objectOf(reason);
  return { nodeId: textOf(nodeId, 'nodeId'), phase: textOf(phase, 'phase') };
}

function readWaits({ reason, behind }: Readonly<Record<string, unknown>>): Evse['waits'] {
  const place = readPlace(reason);
  return place === null || !Array.isArray(behind) ? null : { ...place, behind: behind.length };
}

function readEvse(json: unknown): Evse {
  const row = objectOf(json);
  return {
    evseId: numberOf(row.evseId) ?? 0,
    status: typeof row.status === 'string' ? row.status : 'Unknown',
    limitA: numberOf(row.limitA),
    wantedA: numberOf(row.wantedA),
    heldBy: HELD_BY.find((each) => each === row.heldBy) ?? null,
    waits: readWaits(row),
    tightAt: readPlace(row.reason),
    capA: row.cap === null || row.cap === undefined ? null : numberOf(objectOf(row.cap).limitA),
    powerW: numberOf(row.powerW),
    sessionId: typeof row.sessionId === 'string' ? row.sessionId : null,
  };
}

export function readSession(json: unknown): Session {
  const row = objectOf(json);
  return {
    sessionId: textOf(row.sessionId, 'sessionId'),
    stationId: textOf(row.stationId, 'stationId'),
    evseId: numberOf(row.evseId),
    siteId: typeof row.siteId === 'string' ? row.siteId : null,
    active: typeof row.status === 'string' ? row.status.toLowerCase() === 'active' : timeOf(row.endedAt) === null,
    startedAtMs: timeOf(row.startedAt) ?? 0,
    energyWh: numberOf(row.energyWh) ?? 0,
    exportedWh: numberOf(row.exportedWh),
    consent: readConsent(row.needs),
    powerW: numberOf(row.powerW),
    limitA: numberOf(row.limitA),
    cost: readMoney(row.cost, row.currency),
  };
}

function readConsent(needs: unknown): Session['consent'] {
  const { discharge } = typeof needs === 'object' && needs !== null ? objectOf(needs) : {};
  if (typeof discharge !== 'object' || discharge === null) return null;
  return objectOf(discharge).state === 'possible' ? 'possible' : 'notPossible';
}

export function readMoney(cost: unknown, currency: unknown): Money | null {
  if (cost === undefined || cost === null) return null;
  const { amount, currency: own } = typeof cost === 'object' ? objectOf(cost) : { amount: cost, currency };
  return typeof amount === 'string' && typeof own === 'string' ? { amount, currency: own } : null;
}

export function readLoadPoint(json: unknown): LoadPoint {
  const row = objectOf(json);
  const atMs = timeOf(row.at ?? row.time ?? row.bucket);
  if (atMs === null) throw new ShapeError('A load point has no time');
  return { atMs, measuredW: numberOf(row.measuredW), allocatedW: numberOf(row.allocatedW), limitW: numberOf(row.limitW) };
}

export function readStory(load: unknown, limits: unknown, shortfalls: unknown, outlook: unknown): SiteStory {
  const { items, violations } = objectOf(load);
  const { limits: ahead, plan } = objectOf(outlook);
  const slots = plan === null || plan === undefined ? [] : arrayOf(objectOf(plan).slots);
  return {
    points: arrayOf(items).map(readLoadPoint),
    violations: arrayOf(objectOf(violations).episodes).map(readViolation),
    commands: arrayOf(objectOf(limits).items).map(readLimitCommand),
    shortfalls: arrayOf(objectOf(shortfalls).items).flatMap(readShortfall),
    limitsAhead: arrayOf(ahead)
      .flatMap(readStep('limitW'))
      .map(([atMs, limitW]) => ({ atMs, limitW })),
    plan: slots.flatMap(readStep('powerW')).map(([atMs, powerW]) => ({ atMs, powerW })),
  };
}

const readStep =
  (field: string) =>
  (json: unknown): readonly (readonly [atMs: number, value: number])[] => {
    const row = objectOf(json);
    const [atMs, value] = [timeOf(row.at), numberOf(row[field])];
    return atMs === null || value === null ? [] : [[atMs, value]];
  };

function readViolation(json: unknown): Violation {
  const row = objectOf(json);
  return {
    nodeId: textOf(row.nodeId, 'nodeId'),
    phase: textOf(row.phase, 'phase'),
    isFedBack: row.direction === 'export',
    sinceMs: timeOf(row.since) ?? 0,
    endedAtMs: timeOf(row.endedAt),
    limitA: numberOf(row.limitA) ?? 0,
    flowA: numberOf(row.flowA) ?? 0,
    seconds: numberOf(row.seconds) ?? 0,
    energyAboveWh: numberOf(row.energyAboveWh) ?? 0,
    reasons: arrayOf(row.reasons).map((each) => {
      const reason = objectOf(each);
      return {
        kind: textOf(reason.kind, 'kind'),
        stationId: typeof reason.stationId === 'string' ? reason.stationId : null,
        evseId: numberOf(reason.evseId),
        source: typeof reason.source === 'string' ? reason.source : null,
        loadA: numberOf(reason.loadA),
      };
    }),
  };
}

export function readLimitCommand(json: unknown): LimitCommand {
  const row = objectOf(json);
  const tight = row.tight === null || row.tight === undefined ? null : objectOf(row.tight);
  const seen = row.seen === null || row.seen === undefined ? {} : objectOf(row.seen);
  return {
    commandId: textOf(row.commandId, 'commandId'),
    stationId: textOf(row.stationId, 'stationId'),
    evseId: numberOf(row.evseId) ?? 0,
    slot: typeof row.slot === 'string' ? row.slot : '',
    limitA: numberOf(row.limitA) ?? 0,
    cause: typeof row.cause === 'string' ? row.cause : '',
    outcome: typeof row.outcome === 'string' ? row.outcome : '',
    heldBy: HELD_BY.find((each) => each === row.heldBy) ?? null,
    tight: tight && {
      nodeId: textOf(tight.nodeId, 'nodeId'),
      phase: textOf(tight.phase, 'phase'),
      limitedBy: typeof tight.limitedBy === 'string' ? tight.limitedBy : 'site',
      limitA: numberOf(tight.limitA),
    },
    cars: numberOf(seen.cars) ?? 0,
    waiting: Array.isArray(seen.waiting) ? seen.waiting.length : 0,
    capA: numberOf(seen.capA),
    planLapsed: typeof seen.planLapsedAt === 'string',
    atMs: timeOf(row.requestedAt) ?? 0,
  };
}

function readShortfall(json: unknown): readonly Shortfall[] {
  const row = objectOf(json);
  if (row.isOver === true) return [];
  return [
    {
      nodeId: textOf(row.nodeId, 'nodeId'),
      phase: textOf(row.phase, 'phase'),
      limitA: numberOf(row.limitA) ?? 0,
      committedA: numberOf(row.committedA) ?? 0,
    },
  ];
}

/** Reads one message of the feed. A name or body this page does not know becomes the advice to read the list again. */
export function readFeedEvent(name: string, data: string): FeedEvent | null {
  const body: unknown = data === '' ? null : JSON.parse(data);
  const row = typeof body === 'object' && body !== null && !Array.isArray(body) ? objectOf(body) : {};
  const kind = name === 'message' && typeof row.type === 'string' ? row.type : name;
  switch (kind) {
    case 'site':
      return 'root' in row ? { type: 'SiteChanged', site: readSite(row) } : { type: 'Outdated', resource: 'sites' };
    case 'station':
      return 'evses' in row && 'siteId' in row
        ? { type: 'StationChanged', station: readStation(row) }
        : { type: 'Outdated', resource: 'stations' };
    case 'session':
      return 'startedAt' in row ? { type: 'SessionChanged', session: readSession(row) } : { type: 'Outdated', resource: 'sessions' };
    case 'load':
      return 'measuredW' in row
        ? { type: 'LoadMeasured', siteId: textOf(row.siteId, 'siteId'), point: readLoadPoint(row) }
        : { type: 'Outdated', resource: 'load' };
  }
  const resource = OUTDATED.find(([pattern]) => pattern.test(kind))?.[1];
  return resource === undefined ? null : { type: 'Outdated', resource };
}

const OUTDATED: readonly (readonly [RegExp, Resource])[] = [
  [/session|transaction|cost|charge-?record|cdr/i, 'sessions'],
  [/load|measure|meter/i, 'load'],
  [/station|evse|connector|limit|profile|command/i, 'stations'],
  [/site/i, 'sites'],
];

function objectOf(json: unknown): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new ShapeError('Expected an object');
  return json as Record<string, unknown>;
}
function arrayOf(json: unknown): readonly unknown[] {
  if (!Array.isArray(json)) throw new ShapeError('Expected a list');
  return json;
}
function textOf(json: unknown, field: string): string {
  if (typeof json !== 'string' || json === '') throw new ShapeError(`${field} is missing`);
  return json;
}
/** Databases hand wide numbers over as text; both are read. */
function numberOf(json: unknown): number | null {
  const value = typeof json === 'string' && json.trim() !== '' ? Number(json) : json;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
function timeOf(json: unknown): number | null {
  if (typeof json !== 'string') return null;
  const ms = Date.parse(json);
  return Number.isNaN(ms) ? null : ms;
}
