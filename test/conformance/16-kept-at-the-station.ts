// OCPP 1.6: what a station keeps for the network — its local list and its reservations — asked for and seen in rows.
import { describe, expect, it } from '@jest/globals';
import { at } from '../quirks/support/charger.js';
import { answering } from './support/answering.js';
import { type Block, type Json, type Station, TOKEN } from './support/stage.js';

const LATER = '2099-01-01T00:00:00.000Z';
const ENABLED = {
  configurationKey: [
    { key: 'LocalAuthListEnabled', readonly: false, value: 'true' },
    { key: 'SendLocalListMaxLength', readonly: true, value: '10' },
  ],
};

const block: Block = (open) => {
  const network = () => open().network;
  const token = (idToken: string, body: Json) => network().must('PUT', `/v1/tokens/Central/${idToken}`, body);

  describe('the local list', () => {
    const list = async ({ id }: Station) =>
      (await network().must<{ localList: Json | null }>('GET', `/v1/stations/${id}/token-copies`)).localList;
    const isSo = (station: Station, is: Json) =>
      network().until(`the list of ${station.id} being ${JSON.stringify(is)}`, async () => {
        const row = await list(station);
        return row !== null && Object.entries(is).every(([name, value]) => row[name] === value);
      });

    it('TC_043_4, TC_043_5: comes in full, and then by what was added', async () => {
      await token('LIST16-A', { status: 'Accepted', isOnLists: true, groupId: 'PARENT16' });
      const station = await open().station('LIST16', 'ocpp1.6');
      let listVersion = 0;
      const versions = answering(station, 'GetLocalListVersion', () => ({ listVersion }));
      const lists = answering(station, 'SendLocalList', (payload) => {
        listVersion = Number(payload.listVersion);
        return { status: 'Accepted' };
      });
      await station.asked('GetConfiguration', {}, ENABLED);
      const full = await network().until('the list', () => lists.sent()[0]);
      expect(full).toMatchObject({
        updateType: 'Full',
        localAuthorizationList: [{ idTag: 'LIST16-A', idTagInfo: { status: 'Accepted', parentIdTag: 'PARENT16' } }],
      });
      await isSo(station, { state: 'inStep', version: listVersion, entries: 1 });
      await token('LIST16-B', { status: 'Accepted', isOnLists: true });
      const added = await network().until('the addition', () => lists.sent()[1]);
      expect(added).toEqual({
        listVersion: Number(full.listVersion) + 1,
        updateType: 'Differential',
        localAuthorizationList: [{ idTag: 'LIST16-B', idTagInfo: { status: 'Accepted' } }],
      });
      await isSo(station, { state: 'inStep', version: listVersion, entries: 2 });
      for (const each of ['LIST16-A', 'LIST16-B']) await token(each, { status: 'Accepted' });
      await isSo(station, { state: 'inStep', entries: 0 });
      lists.stop();
      versions.stop();
    });
    it.each([
      ['TC_043_1: that is not supported', 'NotSupported', 'unsupported', 1],
      ['TC_043_3: that fails is sent anew and given up for a while,', 'Failed', 'failed', 3],
    ] as const)('%s shows so, with why', async (_, status, state, times) => {
      const station = await open().station(`LIST16-${status}`, 'ocpp1.6');
      const versions = answering(station, 'GetLocalListVersion', () => ({ listVersion: 0 }));
      const lists = answering(station, 'SendLocalList', () => ({ status }));
      await station.asked('GetConfiguration', {}, ENABLED);
      await network().must('POST', `/v1/stations/${station.id}/local-list/renewals`);
      await isSo(station, { state, reason: status });
      expect(lists.sent().map(({ updateType }) => updateType)).toEqual(Array.from({ length: times }, () => 'Full'));
      lists.stop();
      versions.stop();
    });
  });

  describe('a reservation', () => {
    const here = (): Promise<Station> => open().station('RES16', 'ocpp1.6');
    const row = (id: number) => network().must<Json>('GET', `/v1/reservations/${id}`);
    const becomes = (id: number, state: string) => network().until(`${id} is ${state}`, async () => (await row(id)).state === state);
    const reserve = async (reservationId: number, status = 'Accepted', more: Json = {}): Promise<void> => {
      const payload = { connectorId: 1, expiryDate: LATER, idTag: TOKEN, reservationId, ...more };
      const { wire } = await (await here()).asked('ReserveNow', payload, { status });
      expect(wire.slice(2)).toEqual(['ReserveNow', payload]);
    };
    const status = async (connectorId: number, value: string) =>
      expect(
        await (await here()).call('StatusNotification', { connectorId, errorCode: 'NoError', status: value, timestamp: at(0) }),
      ).toEqual({});

    it.each([
      ['TC_046: of a connector', 1046, {}, TOKEN],
      ['TC_049: of any connector', 1049, { connectorId: 0 }, TOKEN],
      ['TC_053: of a parent, by another card of it', 1053, { parentIdTag: 'PARENT16' }, 'RES16-OTHER'],
    ] as const)('%s is active, and used by the transaction that names it', async (_, reservationId, more, idTag) => {
      await token('RES16-OTHER', { status: 'Accepted', groupId: 'PARENT16' });
      await reserve(reservationId, 'Accepted', more);
      await becomes(reservationId, 'active');
      await status(1, 'Reserved');
      const station = await here();
      expect(await station.call('Authorize', { idTag })).toMatchObject({ idTagInfo: { status: 'Accepted' } });
      const start = { connectorId: 1, idTag, meterStart: 0, timestamp: at(60), reservationId };
      const { transactionId, idTagInfo } = (await station.call('StartTransaction', start)) as Json;
      expect(idTagInfo).toMatchObject({ status: 'Accepted' });
      await becomes(reservationId, 'used');
      expect(await row(reservationId)).toMatchObject({ stationId: 'RES16', transactionId: String(transactionId) });
      await station.call('StopTransaction', { transactionId, meterStop: 100, timestamp: at(0) });
      expect(await station.session(transactionId as number)).toMatchObject({ energyWh: 100, flags: [] });
    });
    it('TC_047: that is not used in time is over', async () => {
      await reserve(1047, 'Accepted', { expiryDate: at(-2) });
      await status(1, 'Reserved');
      await becomes(1047, 'expired');
      await status(1, 'Available');
    });
    it.each([
      ['TC_048_1', 10_481, 'Faulted'],
      ['TC_048_2', 10_482, 'Occupied'],
      ['TC_048_3', 10_483, 'Unavailable'],
      ['TC_048_4', 10_484, 'Rejected'],
    ])('%s: is refused by the station, and the operator sees why', async (_, reservationId, reason) => {
      await reserve(reservationId, reason);
      await becomes(reservationId, 'refused');
      expect(await row(reservationId)).toMatchObject({ reason, stationId: 'RES16' });
    });
    it('TC_051: is called off', async () => {
      await reserve(1051);
      await becomes(1051, 'active');
      expect(await (await here()).asked('CancelReservation', { reservationId: 1051 })).toMatchObject({ state: 'accepted' });
      await becomes(1051, 'cancelled');
    });
    it('TC_052: that the station does not have is not kept for anybody', async () => {
      await reserve(1052);
      await becomes(1052, 'active');
      expect(await (await here()).asked('CancelReservation', { reservationId: 1052 }, { status: 'Rejected' })).toMatchObject({
        state: 'rejected',
      });
      await becomes(1052, 'removed');
    });
  });
};

export default block;
