// From what cars need to what they are told: needs and plans as records, the split bent by the newest plan, and the fair split without one.
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { LimitsDecided, PlanComputed, PlannedEvse } from '#contracts';
import { type EnergyCosts, type LinearSolver, planAhead } from '#domain/load-balancing';
import { validate } from '#ocpp';
import { outlookOf, planRecord, wantsOutlook } from './outlook.js';
import { highsSolver } from './planner/index.js';
import { type Site, START, site } from './site.fixture.js';
import { viewOf } from './site-view.js';
import { projectSite } from './tables.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const EVERY_MS = 10 * MINUTE;

let solve: LinearSolver;
beforeAll(async () => {
  solve = await highsSolver();
});

/** What the planner would answer now. */
function planOf(it: Site): PlanComputed {
  const input = viewOf(it.state);
  const snapshot = input && outlookOf(it.state, input);
  const record = snapshot && planRecord(it.state, snapshot, planAhead(snapshot, solve), `plan-${it.nowMs}`, it.nowMs + 3 * EVERY_MS);
  if (record === undefined) throw new Error('nobody to plan for');
  return record;
}
const lookAhead = (it: Site): PlanComputed => {
  const plan = planOf(it);
  it.put('PlanComputed', plan);
  return plan;
};

const iso = (ms: number): string => new Date(ms).toISOString();
const needs = (it: Site, stationId: string, transactionId: number, departsInMs: number, energyWh: number): void =>
  it.put(
    'ChargingNeedsStated',
    { evseId: 1, transactionId: String(transactionId), departsAt: iso(it.nowMs + departsInMs), energyWh, requestedBy: 'api:x' },
    stationId,
  );

/** Two cars that share 20 A on three lines (13.8 kW). */
function two(limitA = 20): Site {
  const it = site(['A', 'B'], limitA);
  it.start('A', 1);
  it.start('B', 2);
  it.pass(2 * MINUTE);
  return it;
}

function priced(it: Site, energy: EnergyCosts): Site {
  const config = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root: { nodeId: 'grid', limitA: 64, unmanagedMaxA: 0 }, energy };
  it.put('ConfigurationRequested', { requestId: 'e', requestedBy: 'x', change: { kind: 'site', config } });
  return it;
}

const told = (it: Site, stationId: string): LimitsDecided['evses'][number] | undefined =>
  it.told
    .filter(({ type }) => type === 'LimitsDecided')
    .flatMap(({ data }) => (data as LimitsDecided).evses)
    .findLast((each) => each.stationId === stationId);
const limits = (it: Site): readonly (number | undefined)[] => ['A', 'B'].map((stationId) => it.plan(stationId)?.limitA);

