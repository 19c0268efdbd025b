// What came with OCPP 2.1 beside charging, in the whole network with a station that is nothing but a socket: DER controls, tariffs, dynamic limits, streams,
// settlements and battery swaps, on the wire, in the rows an operator reads, and in the log. Charging itself is in v21-charging.spec.ts.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { CallReceived, CommandRequested } from '#contracts';
import { validate } from '#ocpp';
import { FLAT_TARIFF } from '../chaos/support/flat-tariff.js';
import { NetworkWorld } from './support/network-world.js';
import { RawStation } from './support/raw-station.js';

type Json = Readonly<Record<string, unknown>>;

/** Answers what it is asked as the table says, anything else with Accepted. */
class Scripted {
  readonly asked: { readonly action: string; readonly payload: Json }[] = [];
  readonly answers: Record<string, (payload: Json) => Json> = {};
  readonly #waiting = new Map<string, (payload: Json) => void>();
  #ids = 0;

  constructor(readonly raw: RawStation) {
    raw.socket.on('message', (data) => {
      const [type, id, action, payload] = JSON.parse(String(data)) as [number, string, string, Json];
      if (type === 3) this.#waiting.get(id)?.(action as unknown as Json);
      if (type !== 2) return;
      this.asked.push({ action, payload });
      raw.send([3, id, this.answers[action]?.(payload) ?? { status: 'Accepted' }]);
    });
  }

  call(action: string, payload: Json): Promise<Json> {
    const id = `s${++this.#ids}`;
    expect([action, validate('ocpp2.1', action, 'request', payload)]).toEqual([action, []]);
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.raw.send([2, id, action, payload]);
    });
  }

  of(action: string): readonly Json[] {
    return this.asked.filter((each) => each.action === action).map(({ payload }) => payload);
  }
}

const now = (): string => new Date().toISOString();
const boot = { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M', firmwareVersion: '1' } };
const event = (eventType: string, seqNo: number, more: Json = {}): Json => ({
  eventType,
  seqNo,
  timestamp: now(),
  triggerReason: eventType === 'Started' ? 'Authorized' : eventType === 'Ended' ? 'EVDeparted' : 'MeterValuePeriodic',
  transactionInfo: { transactionId: 't1', chargingState: 'Charging' },
  ...more,
});
const register = (value: number): Json => ({
  meterValue: [{ timestamp: now(), sampledValue: [{ value, measurand: 'Energy.Active.Import.Register', unitOfMeasure: { unit: 'Wh' } }] }],
});

const isPlan = ({ chargingProfilePurpose, chargingSchedule }: Json): boolean =>
  chargingProfilePurpose === 'TxProfile' &&
  (chargingSchedule as readonly { chargingSchedulePeriod: readonly Json[] }[])[0]?.chargingSchedulePeriod[0]?.limit !== 0;

let network: NetworkWorld;
let station: Scripted;
let session: string;
const of = (path: string): string => `/v1/stations/CS/${path}`;
const command = (action: string, payload: unknown): Promise<Json> =>
  network.must('POST', `${of('commands')}?wait=true`, { action, payload, timeoutMs: 10_000 });
const items = async (path: string): Promise<readonly Json[]> => (await network.must<{ items: readonly Json[] }>('GET', path)).items;

beforeAll(async () => {
  network = await NetworkWorld.open();
  await network.must('PUT', '/v1/tariffs/flat', FLAT_TARIFF);
  const root = { nodeId: 'grid', limitA: 20, unmanagedMaxA: 0, phases: 3 };
  await network.must('PUT', '/v1/sites/s', { name: 'S', timeZone: 'Europe/Amsterdam', voltageV: 230, leaseSeconds: 300, root });
  await network.must('PUT', '/v1/sites/s/tariff', { tariffId: 'flat' });
  const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0 }];
  await network.must('PUT', '/v1/stations/CS', { siteId: 's', nodeId: 'grid', securityProfile: 1, password: 'password-of-CS', evses });
  await network.must('PUT', '/v1/tokens/ISO14443/driver', { status: 'Accepted' });
  const { port } = network.network.edge;
  const raw = await RawStation.connect({ port, path: '/ocpp/CS', protocols: 'ocpp2.1', user: 'CS', password: 'password-of-CS' });
  station = new Scripted(raw);
  station.answers.GetVariables = ({ getVariableData }) => ({
    getVariableResult: (getVariableData as readonly Json[]).map((each) => ({ ...each, attributeStatus: 'UnknownVariable' })),
  });
  station.answers.SetVariables = ({ setVariableData }) => ({
    setVariableResult: (setVariableData as readonly Json[]).map(({ component, variable }) => ({
      component,
      variable,
      attributeStatus: 'Rejected',
    })),
  });
  for (const action of ['GetBaseReport', 'GetCompositeSchedule']) station.answers[action] = () => ({ status: 'Rejected' });
  await station.call('BootNotification', boot);
}, 60_000);
afterAll(async () => {
  station?.raw.socket.terminate();
  await network?.close();
}, 30_000);

