// A 2.1 station with a car that can feed back, over a real socket: it tells so, waits for leave, follows set points, and meters both directions.
// Time is virtual: nothing here waits for a clock, only for frames.
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { stateOfCharge } from './car.js';
import { VirtualClock } from './clock.js';
import { type Fleet, startFleet } from './fleet.js';
import type { Station } from './station.js';
import { TinyCsms } from './tiny-csms.js';

type Json = Record<string, unknown>;
const START = Date.parse('2026-03-02T10:00:00Z');
const CAR = { batteryWh: 40_000, soc: 0.6, maxA: 16, phases: 3, v2x: { maxDischargeA: 12, leastSoc: 0.5 } } as const;

let csms: TinyCsms;
let clock: VirtualClock;
let fleet: Fleet;
let station: Station;
const transactionId = (): string => station.charging.running()[0]?.transaction.key ?? '';
const outlet = () => station.installation.outlets[0] as (typeof station.installation.outlets)[number];
const needs = (): readonly Json[] =>
  csms.calls.filter(({ action }) => action === 'NotifyEVChargingNeeds').map(({ payload }) => payload.chargingNeeds as Json);
const quiet = async () => {
  while (station.queued > 0) await station.when('an answer', (event) => event.type === 'Answered');
};
const pass = async (seconds: number) => {
  for (let second = 0; second < seconds; second += 10) {
    clock.advance(10_000);
    await quiet();
  }
};
const call = async (action: string, payload: object): Promise<unknown> => {
  const answer = await csms.call('CS', action, payload);
  await quiet();
  return answer;
};
const allow = (...allowedEnergyTransfer: readonly string[]) =>
  call('NotifyAllowedEnergyTransfer', { transactionId: transactionId(), allowedEnergyTransfer });
const tell = (period: object, more: object = {}) =>
  call('SetChargingProfile', {
    evseId: 1,
    chargingProfile: {
      ...{
        id: 1,
        stackLevel: 0,
        chargingProfilePurpose: 'TxProfile',
        chargingProfileKind: 'Absolute',
        transactionId: transactionId(),
        ...more,
      },
      chargingSchedule: [
        {
          ...{ id: 1, startSchedule: new Date(clock.now()).toISOString(), chargingRateUnit: 'A' },
          chargingSchedulePeriod: [{ startPeriod: 0, ...period }],
        },
      ],
    },
  });
const feed = (ampere: number) => tell({ limit: 0, operationMode: 'CentralSetpoint', setpoint: -ampere, dischargeLimit: -ampere });
const flowsA = (): readonly number[] => fleet.draws().map(({ currentMa }) => currentMa / 1000);

beforeEach(async () => {
  csms = new TinyCsms();
  const url = await csms.listen();
  clock = new VirtualClock(START);
  csms.now = () => clock.now();
  csms.onCall = ({ action }) => (action === 'NotifyEVChargingNeeds' ? { status: 'Accepted' } : undefined);
  const evses = [{ evseId: 1, maxDischargeA: 10, meterStartWh: 1_000 }];
  const stations = [{ stationId: 'CS', ocppVersion: 'ocpp2.1' as const, evses }];
  fleet = await startFleet({ url, clock, seed: 7, arrivals: 'none', sampleIntervalS: 10, stations });
  station = fleet.station('CS');
  await station.when('acceptance', (event) => event.type === 'Registered' && event.status === 'Accepted');
  station.charging.arrive(1, CAR, { idToken: '04AA', type: 'ISO14443' });
  await station.when('needs', (event) => event.type === 'Answered' && event.message.action === 'NotifyEVChargingNeeds');
  await quiet();
});
afterEach(async () => {
  await fleet.stop();
  await csms.close();
  expect(csms.violations).toEqual([]);
});

it('says what car and station can, and asks for no more than charging before it is allowed (Q01.FR.09, Q02.FR.06, .07)', async () => {
  const watts = { maxDischargePower: 2_300, maxDischargePower_L2: 2_300, maxDischargePower_L3: 2_300 };
  const v2xChargingParameters = expect.objectContaining({ ...watts, evTargetEnergyRequest: 16_000, evMinV2XEnergyRequest: -4_000 });
  const told = { availableEnergyTransfer: ['AC_three_phase', 'AC_BPT'], v2xChargingParameters };
  expect(needs()).toEqual([expect.objectContaining({ ...told, requestedEnergyTransfer: 'AC_three_phase' })]);
  expect(await allow('AC_three_phase', 'AC_BPT')).toEqual({ status: 'Accepted' });
  expect(needs().at(-1)).toMatchObject({ requestedEnergyTransfer: 'AC_BPT' });
  expect(await allow('AC_three_phase')).toEqual({ status: 'Accepted' });
  expect(needs().at(-1)).toMatchObject({ requestedEnergyTransfer: 'AC_three_phase' });
  const elsewhere = { transactionId: 'nobody', allowedEnergyTransfer: ['AC_BPT'] };
  expect(await call('NotifyAllowedEnergyTransfer', elsewhere)).toMatchObject({ status: 'Rejected' });
  expect(needs()).toHaveLength(3);
});

