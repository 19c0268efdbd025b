// What the page knows of the network, folded from snapshots and from the feed.
// Asking for them is live-network.ts; showing them is pages/.
import type { FeedEvent } from '../api/feed-shapes.js';
import type { HeldBy, LoadPoint, Session, Site, Station } from '../api/network-shapes.js';
import { EVSE_STATES, type EvseState, evseState } from './evse-state.js';
import { isAbove, mergePoints, summarise } from './load-series.js';

export interface NetworkState {
  /** When the last whole snapshot was read [ms]; null before the first. */
  readonly readAtMs: number | null;
  readonly sites: ReadonlyMap<string, Site>;
  readonly stations: ReadonlyMap<string, Station>;
  readonly sessions: ReadonlyMap<string, Session>;
  readonly load: ReadonlyMap<string, readonly LoadPoint[]>;
}

export type NetworkChange =
  | Exclude<FeedEvent, { type: 'Outdated' }>
  | { readonly type: 'SitesRead'; readonly sites: readonly Site[] }
  | { readonly type: 'StationsRead'; readonly stations: readonly Station[] }
  | { readonly type: 'SessionsRead'; readonly sessions: readonly Session[] }
  | { readonly type: 'LoadRead'; readonly siteId: string; readonly points: readonly LoadPoint[] }
  | { readonly type: 'AllRead' };

export const nothingKnown: NetworkState = { readAtMs: null, sites: new Map(), stations: new Map(), sessions: new Map(), load: new Map() };

/** Total: every change makes sense in every state. Lists replace, rows amend; a row older than the one held changes nothing. */
export function evolve(state: NetworkState, change: NetworkChange, nowMs: number): NetworkState {
  switch (change.type) {
    case 'SitesRead':
      return { ...state, sites: byKey(change.sites, ({ siteId }) => siteId) };
    case 'StationsRead':
      return { ...state, stations: byKey(change.stations, ({ stationId }) => stationId) };
    case 'SessionsRead':
      return {
        ...state,
        sessions: byKey(
          change.sessions.filter(({ active }) => active),
          ({ sessionId }) => sessionId,
        ),
      };
    case 'AllRead':
      return { ...state, readAtMs: nowMs };
    case 'SiteChanged':
      return { ...state, sites: new Map(state.sites).set(change.site.siteId, change.site) };
    case 'StationChanged': {
      const held = state.stations.get(change.station.stationId);
      if ((held?.lastSeenAtMs ?? 0) > (change.station.lastSeenAtMs ?? 0)) return state;
      return { ...state, stations: new Map(state.stations).set(change.station.stationId, change.station) };
    }
    case 'SessionChanged': {
      const sessions = new Map(state.sessions);
      if (change.session.active) sessions.set(change.session.sessionId, change.session);
      else sessions.delete(change.session.sessionId);
      return { ...state, sessions };
    }
    case 'LoadMeasured':
      return withLoad(state, change.siteId, [change.point], nowMs);
    case 'LoadRead':
      return withLoad(state, change.siteId, change.points, nowMs);
  }
}

function withLoad(state: NetworkState, siteId: string, points: readonly LoadPoint[], nowMs: number): NetworkState {
  return { ...state, load: new Map(state.load).set(siteId, mergePoints(state.load.get(siteId) ?? [], points, nowMs)) };
}

const byKey = <T>(rows: readonly T[], key: (row: T) => string): ReadonlyMap<string, T> => new Map(rows.map((row) => [key(row), row]));

export interface NetworkSummary {
  readonly sites: number;
  readonly stations: number;
  readonly stationsOnline: number;
  readonly sessions: number;
  readonly evses: number;
  /** Σ of the sites' load; a site without a fresh measurement counts what its outlets report [W]. */
  readonly loadW: number;
  /** Σ of the sites' limits; null when no site has told one [W]. */
  readonly limitW: number | null;
  readonly sitesAboveLimit: number;
  readonly byState: Readonly<Record<EvseState, number>>;
}