it('holds the DER controls of its site, again after a boot that forgot them, and its alarms are seen', async () => {
  const control = { isDefault: true, controlType: 'FreqWatt', curve: { curveData: [{ x: 50.2, y: 100 }], priority: 1, yUnit: 'PctMaxW' } };
  expect(await network.must('PUT', '/v1/sites/s/der-controls/c1', control)).toMatchObject({ stationIds: ['CS'] });
  const controlOf = async (): Promise<Json | undefined> =>
    (await network.must<{ controls: readonly Json[] }>('GET', of('der'))).controls[0];
  await network.until('it is set', async () => (await controlOf())?.state === 'set');
  expect(station.of('SetDERControl')).toEqual([{ ...control, controlId: 'c1' }]);

  await station.call('BootNotification', boot);
  const [question] = await network.until(
    'it is asked what it has',
    () => station.of('GetDERControl').length > 0 && station.of('GetDERControl'),
  );
  await station.call('ReportDERControl', { requestId: Number(question?.requestId), tbc: true });
  await station.call('ReportDERControl', { requestId: Number(question?.requestId), tbc: false });
  await network.until('it is sent again', () => station.of('SetDERControl').length === 2);
  await station.call('NotifyDERStartStop', { controlId: 'c1', started: true, timestamp: now() });
  await network.until('it is seen to run', async () => (await controlOf())?.isActive === true);
  await station.call('NotifyDERAlarm', { controlType: 'HVMustTrip', gridEventFault: 'OverVoltage', timestamp: now() });
  await network.until('the alarm is seen', async () => {
    const { alarms } = await network.must<{ alarms: readonly Json[] }>('GET', '/v1/sites/s/der');
    return alarms.length === 1 && alarms[0]?.fault === 'OverVoltage';
  });
  expect(await network.call('PUT', of('der-controls/c2'), { isDefault: true, controlType: 'VoltVar' })).toMatchObject({ status: 400 });
  await network.must('DELETE', '/v1/sites/s/der-controls/c1');
  await network.until('it is cleared', async () => (await controlOf())?.state === 'cleared');
  expect(station.of('ClearDERControl')).toEqual([{ isDefault: true, controlId: 'c1' }]);
}, 60_000);

it('is given the tariff of its site in its own words once it says that it calculates, and says that it holds it', async () => {
  const idToken = { idToken: 'driver', type: 'ISO14443' };
  await station.call('TransactionEvent', event('Started', 0, { idToken, evse: { id: 1, connectorId: 1 }, ...register(1000) }));
  const [running] = await network.until('the session runs', async () => {
    const found = await items('/v1/sessions?status=active');
    return found.length === 1 && found;
  });
  session = `/v1/sessions/${String(running?.sessionId)}`;
  station.answers.GetTariffs = () => ({
    status: 'Accepted',
    tariffAssignments: station
      .of('SetDefaultTariff')
      .map(({ tariff }) => ({ tariffId: (tariff as Json).tariffId, tariffKind: 'DefaultTariff' })),
  });
  const enabled = {
    component: { name: 'TariffCostCtrlr' },
    variable: { name: 'Enabled', instance: 'Tariff' },
    variableAttribute: [{ value: 'true' }],
  };
  await station.call('NotifyReport', { requestId: 1, seqNo: 0, generatedAt: now(), reportData: [enabled] });
  await network.until('it holds the tariff', async () => typeof (await items(of('tariffs')))[0]?.reportedAt === 'string');
  const { wanted } = await network.must<{ wanted: Json }>('GET', of('tariffs'));
  expect(wanted).toMatchObject({ state: 'held', reason: null, problems: null });
  const { tariffId } = wanted;
  expect(await items(of('tariffs'))).toMatchObject([{ tariffId, state: 'held', kind: 'DefaultTariff', isCurrent: true, evseId: 0 }]);
  expect(station.of('SetDefaultTariff')).toMatchObject([
    { evseId: 0, tariff: { currency: 'EUR', energy: { prices: [{ priceKwh: 0.4 }], taxRates: [{ type: 'VAT', tax: 21 }] } } },
  ]);
  await network.must('PUT', `${session}/station-tariff`);
  await network.until('the session has it', () =>
    station.of('ChangeTransactionTariff').some(({ transactionId }) => transactionId === 't1'),
  );
}, 60_000);