describe('a look ahead', () => {
  it('is wanted only where somebody said what he needs, or energy has a price', () => {
    const it = two();
    expect(wantsOutlook(it.state)).toBe(false);
    needs(it, 'A', 1, HOUR, 10_000);
    expect(wantsOutlook(it.state)).toBe(true);
    it.call('A', 'StopTransaction', { transactionId: 1, meterStop: 5, timestamp: iso(it.nowMs) });
    expect(wantsOutlook(it.state)).toBe(false);
    expect(wantsOutlook(priced(it, { prices: [] }).state)).toBe(true);
  });

  it('gives more to who leaves sooner, says why the other waits, and shares fairly again when the plan is too old', () => {
    const it = two();
    expect(limits(it)).toEqual([10, 10]);
    needs(it, 'A', 1, HOUR, 12_000);
    needs(it, 'B', 2, 10 * HOUR, 12_000);
    lookAhead(it);
    it.pass(2 * MINUTE);
    const [a = 0, b = 0] = limits(it);
    expect(a).toBeGreaterThanOrEqual(14);
    expect(b).toBeLessThanOrEqual(6);
    expect(told(it, 'B')).toMatchObject({ heldBy: 'laterDeparture', reason: { nodeId: 'grid' } });
    expect(told(it, 'A')?.heldBy).toBeUndefined();
    it.pass(3 * EVERY_MS);
    expect(limits(it)).toEqual([10, 10]);
    expect(told(it, 'B')?.heldBy).toBeUndefined();
  });

  it('waits for cheaper hours where energy has a price, though there is room', () => {
    const it = priced(two(64), { prices: [{ startTime: '12:00', endTime: '18:00', pricePerKwh: 0.5 }] });
    needs(it, 'A', 1, 12 * HOUR, 20_000);
    needs(it, 'B', 2, HOUR, 8_000);
    const { evses } = lookAhead(it);
    it.pass(2 * MINUTE);
    expect(it.plan('A')?.limitA).toBe(0);
    expect(it.plan('B')?.limitA).toBeGreaterThan(6);
    expect(told(it, 'A')).toMatchObject({ limitMa: 0, heldBy: 'cheaperHour' });
    expect(told(it, 'A')?.reason).toBeUndefined();
    expect(evses.find(({ stationId }) => stationId === 'A')?.nextAt).toBe('2026-03-01T18:00:00.000Z');
  });

  it('stops at what was asked for where more costs money', () => {
    const it = priced(two(64), { prices: [{ pricePerKwh: 0.3 }] });
    needs(it, 'A', 1, 5 * HOUR, 0);
    lookAhead(it);
    it.pass(2 * MINUTE);
    expect(told(it, 'A')).toMatchObject({ limitMa: 0, heldBy: 'needMet' });
  });

  it('never lets a car below its safe level wait: it might not resume', () => {
    const it = priced(two(64), { prices: [{ startTime: '12:00', endTime: '18:00', pricePerKwh: 0.5 }] });
    const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 6 }] as const;
    const config = { stationId: 'A', siteId: 's', nodeId: 'grid', securityProfile: 1, evses } as const;
    it.put('ConfigurationRequested', { requestId: 'k', requestedBy: 'x', change: { kind: 'station', assignmentSeq: 1, config } }, 'A');
    it.pass(MINUTE);
    needs(it, 'A', 1, 12 * HOUR, 20_000);
    lookAhead(it);
    it.pass(2 * MINUTE);
    expect(told(it, 'A')).toMatchObject({ limitMa: 6_000 });
  });

  it('counts what was delivered, and says what cannot be', () => {
    const it = two();
    needs(it, 'A', 1, HOUR, 30_000);
    needs(it, 'B', 2, HOUR, 4_000);
    const meterValue = [{ timestamp: iso(it.nowMs), sampledValue: [{ value: '3000' }] }];
    it.call('A', 'MeterValues', { connectorId: 1, transactionId: 1, meterValue });
    const { evses } = lookAhead(it);
    const of = (stationId: string): PlannedEvse | undefined => evses.find((each) => each.stationId === stationId);
    expect(of('A')).toMatchObject({ needWh: 27_000 });
    const shortWh = 27_000 + 4_000 - 20 * 3 * 230;
    const shortfalls = ['A', 'B'].map((stationId) => of(stationId)?.promiseShortfallWh ?? 0);
    expect((shortfalls[0] ?? 0) + (shortfalls[1] ?? 0)).toBeGreaterThan(shortWh - 500);
    const plannedWh = ['A', 'B'].reduce((sum, stationId) => sum + (of(stationId)?.plannedWh ?? 0), 0);
    expect(plannedWh).toBeLessThanOrEqual(20 * 3 * 230 + 1);
  });

  it('is made again from what cars learn of each other: after twenty stays silence is no claim on the whole night', () => {
    const it = site(['A'], 20);
    for (let transactionId = 1; transactionId <= 25; transactionId++) {
      it.start('A', transactionId);
      it.pass(30 * MINUTE);
      const meterValue = [{ timestamp: iso(it.nowMs), sampledValue: [{ value: '5000' }] }];
      it.call('A', 'MeterValues', { connectorId: 1, transactionId, meterValue });
      it.call('A', 'StopTransaction', { transactionId, meterStop: 5, timestamp: iso(it.nowMs) });
    }
    expect(it.state.past).toHaveLength(25);
    expect(it.state.past[0]).toEqual({ arrivalMs: START, departureMs: START + 30 * MINUTE, energyWh: 5_000 });
    it.start('A', 99);
    it.pass(MINUTE);
    expect(planOf(it).evses[0]).toMatchObject({ needWh: 5_000, departsAt: iso(it.nowMs + 29 * MINUTE) });
  });
});

