// What stations hold of drivers, on the whole network with simulated stations of two versions: on the wire, in rows and in the log.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallReceived, CommandRequested } from '#contracts';
import { validate } from '#ocpp';
import { FLAT_TARIFF } from '../chaos/support/flat-tariff.js';
import { NetworkWorld } from './support/network-world.js';

const STATIONS = { V16: 'ocpp1.6', V201: 'ocpp2.0.1' } as const;
const CAR = { batteryWh: 60_000, soc: 0.2, maxA: 16, phases: 3 } as const;
const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 6 }];
let network: NetworkWorld;
let fleet: Awaited<ReturnType<NetworkWorld['fleet']>>;

beforeAll(async () => {
  network = await NetworkWorld.open();
  const root = { nodeId: 'grid', limitA: 100, unmanagedMaxA: 0, phases: 3 };
  await network.must('PUT', '/v1/sites/s', { name: 'S', timeZone: 'UTC', root });
  for (const stationId of Object.keys(STATIONS))
    await network.must('PUT', `/v1/stations/${stationId}`, {
      siteId: 's',
      nodeId: 'grid',
      securityProfile: 1,
      password: `password-of-${stationId}`,
      evses,
    });
  await network.must('PUT', '/v1/tokens/ISO14443/ANN', { status: 'Accepted', isOnLists: true });
  fleet = await network.fleet({
    stations: Object.entries(STATIONS).map(([stationId, ocppVersion]) => ({
      stationId,
      ocppVersion,
      password: `password-of-${stationId}`,
      evses: [{ evseId: 1, maxA: 32 }],
      showsCosts: true,
    })),
    arrivals: 'none',
  });
}, 180_000);
afterAll(() => network?.close(), 60_000);

/** What stations were asked, as the log has it. */
const asked = async (action: string) =>
  (await network.records('site-events'))
    .filter(({ type }) => type === 'CommandRequested')
    .map(({ data }) => data as CommandRequested)
    .filter((command) => command.action === action);
/** What a simulated station was asked, as it came over the wire. */
const heard = (stationId: string) => {
  const calls: { action: string; payload: Record<string, unknown> }[] = [];
  fleet.stations
    .find((station) => station.stationId === stationId)
    ?.listen((event) => {
      if (event.type === 'Called') calls.push({ action: event.action, payload: event.payload as Record<string, unknown> });
    });
  return calls;
};

describe('tokens that are on lists', () => {
  const list = async (stationId: string) =>
    (
      await network.must<{ localList: { state: string; version: number; entries: number } | null }>(
        'GET',
        `/v1/stations/${stationId}/token-copies`,
      )
    ).localList;
  const until = (stationId: string, entries: number) =>
    network.until(`${stationId} holds ${entries}`, async () => {
      const now = await list(stationId);
      return now?.state === 'inStep' && now.entries === entries && now;
    });

  it('come to every station with a list, stay in step, and go when a token is taken off or revoked', async () => {
    const wires = Object.keys(STATIONS).map((stationId) => ({ stationId, calls: heard(stationId) }));
    for (const stationId of Object.keys(STATIONS)) expect(await until(stationId, 1)).toMatchObject({ version: 1 });
    await network.must('PUT', '/v1/tokens/ISO14443/BOB', { status: 'Accepted', isOnLists: true });
    for (const stationId of Object.keys(STATIONS)) expect(await until(stationId, 2)).toMatchObject({ version: 2 });
    await network.must('PUT', '/v1/tokens/ISO14443/ANN', { status: 'Blocked' });
    for (const { stationId, calls } of wires) {
      expect(await until(stationId, 1)).toMatchObject({ version: 3 });
      const sent = calls.filter(({ action }) => action === 'SendLocalList').map(({ payload }) => payload);
      expect(sent.map(({ updateType }) => updateType)).toEqual(['Full', 'Differential', 'Differential'].slice(-sent.length));
      for (const payload of sent) expect(validate(STATIONS[stationId as 'V16'], 'SendLocalList', 'request', payload)).toEqual([]);
      expect(JSON.stringify(sent.at(-1))).toMatch(/"ANN"(?!.*(idTagInfo|idTokenInfo))/);
    }
    // 1.6 keeps a cache: it is emptied, for Ann may be in it.
    await network.until('the cache was emptied', () => wires[0]?.calls.some(({ action }) => action === 'ClearCache'));
    expect(JSON.stringify(await asked('SendLocalList'))).not.toMatch(/ANN|BOB/);
  }, 60_000);

  it('are sent whole again when an operator wants it', async () => {
    const calls = heard('V201');
    await network.must('POST', '/v1/stations/V201/local-list/renewals');
    await network.until('the list came anew', () =>
      calls.some(({ action, payload }) => action === 'SendLocalList' && payload.updateType === 'Full'),
    );
    expect(await until('V201', 1)).toMatchObject({ version: 4 });
  }, 30_000);
});

