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
export const evolve = (state: NetworkState, change: NetworkChange, nowMs: number): NetworkState => evolveAll(state, [change], nowMs);

/** Changes in their order; however many there are, each map is copied once. */
export function evolveAll(before: NetworkState, changes: readonly NetworkChange[], nowMs: number): NetworkState {
  let { readAtMs } = before;
  const sites = new CopiedOnce(before.sites);
  const stations = new CopiedOnce(before.stations);
  const sessions = new CopiedOnce(before.sessions);
  const load = new CopiedOnce(before.load);
  const measured = (siteId: string, points: readonly LoadPoint[]) =>
    load.copy().set(siteId, mergePoints(load.held.get(siteId) ?? [], points, nowMs));
  for (const change of changes)
    switch (change.type) {
      case 'SitesRead':
        sites.replace(change.sites, ({ siteId }) => siteId);
        break;
      case 'StationsRead':
        stations.replace(change.stations, ({ stationId }) => stationId);
        break;
      case 'SessionsRead':
        sessions.replace(
          change.sessions.filter(({ active }) => active),
          ({ sessionId }) => sessionId,
        );
        break;
      case 'AllRead':
        readAtMs = nowMs;
        break;
      case 'SiteChanged':
        sites.copy().set(change.site.siteId, change.site);
        break;
      case 'StationChanged': {
        const { stationId, lastSeenAtMs } = change.station;
        if ((stations.held.get(stationId)?.lastSeenAtMs ?? 0) <= (lastSeenAtMs ?? 0)) stations.copy().set(stationId, change.station);
        break;
      }
      case 'SessionChanged': {
        const { sessionId, active } = change.session;
        if (active) sessions.copy().set(sessionId, change.session);
        else sessions.copy().delete(sessionId);
        break;
      }
      case 'LoadMeasured':
        measured(change.siteId, [change.point]);
        break;
      case 'LoadRead':
        measured(change.siteId, change.points);
        break;
    }
  return { readAtMs, sites: sites.held, stations: stations.held, sessions: sessions.held, load: load.held };
}

/** A map that is copied when something is first written to it. */
class CopiedOnce<Row> {
  private own: Map<string, Row> | null = null;
  constructor(private readonly given: ReadonlyMap<string, Row>) {}
  get held(): ReadonlyMap<string, Row> {
    return this.own ?? this.given;
  }
  copy(): Map<string, Row> {
    this.own ??= new Map(this.given);
    return this.own;
  }
  replace(rows: readonly Row[], key: (row: Row) => string): void {
    this.own = new Map(rows.map((row) => [key(row), row]));
  }
}

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

/**
 * Stations of each site in the order of their ids; `null` holds those that belong to no site the page knows. A site of which nothing is new keeps its
 * list of `before`; while the same stations are at the same sites, nothing is sorted anew.
 */
export function stationsBySite(state: Pick<NetworkState, 'stations' | 'sites'>, before: StationGroups = new Map()): StationGroups {
  const siteOf = ({ siteId }: Station): string | null => (siteId !== null && state.sites.has(siteId) ? siteId : null);
  const kept = new Map([...before].map(([siteId, group]) => [siteId, renewed(group, state.stations)]));
  const all = [...kept.values()].flat();
  const isSameOrder =
    all.length === state.stations.size &&
    [...kept].every(([siteId, group]) => group.every((each) => each !== undefined && siteOf(each) === siteId));
  if (isSameOrder) return kept as StationGroups;
  const sorted = [...state.stations.values()].sort((a, b) => byNumber.compare(a.stationId, b.stationId));
  return new Map(
    [...Map.groupBy(sorted, siteOf)].map(([siteId, group]) => {
      const old = before.get(siteId) ?? [];
      return [siteId, old.length === group.length && group.every((each, index) => each === old[index]) ? old : group];
    }),
  );
}

/** The same stations as they are now; the list itself where none of them is another. */
function renewed(group: readonly Station[], stations: ReadonlyMap<string, Station>): readonly (Station | undefined)[] {
  const now = group.map(({ stationId }) => stations.get(stationId));
  return now.every((each, index) => each === group[index]) ? group : now;
}

/** Those whose id, model, firmware or site has `text` in it, whatever its capitals; all for an empty one. */
export function stationsSought(stations: readonly Station[], sites: ReadonlyMap<string, Site>, text: string): readonly Station[] {
  const sought = text.trim().toLowerCase();
  if (sought === '') return stations;
  return stations.filter(({ stationId, siteId, model, firmwareVersion }) =>
    [stationId, siteId === null ? null : (sites.get(siteId)?.name ?? siteId), model, firmwareVersion].some((each) =>
      each?.toLowerCase().includes(sought),
    ),
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

const completed = new WeakMap<
  Session,
  { readonly station: Station | undefined; readonly site: Site | undefined; readonly told: RunningSession }
>();

/** A session of which nothing is new, nor of its station and site, is the same object as the last time. */
export function runningSessions(state: NetworkState): readonly RunningSession[] {
  return [...state.sessions.values()].map((session) => {
    const station = state.stations.get(session.stationId);
    const siteId = session.siteId ?? station?.siteId ?? null;
    const site = siteId === null ? undefined : state.sites.get(siteId);
    const before = completed.get(session);
    if (before !== undefined && before.station === station && before.site === site) return before.told;
    const told = completedBy(session, station, site);
    completed.set(session, { station, site, told });
    return told;
  });
}

function completedBy(session: Session, station: Station | undefined, site: Site | undefined): RunningSession {
  const evse = station?.evses.find(
    ({ sessionId, evseId }) => sessionId === session.sessionId || (session.evseId !== null && evseId === session.evseId),
  );
  const siteId = session.siteId ?? station?.siteId ?? null;
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
}
