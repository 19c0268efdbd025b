// Both versions over real sockets against a tiny CSMS: order, schemas, obedience, queues, repeats, reset.
// Time is virtual: nothing here waits for a clock, only for frames.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OcppVersion } from '#ocpp';
import type { CarSpec } from './car.js';
import { VirtualClock } from './clock.js';
import { type Fleet, type FleetOptions, startFleet } from './fleet.js';
import type { Station } from './station.js';
import { type ReceivedCall, TinyCsms } from './tiny-csms.js';

const START = Date.parse('2026-03-02T10:00:00Z');
const CAR: CarSpec = { batteryWh: 60_000, soc: 0.3, maxA: 16, phases: 3 };
const TOKEN = { idToken: '04AABBCCDDEEFF', type: 'ISO14443' as const };
const ID = 'CS 1';

let csms: TinyCsms;
let url: string;
let clock: VirtualClock;
let fleet: Fleet;
let station: Station;

beforeEach(async () => {
  csms = new TinyCsms();
  url = await csms.listen();
  clock = new VirtualClock(START);
  csms.now = () => clock.now();
});
afterEach(async () => {
  await fleet.stop();
  await csms.close();
  expect(csms.violations).toEqual([]);
});

async function run(ocppVersion: OcppVersion, over: Partial<FleetOptions> = {}): Promise<void> {
  const evses = [{ evseId: 1, meterStartWh: 5_000 }, { evseId: 2 }];
  fleet = await startFleet({
    url,
    clock,
    seed: 7,
    arrivals: 'none',
    sampleIntervalS: 10,
    stations: [{ stationId: ID, ocppVersion, password: 'secret', evses }],
    ...over,
  });
  station = fleet.station(ID);
}

const accepted = () => station.when('acceptance', (event) => event.type === 'Registered' && event.status === 'Accepted');
const answeredTo = (action: string) =>
  station.when(`an answer to ${action}`, (event) => event.type === 'Answered' && event.message.action === action);
/** All messages are answered. */
const quiet = async () => {
  while (station.queued > 0) await station.when('an answer', (event) => event.type === 'Answered');
};
/** Time passes with the CSMS answering in between, as it would. */
const pass = async (seconds: number) => {
  for (let second = 0; second < seconds; second += 10) {
    clock.advance(10_000);
    await quiet();
  }
};
const running = () => {
  const [first] = station.charging.running();
  if (first === undefined) throw new Error('no transaction runs');
  return first;
};

async function charge(ocppVersion: OcppVersion, car = CAR): Promise<void> {
  await run(ocppVersion);
  await accepted();
  station.charging.arrive(1, car, TOKEN);
  await answeredTo(ocppVersion === 'ocpp1.6' ? 'StartTransaction' : 'TransactionEvent');
  await quiet();
}

interface Sampled {
  readonly measurand: string;
  readonly phase?: string;
  readonly value: string | number;
}
/** The values of the last sample that was received. */
function lastSample(): readonly Sampled[] {
  const samples = csms.calls.flatMap(
    ({ payload }) => (payload.meterValue as { readonly sampledValue: readonly Sampled[] }[] | undefined) ?? [],
  );
  return samples.at(-1)?.sampledValue ?? [];
}
const sampledAs = (measurand: string, phase?: string) =>
  Number(lastSample().find((sample) => sample.measurand === measurand && sample.phase === phase)?.value);

const words = (call: ReceivedCall) => {
  const { eventType, triggerReason, connectorStatus, status } = call.payload;
  return [call.action, eventType, triggerReason, connectorStatus, status].filter((word) => word !== undefined).join(' ');
};