interface Row {
  readonly reservationId: number;
  readonly state: string;
  readonly transactionId: string | null;
}
interface ChargeRecord {
  readonly credit?: boolean;
  readonly cdr_location: { readonly evse_uid: string };
  readonly total_reservation_cost: { readonly excl_vat: number };
}
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const reserve = (stationId: string, expiresAt = inAnHour(), idToken = 'BOB') =>
  network.must<Row>('POST', '/v1/reservations?wait=true', { stationId, evseId: 1, idToken, expiresAt });
const read = (reservationId: number) => network.must<Row>('GET', `/v1/reservations/${reservationId}`);
/** The session that uses it, which another service shows than the one of reservations. */
const sessionOf = ({ transactionId }: Row) =>
  network.until(`the session of ${transactionId}`, async () => {
    const { items } = await network.must<{ items: { sessionId: string; transactionId: string; stationId: string }[] }>(
      'GET',
      '/v1/sessions?status=active',
    );
    return items.find((session) => session.transactionId === transactionId);
  });
const stationOf = (stationId: string) => fleet.stations.find((station) => station.stationId === stationId);

describe('a reservation', () => {
  it.each(['V16', 'V201'] as const)(
    'at %s keeps the outlet for its driver, once, and is used by his transaction',
    async (stationId) => {
      const reservation = await reserve(stationId);
      expect(reservation).toMatchObject({ state: 'active', stationId, evseId: 1 });
      const second = { stationId, evseId: 1, idToken: 'CAT', expiresAt: inAnHour() };
      expect((await network.call('POST', '/v1/reservations', second)).status).toBe(409);
      const { items: holdings } = await network.must<{ items: object[] }>('GET', '/v1/holdings?siteId=s');
      const held = { stationId, localList: { state: 'inStep' }, reservations: [{ reservationId: reservation.reservationId, evseId: 1 }] };
      expect(holdings.find((each) => (each as { stationId: string }).stationId === stationId)).toMatchObject(held);
      const { charging } = stationOf(stationId) ?? {};
      charging?.arrive(1, CAR, { idToken: 'CAT', type: 'ISO14443' });
      charging?.depart(1);
      expect(await read(reservation.reservationId)).toMatchObject({ state: 'active' });
      charging?.arrive(1, CAR, { idToken: 'BOB', type: 'ISO14443' });
      const used = await network.until('it is used', async () => {
        const now = await read(reservation.reservationId);
        return now.state === 'used' && now;
      });
      expect(await sessionOf(used)).toMatchObject({ stationId });
      charging?.depart(1);
      expect((await network.call('DELETE', `/v1/reservations/${reservation.reservationId}`)).status).toBe(409);
    },
    60_000,
  );

  it('ends when it is called off, and when its time is over', async () => {
    const { reservationId } = await reserve('V201');
    expect(await network.must('DELETE', `/v1/reservations/${reservationId}?wait=true`)).toMatchObject({ state: 'cancelled' });
    const brief = await Promise.all(['V16', 'V201'].map((stationId) => reserve(stationId, new Date(Date.now() + 1_500).toISOString())));
    for (const each of brief) await network.until('its time is over', async () => (await read(each.reservationId)).state === 'expired');
    const told = await network.until('a station that can has told it', async () => {
      const calls = (await network.records('site-events')).flatMap(({ type, data }) =>
        type === 'CallReceived' ? [data as CallReceived] : [],
      );
      const updates = calls.filter(({ action }) => action === 'ReservationStatusUpdate').map(({ payload }) => payload);
      return updates.length > 0 && updates;
    });
    expect(told).toEqual([{ reservationId: brief[1]?.reservationId, reservationUpdateStatus: 'Expired' }]);
    expect(JSON.stringify(await asked('ReserveNow'))).not.toContain('BOB');
  }, 60_000);
});

