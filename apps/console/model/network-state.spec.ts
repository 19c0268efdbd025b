import { describe, expect, it } from '@jest/globals';
import { readFeedEvent } from '../api/feed-shapes.js';
import type { Session, Site, Station } from '../api/network-shapes.js';
import {
  evolve,
  evolveAll,
  type NetworkChange,
  type NetworkState,
  nothingKnown,
  runningSessions,
  stationsBySite,
  stationsSought,
  summariseNetwork,
} from './network-state.js';

const now = Date.UTC(2026, 5, 1, 12);
const site: Site = {
  siteId: 'depot',
  name: 'Depot',
  timeZone: 'Europe/Berlin',
  voltageV: 230,
  root: { nodeId: 'grid', limitA: 100, phases: 3, children: [] },
};
const station = (stationId: string, change: Partial<Station> = {}): Station => ({
  stationId,
  siteId: 'depot',
  online: true,
  ocppVersion: '2.0.1',
  model: 'Acme One',
  firmwareVersion: '1.0',
  lastSeenAtMs: now,
  lostAtMs: null,
  alarms: [],
  evses: [
    {
      evseId: 1,
      status: 'Charging',
      limitA: 16,
      wantedA: null,
      heldBy: 'cheaperHour',
      waits: null,
      tightAt: null,
      capA: null,
      powerW: 11_000,
      sessionId: `session-${stationId}`,
    },
  ],
  ...change,
});
const session = (stationId: string, change: Partial<Session> = {}): Session => ({
  sessionId: `session-${stationId}`,
  stationId,
  transactionId: null,
  evseId: null,
  siteId: null,
  active: true,
  startedAtMs: now - 60_000,
  energyWh: 183.333,
  powerW: null,
  limitA: null,
  exportedWh: null,
  consent: null,
  cost: { amount: '0.0733', currency: 'EUR' },
  ...change,
});
const stateAfter = (...changes: readonly NetworkChange[]): NetworkState =>
  changes.reduce((state, change) => evolve(state, change, now), nothingKnown);
const snapshot: readonly NetworkChange[] = [
  { type: 'SitesRead', sites: [site] },
  { type: 'StationsRead', stations: [station('a'), station('b', { online: false })] },
  { type: 'SessionsRead', sessions: [session('a')] },
  { type: 'AllRead' },
];

describe('evolve', () => {
  it('keeps the newer of two words about a station, whichever arrives last', () => {
    const older = station('a', { lastSeenAtMs: now - 5_000, alarms: [], evses: [] });
    const state = stateAfter(...snapshot, { type: 'StationChanged', station: older });
    expect(state.stations.get('a')).toEqual(station('a'));
  });

  it('takes a session away when it ends, and adds nothing when that is repeated', () => {
    const ended: NetworkChange = { type: 'SessionChanged', session: session('a', { active: false }) };
    expect(stateAfter(...snapshot, ended)).toEqual(stateAfter(...snapshot, ended, ended));
    expect(stateAfter(...snapshot, ended).sessions.size).toBe(0);
  });

  it('forgets on a snapshot what no longer exists', () => {
    const state = stateAfter(...snapshot, { type: 'StationsRead', stations: [station('b')] });
    expect([...state.stations.keys()]).toEqual(['b']);
  });
});

it('takes many changes at once as it takes them one after the other', () => {
  const changes: readonly NetworkChange[] = [
    ...snapshot,
    { type: 'StationChanged', station: station('c') },
    { type: 'SessionChanged', session: session('c') },
    { type: 'SessionChanged', session: session('a', { active: false }) },
    { type: 'LoadMeasured', siteId: 'depot', point: { atMs: now, measuredW: 1, allocatedW: 2, limitW: 3 } },
  ];
  expect(evolveAll(nothingKnown, changes, now)).toEqual(stateAfter(...changes));
  const held = stateAfter(...snapshot);
  expect(evolveAll(held, [{ type: 'SessionChanged', session: session('c') }], now).stations).toBe(held.stations);
});

