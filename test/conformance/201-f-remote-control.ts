// OCPP 2.0.1, block F: remote start and stop, triggers, unlocking. The names of what is asked for, and what comes of it.
import { describe, expect, it } from '@jest/globals';
import { type Block, operatorAsks, type Station, TOKEN } from './support/stage.js';

const evse = { id: 1 };
const trigger = (requestedMessage: string, place: object = {}) => ({ requestedMessage, ...place });

const block: Block = (open) => {
  const here = (): Promise<Station> => open().station('F201', 'ocpp2.0.1');
  const idToken = { idToken: TOKEN, type: 'ISO14443' };

  it.each([
    ['TC_F_01: at a car that is there', 1, 'Charging'],
    ['TC_F_02: before the car comes, and the card is judged', 2, undefined],
    ['TC_F_03: before the car comes, without a question', 3, undefined],
  ])('a remote start %s, is one session, of the token it was asked with', async (id, remoteStartId, state) => {
    const station = await here();
    const transactionId = id.slice(0, 7);
    const { wire, state: outcome } = await station.asked('RequestStartTransaction', { evseId: 1, remoteStartId, idToken });
    expect([outcome, wire[3]]).toEqual(['accepted', { evseId: 1, remoteStartId, idToken }]);
    if (remoteStartId === 2) expect(await station.call('Authorize', { idToken })).toEqual({ idTokenInfo: { status: 'Accepted' } });
    const heard = await station.transact(transactionId, [
      { type: 'Started', trigger: 'RemoteStart', token: TOKEN, info: { remoteStartId }, wh: 0, ...(state !== undefined && { state }) },
      { type: 'Updated', trigger: 'CablePluggedIn', state: 'EVConnected' },
      { type: 'Updated', trigger: 'ChargingStateChanged', state: 'Charging' },
      { type: 'Ended', trigger: 'EVCommunicationLost', state: 'Idle', wh: 300, info: { stoppedReason: 'EVDisconnected' } },
    ]);
    expect(heard[0]).toEqual({ idTokenInfo: { status: 'Accepted' } });
    expect(await station.session(transactionId)).toMatchObject({ energyWh: 300, reason: 'EVDisconnected', flags: [] });
  });
  it('TC_F_04: no car comes in time: it ends, and the bill is of nothing', async () => {
    const station = await here();
    await station.asked('RequestStartTransaction', { evseId: 1, remoteStartId: 4, idToken });
    await station.transact('TC_F_04', [
      { type: 'Started', trigger: 'RemoteStart', token: TOKEN, info: { remoteStartId: 4 } },
      { type: 'Ended', trigger: 'EVConnectTimeout', info: { stoppedReason: 'Timeout' } },
    ]);
    const session = await station.session('TC_F_04');
    expect(session).toMatchObject({ energyWh: 0, reason: 'Timeout' });
    expect(await station.charger.cdrs(session)).toMatchObject([{ total_energy: 0, total_cost: { excl_vat: 0 } }]);
  });
  it('F03.FR.01: no card is in the log of a remote start', async () => {
    const station = await here();
    const { commandId } = await station.asked('RequestStartTransaction', { evseId: 1, remoteStartId: 5, idToken }, { status: 'Rejected' });
    const records = await station.outcomes(commandId);
    expect(records.map(({ type }) => type)).toEqual(['CommandRequested', 'CommandSent', 'CommandAnswered']);
    expect(JSON.stringify(records)).not.toContain(`"${TOKEN}"`);
  });

  describe('an operator asks', () => {
    operatorAsks(here, [
      ['TC_F_06: to unlock', 'UnlockConnector', { evseId: 1, connectorId: 1 }, { status: 'Unlocked' }],
      ['TC_F_11: for the meter of an EVSE', 'TriggerMessage', trigger('MeterValues', { evse })],
      ['TC_F_12: for all meters', 'TriggerMessage', trigger('MeterValues')],
      ['TC_F_13: for the transaction of an EVSE', 'TriggerMessage', trigger('TransactionEvent', { evse })],
      ['TC_F_14: for all transactions', 'TriggerMessage', trigger('TransactionEvent')],
      ['TC_F_15: for the state of a log', 'TriggerMessage', trigger('LogStatusNotification')],
      ['TC_F_18: for the state of firmware', 'TriggerMessage', trigger('FirmwareStatusNotification')],
      ['TC_F_20: for a heartbeat', 'TriggerMessage', trigger('Heartbeat')],
      ['TC_F_23: for the status of a connector', 'TriggerMessage', trigger('StatusNotification', { evse: { id: 1, connectorId: 1 } })],
      [
        'TC_F_27: for what the station does not have',
        'TriggerMessage',
        trigger('SignV2GCertificate'),
        { status: 'NotImplemented' },
        'rejected',
      ],
    ]);
  });

  it('TC_F_24: what was asked for arrives in its row', async () => {
    const station = await here();
    await station.asked('TriggerMessage', trigger('StatusNotification', { evse: { id: 2, connectorId: 1 } }));
    const timestamp = new Date().toISOString();
    expect(await station.call('StatusNotification', { timestamp, connectorStatus: 'Occupied', evseId: 2, connectorId: 1 })).toEqual({});
    await station.network.until('the status in its row', async () => {
      const { evses } = await station.network.must<{ evses?: readonly { evseId: number; status: string | null }[] }>(
        'GET',
        `/v1/stations/${station.id}`,
      );
      return evses?.some(({ evseId, status }) => evseId === 2 && status === 'Occupied');
    });
  });
  it('F06.FR.13: a status is asked for one connector', async () => {
    expect(await (await here()).refused('TriggerMessage', trigger('StatusNotification', { evse }))).toEqual([
      { path: 'payload/evse/connectorId', message: expect.stringContaining('F06.FR.13') },
    ]);
  });
};

export default block;