export function summariseNetwork(state: NetworkState, nowMs: number): NetworkSummary {
  const byState = Object.fromEntries(EVSE_STATES.map((each) => [each, 0])) as Record<EvseState, number>;
  const reportedW = new Map<string | null, number>();
  let evses = 0;
  for (const station of state.stations.values()) {
    for (const evse of station.evses) {
      evses += 1;
      byState[evseState(station, evse)] += 1;
      if (station.online) reportedW.set(station.siteId, (reportedW.get(station.siteId) ?? 0) + (evse.powerW ?? 0));
    }
  }
  let loadW = 0;
  let limitW: number | null = null;
  let sitesAboveLimit = 0;
  const siteIds = new Set<string | null>([...state.sites.keys(), ...reportedW.keys()]);
  for (const siteId of siteIds) {
    const site = siteId === null ? undefined : state.sites.get(siteId);
    const load = summarise(siteId === null ? [] : (state.load.get(siteId) ?? []), nowMs);
    const siteW = load.stale || load.measuredW === null ? (reportedW.get(siteId) ?? 0) : load.measuredW;
    const siteLimitW = load.limitW ?? (site === undefined ? null : ratedLimitW(site));
    loadW += siteW;
    if (siteLimitW !== null) limitW = (limitW ?? 0) + siteLimitW;
    if (siteLimitW !== null && isAbove(siteW, siteLimitW)) sitesAboveLimit += 1;
  }
  const stationsOnline = [...state.stations.values()].filter(({ online }) => online).length;
  return {
    sites: state.sites.size,
    stations: state.stations.size,
    stationsOnline,
    sessions: state.sessions.size,
    evses,
    loadW,
    limitW,
    sitesAboveLimit,
    byState,
  };
}

/** What the grid connection of a site is configured for, all phases together [W]; null without a tree. */
export function ratedLimitW(site: Site): number | null {
  if (site.root === null) return null;
  const { limitA, phases } = site.root;
  const sumA = typeof limitA === 'number' ? limitA * phases : limitA.reduce((sum, each) => sum + each, 0);
  return sumA * site.voltageV;
}

export type StationGroups = ReadonlyMap<string | null, readonly Station[]>;
const byNumber = new Intl.Collator('en', { numeric: true });

/** Stations of each site in the order of their ids; `null` holds those that belong to no site the page knows. A site of which nothing is new keeps its list of `before`. */
export function stationsBySite(state: Pick<NetworkState, 'stations' | 'sites'>, before: StationGroups = new Map()): StationGroups {
  const groups = new Map<string | null, Station[]>();
  for (const station of [...state.stations.values()].sort((a, b) => byNumber.compare(a.stationId, b.stationId))) {
    const siteId = station.siteId !== null && state.sites.has(station.siteId) ? station.siteId : null;
    const group = groups.get(siteId);
    if (group === undefined) groups.set(siteId, [station]);
    else group.push(station);
  }
  const isSame = (old: readonly Station[], group: readonly Station[]): boolean =>
    old.length === group.length && group.every((station, index) => station === old[index]);
  return new Map(
    [...groups].map(([siteId, group]) => {
      const old = before.get(siteId);
      return [siteId, old !== undefined && isSame(old, group) ? old : group];
    }),
  );
}

/** A running session together with what its outlet reports, where the session row itself does not say. */
export interface RunningSession extends Session {
  readonly heldBy: HeldBy | null;
  readonly online: boolean;
  readonly siteName: string | null;
  /** Of its site: a session is told in the time of the place where it happens. */
  readonly timeZone: string | null;
}

export function runningSessions(state: NetworkState): readonly RunningSession[] {
  return [...state.sessions.values()].map((session) => {
    const station = state.stations.get(session.stationId);
    const evse = station?.evses.find(
      ({ sessionId, evseId }) => sessionId === session.sessionId || (session.evseId !== null && evseId === session.evseId),
    );
    const siteId = session.siteId ?? station?.siteId ?? null;
    const site = siteId === null ? undefined : state.sites.get(siteId);
    return {
      ...session,
      siteId,
      evseId: session.evseId ?? evse?.evseId ?? null,
      powerW: session.powerW ?? evse?.powerW ?? null,
      limitA: session.limitA ?? evse?.limitA ?? null,
      heldBy: evse?.heldBy ?? null,
      online: station?.online ?? false,
      siteName: site?.name ?? siteId,
      timeZone: site?.timeZone ?? null,
    };
  });
}
