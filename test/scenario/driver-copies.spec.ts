// What stations hold of drivers, on the whole network with simulated stations of two versions: on the wire, in rows and in the log.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallReceived, CommandRequested } from '#contracts';
import { validate } from '#ocpp';
import { NetworkWorld } from './support/network-world.js';

const STATIONS = { V16: 'ocpp1.6', V201: 'ocpp2.0.1' } as const;
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

describe('a reservation', () => {
  interface Row {
    readonly reservationId: number;
    readonly state: string;
    readonly transactionId: string | null;
  }
  const CAR = { batteryWh: 60_000, soc: 0.2, maxA: 16, phases: 3 } as const;
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
  const reserve = (stationId: string, expiresAt = inAnHour()) =>
    network.must<Row>('POST', '/v1/reservations?wait=true', { stationId, evseId: 1, idToken: 'BOB', expiresAt });
  const read = (reservationId: number) => network.must<Row>('GET', `/v1/reservations/${reservationId}`);
  const stationOf = (stationId: string) => fleet.stations.find((station) => station.stationId === stationId);

  it.each(['V16', 'V201'] as const)(
    'at %s keeps the outlet for its driver, once, and is used by his transaction',
    async (stationId) => {
      const reservation = await reserve(stationId);
      expect(reservation).toMatchObject({ state: 'active', stationId, evseId: 1 });
      const second = { stationId, evseId: 1, idToken: 'CAT', expiresAt: inAnHour() };
      expect((await network.call('POST', '/v1/reservations', second)).status).toBe(409);
      const { charging } = stationOf(stationId) ?? {};
      charging?.arrive(1, CAR, { idToken: 'CAT', type: 'ISO14443' });
      charging?.depart(1);
      expect(await read(reservation.reservationId)).toMatchObject({ state: 'active' });
      charging?.arrive(1, CAR, { idToken: 'BOB', type: 'ISO14443' });
      const used = await network.until('it is used', async () => {
        const now = await read(reservation.reservationId);
        return now.state === 'used' && now;
      });
      const { items } = await network.must<{ items: { transactionId: string; stationId: string }[] }>('GET', '/v1/sessions?status=active');
      expect(items.find((session) => session.stationId === stationId)?.transactionId).toBe(used.transactionId);
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
    const calls = (await network.records('site-events'))
      .filter(({ type }) => type === 'CallReceived')
      .map(({ data }) => data as CallReceived);
    expect(calls.filter(({ action }) => action === 'ReservationStatusUpdate').map(({ payload }) => payload)).toEqual([
      { reservationId: brief[1]?.reservationId, reservationUpdateStatus: 'Expired' },
    ]);
    expect(JSON.stringify(await asked('ReserveNow'))).not.toContain('BOB');
  }, 60_000);
});
