// Keeps the network state fresh: a snapshot whenever the feed opens, then the feed; what the feed only hints at is read again.
// How changes fold is network-state.ts, how the feed is kept open is feed/. Nothing here draws.

import type { DeviceOverview } from '../api/device-shapes.js';
import { type FeedEvent, type Resource, readFeedEvent } from '../api/feed-shapes.js';
import type { Certificate, Holding } from '../api/holding-shapes.js';
import type { Api, Ask } from '../api/http-api.js';
import type { MessagePage, StationStory } from '../api/station-shapes.js';
import type { SiteStory } from '../api/story-shapes.js';
import type { UptimeExplanation, UptimeQuery, UptimeTold, Verdicts } from '../api/uptime-shapes.js';
import { type FeedState, type FeedWorld, followFeed } from '../feed/follow-feed.js';
import { WINDOW_MS } from './load-series.js';
import { evolveAll, type NetworkChange, type NetworkState, nothingKnown } from './network-state.js';
import { createStore, type Store } from './store.js';

export interface LiveNetwork {
  readonly network: Store<NetworkState>;
  readonly feed: Store<FeedState>;
  /** When the feed was last lost [ms]; null while it is live and before it first was. */
  readonly lostAtMs: Store<number | null>;
  /** Records that are not in the rows yet: what is shown may not be all; 0 where it is. */
  readonly recordsLeft: Store<number>;
  /** The calls that whoever is signed in is let in to, as `POST /v1/stations/{stationId}/commands`; none until they are known. */
  readonly may: Store<ReadonlySet<string>>;
  /** Why the last reading of a site's load failed; absent while it works. */
  readonly loadProblems: Store<ReadonlyMap<string, string>>;
  /** Now by the server's clock [ms]. */
  nowMs(): number;
  /** Reads a site's last minutes and keeps its load fresh until the returned function is called. */
  watchLoad(siteId: string): () => void;
  /** What happened at a site within [fromMs, toMs) and lies ahead of it. Rejects as the api does. */
  story(siteId: string, fromMs: number, toMs: number, intervalS: number): Promise<SiteStory>;
  /** Certificates of stations that run out within so many days, the next one first. Rejects as the api does. */
  certificates(withinDays: number): Promise<readonly Certificate[]>;
  devices(): Promise<DeviceOverview>;
  /** All that is known of a station, and a page of its messages, newest first. Both reject as the api does. */
  station(stationId: string): Promise<StationStory>;
  messages(stationId: string, action: string | null, cursor: string | null): Promise<MessagePage>;
  /** What stations hold: lists, reservations, messages. Rejects as the api does. */
  holdings(): Promise<readonly Holding[]>;
  /** Uptime of ports; null where none was in service. Each rejects as the api does. */
  uptime(query: UptimeQuery): Promise<UptimeTold | null>;
  explainUptime(stationId: string, evseId: string, query: UptimeQuery): Promise<UptimeExplanation>;
  judgeOutage(outageId: string, verdict: Verdicts): Promise<void>;
  /** For pages that read what nobody else needs. */
  readonly ask: Ask;
  /** Ends a pause between attempts. */
  retryNow(): void;
}

/** Changes that arrive within this time reach the page together [ms]. */
const BATCH_MS = 200;
/** A list that the feed says is outdated is read again at most this often [ms]. */
const REREAD_MS = 1_000;
/** The buckets asked of the load history [s], and how often a site is asked whose points do not come by the feed [ms]. */
const BUCKET_S = 5;
const POLL_MS = 5_000;
/** Everything is read again this often, so that nothing missed stays wrong [ms]. */
const RESYNC_MS = 60_000;

/** What the browser tells and lets us do. */
export interface Browser {
  /** Resolves after `ms`, or earlier when `wake` is called, the network comes back, or the page is shown again. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
  wake(): void;
  /** Nobody can see the page: the feed goes on, asking does not. */
  hidden(): boolean;
  /** For whoever looks into the console of the browser: something went wrong that repairs itself. */
  report(what: string, error: unknown): void;
}