describe('what a driver is shown', () => {
  const messages = async () =>
    Object.fromEntries(
      (
        await network.must<{ items: { messageId: number; state: string; content: string }[] }>('GET', '/v1/stations/V201/display-messages')
      ).items.map(({ messageId, ...rest }) => [messageId, rest]),
    );

  it('are the messages that are wanted, until they are not, and nobody reads them in the log', async () => {
    const shown = heard('V201');
    await network.must('PUT', '/v1/stations/V201/display-messages/7', { content: 'Welcome, Ann' });
    await network.until('it is shown', async () => (await messages())[7]?.state === 'shown');
    expect((await messages())[7]?.content).toBe('Welcome, Ann');
    await network.must('POST', '/v1/stations/V201/commands?wait=true', {
      action: 'SetDisplayMessage',
      payload: { message: { id: 8, priority: 'InFront', message: { format: 'UTF8', content: 'Out at noon' } } },
    });
    await network.must('POST', '/v1/stations/V201/display-messages/reports');
    await network.until('it was told in parts', async () => {
      const calls = (await network.records('site-events'))
        .filter(({ type }) => type === 'CallReceived')
        .map(({ data }) => data as CallReceived);
      return calls.filter(({ action }) => action === 'NotifyDisplayMessages').length === 2;
    });
    const both = await network.until('the other one is shown', async () => {
      const now = await messages();
      return now[8]?.state === 'shown' && now;
    });
    expect(both).toMatchObject({ 7: { state: 'shown' }, 8: { state: 'shown', content: 'Out at noon' } });
    await network.must('DELETE', '/v1/stations/V201/display-messages/7');
    await network.until('it is gone', async () => (await messages())[7]?.state === 'cleared');
    expect(shown.map(({ action }) => action)).toEqual([
      'SetDisplayMessage',
      'SetDisplayMessage',
      'GetDisplayMessages',
      'ClearDisplayMessage',
    ]);
    expect((await network.call('PUT', '/v1/stations/V16/display-messages/1', { content: 'x' })).status).toBe(409);
    expect(JSON.stringify(await asked('SetDisplayMessage'))).not.toMatch(/Welcome|noon/);
  }, 60_000);

  it('is what the transaction costs: the answer to its end says what the charge record says', async () => {
    const components = [
      { type: 'FLAT', price: 1, vat: 20, step_size: 1 },
      { type: 'ENERGY', price: 0.4, vat: 20, step_size: 1 },
    ];
    await network.must('PUT', '/v1/tariffs/flat', {
      country_code: 'NL',
      party_id: 'JST',
      id: 'flat',
      currency: 'EUR',
      elements: [{ price_components: components }],
      last_updated: '2026-01-01T00:00:00Z',
    });
    await network.must('PUT', '/v1/sites/s/tariff', { tariffId: 'flat' });
    const station = fleet.stations.find(({ stationId }) => stationId === 'V201');
    if (station === undefined) throw new Error('there is no such station');
    await network.until(
      'the price reached the edge',
      async () => (await network.world.book.station('default', 'V201'))?.terms !== undefined,
    );
    const starts = station.when('a start', (event) => event.type === 'TransactionStarted');
    station.charging.arrive(1, CAR, { idToken: 'BOB', type: 'ISO14443' });
    await starts;
    const key = station.charging.running()[0]?.transaction.key;
    const registerMwh = () => {
      station.charging.settle();
      return station.installation.outlet(1)?.meter.registerMwh ?? 0;
    };
    const before = registerMwh();
    await network.until('energy has flowed', () => registerMwh() > before + 1_000);
    station.charging.depart(1);
    interface Row {
      readonly sessionId: string;
      readonly transactionId: string;
      readonly cost: { readonly amount: string } | null;
      readonly costTold: { readonly totalCost: number; readonly by: string } | null;
    }
    const session = await network.until('it is told and billed', async () => {
      const { items } = await network.must<{ items: Row[] }>('GET', '/v1/sessions?status=ended');
      return items.find(({ transactionId, cost, costTold }) => transactionId === key && cost !== null && costTold !== null);
    });
    const ends = (await network.records('site-events')).flatMap(({ type, data }) => {
      const { action, payload, answer } = data as CallReceived;
      const { eventType, transactionInfo } = (payload ?? {}) as { eventType?: string; transactionInfo?: { transactionId: string } };
      const isEnd =
        type === 'CallReceived' && action === 'TransactionEvent' && eventType === 'Ended' && transactionInfo?.transactionId === key;
      return isEnd && answer.kind === 'result' ? [answer.payload as { totalCost?: number }] : [];
    });
    const { items } = await network.must<{ items: { session_id: string; total_cost: { incl_vat: number } }[] }>('GET', '/v1/cdrs');
    const billed = items.find((cdr) => cdr.session_id === session.sessionId)?.total_cost.incl_vat ?? 0;
    expect(billed).toBeGreaterThanOrEqual(1.2);
    expect(ends).toMatchObject([{ totalCost: Math.round(billed * 100) / 100 }]);
    expect(session.costTold).toMatchObject({ totalCost: ends[0]?.totalCost });
    // Told with the answer: no message of its own is needed for the end.
    const updates = (await asked('CostUpdated')).map(({ payload }) => payload as { totalCost: number });
    expect(updates.filter(({ totalCost }) => totalCost === ends[0]?.totalCost)).toEqual([]);
  }, 60_000);
});

