// What came with OCPP 2.1 for limits: leases that also end by being offline, profiles nobody can bound, priority, limits by line, local generation.
import { describe, expect, it } from '@jest/globals';
import type { CommandRequested } from '#contracts';
import { validate } from '#ocpp';
import type { Site } from './site.fixture.js';
import { ask, charging, committedMa } from './site-21.fixture.js';
import { stationIn } from './state.js';

const MINUTE = 60_000;
const iso = (ms: number): string => new Date(ms).toISOString();

const commands = (it: Site): readonly CommandRequested[] =>
  it.told.filter(({ type }) => type === 'CommandRequested').map(({ data }) => data as CommandRequested);

const profile = (schedule: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  evseId: 1,
  chargingProfile: {
    id: 7,
    stackLevel: 1,
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Absolute',
    transactionId: 't1',
    ...more,
    chargingSchedule: [
      {
        id: 1,
        chargingRateUnit: 'A',
        startSchedule: '2026-03-01T11:00:00Z',
        chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }],
        ...schedule,
      },
    ],
  },
});

describe('the plan of a 2.1 station', () => {
  it('is leased by the clock and by its absence, in messages its schema accepts', () => {
    const it = charging();
    for (const { action, payload } of commands(it)) expect([action, validate('ocpp2.1', action, 'request', payload)]).toEqual([action, []]);
    const plan = commands(it).findLast(({ grant }) => grant?.slot === 'plan')?.payload as ReturnType<typeof profile>;
    expect(plan.chargingProfile).toMatchObject({ maxOfflineDuration: 900, invalidAfterOfflineDuration: true, transactionId: 't1' });
    expect(it.plan('A')).toMatchObject({ limitA: 20, lastA: 0 });
    expect(it.plan('A')?.endsMs).toBeGreaterThan(it.nowMs);
  });

  it('follows what its car needs, and takes the time of that for no time of its clock', () => {
    const it = charging(32);
    const acChargingParameters = { energyAmount: 9_000, evMinCurrent: 6, evMaxCurrent: 11, evMaxVoltage: 400 };
    const chargingNeeds = { requestedEnergyTransfer: 'AC_BPT', controlMode: 'DynamicControl', acChargingParameters };
    const payload = { evseId: 1, maxScheduleTuples: 3, chargingNeeds, timestamp: '2026-03-01T03:00:00Z' };
    expect(validate('ocpp2.1', 'NotifyEVChargingNeeds', 'request', payload)).toEqual([]);
    const { skew } = stationIn(it.state, 'A')?.ledger ?? {};
    it.call('A', 'NotifyEVChargingNeeds', payload, { status: 'Accepted' });
    it.pass(MINUTE);
    expect(it.plan('A')?.limitA).toBe(11);
    expect(stationIn(it.state, 'A')?.ledger.skew).toEqual(skew);
  });
});

describe('a transaction of 2.1 that outlasts a restart of its station', () => {
  it('keeps its lease renewed, though it does not say again where it runs', () => {
    const it = charging();
    it.call(
      'A',
      'BootNotification',
      { reason: 'PowerUp', chargingStation: { vendorName: 'v', model: 'm' } },
      { status: 'Accepted', currentTime: '', interval: 300 },
    );
    it.pass(MINUTE);
    const resumed = {
      eventType: 'Updated',
      seqNo: 4,
      timestamp: iso(it.nowMs),
      triggerReason: 'TxResumed',
      transactionInfo: { transactionId: 't1', chargingState: 'Charging' },
    };
    expect(validate('ocpp2.1', 'TransactionEvent', 'request', resumed)).toEqual([]);
    it.call('A', 'TransactionEvent', resumed);
    it.pass(30 * MINUTE);
    expect(it.plan('A')?.limitA).toBe(20);
    expect(it.plan('A')?.endsMs).toBeGreaterThan(it.nowMs);
  });
});