it('follows a set point below 0 once it may, within what its outlet can, and meters that on a register of its own', async () => {
  expect(await feed(8)).toEqual({ status: 'Accepted' });
  expect(flowsA()).toEqual([]);
  await allow('AC_three_phase', 'AC_BPT');
  clock.advance(1_000);
  expect(flowsA()).toEqual([-8, -8, -8]);
  const before = { ...outlet().meter };
  const soc = stateOfCharge(outlet().car as NonNullable<ReturnType<typeof outlet>['car']>);
  await pass(360);
  expect(outlet().meter).toEqual(before);
  const exportedWh = outlet().exportMeter.registerMwh / 1_000;
  expect(exportedWh).toBeGreaterThan(500);
  expect(exportedWh).toBeLessThan(600);
  expect(stateOfCharge(outlet().car as never)).toBeCloseTo(soc - exportedWh / 0.9 / CAR.batteryWh, 3);
  const { payload: last = {} } =
    csms.calls.findLast(({ action, payload }) => action === 'TransactionEvent' && payload.meterValue !== undefined) ?? {};
  expect(last).toMatchObject({ transactionInfo: { chargingState: 'Charging' } });
  const [values] = last.meterValue as readonly { readonly sampledValue: readonly Json[] }[];
  const told = (measurand: string) =>
    (values?.sampledValue ?? []).filter((sample) => sample.measurand === measurand).map(({ value }) => value);
  expect(told('Current.Export')).toEqual([8, 8, 8]);
  expect(told('Current.Import')).toEqual([0, 0, 0]);
  expect(told('Power.Active.Export').at(-1)).toBeGreaterThan(5_000);
  expect(told('Energy.Active.Import.Register')).toEqual([before.registerMwh / 1_000]);
  expect(told('Energy.Active.Export.Register')[0]).toBeGreaterThan(500);
  await feed(16);
  expect(flowsA()).toEqual([-10, -10, -10]);
  await tell({ limit: 6 });
  expect(flowsA()).toEqual([6, 6, 6]);
  await feed(16);
  await allow('AC_three_phase');
  expect(flowsA()).toEqual([]);
  station.charging.depart(1);
  await quiet();
  const [record] = fleet.totals()[0]?.transactions ?? [];
  expect(record?.exportedWh).toBeGreaterThanOrEqual(exportedWh);
});

it('gives no more than its car keeps', async () => {
  await allow('AC_BPT');
  await feed(10);
  await pass(3_600);
  expect(flowsA()).toEqual([]);
  expect(stateOfCharge(outlet().car as never)).toBeCloseTo(0.5, 2);
});

it('takes no set point it cannot follow, and none out of its place (V2X.05, .10)', async () => {
  const central = { operationMode: 'CentralSetpoint' } as const;
  const refused = [
    await tell({ limit: 0, ...central, setpoint: -8, dischargeLimit: -6 }),
    await tell({ limit: 4, ...central, setpoint: 6 }),
    await tell({ limit: 0, ...central }),
    await tell({ limit: 0, setpoint: -8 }),
    await tell({ limit: 0, operationMode: 'LocalFrequency' }),
    await tell({ limit: 0, ...central, setpoint: -8 }, { chargingProfilePurpose: 'TxDefaultProfile', transactionId: undefined }),
  ];
  expect(refused.map((answer) => (answer as { statusInfo?: Json }).statusInfo?.reasonCode)).toEqual([
    'InvalidSchedule',
    'InvalidSchedule',
    'MissingParam',
    'InvalidSchedule',
    'UnsupportedParam',
    'InvalidProfile',
  ]);
  station.charging.depart(1);
  station.charging.arrive(1, { ...CAR, phases: 1 }, { idToken: '04AA', type: 'ISO14443' });
  await station.when('the next transaction', (event) => event.type === 'TransactionStarted');
  await quiet();
  const perLine = { ...central, limit: 0, setpoint: -6, setpoint_L2: -6, setpoint_L3: -6 };
  expect(await tell(perLine)).toMatchObject({ statusInfo: { reasonCode: 'PhaseConflict' } });
});