describe('a 1.6 station', () => {
  it('signs in, boots, tells its state, authorises, charges and tells the same energy in every way', async () => {
    await charge('ocpp1.6');
    await pass(60);
    station.charging.depart(1);
    await quiet();

    expect(csms.upgrades[0]?.headers.authorization).toBe(`Basic ${Buffer.from(`${ID}:secret`).toString('base64')}`);
    const [samples, end] = ['MeterValues', 'StopTransaction'];
    expect(csms.calls.map(words)).toEqual([
      'BootNotification',
      ...['Available', 'Available', 'Available', 'Preparing'].map((status) => `StatusNotification ${status}`),
      'Authorize',
      'StartTransaction',
      'StatusNotification Charging',
      ...Array.from({ length: 7 }, () => samples),
      end,
      'StatusNotification Finishing',
      'StatusNotification Available',
    ]);
    const stop = csms.of(end)[0]?.payload;
    const registerWh = Math.floor(sampledAs('Energy.Active.Import.Register'));
    expect(stop).toMatchObject({ transactionId: 1000, meterStop: registerWh, reason: 'Local' });
    // A minute at 16 A on three phases of about 230 V.
    expect(Math.abs(registerWh - 5_184)).toBeLessThanOrEqual(4);
    const [record] = fleet.totals()[0]?.transactions ?? [];
    expect(record).toMatchObject({ transactionId: '1000', meterStartWh: 5_000, meterStopWh: registerWh, stopCause: 'Local' });
    expect(record?.answered.map(({ action }) => action)).toEqual(['StartTransaction', ...Array.from({ length: 7 }, () => samples), end]);
    expect(record?.energyWh).toBeCloseTo(sampledAs('Energy.Active.Import.Register') - 5_000, 6);
    expect(lastSample().length).toBeGreaterThanOrEqual(7);
  });

  it('obeys a profile from the next sample on, pauses below 6 A, and follows the schedule without being told again', async () => {
    await charge('ocpp1.6');
    clock.advance(10_000);
    await quiet();
    expect(sampledAs('Current.Import', 'L1')).toBe(16);
    const answer = await csms.call(ID, 'SetChargingProfile', {
      connectorId: 1,
      csChargingProfiles: {
        chargingProfileId: 1,
        transactionId: 1000,
        stackLevel: 0,
        chargingProfilePurpose: 'TxProfile',
        chargingProfileKind: 'Absolute',
        chargingSchedule: {
          startSchedule: new Date(clock.now()).toISOString(),
          duration: 60,
          chargingRateUnit: 'A',
          chargingSchedulePeriod: [
            { startPeriod: 0, limit: 8.5 },
            { startPeriod: 30, limit: 5.9 },
          ],
        },
      },
    });
    expect(answer).toEqual({ status: 'Accepted' });
    expect(fleet.draws().map(({ currentMa }) => currentMa)).toEqual([8_500, 8_500, 8_500]);
    const seen: number[] = [];
    for (let sample = 0; sample < 7; sample++) {
      clock.advance(10_000);
      await quiet();
      seen.push(sampledAs('Current.Import', 'L1'));
    }
    expect(seen).toEqual([8.5, 8.5, 0, 0, 0, 16, 16]);
    const statuses = csms.of('StatusNotification').map(words);
    expect(statuses.slice(-2)).toEqual(['StatusNotification SuspendedEVSE', 'StatusNotification Charging']);
  });

  it('tells its composite schedule', async () => {
    await charge('ocpp1.6');
    const schedule = { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }] };
    const csChargingProfiles = {
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose: 'TxProfile',
      chargingProfileKind: 'Relative',
    };
    await csms.call(ID, 'SetChargingProfile', {
      connectorId: 1,
      csChargingProfiles: { ...csChargingProfiles, chargingSchedule: { ...schedule, duration: 40 } },
    });
    expect(await csms.call(ID, 'GetCompositeSchedule', { connectorId: 1, duration: 100 })).toMatchObject({
      status: 'Accepted',
      chargingSchedule: {
        chargingSchedulePeriod: [
          { startPeriod: 0, limit: 10 },
          { startPeriod: 40, limit: 32 },
        ],
      },
    });
  });

  it('repeats a start whose answer got lost: new id, same content, and one transaction', async () => {
    await run('ocpp1.6');
    await accepted();
    station.loseAnswers(1, 'StartTransaction');
    station.charging.arrive(1, CAR, TOKEN);
    await answeredTo('StartTransaction');
    const [first, second] = csms.of('StartTransaction');
    expect(second?.payload).toEqual(first?.payload);
    expect(second?.messageId).not.toBe(first?.messageId);
    const [record] = fleet.totals()[0]?.transactions ?? [];
    expect(record?.answered[0]?.messageIds).toEqual([first?.messageId, second?.messageId]);
    expect(record?.transactionId).toBe('1001');
  });

  it('charges without a link, and tells all of it in order when the link is back, without booting again', async () => {
    await run('ocpp1.6');
    await accepted();
    await quiet();
    station.loseLink(60_000);
    station.charging.arrive(1, CAR, TOKEN);
    clock.advance(25_000);
    station.charging.depart(1);
    expect(csms.of('StartTransaction')).toEqual([]);
    clock.advance(60_000);
    await csms.until('the stop', () => csms.of('StopTransaction')[0]);
    await quiet();
    const told = csms.calls.map(({ action }) => action).filter((action) => /Transaction|MeterValues|Boot|Authorize/.test(action));
    expect(told).toEqual(['BootNotification', 'StartTransaction', 'MeterValues', 'MeterValues', 'MeterValues', 'StopTransaction']);
    expect(csms.of('StartTransaction')[0]?.payload.timestamp).toBe('2026-03-02T10:00:00.000Z');
    expect(csms.of('StopTransaction')[0]?.payload.transactionId).toBe(1000);
    expect(fleet.totals()[0]?.transactions[0]?.startedOffline).toBe(true);
  });

  it('gives a billing message three attempts with growing pauses, and keeps the order behind it', async () => {
    await run('ocpp1.6');
    await accepted();
    csms.onCall = ({ action }) => (action === 'StartTransaction' ? { code: 'InternalError' } : undefined);
    station.charging.arrive(1, CAR, TOKEN);
    const failed = (times: number) => csms.until(`attempt ${times}`, () => csms.of('StartTransaction').length === times);
    await failed(1);
    await station.when('the failure', (event) => event.type === 'Failed');
    clock.advance(9_999);
    expect(csms.of('StartTransaction').length).toBe(1);
    const second = station.when('the failure', (event) => event.type === 'Failed');
    clock.advance(1);
    await second;
    // Frames keep their order: what was sent before this answer has arrived with it.
    await csms.call(ID, 'GetConfiguration', {});
    expect(csms.of('MeterValues')).toEqual([]);
    clock.advance(20_000);
    await failed(3);
    await csms.until('meter values of the transaction nobody knows', () => csms.of('MeterValues')[0]);
    expect(csms.of('MeterValues')[0]?.payload.transactionId).toBe(-1);
    expect(new Set(csms.of('StartTransaction').map(({ messageId }) => messageId)).size).toBe(3);
  });

  it('really reboots on Reset: ends the transaction, drops the link, boots, and keeps its default profile', async () => {
    await charge('ocpp1.6');
    await csms.call(ID, 'SetChargingProfile', {
      connectorId: 0,
      csChargingProfiles: {
        chargingProfileId: 9,
        stackLevel: 0,
        chargingProfilePurpose: 'TxDefaultProfile',
        chargingProfileKind: 'Absolute',
        chargingSchedule: {
          startSchedule: '2026-01-01T00:00:00Z',
          chargingRateUnit: 'A',
          chargingSchedulePeriod: [{ startPeriod: 0, limit: 6 }],
        },
      },
    });
    expect(await csms.call(ID, 'Reset', { type: 'Hard' })).toEqual({ status: 'Accepted' });
    await csms.until('the stop', () => csms.of('StopTransaction')[0]?.payload.reason === 'HardReset');
    await quiet();
    clock.advance(1_000);
    expect(station.online).toBe(false);
    clock.advance(5_000);
    await csms.until('the second boot', () => csms.of('BootNotification').length === 2);
    expect(station.installation.profiles.all().map(({ id }) => id)).toEqual([9]);
  });

  it('asks again after the interval it was given while Pending or Rejected, and says nothing else', async () => {
    const verdicts = ['Rejected', 'Pending', 'Accepted'];
    csms.onCall = ({ action }) =>
      action === 'BootNotification'
        ? { currentTime: new Date(clock.now()).toISOString(), interval: 7, status: verdicts.shift() ?? 'Accepted' }
        : undefined;
    await run('ocpp1.6');
    await station.when('rejection', (event) => event.type === 'Registered' && event.status === 'Rejected');
    expect(await csms.call(ID, 'GetConfiguration', {})).toEqual({ error: 'SecurityError' });
    clock.advance(6_999);
    expect(csms.calls.length).toBe(1);
    const pending = station.when('pending', (event) => event.type === 'Registered' && event.status === 'Pending');
    clock.advance(1);
    await pending;
    expect(await csms.call(ID, 'GetConfiguration', { key: ['HeartbeatInterval', 'Nonsense'] })).toEqual({
      configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '300' }],
      unknownKey: ['Nonsense'],
    });
    expect(await csms.call(ID, 'RemoteStartTransaction', { idTag: 'X' })).toEqual({ status: 'Rejected' });
    const done = accepted();
    clock.advance(7_000);
    await done;
    await quiet();
    expect(csms.calls.map(({ action }) => action).slice(0, 4)).toEqual([
      'BootNotification',
      'BootNotification',
      'BootNotification',
      'StatusNotification',
    ]);
  });

  it('answers what it cannot do, and what nobody can, with the codes of its version', async () => {
    await run('ocpp1.6');
    await accepted();
    expect(await csms.call(ID, 'Heartbeat', {})).toEqual({ error: 'NotSupported' });
    expect(await csms.call(ID, 'MakeCoffee', {})).toEqual({ error: 'NotImplemented' });
    expect(await csms.call(ID, 'Reset', {})).toEqual({ error: 'OccurenceConstraintViolation' });
    expect(await csms.call(ID, 'ChangeConfiguration', { key: 'NumberOfConnectors', value: '3' })).toEqual({ status: 'Rejected' });
    expect(await csms.call(ID, 'DataTransfer', { vendorId: 'x' })).toEqual({ status: 'UnknownVendorId' });
  });
});

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('an %s station', (version) => {
  it('tells a transaction in numbered events that add up', async () => {
    await charge(version);
    clock.advance(20_000);
    await quiet();
    station.charging.depart(1);
    await quiet();
    expect(csms.calls.map(words).filter((word) => !word.startsWith('Status'))).toEqual([
      'BootNotification',
      'Authorize',
      'TransactionEvent Started Authorized',
      'TransactionEvent Updated ChargingStateChanged',
      'TransactionEvent Updated MeterValuePeriodic',
      'TransactionEvent Updated MeterValuePeriodic',
      'TransactionEvent Ended StopAuthorized',
    ]);
    const events = csms.of('TransactionEvent').map(({ payload }) => payload);
    expect(events.map(({ seqNo }) => seqNo)).toEqual([0, 1, 2, 3, 4]);
    expect(events.filter((event) => event.evse !== undefined).length).toBe(1);
    const [record] = fleet.totals()[0]?.transactions ?? [];
    expect(record?.meterStopWh).toBe(sampledAs('Energy.Active.Import.Register'));
    expect(record?.energyWh).toBeCloseTo((record?.meterStopWh ?? 0) - (record?.meterStartWh ?? 0), 6);
    expect(record?.transactionId).toBe((events[0]?.transactionInfo as { transactionId?: string } | undefined)?.transactionId);
  });

  it('starts on request with a profile, obeys it at once, and refuses what K01 forbids', async () => {
    await run(version);
    await accepted();
    const period = (limit: number) => ({ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] });
    const answer = await csms.call(ID, 'RequestStartTransaction', {
      evseId: 1,
      remoteStartId: 5,
      idToken: TOKEN,
      chargingProfile: {
        id: 3,
        stackLevel: 0,
        chargingProfilePurpose: 'TxProfile',
        chargingProfileKind: 'Relative',
        chargingSchedule: [period(9)],
      },
    });
    expect(answer).toEqual({ status: 'Accepted' });
    station.charging.arrive(1, CAR, { idToken: 'OTHER', type: 'ISO14443' });
    await csms.until('the start', () => csms.of('TransactionEvent')[0]);
    expect(csms.of('TransactionEvent')[0]?.payload).toMatchObject({
      triggerReason: 'RemoteStart',
      idToken: TOKEN,
      transactionInfo: { remoteStartId: 5 },
    });
    expect(fleet.draws().map(({ currentMa }) => currentMa)).toEqual([9_000, 9_000, 9_000]);
    const profile = {
      id: 4,
      stackLevel: 0,
      chargingProfilePurpose: 'TxProfile',
      chargingProfileKind: 'Relative',
      chargingSchedule: [period(7)],
    };
    const set = (over: object) => csms.call(ID, 'SetChargingProfile', { evseId: 1, chargingProfile: { ...profile, ...over } });
    const transactionId = running().transaction.key;
    expect(await set({})).toMatchObject({ status: 'Rejected', statusInfo: { reasonCode: 'MissingParam' } });
    expect(await set({ transactionId: 'unknown' })).toMatchObject({ status: 'Rejected', statusInfo: { reasonCode: 'TxNotFound' } });
    expect(await set({ transactionId })).toMatchObject({ status: 'Rejected', statusInfo: { reasonCode: 'DuplicateProfile' } });
    expect(await set({ transactionId, id: 3 })).toEqual({ status: 'Accepted' });
    clock.advance(10_000);
    await quiet();
    expect(sampledAs('Current.Import', 'L2')).toBe(7);
    expect(
      await csms.call(ID, 'GetChargingProfiles', { requestId: 1, evseId: 1, chargingProfile: { chargingProfilePurpose: 'TxProfile' } }),
    ).toEqual({ status: 'Accepted' });
    await csms.until('the report', () => csms.of('ReportChargingProfiles')[0]);
    expect(await csms.call(ID, 'ClearChargingProfile', { chargingProfileId: 3 })).toEqual({ status: 'Accepted' });
    expect(await csms.call(ID, 'ClearChargingProfile', { chargingProfileId: 3 })).toEqual({ status: 'Unknown' });
    expect(fleet.draws().map(({ currentMa }) => currentMa)).toEqual([16_000, 16_000, 16_000]);
  });

  it('divides the station maximum over its EVSEs and pauses who comes last when it does not reach', async () => {
    await charge(version);
    clock.advance(1_000);
    station.charging.arrive(2, CAR, TOKEN);
    await csms.until(
      'a second start',
      () => csms.of('TransactionEvent').filter(({ payload }) => payload.eventType === 'Started').length === 2,
    );
    const most = (limit: number) =>
      csms.call(ID, 'SetChargingProfile', {
        evseId: 0,
        chargingProfile: {
          id: 1,
          stackLevel: 0,
          chargingProfilePurpose: 'ChargingStationMaxProfile',
          chargingProfileKind: 'Absolute',
          chargingSchedule: [
            { id: 1, startSchedule: '2026-01-01T00:00:00Z', chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
          ],
        },
      });
    const onL1 = () =>
      fleet
        .draws()
        .filter(({ phase }) => phase === 'L1')
        .map(({ evseId, currentMa }) => [evseId, currentMa]);
    await most(20);
    expect(onL1()).toEqual([
      [1, 10_000],
      [2, 10_000],
    ]);
    await most(11);
    expect(onL1()).toEqual([[1, 11_000]]);
    await csms.until('the pause', () =>
      csms
        .of('TransactionEvent')
        .some(({ payload }) => (payload.transactionInfo as { chargingState?: string }).chargingState === 'SuspendedEVSE'),
    );
  });

  it('marks what happened without a link as offline, and numbers it on', async () => {
    await charge(version);
    station.loseLink(30_000);
    clock.advance(25_000);
    station.charging.depart(1);
    clock.advance(10_000);
    await csms.until('the end', () => csms.of('TransactionEvent').some(({ payload }) => payload.eventType === 'Ended'));
    const events = csms.of('TransactionEvent').map(({ payload }) => payload);
    expect(events.map(({ seqNo }) => seqNo)).toEqual([0, 1, 2, 3, 4]);
    expect(events.map(({ offline }) => offline)).toEqual([undefined, undefined, true, true, true]);
  });

  it('reports its variables in parts and takes settings', async () => {
    await run(version);
    await accepted();
    await csms.call(ID, 'GetBaseReport', { requestId: 8, reportBase: 'FullInventory' });
    const last = await csms.until('the last part', () => csms.of('NotifyReport').find(({ payload }) => payload.tbc === false));
    const parts = csms.of('NotifyReport').map(({ payload }) => payload.seqNo);
    expect(parts).toEqual(parts.map((_, index) => index));
    expect(last.payload.requestId).toBe(8);
    const item = (component: string, variable: string) => ({ component: { name: component }, variable: { name: variable } });
    const answer = await csms.call(ID, 'SetVariables', {
      setVariableData: [
        { ...item('SampledDataCtrlr', 'TxUpdatedInterval'), attributeValue: '5' },
        { ...item('SmartChargingCtrlr', 'Enabled'), attributeValue: 'false' },
        { ...item('SmartChargingCtrlr', 'Nonsense'), attributeValue: '1' },
      ],
    });
    expect(
      (answer as { setVariableResult: { attributeStatus: string }[] }).setVariableResult.map(({ attributeStatus }) => attributeStatus),
    ).toEqual(['Accepted', 'Rejected', 'UnknownVariable']);
    expect(await csms.call(ID, 'GetVariables', { getVariableData: [item('SampledDataCtrlr', 'TxUpdatedInterval')] })).toMatchObject({
      getVariableResult: [{ attributeStatus: 'Accepted', attributeValue: '5' }],
    });
  });

  it('ends the transaction when the CSMS no longer accepts the token', async () => {
    csms.onCall = ({ action }) => (action === 'TransactionEvent' ? { idTokenInfo: { status: 'Blocked' } } : undefined);
    await run(version);
    await accepted();
    station.charging.arrive(1, CAR, TOKEN);
    await csms.until('the end', () => csms.of('TransactionEvent').some(({ payload }) => payload.triggerReason === 'Deauthorized'));
    expect(station.charging.running()).toEqual([]);
  });

  it('can disobey, refuse profiles, ignore calls and run on a wrong clock', async () => {
    await charge(version);
    const set = () =>
      csms.call(ID, 'SetChargingProfile', {
        evseId: 1,
        chargingProfile: {
          id: 1,
          stackLevel: 0,
          transactionId: running().transaction.key,
          chargingProfilePurpose: 'TxProfile',
          chargingProfileKind: 'Absolute',
          chargingSchedule: [
            {
              id: 1,
              startSchedule: new Date(clock.now()).toISOString(),
              chargingRateUnit: 'A',
              chargingSchedulePeriod: [{ startPeriod: 0, limit: 6 }],
            },
          ],
        },
      });
    station.refuseProfiles(true);
    expect(await set()).toMatchObject({ status: 'Rejected' });
    station.refuseProfiles(false);
    station.disobey(true);
    expect(await set()).toEqual({ status: 'Accepted' });
    expect(fleet.draws()[0]?.currentMa).toBe(16_000);
    station.disobey(false);
    expect(fleet.draws()[0]?.currentMa).toBe(6_000);
    station.skewClock(-3_600_000);
    expect(fleet.draws()[0]?.currentMa).toBe(16_000);
    clock.advance(10_000);
    await quiet();
    expect(csms.of('TransactionEvent').at(-1)?.payload.timestamp).toBe(new Date(clock.now() - 3_600_000).toISOString());
    station.ignoreCalls(true);
    let answered = false;
    void csms.call(ID, 'GetVariables', { getVariableData: [] }).then(() => {
      answered = true;
    });
    clock.advance(10_000);
    await quiet();
    expect(answered).toBe(false);
  });
});