describe('a profile of 2.1 that somebody else wants', () => {
  it('is sent where what it permits is known and has room', () => {
    expect(ask(charging(), 'SetChargingProfile', profile({}))).toHaveProperty('grant');
  });

  it('with a limit for each line counts with the highest and caps with the least', () => {
    const it = charging(20);
    const byLine = (limit_L3: number) => profile({ chargingSchedulePeriod: [{ startPeriod: 0, limit: 8, limit_L2: 8, limit_L3 }] });
    expect(ask(it, 'SetChargingProfile', byLine(21))).toMatchObject({
      reason: 'NotPermitted',
      detail: expect.stringContaining('more than grid'),
    });
    expect(ask(it, 'SetChargingProfile', byLine(20))).toHaveProperty('grant.steps.1.limitMa', 20_000);
    it.pass(MINUTE);
    expect(it.plan('A')?.limitA).toBe(8);
  });

  it.each<[string, ReturnType<typeof profile>]>([
    ['begins at random', profile({ randomizedDelay: 60 })],
    ['goes by the local time of the station', profile({ useLocalTime: true })],
    [
      'follows a setpoint',
      profile({ chargingSchedulePeriod: [{ startPeriod: 0, operationMode: 'CentralSetpoint', setpoint: -10, limit: 10 }] }),
    ],
    ['has no limit', profile({ chargingSchedulePeriod: [{ startPeriod: 0, operationMode: 'LocalLoadBalancing' }] })],
    ['gives priority', profile({}, { chargingProfilePurpose: 'PriorityCharging' })],
    ['adds local generation', profile({}, { chargingProfilePurpose: 'LocalGeneration' })],
  ])('is refused where it %s', (_, payload) => {
    expect(ask(charging(), 'SetChargingProfile', payload)).toMatchObject({ reason: 'NotPermitted' });
  });

  it.each<[string, Record<string, unknown>]>([
    ['UpdateDynamicSchedule', { chargingProfileId: 7, scheduleUpdate: { limit: 32 } }],
    ['AFRRSignal', { timestamp: '2026-03-01T12:00:00Z', signal: 1 }],
  ])('is not lifted by %s either', (action, payload) => {
    expect(ask(charging(), action, payload)).toMatchObject({ reason: 'NotPermitted' });
  });
});

describe('what a 2.1 station says of its limits', () => {
  it('is no limit where a roof adds something', () => {
    const it = charging();
    const limit = (isLocalGeneration: boolean): void => {
      const chargingSchedule = [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 8 }] }];
      const payload = { evseId: 1, chargingLimit: { chargingLimitSource: 'EMS', isLocalGeneration }, chargingSchedule };
      expect(validate('ocpp2.1', 'NotifyChargingLimit', 'request', payload)).toEqual([]);
      it.call('A', 'NotifyChargingLimit', payload);
      it.pass(MINUTE);
    };
    limit(true);
    expect(it.plan('A')?.limitA).toBe(20);
    limit(false);
    expect(it.plan('A')?.limitA).toBe(8);
  });

  it('is the worst case while a car charges with priority, and until samples obey again', () => {
    const it = charging();
    const samples = (count: number): void => {
      for (let n = 0; n < count; n++) {
        it.pass(20_000);
        const sampledValue = ['L1', 'L2', 'L3'].map((phase) => ({ value: 6, measurand: 'Current.Import', phase }));
        const meterValue = [{ timestamp: iso(it.nowMs), sampledValue }];
        it.call('A', 'TransactionEvent', {
          eventType: 'Updated',
          seqNo: 1,
          timestamp: iso(it.nowMs),
          triggerReason: 'MeterValuePeriodic',
          transactionInfo: { transactionId: 't1' },
          meterValue,
        });
      }
    };
    const priority = (activated: boolean): void => it.call('A', 'NotifyPriorityCharging', { transactionId: 't1', activated });
    expect(committedMa(it)).toBe(20_000);
    priority(true);
    expect(committedMa(it)).toBe(32_000);
    expect(it.told.find(({ type }) => type === 'StationDisobeyed')?.data).toMatchObject({
      evseId: 1,
      reason: 'priority',
      measuredMa: 32_000,
    });
    samples(60);
    expect(committedMa(it)).toBe(32_000);
    priority(false);
    samples(60);
    expect(committedMa(it)).toBeLessThanOrEqual(20_000);
  });
});
