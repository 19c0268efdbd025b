// A simulated 2.1 station over a real socket: a dynamic limit that is moved and asked for, and DER controls and tariffs that it holds.
// Time is virtual: nothing here waits for a clock, only for frames.
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { VirtualClock } from './clock.js';
import { type Fleet, startFleet } from './fleet.js';
import type { Station } from './station.js';
import { TinyCsms } from './tiny-csms.js';

const START = Date.parse('2026-03-02T10:00:00Z');
let csms: TinyCsms;
let clock: VirtualClock;
let fleet: Fleet;
let station: Station;
beforeEach(async () => {
  csms = new TinyCsms();
  const url = await csms.listen();
  clock = new VirtualClock(START);
  csms.now = () => clock.now();
  const stations = [{ stationId: 'CS', ocppVersion: 'ocpp2.1' as const, evses: [{ evseId: 1, maxA: 32 }] }];
  fleet = await startFleet({ url, clock, seed: 7, arrivals: 'none', sampleIntervalS: 10, stations });
  station = fleet.station('CS');
  await station.when('acceptance', (event) => event.type === 'Registered' && event.status === 'Accepted');
  station.charging.arrive(1, { batteryWh: 60_000, soc: 0.2, maxA: 32, phases: 3 }, { idToken: '04AA', type: 'ISO14443' });
  await station.when('a transaction', (event) => event.type === 'Answered' && event.message.action === 'TransactionEvent');
  await quiet();
});
afterEach(async () => {
  await fleet.stop();
  await csms.close();
  expect(csms.violations).toEqual([]);
});

const quiet = async () => {
  while (station.queued > 0) await station.when('an answer', (event) => event.type === 'Answered');
};
const call = async (action: string, payload: object): Promise<unknown> => {
  const answer = await csms.call('CS', action, payload);
  await quiet();
  return answer;
};

const drawnA = (): number => {
  clock.advance(1_000);
  return Math.max(0, ...fleet.draws().map(({ currentMa }) => currentMa / 1000));
};
const dynamic = (limit: number, more: object = {}) => ({
  evseId: 1,
  chargingProfile: {
    ...{ id: 7, stackLevel: 1, chargingProfilePurpose: 'TxProfile', chargingProfileKind: 'Dynamic', ...more },
    transactionId: station.charging.running()[0]?.transaction.key,
    chargingSchedule: [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] }],
  },
});

it('follows a dynamic limit and its updates, and knows no other to update (K28)', async () => {
  expect(await call('UpdateDynamicSchedule', { chargingProfileId: 7, scheduleUpdate: { limit: 8 } })).toMatchObject({ status: 'Rejected' });
  expect(await call('SetChargingProfile', dynamic(12))).toEqual({ status: 'Accepted' });
  expect(drawnA()).toBeLessThanOrEqual(12);
  expect(await call('UpdateDynamicSchedule', { chargingProfileId: 7, scheduleUpdate: { limit: 8 } })).toEqual({ status: 'Accepted' });
  expect(drawnA()).toBeLessThanOrEqual(8);
  expect(drawnA()).toBeGreaterThan(6);
});

it('asks for its dynamic limit as often as it was told, and takes what it is answered', async () => {
  csms.onCall = ({ action }) => (action === 'PullDynamicScheduleUpdate' ? { status: 'Accepted', scheduleUpdate: { limit: 7 } } : undefined);
  expect(await call('SetChargingProfile', dynamic(12, { dynUpdateInterval: 30 }))).toEqual({ status: 'Accepted' });
  clock.advance(30_000);
  await quiet();
  expect(csms.calls.filter(({ action }) => action === 'PullDynamicScheduleUpdate').map(({ payload }) => payload)).toEqual([
    { chargingProfileId: 7 },
  ]);
  expect(drawnA()).toBeLessThanOrEqual(7);
});

it('holds DER curves, reports them, and forgets them when they are cleared (block R)', async () => {
  const curve = { curveData: [{ x: 50, y: 100 }], priority: 1, yUnit: 'PctMaxW' };
  const control = (controlId: string) => ({ isDefault: true, controlId, controlType: 'FreqWatt', curve });
  expect(await call('GetDERControl', { requestId: 1 })).toEqual({ status: 'NotFound' });
  expect(await call('SetDERControl', control('a'))).toEqual({ status: 'Accepted' });
  expect(await call('SetDERControl', control('b'))).toEqual({ status: 'Accepted', supersededIds: ['a'] });
  expect(await call('GetDERControl', { requestId: 2 })).toEqual({ status: 'Accepted' });
  expect(csms.calls.find(({ action }) => action === 'ReportDERControl')?.payload).toMatchObject({
    requestId: 2,
    curve: [{ id: 'b', curve }],
  });
  expect(await call('ClearDERControl', { isDefault: true, controlId: 'b' })).toEqual({ status: 'Accepted' });
  expect(await call('GetDERControl', { requestId: 3 })).toEqual({ status: 'NotFound' });
});

it('holds the tariff of each EVSE, and has no profile for priority', async () => {
  expect(await call('GetTariffs', { evseId: 0 })).toEqual({ status: 'NoTariff' });
  await call('SetDefaultTariff', { evseId: 0, tariff: { tariffId: 'day', currency: 'EUR' } });
  expect(await call('GetTariffs', { evseId: 0 })).toEqual({
    status: 'Accepted',
    tariffAssignments: [{ tariffId: 'day', tariffKind: 'DefaultTariff' }],
  });
  expect(await call('ClearTariffs', {})).toEqual({ clearTariffsResult: [{ status: 'Accepted' }] });
  const transactionId = station.charging.running()[0]?.transaction.key;
  expect(await call('UsePriorityCharging', { transactionId, activate: true })).toEqual({ status: 'NoProfile' });
});
