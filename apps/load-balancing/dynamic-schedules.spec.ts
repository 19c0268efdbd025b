// Dynamic profiles (OCPP 2.1 K28): each update counts like a grant, from the request until a later one is confirmed.
import { describe, expect, it } from '@jest/globals';
import type { CommandRequested } from '#contracts';
import { validate } from '#ocpp';
import type { Site } from './site.fixture.js';
import { ask, charging, committedMa } from './site-21.fixture.js';
import { stationIn } from './state.js';

const MINUTE = 60_000;

const dynamic = (limits: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  evseId: 1,
  chargingProfile: {
    id: 7,
    stackLevel: 1,
    chargingProfilePurpose: 'TxProfile',
    chargingProfileKind: 'Dynamic',
    transactionId: 't1',
    dynUpdateInterval: 60,
    ...more,
    chargingSchedule: [{ id: 1, chargingRateUnit: 'A', duration: 120, chargingSchedulePeriod: [{ startPeriod: 0, ...limits }] }],
  },
});
const update = (it: Site, scheduleUpdate: Record<string, unknown>, chargingProfileId = 7) =>
  ask(it, 'UpdateDynamicSchedule', { chargingProfileId, scheduleUpdate });

describe('a dynamic profile', () => {
  it('is sent where its limit has room, caps our own plan, and follows its updates down and up', () => {
    const it = charging();
    expect(ask(it, 'SetChargingProfile', dynamic({ limit: 10 }))).toHaveProperty('grant.foreign.dynamic', {
      unit: 'A',
      limits: { limit: 10 },
    });
    it.pass(MINUTE);
    expect([it.plan('A')?.limitA, committedMa(it)]).toEqual([10, 10_000]);
    expect(update(it, { limit: 8 })).toMatchObject({ action: 'UpdateDynamicSchedule', grant: { steps: [{ limitMa: 8_000 }] } });
    it.pass(MINUTE);
    expect([it.plan('A')?.limitA, committedMa(it)]).toEqual([8, 8_000]);
    update(it, { limit: 16 });
    it.pass(2 * MINUTE);
    expect([it.plan('A')?.limitA, committedMa(it)]).toEqual([16, 16_000]);
  });

  it('counts with the higher of two limits until the lower one is confirmed', () => {
    const it = charging();
    ask(it, 'SetChargingProfile', dynamic({ limit: 20 }));
    it.pass(MINUTE);
    it.answer = ({ action }) => (action === 'UpdateDynamicSchedule' ? 'silence' : 'Accepted');
    update(it, { limit: 6 });
    it.pass(10 * MINUTE);
    expect(committedMa(it)).toBe(20_000);
    it.answer = () => 'Rejected';
    update(it, { limit: 6 });
    expect(committedMa(it)).toBe(20_000);
    it.answer = () => 'Accepted';
    update(it, { limit: 6 });
    it.pass(MINUTE);
    expect(committedMa(it)).toBe(6_000);
  });

  it('is raised by no update that has no room', () => {
    const it = charging();
    ask(it, 'SetChargingProfile', dynamic({ limit: 10 }));
    expect(update(it, { limit: 21 })).toMatchObject({ reason: 'NotPermitted', detail: expect.stringContaining('more than grid') });
    it.pass(MINUTE);
    expect(committedMa(it)).toBe(10_000);
  });

  it('keeps what an update does not name: the lines that stay count with what they had', () => {
    const it = charging();
    ask(it, 'SetChargingProfile', dynamic({ limit: 10, limit_L2: 18, limit_L3: 10 }));
    it.pass(MINUTE);
    expect(update(it, { limit: 6 })).toMatchObject({
      payload: { scheduleUpdate: { limit: 6 } },
      grant: { steps: [{ limitMa: 18_000 }], foreign: { dynamic: { limits: { limit: 6, limit_L2: 18, limit_L3: 10 } } } },
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['of a set point', { limit: 8, setpoint: -8 }],
    ['of what may be fed back', { limit: 8, dischargeLimit: -8 }],
    ['without a limit', {}],
    ['to less than a car understands', { limit: 3 }],
  ])('takes no update %s', (_, scheduleUpdate) => {
    const it = charging();
    ask(it, 'SetChargingProfile', dynamic({ limit: 10 }));
    expect(update(it, scheduleUpdate)).toMatchObject({ reason: 'NotPermitted' });
  });

  it.each<[string, object]>([
    ['has no limit', { chargingSchedulePeriod: [{ startPeriod: 0, operationMode: 'LocalLoadBalancing' }] }],
    [
      'has two periods',
      {
        chargingSchedulePeriod: [
          { startPeriod: 0, limit: 6 },
          { startPeriod: 60, limit: 32 },
        ],
      },
    ],
  ])('is refused where it %s', (_, schedule) => {
    const chargingSchedule = [{ id: 1, chargingRateUnit: 'A', ...schedule }];
    const chargingProfile = { ...dynamic({}).chargingProfile, chargingSchedule };
    expect(ask(charging(), 'SetChargingProfile', { evseId: 1, chargingProfile })).toMatchObject({ reason: 'NotPermitted' });
  });

  it('that nobody knows is not updated, nor one that is being removed, nor a plan of our own', () => {
    const it = charging();
    expect(update(it, { limit: 6 })).toMatchObject({ reason: 'NotPermitted', detail: expect.stringContaining('no dynamic profile 7') });
    ask(it, 'SetChargingProfile', dynamic({ limit: 10 }));
    expect(update(it, { limit: 6 }, 91_001)).toMatchObject({ reason: 'NotPermitted' });
    ask(it, 'ClearChargingProfile', { chargingProfileId: 7 });
    expect(update(it, { limit: 6 })).toMatchObject({ reason: 'NotPermitted' });
  });
});

describe('a station that asks for the limit of its dynamic profile', () => {
  const pull = (it: Site, answer: object = { status: 'Rejected' }, chargingProfileId = 7): CommandRequested | undefined => {
    const before = it.told.length;
    it.call('A', 'PullDynamicScheduleUpdate', { chargingProfileId }, answer);
    return it.told
      .slice(before)
      .map(({ data }) => data as CommandRequested)
      .find(({ action }) => action === 'UpdateDynamicSchedule');
  };

  it('is sent what stands where its edge had nothing to repeat, as a grant of the same size', () => {
    const it = charging();
    ask(it, 'SetChargingProfile', dynamic({ limit: 10 }));
    it.pass(MINUTE);
    const sent = pull(it);
    expect(validate('ocpp2.1', 'UpdateDynamicSchedule', 'request', sent?.payload)).toEqual([]);
    expect(sent).toMatchObject({ payload: { scheduleUpdate: { limit: 10 } }, grant: { slot: 'plan', evseId: 1, transactionId: 't1' } });
    it.pass(MINUTE);
    expect(committedMa(it)).toBe(10_000);
    expect(stationIn(it.state, 'A')?.ledger.evses[0]?.foreign).toHaveLength(1);
  });

  it('is sent nothing where it was answered, where another limit is under way, and where there is no such profile', () => {
    const it = charging();
    expect(pull(it)).toBeUndefined();
    ask(it, 'SetChargingProfile', dynamic({ limit: 10 }));
    it.pass(MINUTE);
    expect(pull(it, { status: 'Accepted', scheduleUpdate: { limit: 10 } })).toBeUndefined();
    it.answer = () => 'silence';
    update(it, { limit: 8 });
    expect(pull(it)).toBeUndefined();
  });
});