it('a station of 1.6 that shows costs is told them as the Open Charge Alliance has it, by what the charge record says', async () => {
  const station = fleet.stations.find(({ stationId }) => stationId === 'V16');
  if (station === undefined) throw new Error('there is no such station');
  const words = heard('V16');
  const costs = () =>
    words
      .filter(({ action }) => action === 'DataTransfer')
      .map(({ payload: { vendorId, messageId, data } }) => ({ vendorId, messageId, ...JSON.parse(String(data)) }));
  station.charging.arrive(1, CAR, { idToken: 'BOB', type: 'ISO14443' });
  const running = await network.until('what it costs so far is told', () => costs().find(({ messageId }) => messageId === 'RunningCost'));
  const { transactionId } = station.charging.running()[0]?.transaction ?? {};
  expect(running).toMatchObject({ vendorId: 'org.openchargealliance.costmsg', transactionId, state: 'Charging' });
  expect(running.cost).toBeGreaterThanOrEqual(1.2);
  expect(running.meterValue).toBeGreaterThan(0);
  station.charging.depart(1);
  const { cost } = await network.until('what it came to is told', () => costs().find(({ messageId }) => messageId === 'FinalCost'));

  interface Row {
    readonly sessionId: string;
    readonly transactionId: string;
    readonly costTold: { readonly totalCost: number; readonly by: string } | null;
  }
  const session = await network.until('it is shown as told', async () => {
    const { items } = await network.must<{ items: Row[] }>('GET', '/v1/sessions?stationId=V16&status=ended');
    return items.find((each) => each.transactionId === String(transactionId) && each.costTold?.totalCost === cost);
  });
  expect(session.costTold).toMatchObject({ totalCost: cost, by: 'message' });
  const { items } = await network.must<{ items: { total_cost: { incl_vat: number } }[] }>('GET', `/v1/cdrs?sessionId=${session.sessionId}`);
  expect(items.map(({ total_cost: { incl_vat: billed } }) => Math.round(billed * 100) / 100)).toEqual([cost]);
  expect((await asked('DataTransfer')).map(({ stationId, requestedBy }) => [stationId, requestedBy])).toEqual(
    costs().map(() => ['V16', 'stations:session-costs']),
  );
}, 60_000);

