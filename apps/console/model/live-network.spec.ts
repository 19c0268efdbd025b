import { afterEach, expect, it } from '@jest/globals';
import { ApiError } from '../api/errors.js';
import type { Api } from '../api/http-api.js';
import type { LoadPoint } from '../api/network-shapes.js';
import { type LiveNetwork, liveNetwork } from './live-network.js';
import { WINDOW_MS } from './load-series.js';
import { createStore, type Store } from './store.js';

const site = { siteId: 'depot', name: 'Depot', timeZone: 'UTC', voltageV: 230, root: null };
let stop = new AbortController();
afterEach(() => {
  stop.abort();
  stop = new AbortController();
});

/** An api with one site whose feed says what the test says. */
function play(overrides: Partial<Api> = {}) {
  const feed = new TransformStream<Uint8Array, Uint8Array>();
  const writer = feed.writable.getWriter();
  const reports: string[] = [];
  const asked: { fromMs: number; toMs: number }[] = [];
  const api: Api = {
    ask: () => ({
      read: async () => null,
      readAllowed: async () => null,
      readFile: async () => ({ text: '', sha256: null }),
      post: async () => null,
      put: async () => null,
      remove: async () => undefined,
      replace: async () => null,
      file: async () => new Blob(),
      postTable: async () => null,
    }),
    clockOffsetMs: () => 0,
    recordsLeft: createStore(0),
    may: async () => new Set(['GET /v1/sites']),
    sites: async () => [site],
    stations: async () => [],
    certificates: async () => [],
    devices: async () => ({ campaigns: [], events: [], stations: [] }),
    station: () => Promise.reject(new Error('nobody looks at one')),
    messages: async () => ({ messages: [], nextCursor: null }),
    holdings: async () => [],
    uptime: async () => null,
    explainUptime: () => Promise.reject(new Error('not asked for here')),
    judgeOutage: async () => undefined,
    activeSessions: async () => [],
    load: async (_siteId, fromMs, toMs) => {
      asked.push({ fromMs, toMs });
      return [{ atMs: fromMs + 1_000, measuredW: 5_000, allocatedW: null, limitW: null }];
    },
    story: async () => ({ points: [], violations: [], commands: [], shortfalls: [], limitsAhead: [], plan: [] }),
    events: async () => feed.readable,
    ...overrides,
  };
  const live = liveNetwork(
    api,
    { pause: async () => undefined, wake: () => undefined, hidden: () => false, report: (what: string) => void reports.push(what) },
    stop.signal,
  );
  const say = (name: string, row: unknown) => writer.write(new TextEncoder().encode(`event: ${name}\ndata: ${JSON.stringify(row)}\n\n`));
  return { live, say, asked, reports };
}

/** Resolves with the first value that passes. */
const until = <T>(store: Store<T>, passes: (value: T) => boolean): Promise<T> =>
  new Promise((resolve) => {
    const look = () => passes(store.get()) && resolve(store.get());
    store.subscribe(look);
    look();
  });
const loadOf = (live: LiveNetwork): readonly LoadPoint[] => live.network.get().load.get('depot') ?? [];

it('asks for the whole window even when points of the feed came first', async () => {
  const { live, say, asked } = play();
  await until(live.network, ({ readAtMs }) => readAtMs !== null);
  void say('load', { siteId: 'depot', at: new Date().toISOString(), measuredW: 7_000, limitW: 9_000, allocatedW: 8_000 });
  await until(live.network, () => loadOf(live).length === 1);
  live.watchLoad('depot');
  await until(live.network, () => loadOf(live).length === 2);
  expect(asked).toHaveLength(1);
  expect((asked[0]?.toMs ?? 0) - (asked[0]?.fromMs ?? 0)).toBeGreaterThanOrEqual(WINDOW_MS);
  expect(loadOf(live).map(({ measuredW }) => measuredW)).toEqual([5_000, 7_000]);
});

it('reads a list again when the feed only says that something happened, and outlives a message it cannot read', async () => {
  let stations = 0;
  const { live, say, reports } = play({
    stations: async () => [
      {
        stationId: `s${++stations}`,
        siteId: 'depot',
        online: true,
        lostAtMs: null,
        ocppVersion: null,
        model: null,
        firmwareVersion: null,
        lastSeenAtMs: null,
        alarms: [],
        evses: [],
      },
    ],
  });
  await until(live.network, (network) => network.stations.has('s1'));
  void say('message', { type: 'StationConnected' });
  await until(live.network, (network) => network.stations.has('s2'));
  void say('station', { siteId: 'depot', evses: [], stationId: 7 });
  await until(live.network, (network) => network.stations.has('s3'));
  expect(reports).toEqual(['The feed message station could not be read']);
  expect(live.feed.get()).toEqual({ kind: 'Live' });
});

it('says why a site’s load cannot be read, and takes that back', async () => {
  let broken = true;
  const { live } = play({
    load: async () => {
      if (broken) throw new ApiError(503, 'starting');
      return [];
    },
  });
  const unwatch = live.watchLoad('depot');
  await until(live.loadProblems, (problems) => problems.get('depot') === 'starting');
  unwatch();
  broken = false;
  live.watchLoad('depot');
  await until(live.loadProblems, (problems) => problems.size === 0);
});

it('reads everything again, and the load of the whole window, once no rows are missing any more', async () => {
  const recordsLeft = createStore(700);
  let sites = 0;
  const { live, asked } = play({ recordsLeft, sites: async () => [{ ...site, siteId: `site${++sites}` }] });
  live.watchLoad('depot');
  await until(live.network, (network) => network.sites.has('site1') && loadOf(live).length > 0);
  const before = asked.length;
  recordsLeft.set(1);
  recordsLeft.set(0);
  await until(live.network, (network) => network.sites.has('site2'));
  const { fromMs, toMs } = asked[before] ?? { fromMs: 0, toMs: 0 };
  expect([asked.length - before, toMs - fromMs >= WINDOW_MS]).toEqual([1, true]);
});