it('has a dynamic limit that is moved within the limit of the site, and hears it again when it asks', async () => {
  // Before its default is confirmed and settled it counts with its rating, and nothing else has room.
  await network.until('it has a plan', () =>
    station.of('SetChargingProfile').some(({ chargingProfile }) => isPlan(chargingProfile as Json)),
  );
  const schedule = { id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 12 }] };
  const chargingProfile = {
    ...{
      id: 7,
      stackLevel: 1,
      chargingProfilePurpose: 'TxProfile',
      chargingProfileKind: 'Dynamic',
      transactionId: 't1',
      dynUpdateInterval: 60,
    },
    chargingSchedule: [schedule],
  };
  const pull = (): Promise<Json> => station.call('PullDynamicScheduleUpdate', { chargingProfileId: 7 });
  expect(await pull()).toMatchObject({ status: 'Rejected' });
  expect(await command('SetChargingProfile', { evseId: 1, chargingProfile })).toMatchObject({ state: 'accepted' });
  expect(await pull()).toEqual({ status: 'Accepted', scheduleUpdate: { limit: 12 } });
  expect(await command('UpdateDynamicSchedule', { chargingProfileId: 7, scheduleUpdate: { limit: 8 } })).toMatchObject({
    state: 'accepted',
    reason: null,
  });
  expect(await pull()).toEqual({ status: 'Accepted', scheduleUpdate: { limit: 8 } });
  expect(await command('UpdateDynamicSchedule', { chargingProfileId: 7, scheduleUpdate: { limit: 25 } })).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('NotPermitted'),
  });
  station.answers.UpdateDynamicSchedule = () => ({ status: 'Rejected' });
  expect(await command('UpdateDynamicSchedule', { chargingProfileId: 7, scheduleUpdate: { limit: 6 } })).toMatchObject({
    state: 'rejected',
  });
  const before = station.of('UpdateDynamicSchedule').length;
  expect(await pull()).toMatchObject({ status: 'Rejected' });
  await network.until('the owner sends what stands', () => station.of('UpdateDynamicSchedule').length > before);
  expect(station.of('UpdateDynamicSchedule').at(-1)).toEqual({ chargingProfileId: 7, scheduleUpdate: { limit: 8 } });
}, 60_000);

it('streams values of a monitor, in another rhythm once it agrees', async () => {
  const constantStreamData = { id: 3, variableMonitoringId: 9, params: { interval: 5 } };
  expect(await station.call('OpenPeriodicEventStream', { constantStreamData })).toEqual({ status: 'Accepted' });
  const silent = { ...constantStreamData, id: 4, params: {} };
  expect(await station.call('OpenPeriodicEventStream', { constantStreamData: silent })).toMatchObject({ status: 'Rejected' });
  station.raw.send([6, 'send1', 'NotifyPeriodicEventStream', { id: 3, pending: 0, basetime: now(), data: [{ t: 0, v: '21.5' }] }]);
  await network.must('PUT', of('event-streams/3'), { intervalS: 60 });
  await network.until('the rhythm holds', async () => (await items(of('event-streams')))[0]?.intervalS === 60);
  expect(await items(of('event-streams'))).toMatchObject([{ streamId: 3, variableMonitoringId: 9, state: 'open', lastValue: '21.5' }]);
  expect(station.of('AdjustPeriodicEventStream')).toEqual([{ id: 3, params: { interval: 60 } }]);
  expect(await items(of('event-streams/3/values'))).toMatchObject([{ value: '21.5', variableMonitoringId: 9 }]);
  // It lists none any more: whatever closed it was not heard.
  station.answers.GetPeriodicEventStream = () => ({ constantStreamData: [] });
  expect(await command('GetPeriodicEventStream', {})).toMatchObject({ state: 'accepted' });
  await network.until('it is closed', async () => (await items(of('event-streams')))[0]?.state === 'closed');
}, 60_000);

