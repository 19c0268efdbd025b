// OCPP 2.0.1, blocks G, I and J: availability, status, heartbeats, prices on a display, and meter values.
// A transaction's readings make its energy; readings of no transaction bill nobody.
import { describe, expect, it } from '@jest/globals';
import { type Block, idTokenInfoOf, type Json, operatorAsks, type Station, TOKEN } from './support/stage.js';

const connector = { id: 1, connectorId: 1 };
const now = (): string => new Date().toISOString();
const signed = { signedMeterData: 'c2lnbmVk', signingMethod: 'ECDSA-secp256r1-SHA256', encodingMethod: 'OCMF', publicKey: 'a2V5' };

const block: Block = (open) => {
  const here = (): Promise<Station> => open().station('G201', 'ocpp2.0.1');
  const statusOf = async (evseId: number): Promise<unknown> => {
    const { evses } = await open().network.must<{ evses: readonly Json[] }>('GET', '/v1/stations/G201');
    return evses.find((evse) => evse.evseId === evseId)?.status;
  };

  describe('availability: an operator asks', () => {
    operatorAsks(here, [
      ['TC_G_03: an EVSE to be closed', 'ChangeAvailability', { operationalStatus: 'Inoperative', evse: { id: 1 } }],
      ['TC_G_04: an EVSE to be opened', 'ChangeAvailability', { operationalStatus: 'Operative', evse: { id: 1 } }],
      ['TC_G_05: the station to be closed', 'ChangeAvailability', { operationalStatus: 'Inoperative' }],
      ['TC_G_06: the station to be opened', 'ChangeAvailability', { operationalStatus: 'Operative' }],
      ['TC_G_07: a connector to be closed', 'ChangeAvailability', { operationalStatus: 'Inoperative', evse: connector }],
      ['TC_G_08: a connector to be opened', 'ChangeAvailability', { operationalStatus: 'Operative', evse: connector }],
    ]);
    const scheduled = { status: 'Scheduled' };
    operatorAsks(here, [
      [
        'TC_G_11: an EVSE to be closed after its transaction',
        'ChangeAvailability',
        { operationalStatus: 'Inoperative', evse: { id: 1 } },
        scheduled,
      ],
      ['TC_G_14: the station to be closed after its transactions', 'ChangeAvailability', { operationalStatus: 'Inoperative' }, scheduled],
      [
        'TC_G_17: a connector to be closed after its transaction',
        'ChangeAvailability',
        { operationalStatus: 'Inoperative', evse: connector },
        scheduled,
      ],
    ]);
  });

  it('G01: what a connector says of itself is in its row', async () => {
    const station = await here();
    for (const connectorStatus of ['Occupied', 'Unavailable', 'Faulted', 'Available']) {
      expect(await station.call('StatusNotification', { timestamp: now(), connectorStatus, evseId: 2, connectorId: 1 })).toEqual({});
      await station.network.until(connectorStatus, async () => (await statusOf(2)) === connectorStatus);
    }
  });
  it('TC_G_20, G05.FR.03, N07.FR.03, N08.FR.02: a lock that fails is told by an event, which is answered with nothing', async () => {
    const station = await here();
    const eventData = {
      eventId: 1,
      timestamp: now(),
      trigger: 'Delta',
      actualValue: 'true',
      eventNotificationType: 'HardWiredNotification',
      component: { name: 'ConnectorPlugRetentionLock', evse: connector },
      variable: { name: 'Problem' },
    };
    expect(await station.call('NotifyEvent', { generatedAt: now(), seqNo: 0, eventData: [eventData] })).toEqual({});
    const [record] = (await station.calls('NotifyEvent')).slice(-1);
    expect(record?.data.payload).toMatchObject({ eventData: [{ variable: { name: 'Problem' } }] });
  });
  it('G02.FR.04: any message says that a station is there, a heartbeat too', async () => {
    const station = await here();
    const seen = async () => Date.parse(String((await station.network.must<Json>('GET', `/v1/stations/${station.id}`)).lastSeenAt));
    const sentMs = Date.now();
    expect(await station.call('Heartbeat')).toEqual({ currentTime: expect.stringMatching(/Z$/) });
    await station.network.until('it was seen', async () => (await seen()) >= sentMs - 1000);
  });

  const values = (sampledValue: readonly Json[]) => [{ timestamp: now(), sampledValue }];
  it.each([
    ['TC_J_01: of no transaction', 2],
    ['J01.FR.18: of the station’s own meter', 0],
  ])('clock-aligned values %s are answered with nothing, and bill nobody', async (_, evseId) => {
    const station = await here();
    expect(await station.call('MeterValues', { evseId, meterValue: values([{ value: 77, context: 'Sample.Clock' }]) })).toEqual({});
    const [record] = (await station.calls('MeterValues')).slice(-1);
    expect(record?.data).toMatchObject({ payload: { evseId }, violations: [], flags: [] });
    const { items } = await station.network.must<{ items: readonly Json[] }>('GET', `/v1/sessions?stationId=${station.id}&status=active`);
    expect(items.filter((session) => session.evseId === evseId)).toEqual([]);
  });

  const sampled = (context: string, value: number, more: Json = {}) => ({ meterValue: values([{ value, context, ...more }]) });
  it.each([
    ['TC_J_02: clock-aligned', 'Updated', sampled('Sample.Clock', 400)],
    ['TC_J_03: clock-aligned, with its end', 'Ended', sampled('Sample.Clock', 700)],
    ['TC_J_04: clock-aligned and signed', 'Updated', sampled('Sample.Clock', 400, { signedMeterValue: signed })],
    ['TC_J_07: with its start', 'Started', sampled('Transaction.Begin', 100)],
    ['TC_J_09: periodic', 'Updated', sampled('Sample.Periodic', 400)],
    ['TC_J_10: with its end', 'Ended', sampled('Transaction.End', 700)],
    ['TC_J_11: signed', 'Ended', sampled('Transaction.End', 700, { signedMeterValue: signed })],
  ] as const)('readings of a transaction (J02.FR.19): %s', async (id, type, more) => {
    const station = await here();
    const transactionId = id.slice(0, 7);
    const steps = [
      { type: 'Started', trigger: 'Authorized', token: TOKEN, state: 'Charging', ...(type !== 'Started' && { wh: 100 }) },
      { type: 'Updated', trigger: 'MeterValuePeriodic' },
      { type: 'Ended', trigger: 'StopAuthorized', info: { stoppedReason: 'Local' }, ...(type !== 'Ended' && { wh: 700 }) },
    ] as const;
    for (const heard of await station.transact(
      transactionId,
      steps.map((step) => (step.type === type ? { ...step, more } : step)),
    ))
      expect(typeof heard).toBe('object');
    expect(await station.session(transactionId)).toMatchObject({ energyWh: 600, flags: [] });
    if (JSON.stringify(more).includes('signed')) expect(JSON.stringify(await station.calls('TransactionEvent'))).not.toContain('c2lnbmVk');
  });
  it('TC_J_08: readings that come before it is known which EVSE they are of', async () => {
    const station = await here();
    await station.transact('TC_J_08', [
      { type: 'Started', trigger: 'Authorized', token: TOKEN, more: { ...sampled('Transaction.Begin', 100), evse: undefined } },
      { type: 'Updated', trigger: 'CablePluggedIn', state: 'EVConnected', more: { evse: connector } },
      { type: 'Updated', trigger: 'ChargingStateChanged', state: 'Charging', wh: 100 },
      { type: 'Ended', trigger: 'StopAuthorized', wh: 700, info: { stoppedReason: 'Local' } },
    ]);
    expect(await station.session('TC_J_08')).toMatchObject({ evseId: 1, energyWh: 600 });
  });

  describe('prices are told', () => {
    const variable = (name: string, instance: string, value: string): Json => ({
      component: { name: 'TariffCostCtrlr' },
      variable: { name, instance },
      variableAttribute: [{ value }],
    });
    const authorized = async (station: Station): Promise<unknown> =>
      idTokenInfoOf(await station.call('Authorize', { idToken: { idToken: TOKEN, type: 'ISO14443' } }));
    const reports = (station: Station, ...reportData: readonly Json[]) =>
      station.call('NotifyReport', { requestId: 1, seqNo: 0, generatedAt: now(), reportData });
    const shown = (station: Station) =>
      station.network.until('what it shows is known', async () => {
        const [fact] = await station.shown();
        return fact;
      });

    it('I01.FR.02: before a transaction, to a station that can show them', async () => {
      const station = await open().station('I201', 'ocpp2.0.1');
      expect(await authorized(station)).toEqual({ status: 'Accepted' });
      await reports(station, variable('Enabled', 'Tariff', 'true'), variable('Enabled', 'Cost', 'true'));
      expect(await shown(station)).toMatchObject({ costs: true, tariffs: true });
      const personalMessage = { format: 'UTF8', language: 'en', content: '0.40 EUR per kWh plus 21 % VAT' };
      await station.network.until('the tariff is told', async () => JSON.stringify(await authorized(station)).includes('personalMessage'));
      expect(await authorized(station)).toEqual({ status: 'Accepted', personalMessage });
      expect(idTokenInfoOf(await station.call('Authorize', { idToken: { idToken: 'BLOCKED', type: 'ISO14443' } }))).toEqual({
        status: 'Blocked',
      });
    });
    it('TC_I_01, TC_I_02: what it comes to while it runs, and what it costs in the end', async () => {
      const station = await open().station('I201-running', 'ocpp2.0.1');
      await reports(station, variable('Enabled', 'Tariff', 'true'), variable('Enabled', 'Cost', 'true'));
      expect(await shown(station)).toMatchObject({ costs: true });
      const messages = () =>
        station.charger.commands.filter(([, , action]) => action === 'CostUpdated').map(([, , , payload]) => payload as Json);
      const heard = await station.transact('I02', [
        { type: 'Started', trigger: 'Authorized', token: TOKEN, state: 'Charging', wh: 0 },
        { type: 'Updated', trigger: 'MeterValuePeriodic', wh: 1000 },
      ]);
      await station.network.until('what it comes to', () => [heard[1] as Json, ...messages()].some(({ totalCost }) => totalCost === 0.48));
      for (const { transactionId } of messages()) expect(transactionId).toBe('I02');
      const info = { stoppedReason: 'EVDisconnected' };
      const [last] = await station.transact('I02', [
        { type: 'Ended', trigger: 'EVCommunicationLost', state: 'Idle', wh: 5000, info, more: { seqNo: 2 } },
      ]);
      expect(last).toMatchObject({ totalCost: 2.42 });
      expect(await station.charger.cdrs(await station.session('I02'))).toMatchObject([{ total_energy: 5, total_cost: { incl_vat: 2.42 } }]);
    });
    it('I03.FR.02: not to one that says it shows none; what it costs is billed all the same', async () => {
      const station = await open().station('I201-dark', 'ocpp2.0.1');
      await reports(station, variable('Enabled', 'Tariff', 'false'), variable('Enabled', 'Cost', 'false'));
      expect(await shown(station)).toMatchObject({ costs: false, tariffs: false });
      await station.network.until(
        'edges know it',
        async () => (await station.network.world.book.station('default', station.id))?.shows?.costs === false,
      );
      const heard = await station.transact('I03', [
        { type: 'Started', trigger: 'Authorized', token: TOKEN, state: 'Charging', wh: 0 },
        { type: 'Ended', trigger: 'StopAuthorized', wh: 1000, info: { stoppedReason: 'Local' }, more: { seqNo: 1 } },
      ]);
      expect(heard).toEqual([{ idTokenInfo: { status: 'Accepted' } }, {}]);
      expect(await station.charger.cdrs(await station.session('I03'))).toMatchObject([
        { total_energy: 1, total_cost: { incl_vat: 0.484 } },
      ]);
    });
  });
};

export default block;