export function liveNetwork(api: Api, browser: Browser, signal: AbortSignal): LiveNetwork {
  const network = createStore(nothingKnown);
  const feed = createStore<FeedState>({ kind: 'Connecting' });
  const lostAtMs = createStore<number | null>(null);
  const may = createStore<ReadonlySet<string>>(new Set());
  const loadProblems = createStore<ReadonlyMap<string, string>>(new Map());
  const nowMs = () => Date.now() + api.clockOffsetMs();

  let pending: NetworkChange[] = [];
  const flush = () => {
    const changes = pending;
    pending = [];
    network.set(evolveAll(network.get(), changes, nowMs()));
  };
  const apply = (change: NetworkChange) => {
    if (pending.push(change) === 1) setTimeout(flush, BATCH_MS);
  };

  const readSites = async (during: AbortSignal) => apply({ type: 'SitesRead', sites: await api.sites(during) });
  const readStations = async (during: AbortSignal) => apply({ type: 'StationsRead', stations: await api.stations(during) });
  const readSessions = async (during: AbortSignal) => apply({ type: 'SessionsRead', sessions: await api.activeSessions(during) });
  const readAll = async (during: AbortSignal) => {
    await Promise.all([readSites(during), readStations(during), readSessions(during)]);
    apply({ type: 'AllRead' });
  };

  // Load: the feed's points where it has them, else the history asked again and again.
  const watched = new Map<string, number>();
  const fedAtMs = new Map<string, number>();
  const readToMs = new Map<string, number>();
  const setProblem = (siteId: string, reason: string | null) => {
    const problems = new Map(loadProblems.get());
    if (reason === null ? problems.delete(siteId) : problems.set(siteId, reason)) loadProblems.set(problems);
  };
  const readLoad = async (siteId: string) => {
    const toMs = nowMs();
    // Since the last reading, whatever the feed brought meanwhile; two buckets back, as the youngest may still have been filling then.
    const fromMs = Math.max(toMs - WINDOW_MS, (readToMs.get(siteId) ?? 0) - 2_000 * BUCKET_S);
    try {
      const points = await api.load(siteId, fromMs, toMs + 1_000 * BUCKET_S, BUCKET_S, signal);
      readToMs.set(siteId, toMs);
      apply({ type: 'LoadRead', siteId, points });
      setProblem(siteId, null);
    } catch (error) {
      if (!signal.aborted) setProblem(siteId, error instanceof Error ? error.message : String(error));
    }
  };
  const pollLoad = () => {
    if (feed.get().kind !== 'Live' || browser.hidden()) return;
    for (const siteId of watched.keys()) if (nowMs() - (fedAtMs.get(siteId) ?? 0) > POLL_MS) void readLoad(siteId);
  };

  const outdated = new Set<Resource>();
  let attempt: AbortSignal = signal;
  const reread = () => {
    const resources = [...outdated];
    outdated.clear();
    const reading: Record<Resource, () => Promise<unknown>> = {
      sites: () => readSites(attempt),
      stations: () => readStations(attempt),
      sessions: () => readSessions(attempt),
      load: async () => pollLoad(),
    };
    void guarded(() => Promise.all(resources.map((resource) => reading[resource]())));
  };
  /** A failed re-reading shows in the age of what is displayed; the resync or the next opening of the feed repairs it. */
  const guarded = async (read: () => Promise<unknown>) => {
    try {
      await read();
    } catch (error) {
      if (!attempt.aborted) browser.report('Re-reading the network failed', error);
    }
  };
  const heard = (event: FeedEvent | null) => {
    if (event === null) return;
    if (event.type === 'Outdated') {
      if (outdated.size === 0) setTimeout(reread, REREAD_MS);
      outdated.add(event.resource);
      return;
    }
    if (event.type === 'LoadMeasured') fedAtMs.set(event.siteId, nowMs());
    apply(event);
  };

  const world: FeedWorld = {
    open: (lastEventId, during) => api.events(lastEventId, during),
    pause: browser.pause,
    alarm: (ms, act) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
    nowMs: () => Date.now(),
    random: Math.random,
  };
  void followFeed(
    world,
    {
      state: (state) => {
        if (state.kind === 'Live') lostAtMs.set(null);
        else if (feed.get().kind === 'Live') lostAtMs.set(nowMs());
        feed.set(state);
      },
      opened: async (during) => {
        attempt = during;
        void guarded(async () => may.set(await api.may(during)));
        await readAll(during);
        for (const siteId of watched.keys()) void readLoad(siteId);
      },
      message: ({ name, data }) => {
        try {
          heard(readFeedEvent(name, data));
        } catch (error) {
          // One message nobody understands must not cost the feed: what it was about is read again.
          browser.report(`The feed message ${name} could not be read`, error);
          for (const resource of ['stations', 'sessions'] as const) heard({ type: 'Outdated', resource });
        }
      },
    },
    signal,
  );

  const timers = [
    setInterval(pollLoad, POLL_MS),
    // How many records are left is told with what is asked.
    setInterval(() => {
      if (api.recordsLeft.get() > 0 && !browser.hidden()) void guarded(() => readSites(attempt));
    }, POLL_MS),
    setInterval(() => {
      if (feed.get().kind === 'Live' && !browser.hidden()) void guarded(() => readAll(attempt));
    }, RESYNC_MS),
  ];
  signal.addEventListener('abort', () => timers.forEach(clearInterval), { once: true });
  // What was read while rows were missing is not all.
  signal.addEventListener(
    'abort',
    api.recordsLeft.subscribe(() => {
      if (api.recordsLeft.get() > 0) return;
      void guarded(() => readAll(attempt));
      readToMs.clear();
      for (const siteId of watched.keys()) void readLoad(siteId);
    }),
    { once: true },
  );

  return {
    network,
    feed,
    lostAtMs,
    may,
    loadProblems,
    recordsLeft: api.recordsLeft,
    nowMs,
    retryNow: browser.wake,
    ask: api.ask(signal),
    story: (siteId, fromMs, toMs, intervalS) => api.story(siteId, fromMs, toMs, intervalS, signal),
    holdings: () => api.holdings(signal),
    uptime: (query) => api.uptime(query, signal),
    explainUptime: (stationId, evseId, query) => api.explainUptime(stationId, evseId, query, signal),
    judgeOutage: (outageId, verdict) => api.judgeOutage(outageId, verdict, signal),
    certificates: (withinDays) => api.certificates(withinDays, signal),
    devices: () => api.devices(signal),
    station: (stationId) => api.station(stationId, signal),
    messages: (stationId, action, cursor) => api.messages(stationId, action, cursor, signal),
    watchLoad: (siteId) => {
      watched.set(siteId, (watched.get(siteId) ?? 0) + 1);
      void readLoad(siteId);
      return () => {
        const others = (watched.get(siteId) ?? 1) - 1;
        if (others === 0) watched.delete(siteId);
        else watched.set(siteId, others);
      };
    },
  };
}
