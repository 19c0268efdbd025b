// OCPP 2.0.1, block C: what tokens are worth, groups, master passes, the cache of the station.
// Contract certificates are judged in the cases of block M.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Block, idTokenInfoOf, operatorAsks, type Station, TOKEN } from './support/stage.js';

const block: Block = (open) => {
  const here = (): Promise<Station> => open().station('C201', 'ocpp2.0.1');
  const token = (idToken: string, body: object, type = 'ISO14443') => open().network.must('PUT', `/v1/tokens/${type}/${idToken}`, body);
  const authorize = async (idToken: string, type = 'ISO14443') => (await here()).call('Authorize', { idToken: { idToken, type } });
  const group = (idToken: string) => ({ idToken, type: 'Central' });

  beforeAll(async () => {
    await token('BLOCKED', { status: 'Blocked' });
    await token('EXPIRED', { status: 'Accepted', expiresAt: '2020-01-01T00:00:00Z' });
    await token('ANN', { status: 'Accepted', groupId: 'FAMILY' });
    await token('BOB', { status: 'Accepted', groupId: 'FAMILY' });
    await token('LAW', { status: 'Accepted', groupId: 'MASTER' });
  }, 60_000);

  describe('a token', () => {
    it.each([
      ['TC_C_02: nobody knows', 'STRANGER', 'Unknown'],
      ['TC_C_06: that is blocked', 'BLOCKED', 'Blocked'],
      ['TC_C_07: that has expired', 'EXPIRED', 'Expired'],
      ['TC_C_08: that is good', TOKEN, 'Accepted'],
      ['C01.FR.25: that is good, in other letters', TOKEN.toLowerCase(), 'Accepted'],
    ])('%s', async (_, idToken, status) => {
      expect(await authorize(idToken)).toMatchObject({ idTokenInfo: { status } });
      const [record] = (await (await here()).calls('Authorize')).slice(-1);
      expect(record?.data.token).toMatchObject({ status, tokenType: 'ISO14443' });
      expect(JSON.stringify(record?.data.payload)).not.toContain(idToken);
    });
    it('C04.FR.01, C04.FR.02, C04.FR.04: a key code is good or invalid, and stands in no log', async () => {
      await token('4711', { status: 'Accepted' }, 'KeyCode');
      expect(await authorize('4711', 'KeyCode')).toEqual({ idTokenInfo: { status: 'Accepted' } });
      expect(await authorize('4712', 'KeyCode')).toEqual({ idTokenInfo: { status: 'Invalid' } });
      expect(await authorize(TOKEN, 'KeyCode')).toEqual({ idTokenInfo: { status: 'Invalid' } });
      const said = JSON.stringify((await (await here()).calls('Authorize')).slice(-3).map(({ data }) => data.payload));
      expect(said).not.toMatch(new RegExp(`"(471[12]|${TOKEN})"`));
    });
    it('C01.FR.19, C01.FR.20, C01.FR.22: of a few EVSEs is told which, of another site is not at its location', async () => {
      await token('HERE', { status: 'Accepted', onlyAt: [{ siteId: 's' }] });
      await token('SECOND', { status: 'Accepted', onlyAt: [{ siteId: 's', stationId: 'C201', evseIds: [2] }] });
      await token('THERE', { status: 'Accepted', onlyAt: [{ siteId: 'elsewhere' }] });
      expect(await authorize('HERE')).toEqual({ idTokenInfo: { status: 'Accepted' } });
      expect(await authorize('SECOND')).toEqual({ idTokenInfo: { status: 'Accepted', evseId: [2] } });
      expect(await authorize('THERE')).toEqual({ idTokenInfo: { status: 'NotAtThisLocation' } });
    });
    it('C02.FR.02: none is needed where none is asked for, and nobody is made up', async () => {
      const station = await here();
      const none = { idToken: { idToken: '', type: 'NoAuthorization' } };
      const [heard] = await station.transact('C02', [{ type: 'Started', trigger: 'CablePluggedIn', state: 'Charging', wh: 0, more: none }]);
      expect(heard).toEqual({ idTokenInfo: { status: 'Accepted' } });
      await station.transact('C02', [{ type: 'Ended', trigger: 'EVDeparted', state: 'Idle', wh: 0 }]);
      expect((await station.calls('TransactionEvent')).at(0)?.data.token).toBeUndefined();
    });
    it('TC_C_20, C12.FR.03: that the station had in its cache is judged anew', async () => {
      const station = await here();
      const heard = await station.transact('C20', [
        { type: 'Started', trigger: 'Authorized', token: 'BLOCKED', state: 'EVConnected', wh: 0 },
        { type: 'Ended', trigger: 'Deauthorized', state: 'EVConnected', wh: 0, info: { stoppedReason: 'DeAuthorized' } },
      ]);
      expect(heard).toEqual([{ idTokenInfo: { status: 'Blocked' } }, { totalCost: 0 }]);
      expect(await station.session('C20')).toMatchObject({ reason: 'DeAuthorized', energyWh: 0 });
    });
    it('C01.FR.20: of a few EVSEs begins nothing at another one, in the words of 1.6 as well, which has no list', async () => {
      const station = await here();
      const heard = await station.transact('C0120', [
        { type: 'Started', trigger: 'Authorized', token: 'SECOND', state: 'EVConnected', wh: 0 },
        { type: 'Ended', trigger: 'Deauthorized', state: 'EVConnected', wh: 0, info: { stoppedReason: 'DeAuthorized' } },
      ]);
      expect(heard[0]).toMatchObject({ idTokenInfo: { status: 'NotAtThisLocation', evseId: [2] } });
      expect((await station.session('C0120')).flags).toContain('tokenNotAccepted');
      const old = await open().station('C16', 'ocpp1.6');
      await token('SECOND', { status: 'Accepted', onlyAt: [{ siteId: 's', stationId: old.id, evseIds: [2] }] });
      const start = (connectorId: number) =>
        old.call('StartTransaction', { connectorId, idTag: 'SECOND', meterStart: 0, timestamp: new Date().toISOString() });
      expect(await start(1)).toMatchObject({ idTagInfo: { status: 'Invalid' } });
      expect(await start(2)).toMatchObject({ idTagInfo: { status: 'Accepted' } });
      expect((await old.calls('StartTransaction')).map(({ data }) => data.token?.status)).toEqual(['Invalid', 'Accepted']);
    });
  });

  describe('a group', () => {
    it('TC_C_39, C01.FR.06, C09.FR.02, C09.FR.12: goes with each answer by its own name, and one of it may stop what another began', async () => {
      const station = await here();
      const accepted = { idTokenInfo: { status: 'Accepted', groupIdToken: group('FAMILY') } };
      expect(await authorize('BOB')).toEqual(accepted);
      const heard = await station.transact('C39', [
        { type: 'Started', trigger: 'Authorized', token: 'ANN', state: 'Charging', wh: 100 },
        { type: 'Updated', trigger: 'StopAuthorized', token: 'BOB', state: 'EVConnected', wh: 900 },
        { type: 'Ended', trigger: 'EVCommunicationLost', state: 'Idle', wh: 900, info: { stoppedReason: 'Local' } },
      ]);
      expect(heard.map(idTokenInfoOf)).toEqual([accepted.idTokenInfo, accepted.idTokenInfo, undefined]);
      const session = await station.session('C39');
      expect(session).toMatchObject({ energyWh: 800, reason: 'Local' });
      const calls = (await station.calls('TransactionEvent')).slice(-3).map(({ data }) => data);
      expect(new Set(calls.slice(0, 2).map(({ token: facts }) => facts?.groupHash)).size).toBe(1);
      expect(JSON.stringify(calls)).not.toContain('FAMILY');
      expect(await station.charger.cdrs(session)).toMatchObject([{ total_energy: 0.8 }]);
    });
    it('TC_C_47, TC_C_49: a master pass ends every transaction, with its own card or with theirs', async () => {
      const station = await here();
      const begin = { type: 'Started', trigger: 'Authorized', token: TOKEN, state: 'Charging', wh: 0 } as const;
      const end = { type: 'Ended', trigger: 'StopAuthorized', state: 'EVConnected', info: { stoppedReason: 'MasterPass' } } as const;
      expect(await authorize('LAW')).toEqual({ idTokenInfo: { status: 'Accepted', groupIdToken: group('MASTER') } });
      for (const [transactionId, card, evseId] of [
        ['C47', 'LAW', 1],
        ['C49', TOKEN, 2],
      ] as const) {
        const heard = await station.transact(transactionId, [begin, { ...end, token: card, wh: 500 }], evseId);
        expect(heard[1]).toMatchObject({ idTokenInfo: { status: 'Accepted', ...(card === 'LAW' && { groupIdToken: group('MASTER') }) } });
        expect(await station.session(transactionId)).toMatchObject({ evseId, reason: 'MasterPass', energyWh: 500 });
      }
    });
    it('TC_C_48: a master pass ends the one that was chosen', async () => {
      const station = await here();
      const begin = { type: 'Started', trigger: 'Authorized', token: TOKEN, state: 'Charging', wh: 0 } as const;
      await station.transact('C48-OTHER', [begin], 2);
      const info = { stoppedReason: 'MasterPass' };
      await station.transact('C48', [begin, { type: 'Ended', trigger: 'StopAuthorized', token: 'LAW', wh: 100, info }]);
      expect(await station.session('C48')).toMatchObject({ reason: 'MasterPass' });
      expect(await station.session('C48-OTHER', () => true)).toMatchObject({ status: 'active' });
    });
  });

  describe('the cache of a station', () => {
    operatorAsks(here, [
      ['TC_C_37: is cleared', 'ClearCache', {}],
      ['TC_C_38: is not cleared, and the operator sees it', 'ClearCache', {}, { status: 'Rejected' }, 'rejected'],
    ]);
  });
};

export default block;