describe('which plan is in force', () => {
  const ready = (): Site => {
    const it = two();
    needs(it, 'A', 1, HOUR, 12_000);
    needs(it, 'B', 2, 10 * HOUR, 12_000);
    return it;
  };

  it('is none of a former owner', () => {
    const it = ready();
    const plan = planOf(it);
    it.put('SiteTaken', { ownerId: 'other' });
    it.put('PlanComputed', plan);
    expect(it.state.plan).toBeUndefined();
    it.pass(2 * MINUTE);
    expect(limits(it)).toEqual([10, 10]);
  });

  it('is not one that knew less than the present one', () => {
    const it = ready();
    const early = planOf(it);
    needs(it, 'B', 2, HOUR, 12_000);
    const late = lookAhead(it);
    expect(late.basedOn).toBeGreaterThan(early.basedOn);
    it.put('PlanComputed', { ...early, planId: 'straggler' });
    expect(it.state.plan?.planId).toBe(late.planId);
  });

  it('stays in force under the next owner, who is not the one to blame for it', () => {
    const it = ready();
    lookAhead(it);
    it.put('SiteTaken', { ownerId: 'other' });
    it.pass(2 * MINUTE);
    expect(it.plan('A')?.limitA).toBeGreaterThanOrEqual(14);
  });

  it('says nothing of a car that came later on the same EVSE', () => {
    const it = ready();
    lookAhead(it);
    it.call('A', 'StopTransaction', { transactionId: 1, meterStop: 5, timestamp: iso(it.nowMs) });
    it.start('A', 3);
    it.pass(2 * MINUTE);
    expect(told(it, 'A')?.heldBy).toBeUndefined();
    expect(it.plan('A')?.limitA).toBeGreaterThan(0);
  });
});