describe('summariseNetwork', () => {
  it('falls back to what outlets report and to the configured limit until the site meter speaks', () => {
    expect(summariseNetwork(stateAfter(...snapshot), now)).toMatchObject({
      stations: 2,
      stationsOnline: 1,
      sessions: 1,
      loadW: 11_000,
      limitW: 69_000,
      sitesAboveLimit: 0,
    });
    const point = { atMs: now, measuredW: 71_000, allocatedW: 60_000, limitW: 69_000 };
    const measured = stateAfter(...snapshot, { type: 'LoadMeasured', siteId: 'depot', point });
    expect(summariseNetwork(measured, now)).toMatchObject({ loadW: 71_000, limitW: 69_000, sitesAboveLimit: 1 });
  });

  it('counts outlets by state; those of a silent station are offline', () => {
    expect(summariseNetwork(stateAfter(...snapshot), now).byState).toMatchObject({ charging: 1, offline: 1, free: 0 });
  });
});

it('completes a running session from its outlet', () => {
  expect(runningSessions(stateAfter(...snapshot))).toMatchObject([
    { evseId: 1, powerW: 11_000, limitA: 16, heldBy: 'cheaperHour', siteName: 'Depot', online: true },
  ]);
});

it('orders stations as people count and keeps those without a known site apart', () => {
  const stations = [station('cp10'), station('cp9'), station('x', { siteId: 'elsewhere' })];
  const groups = stationsBySite(stateAfter({ type: 'SitesRead', sites: [site] }, { type: 'StationsRead', stations }));
  expect(groups.get('depot')?.map(({ stationId }) => stationId)).toEqual(['cp9', 'cp10']);
  expect(groups.get(null)?.map(({ stationId }) => stationId)).toEqual(['x']);
});

it('sorts anew when a station goes to another site', () => {
  const others = [site, { ...site, siteId: 'yard' }];
  const first = stateAfter({ type: 'SitesRead', sites: others }, { type: 'StationsRead', stations: [station('a'), station('b')] });
  const stations = new Map(first.stations).set('a', station('a', { siteId: 'yard' }));
  const after = stationsBySite({ ...first, stations }, stationsBySite(first));
  expect([...after].map(([siteId, group]) => [siteId, group.map(({ stationId }) => stationId)])).toEqual([
    ['yard', ['a']],
    ['depot', ['b']],
  ]);
});

it('finds stations by what they are called, where they are and what they are', () => {
  const stations = [station('cp1'), station('cp2', { siteId: null, model: 'Beta Two', firmwareVersion: '2.7' })];
  const found = (text: string) => stationsSought(stations, new Map([['depot', site]]), text).map(({ stationId }) => stationId);
  expect([found(' '), found('CP1'), found('depot'), found('beta'), found('2.7'), found('none')]).toEqual([
    ['cp1', 'cp2'],
    ['cp1'],
    ['cp1'],
    ['cp2'],
    ['cp2'],
    [],
  ]);
});

it('keeps the list of a site of which nothing is new', () => {
  const others = [site, { ...site, siteId: 'yard' }];
  const first = stateAfter(
    { type: 'SitesRead', sites: others },
    { type: 'StationsRead', stations: [station('a'), station('b', { siteId: 'yard' })] },
  );
  const before = stationsBySite(first);
  const stations = new Map(first.stations).set('b', station('b', { siteId: 'yard', online: false }));
  const after = stationsBySite({ ...first, stations }, before);
  expect(after.get('depot')).toBe(before.get('depot'));
  expect(after.get('yard')?.map(({ online }) => online)).toEqual([false]);
});

describe('readFeedEvent', () => {
  it('reads whole rows', () => {
    const data = JSON.stringify({
      stationId: 'a',
      siteId: 'depot',
      online: true,
      ocppVersion: 'ocpp1.6',
      vendor: 'Acme',
      model: 'One',
      firmwareVersion: '1.0',
      lastSeenAt: '2026-06-01T12:00:00Z',
      evses: [],
    });
    expect(readFeedEvent('station', data)).toEqual({ type: 'StationChanged', station: station('a', { ocppVersion: '1.6', evses: [] }) });
  });

  it('takes a name it does not know, or a partial body, as advice to read the list again', () => {
    expect(readFeedEvent('message', '{"type":"SessionEnded","sessionId":"x"}')).toEqual({ type: 'Outdated', resource: 'sessions' });
    expect(readFeedEvent('station', '{"stationId":"a"}')).toEqual({ type: 'Outdated', resource: 'stations' });
    expect(readFeedEvent('MeterValuesReceived', '{}')).toEqual({ type: 'Outdated', resource: 'load' });
    expect(readFeedEvent('weather', '{}')).toBeNull();
  });
});
