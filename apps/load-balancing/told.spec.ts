// What listeners and rows are told: wanted and committed apart, the reason of every limit, shortfalls while they last.
import { describe, expect, it } from '@jest/globals';
import type { CommandRequested, LimitsDecided, Recorded, ShortfallReported, SiteEvent } from '#contracts';
import { siteFold } from './decide.js';
import { type Site, site } from './site.fixture.js';
import { projectSite } from './tables.js';

const limitsTold = (it: Site): readonly LimitsDecided['evses'][number][] =>
  it.told.filter(({ type }) => type === 'LimitsDecided').flatMap(({ data }) => (data as LimitsDecided).evses);
const shortfalls = (it: Site): readonly ShortfallReported[] =>
  it.told.filter(({ type }) => type === 'ShortfallReported').map(({ data }) => data as ShortfallReported);
const cut = (it: Site, limitA: number): void =>
  it.put('GridLimitReceived', {
    limitId: 'g',
    source: 'dso',
    schedule: [{ startsAt: new Date(it.nowMs).toISOString(), limitA }],
    expiresAt: new Date(it.nowMs + 3_600_000).toISOString(),
  });

describe('what is told of a plan', () => {
  it('keeps apart what the split gives and what might be drawn', () => {
    const it = site(['A']);
    it.start('A', 1);
    it.pass(60_000);
    it.answer = () => 'silence';
    cut(it, 8);
    expect(limitsTold(it).at(-1)).toMatchObject({ stationId: 'A', evseId: 1, limitMa: 8_000, committedMa: 20_000 });
  });

  it('names cause, share and the full node in every limit that is sent', () => {
    const it = site(['A', 'B']);
    it.start('A', 1);
    it.start('B', 2);
    it.pass(60_000);
    const last = it.told.map(({ data }) => (data as CommandRequested).grant).findLast((grant) => grant?.why?.cause === 'raise');
    expect(last?.why).toMatchObject({ wantedMa: 10_000, tight: { nodeId: 'grid', phase: 'L1', limitMa: 20_000 } });
  });

  it('does not repeat what has not changed', () => {
    const it = site(['A', 'B']);
    it.start('A', 1);
    it.pass(120_000);
    const before = limitsTold(it).length;
    it.pass(600_000);
    expect(limitsTold(it).slice(before)).toEqual([]);
  });

  it('reports a shortfall once, and that it is over', () => {
    const it = site(['A']);
    it.start('A', 1);
    it.pass(60_000);
    // While its default was being installed the station might have drawn its rating.
    const { length } = shortfalls(it);
    it.answer = () => 'silence';
    cut(it, 8);
    it.pass(20_000);
    expect(
      shortfalls(it)
        .slice(length)
        .map(({ phase, isOver, limitMa, committedMa }) => ({ phase, isOver, limitMa, committedMa })),
    ).toEqual(['L1', 'L2', 'L3'].map((phase) => ({ phase, isOver: false, limitMa: 8_000, committedMa: 20_000 })));
    it.answer = () => 'Accepted';
    it.pass(60_000);
    expect(shortfalls(it).slice(length + 3)).toMatchObject([{ isOver: true }, { isOver: true }, { isOver: true }]);
    expect(it.state.shortfalls).toEqual([]);
  });

  it('makes rows of exactly the EVSEs it names', () => {
    const it = site(['A', 'B'], 40);
    it.start('A', 1);
    it.pass(60_000);
    const before = it.state;
    const input = {
      id: 'x',
      type: 'GridLimitReceived',
      time: new Date(it.nowMs).toISOString(),
      at: { topic: 'site-events', partition: 0, offset: 999 },
      data: {
        limitId: 'g',
        source: 'dso',
        schedule: [{ startsAt: new Date(it.nowMs).toISOString(), limitA: 8 }],
        expiresAt: new Date(it.nowMs + 3_600_000).toISOString(),
      },
    } as unknown as Recorded<SiteEvent>;
    const outputs = siteFold.decide(before, input);
    const rows = projectSite({ aggregate: 't/s', before, after: siteFold.evolve(before, input, outputs), input, outputs });
    const limits = rows.filter(({ table }) => table.name === 'evse_limits').map(({ row }) => row);
    expect(limits).toMatchObject([{ station_id: 'A', evse_id: 1, limit_ma: 8_000, committed_ma: 32_000 }]);
    expect(rows.some(({ table, row }) => table.name === 'limit_commands' && row.cause === 'lower')).toBe(true);
    expect(rows.filter(({ table }) => table.name === 'limit_shortfalls')).toHaveLength(3);
  });
});