describe('a car that speaks for itself (OCPP 2.0.1 K15)', () => {
  const START_EVENT = { eventType: 'Started', seqNo: 0, triggerReason: 'CablePluggedIn', evse: { id: 1 } };
  const begin = (it: Site): void =>
    it.call('A', 'TransactionEvent', { ...START_EVENT, timestamp: iso(it.nowMs), transactionInfo: { transactionId: 't1' } });
  const speak = (it: Site): void => {
    const payload = {
      evseId: 1,
      maxScheduleTuples: 3,
      chargingNeeds: {
        requestedEnergyTransfer: 'AC_three_phase',
        departureTime: iso(it.nowMs + 4 * HOUR),
        acChargingParameters: { energyAmount: 9_000, evMinCurrent: 6, evMaxCurrent: 16, evMaxVoltage: 400 },
      },
    };
    expect(validate('ocpp2.0.1', 'NotifyEVChargingNeeds', 'request', payload)).toEqual([]);
    it.call('A', 'NotifyEVChargingNeeds', payload, { status: 'Accepted' });
  };

  it.each(['before', 'after'])('gets a schedule within a minute, whether it speaks %s its transaction begins', (order) => {
    const it = site(['A'], 32, 'ocpp2.0.1');
    it.pass(MINUTE);
    if (order === 'before') speak(it);
    begin(it);
    it.pass(MINUTE);
    const { commands } = it.changes('A');
    if (order === 'after') speak(it);
    it.pass(MINUTE);
    expect(it.changes('A').commands).toBeGreaterThan(order === 'after' ? commands : 0);
    // No more than the car can take.
    expect(it.plan('A')?.limitA).toBe(16);
    expect(planOf(it).evses[0]).toMatchObject({ transactionId: 't1', needWh: 9_000, shortfallWh: 0, promiseShortfallWh: 0 });
  });

  it('gets one also where there is no room for what it is due: what it has is a schedule too', () => {
    const it = site(['A'], 20, 'ocpp2.0.1');
    const root = { nodeId: 'grid', limitA: 20, firmLimitA: 12, unmanagedMaxA: 0 };
    const config = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root };
    it.put('ConfigurationRequested', { requestId: 'firm', requestedBy: 'x', change: { kind: 'site', config } });
    begin(it);
    it.pass(2 * MINUTE);
    const { commands } = it.changes('A');
    // Nothing vouches for its clock: it is raised no further than is guaranteed.
    expect(it.plan('A')?.limitA).toBe(12);
    speak(it);
    it.pass(MINUTE);
    expect(it.changes('A').commands).toBe(commands + 1);
    expect(it.plan('A')?.limitA).toBe(12);
  });

  it('gets it again when it means to charge with clearly more than it may, once a minute at most (K17)', () => {
    const it = site(['A'], 20, 'ocpp2.0.1');
    begin(it);
    it.pass(2 * MINUTE);
    const mean = (limit: number): number => {
      const { commands } = it.changes('A');
      const chargingSchedule = { id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] };
      const payload = { evseId: 1, timeBase: iso(it.nowMs), chargingSchedule };
      expect(validate('ocpp2.0.1', 'NotifyEVChargingSchedule', 'request', payload)).toEqual([]);
      it.call('A', 'NotifyEVChargingSchedule', payload, { status: 'Accepted' });
      it.pass(MINUTE / 4);
      return it.changes('A').commands - commands;
    };
    expect([mean(20), mean(20.5), mean(32), mean(32), mean(32)]).toEqual([0, 0, 1, 0, 0]);
    it.pass(MINUTE);
    expect(mean(32)).toBe(1);
  });

  it('gets it again when its schedule was refused, whatever it is now (K17)', () => {
    const it = site(['A'], 20, 'ocpp2.0.1');
    begin(it);
    it.pass(2 * MINUTE);
    const { commands } = it.changes('A');
    const chargingSchedule = { id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }] };
    it.call('A', 'NotifyEVChargingSchedule', { evseId: 1, timeBase: iso(it.nowMs), chargingSchedule }, { status: 'Rejected' });
    it.pass(MINUTE / 4);
    expect(it.changes('A').commands - commands).toBe(1);
  });

  it('gets another one when the plan changes what it may have (K16)', () => {
    const it = priced(site(['A'], 64, 'ocpp2.0.1'), { prices: [{ startTime: '12:00', endTime: '14:00', pricePerKwh: 1 }] });
    begin(it);
    speak(it);
    it.pass(MINUTE);
    lookAhead(it);
    it.pass(2 * MINUTE);
    expect(it.plan('A')?.limitA ?? 0).toBe(0);
    it.pass(2 * HOUR);
    lookAhead(it);
    it.pass(2 * MINUTE);
    expect(it.plan('A')?.limitA).toBe(16);
  });
});

describe('rows of needs and plans', () => {
  it('keep what was asked for beside what the plan has', () => {
    const it = two();
    const before = it.state;
    needs(it, 'A', 1, HOUR, 30_000);
    const asked = { type: 'ChargingNeedsStated', stationId: 'A', data: {} } as never;
    const said = projectSite({ aggregate: 't/s', before, after: it.state, input: asked, outputs: [] });
    expect(said.find(({ table }) => table.name === 'session_plans')?.row).toMatchObject({
      station_id: 'A',
      transaction_id: '1',
      departs_at: iso(it.nowMs + HOUR),
      energy_wh: 30_000,
    });
    const unplanned = it.state;
    const data = lookAhead(it);
    const input = { type: 'PlanComputed', data } as never;
    const rows = projectSite({ aggregate: 't/s', before: unplanned, after: it.state, input, outputs: [] });
    const row = rows.find(({ table, row: each }) => table.name === 'session_plans' && each.station_id === 'A')?.row;
    expect(row).toMatchObject({ transaction_id: '1', plan_id: data.planId, delivered_wh: 0 });
    expect(Number(row?.promise_shortfall_wh)).toBeGreaterThan(10_000);
    expect(projectSite({ aggregate: 't/s', before: it.state, after: it.state, input, outputs: [] })).toEqual([]);
  });
});