it('calculates a session itself and settles it: what it says is beside what the session came to', async () => {
  const costDetails = {
    totalCost: { currency: 'EUR', typeOfCost: 'NormalCost', total: { exclTax: 0.5, inclTax: 0.605 } },
    totalUsage: { energy: 1, chargingTime: 60, idleTime: 0 },
  };
  await station.call('TransactionEvent', event('Ended', 1, { costDetails, ...register(2000) }));
  const cost = await network.until('the session is rated, and what it said is shown', async () => {
    const found = await network.must<Record<'station' | 'ours' | 'comparison', Json | null>>('GET', `${session}/station-cost`);
    return found.ours?.isFinal === true && found.station?.isFinal === true && found;
  });
  expect(cost).toMatchObject({
    station: { isFinal: true, net: '0.5', gross: '0.605' },
    ours: { currency: 'EUR', net: '0.4000', gross: '0.4840' },
    comparison: { agrees: false, differenceNet: '0.1000', differenceGross: '0.1210' },
    stationTariff: { state: 'held' },
  });
  const settled = { pspRef: 'psp-1234', status: 'Settled', settlementAmount: 0.48, settlementTime: now(), transactionId: 't1' };
  expect(await station.call('NotifySettlement', settled)).toEqual({});
  const [settlement] = await network.until('the settlement is seen', async () => {
    const found = await items(`${session}/settlements`);
    return found.length === 1 && found;
  });
  expect(settlement).toMatchObject({ amount: '0.48', pspRef: 'psp-1234', agrees: true, transactionId: 't1' });
  await network.must('POST', of('web-payments'), { evseId: 1, timeoutS: 60 });
  await network.until('the EVSE is held', async () => (await items(of('web-payments')))[0]?.isHeld === true);
  expect(station.of('NotifyWebPaymentStarted')).toEqual([{ evseId: 1, timeout: 60 }]);
}, 60_000);

it('lets in who pays at its terminal, whose session and bill are those of a passer-by', async () => {
  const idToken = { idToken: 'psp-5678', type: 'DirectPayment' };
  const transactionInfo = { transactionId: 't2' };
  const evse = { id: 1, connectorId: 1 };
  expect(await station.call('TransactionEvent', event('Started', 0, { transactionInfo, evse, idToken, ...register(2000) }))).toMatchObject({
    idTokenInfo: { status: 'Accepted' },
  });
  const stoppedReason = 'Local';
  await station.call('TransactionEvent', event('Ended', 1, { transactionInfo: { ...transactionInfo, stoppedReason }, ...register(3000) }));
  const settled = { pspRef: 'psp-5678', status: 'Settled', settlementAmount: 0.48, settlementTime: now(), ...transactionInfo };
  await station.call('NotifySettlement', settled);
  const [paid] = await network.until('the settlement is seen beside its session', async () => {
    const found = (await items(of('settlements'))).filter(({ transactionId, agrees }) => transactionId === 't2' && agrees !== null);
    return found.length === 1 && found;
  });
  expect(paid).toMatchObject({ amount: '0.48', agrees: true });
  expect(await network.must('GET', `/v1/sessions/${paid?.sessionId}`)).toMatchObject({ transactionId: 't2', flags: [] });
  const [bill] = await network.until('it is billed', async () => {
    const found = await items(`/v1/cdrs?sessionId=${paid?.sessionId}`);
    return found.length === 1 && found;
  });
  expect(bill).toMatchObject({ cdr_token: { type: 'AD_HOC_USER' } });
}, 60_000);

