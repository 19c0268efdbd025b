// OCPP 2.0.1, blocks D, H and O: what a station keeps for the network — the local list, reservations, messages on its display — asked for and seen in rows.
// Repeats, restarts and stations that are away are in the specs of the parts that keep it (apps/stations).
import { describe, expect, it } from '@jest/globals';
import { answering } from './support/answering.js';
import { type Block, type Json, type Station, TOKEN } from './support/stage.js';

const EXPIRY = '2099-01-01T00:00:00.000Z';
const idToken = { idToken: TOKEN, type: 'ISO14443' };

const block: Block = (open) => {
  const network = () => open().network;

  describe('the local list', () => {
    const here = (): Promise<Station> => open().station('D201', 'ocpp2.0.1');
    const token = (name: string, body: Json) => network().must('PUT', `/v1/tokens/ISO14443/${name}`, body);
    const list = async () => (await network().must<{ localList: Json | null }>('GET', '/v1/stations/D201/token-copies')).localList;
    const variable = (name: string, value: string) => ({
      component: { name: 'LocalAuthListCtrlr' },
      variable: { name },
      variableAttribute: [{ value }],
    });

    it('TC_D_01, TC_D_02, TC_D_03: comes in full, and then by what was added or taken off; who is erased leaves it (N10.FR.02)', async () => {
      await token('LISTED-1', { status: 'Accepted', isOnLists: true, groupId: 'LISTED' });
      const station = await here();
      let version = 0;
      const versions = answering(station, 'GetLocalListVersion', () => ({ versionNumber: version }));
      const lists = answering(station, 'SendLocalList', ({ versionNumber }) => {
        version = Number(versionNumber);
        return { status: 'Accepted' };
      });
      const reportData = [variable('Enabled', 'true'), variable('ItemsPerMessage', '10')];
      await station.call('NotifyReport', { requestId: 1, generatedAt: new Date().toISOString(), seqNo: 0, reportData });
      const [full] = await network().until('the list', () => lists.sent().length === 1 && lists.sent());
      expect(full).toMatchObject({
        updateType: 'Full',
        localAuthorizationList: [
          {
            idToken: { idToken: 'LISTED-1', type: 'ISO14443' },
            idTokenInfo: { status: 'Accepted', groupIdToken: { idToken: 'LISTED', type: 'Central' } },
          },
        ],
      });
      await token('LISTED-2', { status: 'Accepted', isOnLists: true });
      const added = await network().until('the addition', () => lists.sent()[1]);
      expect(added).toMatchObject({ updateType: 'Differential', localAuthorizationList: [{ idToken: { idToken: 'LISTED-2' } }] });
      await token('LISTED-2', { status: 'Accepted' });
      const removed = await network().until('the removal', () => lists.sent()[2]);
      expect(removed).toMatchObject({ updateType: 'Differential', localAuthorizationList: [{ idToken: { idToken: 'LISTED-2' } }] });
      expect((removed.localAuthorizationList as readonly Json[])[0]).not.toHaveProperty('idTokenInfo');
      await network().until('it is in step', async () => (await list())?.state === 'inStep' && (await list())?.version === version);
      expect(JSON.stringify(await station.calls())).not.toContain('LISTED-1');
      lists.stop();
      versions.stop();
    });

    /** It keeps a list, and takes whatever it is sent. */
    const keeps = async (stationId: string) => {
      const station = await open().station(stationId, 'ocpp2.0.1');
      let versionNumber = 0;
      const versions = answering(station, 'GetLocalListVersion', () => ({ versionNumber }));
      const lists = answering(station, 'SendLocalList', (payload) => {
        versionNumber = Number(payload.versionNumber);
        return { status: 'Accepted' };
      });
      const reportData = [variable('Enabled', 'true'), variable('ItemsPerMessage', '10')];
      await station.call('NotifyReport', { requestId: 1, generatedAt: new Date().toISOString(), seqNo: 0, reportData });
      const row = async () => (await network().must<{ localList: Json | null }>('GET', `/v1/stations/${stationId}/token-copies`)).localList;
      const holds = (entries: number) =>
        network().until(`${stationId} holds ${entries}`, async () => {
          const now = await row();
          return now?.state === 'inStep' && now.entries === entries && now.version === versionNumber;
        });
      return {
        station,
        sent: lists.sent,
        holds,
        stop: () => {
          lists.stop();
          versions.stop();
        },
      };
    };

    it('TC_D_04: is sent in full and empty where nobody is on it', async () => {
      await token('LISTED-1', { status: 'Accepted' });
      const { sent, holds, stop } = await keeps('D201-empty');
      const full = await network().until('the list', () => sent()[0]);
      expect(full).toEqual({ updateType: 'Full', versionNumber: 1 });
      await holds(0);
      stop();
    });
    it('TC_C_40, TC_C_43, TC_N_46: tells of groups and of who is blocked, as the network says itself; who is erased leaves it and is cleared (N10.FR.02)', async () => {
      const group = { idToken: 'LISTED', type: 'Central' };
      for (const [name, status] of [
        ['LISTED-A', 'Accepted'],
        ['LISTED-B', 'Accepted'],
        ['LISTED-C', 'Blocked'],
      ] as const)
        await token(name, { status, isOnLists: true, groupId: 'LISTED' });
      const { station, sent, holds, stop } = await keeps('C40');
      const full = await network().until('the list', () => sent()[0]);
      const infoOf = Object.fromEntries(
        (full.localAuthorizationList as readonly { idToken: Json; idTokenInfo: Json }[]).map((each) => [
          each.idToken.idToken,
          each.idTokenInfo,
        ]),
      );
      expect(infoOf).toMatchObject({
        'LISTED-A': { status: 'Accepted', groupIdToken: group },
        'LISTED-B': { status: 'Accepted', groupIdToken: group },
        'LISTED-C': { status: 'Blocked' },
      });
      await holds(3);
      const [first] = await station.transact('C40', [
        { type: 'Started', trigger: 'Authorized', token: 'LISTED-A', state: 'Charging', wh: 0 },
      ]);
      expect(first).toMatchObject({ idTokenInfo: { status: 'Accepted', groupIdToken: group } });
      const authorize = (name: string) => station.call('Authorize', { idToken: { idToken: name, type: 'ISO14443' } });
      expect(await authorize('LISTED-C')).toMatchObject({ idTokenInfo: { status: 'Blocked' } });
      expect(await authorize('LISTED-B')).toMatchObject({ idTokenInfo: { status: 'Accepted', groupIdToken: group } });
      const [last] = await station.transact('C40', [
        { type: 'Ended', trigger: 'StopAuthorized', token: 'LISTED-B', wh: 100, info: { stoppedReason: 'Local' }, more: { seqNo: 1 } },
      ]);
      expect(last).toMatchObject({ idTokenInfo: { status: 'Accepted', groupIdToken: group } });
      expect(await station.session('C40')).toMatchObject({ energyWh: 100, reason: 'Local', flags: [] });

      const cleared = answering(station, 'CustomerInformation', () => ({ status: 'Accepted' }));
      await network().must('DELETE', '/v1/tokens/ISO14443/LISTED-A');
      const question = await network().until('the question', () => cleared.sent()[0]);
      expect(question).toMatchObject({ report: false, clear: true, idToken: { idToken: 'LISTED-A', type: 'ISO14443' } });
      const update = await network().until('the list without it', () => sent()[1]);
      expect(JSON.stringify(update.localAuthorizationList)).not.toContain('LISTED-A');
      expect(Number(update.versionNumber)).toBeGreaterThan(Number(full.versionNumber));
      await holds(2);
      for (const name of ['LISTED-B', 'LISTED-C']) await token(name, { status: 'Accepted' });
      await holds(0);
      cleared.stop();
      stop();
    });
  });

  describe('a reservation', () => {
    const here = (): Promise<Station> => open().station('H201', 'ocpp2.0.1');
    const row = (id: number) => network().must<Json>('GET', `/v1/reservations/${id}`);
    const becomes = (id: number, state: string) => network().until(`${id} is ${state}`, async () => (await row(id)).state === state);
    const reserve = async (id: number, status = 'Accepted', more: Json = { evseId: 1 }) => {
      const payload = { id, expiryDateTime: EXPIRY, idToken, ...more };
      const { wire } = await (await here()).asked('ReserveNow', payload, { status });
      expect(wire.slice(2)).toEqual(['ReserveNow', payload]);
    };

    it('TC_H_01: of an EVSE is active once the station took it, and used by the transaction that names it', async () => {
      await reserve(101);
      await becomes(101, 'active');
      const station = await here();
      await station.transact('H01', [
        { type: 'Started', trigger: 'Authorized', token: TOKEN, state: 'Charging', wh: 0, more: { reservationId: 101 } },
        { type: 'Ended', trigger: 'StopAuthorized', wh: 100, info: { stoppedReason: 'Local' } },
      ]);
      await becomes(101, 'used');
      expect(await row(101)).toMatchObject({ stationId: 'H201', evseId: 1, transactionId: 'H01' });
    });
    it.each([
      ['TC_H_08: of any EVSE', 108, {}],
      ['TC_H_15: of a connector of a type', 115, { connectorType: 'cType2' }],
      ['TC_H_19: for a group', 119, { evseId: 1, groupIdToken: { idToken: 'GROUP', type: 'Central' } }],
    ])('%s is active, and called off (TC_H_17)', async (_, id, more) => {
      await reserve(id, 'Accepted', more);
      await becomes(id, 'active');
      expect(await (await here()).asked('CancelReservation', { reservationId: id })).toMatchObject({ state: 'accepted' });
      await becomes(id, 'cancelled');
    });
    it.each([
      ['TC_H_07: is not used in time', 107, 'Expired', 'expired'],
      ['TC_H_20: is taken back, for the EVSE is faulted', 120, 'Removed', 'removed'],
    ])('that %s ends as the station says', async (_, id, reservationUpdateStatus, state) => {
      await reserve(id);
      await becomes(id, 'active');
      expect(await (await here()).call('ReservationStatusUpdate', { reservationId: id, reservationUpdateStatus })).toEqual({});
      await becomes(id, state);
    });
    it.each([
      ['TC_H_22: is rejected', 122, 'Rejected'],
      ['TC_H_14: finds no EVSE that is free', 114, 'Occupied'],
    ])('that %s is refused', async (_, id, status) => {
      await reserve(id, status);
      await becomes(id, 'refused');
      expect(await row(id)).toMatchObject({ reason: status });
    });
  });

  it('H01.FR.01: of two reservations of one EVSE at one time the second is told of the first, and never leaves', async () => {
    const station = await open().station('H201-twice', 'ocpp2.0.1');
    const asked = answering(station, 'ReserveNow', () => ({ status: 'Accepted' }));
    const body = { stationId: station.id, evseId: 1, tokenType: 'ISO14443', idToken: TOKEN, expiresAt: EXPIRY };
    const replies = await Promise.all([1, 2, 3].map(() => network().call<Json>('POST', '/v1/reservations', body)));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([202, 409, 409]);
    const { reservationId } = replies.find(({ status }) => status === 202)?.body ?? {};
    for (const { status, body: problem } of replies) if (status === 409) expect(problem.detail).toContain(String(reservationId));
    await network().until(
      'it is active',
      async () => (await network().must<Json>('GET', `/v1/reservations/${reservationId}`)).state === 'active',
    );
    // The message itself, as an operator may write it, goes by the same book; what it replaces is not in its way.
    const message = (id: unknown, evseId: number) => ({
      action: 'ReserveNow',
      payload: { id, evseId, expiryDateTime: EXPIRY, idToken },
    });
    const path = `/v1/stations/${station.id}/commands?wait=true`;
    const inTheWay = await network().call<Json>('POST', path, message(201, 1));
    expect([inTheWay.status, inTheWay.body.detail]).toEqual([409, expect.stringContaining(String(reservationId))]);
    expect((await network().call('POST', path, message(reservationId, 1))).status).toBe(200);
    expect((await network().call('POST', path, message(202, 2))).status).toBe(200);
    expect((await network().call('POST', path, message(203, 2))).status).toBe(409);
    expect(asked.sent().map(({ id }) => id)).toEqual([reservationId, reservationId, 202]);
    asked.stop();
  });

  describe('a message on the display', () => {
    const here = (): Promise<Station> => open().station('O201', 'ocpp2.0.1');
    const put = (id: number, body: Json) => network().must('PUT', `/v1/stations/O201/display-messages/${id}`, body);
    const stateOf = async (id: number): Promise<Json | undefined> =>
      (await network().must<{ items: readonly Json[] }>('GET', '/v1/stations/O201/display-messages')).items.find(
        ({ messageId }) => messageId === id,
      );
    const becomes = (id: number, state: string) => network().until(`${id} is ${state}`, async () => (await stateOf(id))?.state === state);

    it.each([
      ['TC_O_12: is shown, and replaced', 12, {}],
      ['TC_O_06: of a transaction is shown', 6, { transactionId: 'T' }],
      ['TC_O_13: is shown from a time on', 13, { startsAt: EXPIRY }],
      ['TC_O_14: is shown until a time', 14, { endsAt: EXPIRY }],
    ])('%s, and taken off (TC_O_04)', async (_, id, more) => {
      const messages = answering(await here(), 'SetDisplayMessage', () => ({ status: 'Accepted' }));
      await put(id, { content: 'Welcome', ...more });
      await becomes(id, 'shown');
      await put(id, { content: 'Good day', priority: 'InFront', ...more });
      const replaced = await network().until('its replacement', () => messages.sent()[1]);
      expect([messages.sent()[0], replaced]).toMatchObject([
        { message: { id, priority: 'NormalCycle', message: { format: 'UTF8', content: 'Welcome' } } },
        { message: { id, priority: 'InFront', message: { format: 'UTF8', content: 'Good day' } } },
      ]);
      messages.stop();
      await network().must('DELETE', `/v1/stations/O201/display-messages/${id}`);
      await becomes(id, 'cleared');
    });
    it.each([
      ['TC_O_17', 17, 'NotSupportedPriority'],
      ['TC_O_18', 18, 'NotSupportedState'],
      ['TC_O_19', 19, 'NotSupportedMessageFormat'],
      ['TC_O_26', 26, 'Rejected'],
      ['TC_O_10', 10, 'UnknownTransaction'],
    ])('%s: is refused by the station, and the operator sees why', async (_, id, status) => {
      const messages = answering(await here(), 'SetDisplayMessage', () => ({ status }));
      await put(id, { content: 'Welcome', whileState: 'Charging' });
      await becomes(id, 'refused');
      expect(await stateOf(id)).toMatchObject({ reason: status });
      messages.stop();
    });
  });
};

export default block;