describe('a 2.1 station that is away', () => {
  const set = (evseId: number, id: number, limit: number, over: Record<string, unknown> = {}) =>
    csms.call(ID, 'SetChargingProfile', {
      evseId,
      chargingProfile: {
        id,
        stackLevel: 0,
        chargingProfilePurpose: evseId === 0 ? 'TxDefaultProfile' : 'TxProfile',
        chargingProfileKind: 'Absolute',
        ...over,
        chargingSchedule: [
          {
            id,
            startSchedule: new Date(clock.now()).toISOString(),
            chargingRateUnit: 'A',
            chargingSchedulePeriod: [{ startPeriod: 0, limit }],
          },
        ],
      },
    });
  const drawnA = () => (fleet.draws().find(({ evseId }) => evseId === 1)?.currentMa ?? 0) / 1000;

  it.each([
    [true, 6],
    [false, 10],
  ])('falls back when a profile may not outlast its absence; ended for good: %s', async (invalidAfterOfflineDuration, afterwardsA) => {
    await charge('ocpp2.1');
    const offline = { transactionId: running().transaction.key, maxOfflineDuration: 60, invalidAfterOfflineDuration };
    expect(await set(0, 1, 6)).toEqual({ status: 'Accepted' });
    expect(await set(1, 2, 10, offline)).toEqual({ status: 'Accepted' });
    station.loseLink(120_000);
    clock.advance(50_000);
    expect(drawnA()).toBe(10);
    clock.advance(20_000);
    expect(drawnA()).toBe(6);
    const back = station.when('the link', (event) => event.type === 'Connected');
    clock.advance(200_000);
    await back;
    await quiet();
    clock.advance(1_000);
    expect(drawnA()).toBe(afterwardsA);
  });

  it('takes no profile of 2.1 that it cannot follow', async () => {
    await charge('ocpp2.1');
    const { key } = running().transaction;
    expect(await set(1, 2, 10, { transactionId: key, chargingProfilePurpose: 'PriorityCharging' })).toMatchObject({ status: 'Rejected' });
  });
});

