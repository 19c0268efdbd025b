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

  it('names, for a car that waits, the node and phase and who has the share there, in the order of admission', () => {
    const it = site(['A', 'B', 'C', 'D'], 14);
    for (const [index, stationId] of ['B', 'A', 'C', 'D'].entries()) {
      it.start(stationId, index + 1);
      it.pass(1_000);
    }
    const last = (stationId: string) => limitsTold(it).findLast((each) => each.stationId === stationId);
    expect(last('C')).toMatchObject({ limitMa: 0, reason: { nodeId: 'grid' }, behind: ['B/1', 'A/1'] });
    expect(last('D')).toMatchObject({ limitMa: 0, behind: ['B/1', 'A/1'] });
    expect(last('A')).not.toHaveProperty('behind');
    it.call('B', 'StopTransaction', { transactionId: 1, meterStop: 1, timestamp: new Date(it.nowMs).toISOString() });
    it.pass(60_000);
    expect(last('C')).not.toHaveProperty('behind');
    expect(last('D')).toMatchObject({ behind: ['A/1', 'C/1'] });
  });

  it('names a cap that something at the site sets, and ends it with that', () => {
    const it = site(['A'], 20, 'ocpp2.0.1');
    const event = { eventType: 'Started', seqNo: 0, triggerReason: 'Authorized', timestamp: new Date(it.nowMs).toISOString() };
    it.call('A', 'TransactionEvent', { ...event, evse: { id: 1, connectorId: 1 }, transactionInfo: { transactionId: 't1' } });
    it.pass(60_000);
    const chargingSchedule = [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 8 }] }];
    it.call('A', 'NotifyChargingLimit', { evseId: 1, chargingLimit: { chargingLimitSource: 'EMS' }, chargingSchedule });
    it.pass(60_000);
    const cap = { limitMa: 8_000, by: 'chargingLimit', source: 'EMS' };
    expect(limitsTold(it).at(-1)).toMatchObject({ limitMa: 8_000, cap });
    const sent = it.told.map(({ data }) => (data as CommandRequested).grant).findLast((grant) => grant?.slot === 'plan');
    expect(sent?.why?.seen).toMatchObject({ capMa: 8_000, capBy: 'chargingLimit', capSource: 'EMS' });
    it.call('A', 'ClearedChargingLimit', { evseId: 1, chargingLimitSource: 'EMS' });
    it.pass(60_000);
    expect(limitsTold(it).at(-1)).not.toHaveProperty('cap');
  });

  it('says with a limit that the plan for its car was too old by then', () => {
    const it = site(['A', 'B']);
    it.start('A', 1);
    it.pass(60_000);
    const iso = (ms: number) => new Date(it.nowMs + ms).toISOString();
    const expiresAt = iso(5 * 60_000);
    const car = { stationId: 'A', evseId: 1, transactionId: '1', wantMa: [10_000], departsAt: iso(3_600_000), needWh: 1, plannedWh: 1 };
    const plan = { planId: 'p', ownerEpoch: it.state.ownerEpoch, basedOn: it.state.outlookAt, isCosted: true, peakKw: 1 };
    it.put('PlanComputed', { ...plan, madeFor: iso(0), expiresAt, slots: [iso(0)], evses: [car] });
    it.pass(2 * 60_000);
    const last = () => it.told.map(({ data }) => (data as CommandRequested).grant).findLast((grant) => grant?.slot === 'plan')?.why;
    expect(last()?.seen).not.toHaveProperty('planLapsedAt');
    it.pass(10 * 60_000);
    expect(last()).toMatchObject({ cause: 'raise', seen: { planLapsedAt: expiresAt } });
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