it('is given a new tariff of its site by itself, and one of another id by hand', async () => {
  const elements = [{ price_components: [{ type: 'ENERGY', price: 0.55, vat: 21, step_size: 1 }] }];
  await network.must('PUT', '/v1/tariffs/dear', { ...FLAT_TARIFF, id: 'dear', elements });
  await network.must('PUT', '/v1/sites/s/tariff', { tariffId: 'dear' });
  const prices = () =>
    station.of('SetDefaultTariff').map(({ tariff }) => (tariff as { energy: { prices: readonly Json[] } }).energy.prices[0]?.priceKwh);
  await network.until('the new one is held', async () => {
    const { wanted } = await network.must<{ wanted: { state: string; tariffId: string } }>('GET', of('tariffs'));
    return wanted.state === 'held' && wanted.tariffId.startsWith('dear/');
  });
  expect(prices()).toEqual([0.4, 0.55]);
  const { tariffId } = await network.must<{ tariffId: string }>('PUT', of('default-tariff'), { tariffId: 'flat', evseId: 1 });
  await network.until('the other is sent', () => prices().length === 3);
  expect([tariffId, prices()[2]]).toEqual([expect.stringMatching(/^flat\//), 0.4]);
  station.answers.ClearTariffs = () => ({ clearTariffsResult: [{ tariffId, status: 'Accepted' }] });
  expect(await command('ClearTariffs', { tariffIds: [tariffId], evseId: 1 })).toMatchObject({ state: 'accepted' });
  await network.until('it is gone there', async () =>
    (await items(of('tariffs'))).some((each) => each.evseId === 1 && each.state === 'gone'),
  );
}, 60_000);

it('publishes firmware for its neighbours, and takes it back when nobody downloads it any more', async () => {
  const published = async (): Promise<Json | undefined> => (await items(of('transfers'))).find(({ kind }) => kind === 'publish');
  const checksum = '0123456789abcdef0123456789abcdef';
  const request = { location: 'https://firmware.example/f', checksum, requestId: 9 };
  expect(await command('PublishFirmware', request)).toMatchObject({ state: 'accepted' });
  await station.call('PublishFirmwareStatusNotification', { status: 'Downloading', requestId: 9 });
  await network.until('it is on its way', async () => (await published())?.status === 'Downloading');
  const location = ['https://controller.example/f'];
  expect(await station.call('PublishFirmwareStatusNotification', { status: 'Published', location, requestId: 9 })).toEqual({});
  await network.until('it is published', async () => (await published())?.endedAs === 'done');
  expect(await published()).toMatchObject({ status: 'Published', detail: location[0] });
  for (const status of ['DownloadOngoing', 'Unpublished']) {
    station.answers.UnpublishFirmware = () => ({ status });
    await command('UnpublishFirmware', { checksum });
  }
  await network.until('it is taken back', async () => (await published())?.status === 'Unpublished');
}, 60_000);

it('has no contract for a car where nobody named a pool, and what the car said stands in no record', async () => {
  const exiRequest = 'what a car says';
  const question = { iso15118SchemaVersion: 'urn:iso:15118:2:2013:MsgDef', action: 'Install', exiRequest };
  expect(await station.call('Get15118EVCertificate', question)).toEqual({ status: 'Failed', exiResponse: '' });
  const calls = (await network.records('site-events')).map(({ data }) => data as CallReceived);
  const [call] = calls.filter(({ action }) => action === 'Get15118EVCertificate');
  expect(call?.answer).toMatchObject({ kind: 'result', payload: { status: 'Failed' } });
  expect(JSON.stringify(call)).not.toContain(exiRequest);
}, 60_000);

it('swaps a battery for a driver', async () => {
  const idToken = { idToken: 'driver', type: 'ISO14443' };
  const { requestId } = await network.must<{ requestId: number }>('POST', of('battery-swaps'), { idToken });
  await network.until('it is asked for a swap', () => station.of('RequestBatterySwap').length === 1);
  expect(station.of('RequestBatterySwap')).toEqual([{ idToken, requestId }]);
  const battery = (evseId: number, soC: number): Json => ({ evseId, serialNumber: `B${evseId}-serial`, soC, soH: 97 });
  await station.call('BatterySwap', { batteryData: [battery(1, 10)], eventType: 'BatteryIn', requestId, idToken });
  await station.call('BatterySwap', { batteryData: [battery(2, 99)], eventType: 'BatteryOut', requestId, idToken });
  const { slots } = await network.until('it is swapped', async () => {
    const found = await network.must<Record<'slots' | 'swaps', readonly Json[]>>('GET', of('batteries'));
    return found.swaps[0]?.state === 'swapped' && found;
  });
  expect(slots).toMatchObject([
    { evseId: 1, isIn: true, serialNumber: 'B1-serial', soC: 10 },
    { evseId: 2, isIn: false, serialNumber: 'B2-serial' },
  ]);
}, 60_000);

it('was told nothing its schema refuses, and the log tells nobody who paid or swapped', async () => {
  const records = await network.records('site-events');
  const told = records.filter(({ type }) => type === 'CommandRequested').map(({ data }) => data as CommandRequested);
  for (const { action, payload } of told) expect([action, validate('ocpp2.1', action, 'request', payload)]).toEqual([action, []]);
  const calls = records.filter(({ type }) => type === 'CallReceived').map(({ data }) => data as CallReceived);
  expect(calls.flatMap(({ violations }) => violations)).toEqual([]);
  for (const secret of ['psp-1234', 'B1-serial', '"driver"']) expect(JSON.stringify(records)).not.toContain(secret);
});
