// What held when, in rows: versions of the configuration, and limits of the grid step by step.
// What follows from them for stations is in owner.spec.ts.
import { expect, it } from '@jest/globals';
import type { Recorded, SiteEvent } from '#contracts';
import { gridLimitRows, supersededRows, versionRows } from './history.js';
import { evse, site } from './site.fixture.js';
import { newSite } from './state.js';

const accepted = (version: number, change: object) => ({
  topic: 'site-events' as const,
  type: 'ConfigurationAccepted',
  data: { requestId: 'r', version, change },
});

it('keeps every accepted version of a site and its stations, and when a station left', () => {
  const config = { stationId: 'A', siteId: 's', nodeId: 'grid', securityProfile: 1, evses: [evse] };
  const outputs = [
    accepted(1, { kind: 'site', config: { siteId: 's' } }),
    accepted(2, { kind: 'station', config, assignmentSeq: 1 }),
    accepted(3, { kind: 'stationRemoved', stationId: 'A' }),
    { topic: 'balancing-events' as const, type: 'LimitsDecided', data: {} },
  ];
  const rows = versionRows(newSite('t/s'), outputs, '2026-03-01T12:00:00.000Z');
  expect(rows.map(({ table, row }) => [table.name, row.version, row.station_id, row.is_removed])).toEqual([
    ['site_versions', 1, undefined, undefined],
    ['station_versions', 2, 'A', false],
    ['station_versions', 3, 'A', true],
  ]);
});

it('ends each step of a limit where the next begins, and leaves the fallback open', () => {
  const input = {
    type: 'GridLimitReceived',
    tenantId: 't',
    siteId: 's',
    time: '2026-03-01T12:00:00.000Z',
    at: { topic: 'site-events', partition: 0, offset: 7 },
    data: {
      limitId: 'g',
      schedule: [
        { startsAt: '2026-03-01T14:00:00Z', limitA: [20, 16, 20] },
        { startsAt: '2026-03-01T13:00:00Z', limitW: 11_000 },
      ],
      expiresAt: '2026-03-01T15:00:00Z',
      fallback: { limitA: 10 },
      source: 'dso',
    },
  } as unknown as Recorded<SiteEvent>;
  const rows = gridLimitRows(input).map(({ row }) => [row.step, row.starts_at, row.ends_at, row.limit_a, row.limit_w, row.is_fallback]);
  expect(rows).toEqual([
    [0, '2026-03-01T13:00:00Z', '2026-03-01T14:00:00Z', null, 11_000, false],
    [1, '2026-03-01T14:00:00Z', '2026-03-01T15:00:00Z', 16, null, false],
    [2, '2026-03-01T15:00:00Z', null, 10, null, true],
  ]);
});

it('tells line by line what a limit allows, and ends no step after the limit itself', () => {
  const input = {
    type: 'GridLimitReceived',
    data: {
      schedule: [
        { startsAt: '2026-03-01T13:00:00Z', limitA: [20, 16, 20] },
        { startsAt: '2026-03-01T16:00:00Z', limitA: 32 },
      ],
      expiresAt: '2026-03-01T15:00:00Z',
      shareSeq: 3,
    },
    at: { offset: 7 },
  } as unknown as Recorded<SiteEvent>;
  expect(gridLimitRows(input).map(({ row }) => row)).toMatchObject([
    { ends_at: '2026-03-01T15:00:00Z', limit_a: 16, lines_a: [20, 16, 20], is_share: true },
    { ends_at: '2026-03-01T15:00:00Z', limit_a: 32, lines_a: null, is_share: true },
  ]);
});

it('tells of a limit of the grid when a later one took its place, and when it was withdrawn', () => {
  const it = site(['A']);
  const superseded: unknown[] = [];
  it.heard = ({ before, after }) => {
    for (const { row } of supersededRows(before, after, 'now')) superseded.push([row.record_offset, row.step, row.superseded_at]);
  };
  const offsetOf = () => it.state.gridLimits.at(-1)?.offset;
  const limit = (limitA: number, more: object = {}) => {
    const iso = (ms: number) => new Date(it.nowMs + ms).toISOString();
    it.put('GridLimitReceived', {
      limitId: `${limitA}`,
      schedule: [{ startsAt: iso(0), limitA }],
      expiresAt: iso(60_000),
      source: 'dso',
      ...more,
    });
    return offsetOf();
  };
  const first = limit(16, { fallback: { limitA: 8 } });
  const share = limit(14, { shareSeq: 1 });
  const second = limit(12);
  it.put('GridLimitWithdrawn', { limitId: '12', requestedBy: 'x' });
  it.put('GridLimitWithdrawn', { limitId: '12', requestedBy: 'x' });
  expect(superseded).toEqual([
    [first, 0, 'now'],
    [first, 1, 'now'],
    [second, 0, 'now'],
  ]);
  // An id is its source's own: another source's under the same one stands on, and so does one at another node.
  const [dso, ven] = [limit(10), limit(10, { source: 'ven' })];
  it.put('GridLimitWithdrawn', { limitId: '10', source: 'dso', nodeId: 'panel', requestedBy: 'x' });
  it.put('GridLimitWithdrawn', { limitId: '10', source: 'dso', nodeId: 'grid', requestedBy: 'x' });
  expect(superseded.slice(3)).toEqual([[dso, 0, 'now']]);
  it.put('GridLimitWithdrawn', { limitId: '10', source: 'ven', requestedBy: 'x' });
  expect(superseded.slice(4)).toEqual([[ven, 0, 'now']]);
  it.put('GridLimitWithdrawn', { limitId: 'any', shareOf: 'dso', requestedBy: 'x' });
  expect(superseded.at(-1)).toEqual([share, 0, 'now']);
  expect(it.state.gridLimits).toEqual([]);
});