describe('what a station knows of a driver', () => {
  interface Question {
    readonly requestId: number;
    readonly state: string;
    readonly isClear: boolean;
    readonly parts: readonly (string | null)[];
  }
  const questions = async () => (await network.must<{ items: Question[] }>('GET', '/v1/stations/V201/customer-information')).items;

  it('is told in parts, and forgotten with him everywhere', async () => {
    const { requestId } = await network.must<{ requestId: number }>('POST', '/v1/stations/V201/customer-information', {
      idToken: { type: 'ISO14443', idToken: 'BOB' },
    });
    const told = await network.until('it was told', async () =>
      (await questions()).find((each) => each.requestId === requestId && each.state === 'complete'),
    );
    expect(told.parts.length).toBeGreaterThan(1);
    expect(told.parts.join()).toContain('energyWh');
    const calls = heard('V201');
    const { stations } = await network.must<{ stations: string[] }>('DELETE', '/v1/tokens/ISO14443/BOB');
    expect(stations).toEqual(['V201']);
    await network.until('it was cleared', async () => (await questions()).some(({ isClear, state }) => isClear && state === 'complete'));
    expect(calls.find(({ action }) => action === 'CustomerInformation')?.payload).toMatchObject({
      clear: true,
      report: false,
      idToken: { idToken: 'BOB' },
    });
    // N10.FR.02: he leaves the lists, by a full one, for nobody can name him any more.
    const list = await network.until('the list is without him', () => calls.find(({ action }) => action === 'SendLocalList'));
    expect(list.payload).toMatchObject({ updateType: 'Full' });
    expect(JSON.stringify(list.payload)).not.toContain('BOB');
    expect((await questions()).find((each) => each.requestId === requestId)?.parts).toEqual(told.parts.map(() => null));
    expect((await network.call('DELETE', '/v1/tokens/ISO14443/NOBODY')).status).toBe(404);
  }, 60_000);

  it('is forgotten while he charges: nobody can read who stopped, or who shows his card again', async () => {
    await network.must('PUT', '/v1/tokens/ISO14443/EVE', { status: 'Accepted' });
    const charging = stationOf('V16')?.charging;
    const said = async (action: string) =>
      (await network.records('site-events')).flatMap(({ type, stationId, data }) => {
        const { payload, action: word } = data as { payload: { idTag: string }; action: string };
        return type === 'CallReceived' && stationId === 'V16' && word === action ? [payload.idTag] : [];
      });
    const [starts, stops, shown] = (await Promise.all(['StartTransaction', 'StopTransaction', 'Authorize'].map(said))).map(
      ({ length }) => length,
    );
    const since = async (action: string, count = 0) => (await said(action)).slice(count);
    charging?.arrive(1, CAR, { idToken: 'EVE', type: 'ISO14443' });
    await network.until('she charges', async () => (await since('StartTransaction', starts)).length > 0);
    await network.must('DELETE', '/v1/tokens/ISO14443/EVE');
    charging?.depart(1);
    const stopped = await network.until('she stopped', async () => (await since('StopTransaction', stops))[0]);
    charging?.arrive(1, CAR, { idToken: 'EVE', type: 'ISO14443' });
    await network.until('she was refused', async () => (await since('Authorize', shown)).length > 1);
    charging?.depart(1);
    const sealed = [stopped, ...(await since('StartTransaction', starts)), ...(await since('Authorize', shown))];
    expect(sealed).toEqual(sealed.map(() => expect.stringMatching(/^sealed:v1:/)));
    expect(await Promise.all(sealed.map((text) => network.world.keys.unseal(text)))).toEqual(sealed.map(() => undefined));
  }, 60_000);

  it('is forgotten also where nobody registered him and he never charged: he showed his card, and that was sealed', async () => {
    const shown = async () =>
      (await network.records('site-events')).filter(
        ({ type, stationId, data }) => type === 'CallReceived' && stationId === 'V16' && (data as CallReceived).action === 'Authorize',
      ).length;
    const before = await shown();
    const station = fleet.stations.find(({ stationId }) => stationId === 'V16');
    station?.charging.arrive(1, CAR, { idToken: 'PASSERBY', type: 'ISO14443' });
    await network.until('he was refused', async () => (await shown()) > before);
    station?.charging.depart(1);
    const forget = () => network.call('DELETE', '/v1/tokens/ISO14443/PASSERBY');
    expect(await forget()).toMatchObject({ status: 202, body: { stations: [] } });
    expect((await forget()).status).toBe(404);
  }, 60_000);
});