describe('a fleet', () => {
  it('has cars charging at most of its outlets within twenty seconds', async () => {
    const stations = Array.from({ length: 6 }, (_, index) => ({
      stationId: `S${index}`,
      ocppVersion: index % 2 === 0 ? ('ocpp1.6' as const) : ('ocpp2.0.1' as const),
      evses: [{ evseId: 1 }],
    }));
    fleet = await startFleet({ url, clock, seed: 3, stations });
    await Promise.all(fleet.stations.map((each) => each.when('acceptance', (event) => event.type === 'Registered')));
    const started = csms.until(
      'four sessions',
      () => csms.calls.filter(({ action, payload }) => action === 'StartTransaction' || payload.eventType === 'Started').length >= 4,
    );
    for (let second = 0; second < 20; second++) {
      clock.advance(1_000);
      await Promise.all(
        fleet.stations.filter(({ queued }) => queued > 0).map((each) => each.when('an answer', (event) => event.type === 'Answered')),
      );
    }
    await started;
    expect(new Set(fleet.draws().map(({ stationId }) => stationId)).size).toBeGreaterThanOrEqual(3);
  });

  it('says why it cannot connect', async () => {
    await csms.close();
    await run('ocpp1.6');
    await station.when('a refusal', (event) => event.type === 'Disconnected');
    expect(station.lastLoss).toBe('ECONNREFUSED');
    csms = new TinyCsms();
    await csms.listen();
  });
});