it.each(['V16', 'V201'] as const)(
  'a reservation at %s is paid: with the session that used it, or by itself (ADR 0119)',
  async (stationId) => {
    const [perReservation, noShow] = [2, 5].map((price, index) => ({
      price_components: [{ type: 'FLAT', price, step_size: 1 }],
      restrictions: { reservation: ['RESERVATION', 'RESERVATION_EXPIRES'][index] },
    }));
    await network.must('PUT', '/v1/tariffs/flat', { ...FLAT_TARIFF, elements: [perReservation, noShow, ...FLAT_TARIFF.elements] });
    await network.must('PUT', '/v1/sites/s/tariff', { tariffId: 'flat' });
    await network.must('PUT', '/v1/tokens/ISO14443/DAN', { status: 'Accepted' });
    const used = await reserve(stationId, inAnHour(), 'DAN');
    const { charging } = stationOf(stationId) ?? {};
    charging?.arrive(1, CAR, { idToken: 'DAN', type: 'ISO14443' });
    const by = await network.until('it is used', async () => {
      const now = await read(used.reservationId);
      return now.state === 'used' && now;
    });
    const { sessionId } = await sessionOf(by);
    await network.until('the session costs it while it runs', async () => {
      const { running } = await network.must<{ running: { totals: { reservationCost: { exclVat: string } } } | null }>(
        'GET',
        `/v1/sessions/${sessionId}/explain`,
      );
      return running?.totals.reservationCost.exclVat === '2.0000';
    });
    charging?.depart(1);
    const costs = (count: number) =>
      network.until(`${count} records`, async () => {
        const { items } = await network.must<{ items: ChargeRecord[] }>('GET', '/v1/cdrs');
        const own = items.filter(({ cdr_location, credit }) => credit !== true && cdr_location.evse_uid === `${stationId}-1`);
        const paid = own.map(({ total_reservation_cost }) => total_reservation_cost.excl_vat).filter((cost) => cost > 0);
        return paid.length >= count && paid.toSorted();
      });
    expect(await costs(1)).toEqual([2]);
    const [from, to] = [-3_600_000, 3_600_000].map((ms) => new Date(Date.now() + ms).toISOString());
    const { items: again } = await network.must<{ items: { sessionId: string; difference: { net: string } }[] }>(
      'POST',
      '/v1/tariffs/simulations',
      { tariffId: 'flat', from, to },
    );
    expect(again.find((each) => each.sessionId === sessionId)?.difference.net).toBe('0.0000');
    const { reservationId } = await network.until('the outlet is free', async () => {
      const reply = await network.call<Row>('POST', '/v1/reservations?wait=true', {
        ...{ stationId, evseId: 1, idToken: 'DAN', expiresAt: inAnHour() },
      });
      return reply.body.state === 'active' && reply.body;
    });
    await network.must('DELETE', `/v1/reservations/${reservationId}?wait=true`);
    expect(await costs(2)).toEqual([2, 2]);
    await reserve(stationId, new Date(Date.now() + 1_000).toISOString(), 'DAN');
    expect(await costs(3)).toEqual([2, 2, 5]);
  },
  60_000,
);
