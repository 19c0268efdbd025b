// Mistakes at the HTTP interface on the running network: each is told with its field, and leaves everything as it was.
// What the calls do when nothing is wrong is in api-calls.spec.ts.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NetworkWorld } from './support/network-world.js';
import { RawStation } from './support/raw-station.js';

interface Problem {
  readonly status: number;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

const PASSWORD = 'a-password-of-no-secret';
const EVSES = [{ evseId: 1, phases: 3, minA: 6, maxA: 16, safeA: 0 }];
const station = (siteId: string, more: object = {}) => ({ siteId, nodeId: 'grid', securityProfile: 1, evses: EVSES, ...more });
const tariff = (price: number) => ({
  country_code: 'NL',
  party_id: 'TST',
  id: 'flat',
  currency: 'EUR',
  last_updated: '2026-01-01T00:00:00Z',
  elements: [{ price_components: [{ type: 'ENERGY', price, step_size: 1 }] }],
});

describe('mistakes at the http interface', () => {
  let network: NetworkWorld;
  const wrong = async (method: string, path: string, body?: unknown) => {
    const reply = await network.call<Problem>(method, path, body);
    return [reply.status, reply.body.errors?.map((error) => error.path)];
  };
  const connect = (stationId: string): ReturnType<typeof RawStation.attempt> =>
    RawStation.attempt({
      port: network.network.edge.port,
      path: `/ocpp/${encodeURIComponent(stationId)}`,
      user: stationId,
      password: PASSWORD,
    });

  beforeAll(async () => {
    network = await NetworkWorld.open(undefined, { UNKNOWN_STATIONS: 'accept', ALLOW_SECURITY_PROFILE_0: 'true' });
    for (const siteId of ['a', 'b'])
      await network.must('PUT', `/v1/sites/${siteId}`, {
        name: siteId,
        timeZone: 'UTC',
        root: { nodeId: 'grid', limitA: 10, unmanagedMaxA: 0, phases: 3, children: [{ nodeId: 'panel', limitA: 10 }] },
      });
  }, 120_000);
  afterAll(() => network?.close(), 60_000);

  it('what is too large for one record of the log is refused with the bound, and nothing is recorded', async () => {
    const settings = Array.from({ length: 390 }, (_, index) => ({ variable: { name: `V${index}` }, value: 'x'.repeat(2_400) }));
    const reply = await network.call<{ detail: string }>('PUT', '/v1/sites/a/device-settings/large', { settings });
    expect([reply.status, reply.body.detail]).toEqual([413, expect.stringContaining('900000')]);
    expect(await network.must('GET', '/v1/sites/a/device-settings')).toEqual({ items: [] });
    const half = { settings: settings.slice(0, 190) };
    expect(await network.must('PUT', '/v1/sites/a/device-settings/smaller', half)).toMatchObject({ templateId: 'smaller' });
  });

  it('a new station goes by no id that is a formula in files of reports', async () => {
    expect(await wrong('PUT', '/v1/stations/=1+1', station('a'))).toEqual([422, ['stationId']]);
  });

  it('a move to a site that is not there, or does not take the station, leaves it where it is', async () => {
    await network.must('PUT', '/v1/stations/MOVES', station('a', { password: PASSWORD }));
    expect(await wrong('PUT', '/v1/stations/MOVES', station('nowhere'))).toEqual([422, ['siteId']]);
    expect(await wrong('PUT', '/v1/stations/MOVES', station('b', { nodeId: 'attic' }))).toEqual([422, ['MOVES.nodeId']]);
    expect(await network.must('GET', '/v1/stations/MOVES')).toMatchObject({ siteId: 'a', config: { nodeId: 'grid' } });
    // Nobody took it away meanwhile: what it counts with at its site stays.
    const changes = (await network.records('site-events')).filter(({ type }) => type === 'ConfigurationRequested');
    expect(JSON.stringify(changes)).not.toContain('stationRemoved');
    const here = await network.until('it may connect as before', async () => {
      const attempt = await connect('MOVES');
      return attempt instanceof RawStation && attempt;
    });
    await here.close();
    await network.until('nobody holds it', async () => (await network.must('GET', '/v1/stations/MOVES')).disconnectedAt !== null);
    expect(await network.must('PUT', '/v1/stations/MOVES', station('b'))).toMatchObject({ siteId: 'b' });
    const there = await connect('MOVES');
    expect(there).toBeInstanceOf(RawStation);
    await (there as RawStation).close();
  });

  it('a move ends the connection the station has, and a deletion the next one', async () => {
    await network.must('PUT', '/v1/stations/MOVED', station('a', { password: PASSWORD }));
    const here = (await connect('MOVED')) as RawStation;
    await network.must('PUT', '/v1/stations/MOVED', station('b'));
    expect(await here.closed).toMatchObject({ code: 1012 });
    const there = await network.until('it may connect again', async () => {
      const attempt = await connect('MOVED');
      return attempt instanceof RawStation && attempt;
    });
    const connected = (await network.records('site-events')).filter(
      ({ type, stationId }) => type === 'StationConnected' && stationId === 'MOVED',
    );
    expect(connected.map(({ siteId }) => siteId)).toEqual(['a', 'b']);
    await network.must('DELETE', '/v1/stations/MOVED');
    expect(await there.closed).toMatchObject({ code: 1012 });
  });

  it('a tree that cannot be is refused with its node, and every site is balanced on', async () => {
    const put = async (root: object) => {
      const body = { name: 'x', timeZone: 'UTC', root: { nodeId: 'grid', limitA: 10, unmanagedMaxA: 0, ...root } };
      const reply = await network.call<Problem>('PUT', '/v1/sites/x', body);
      return [reply.status, ...(reply.body.errors ?? []).map(({ path, message }) => `${path}: ${message.split(':')[0]}`)];
    };
    const below = (node: object) => ({ children: [{ nodeId: 'hall', limitA: 10, ...node }] });
    expect(await put(below({ meterId: 'M' }))).toEqual([422, 'hall.unmanagedMaxA: must be given']);
    expect(await put(below({ children: [{ nodeId: 'grid', limitA: 1 }] }))).toEqual([422, 'grid: node grid is below itself']);
    expect(await put(below({ phases: ['L4'] }))).toEqual([400, 'root.children.0.phases: node hall']);
    expect(await put(below({ marginA: 1e306 }))).toEqual([400, 'root.children.0.marginA: node hall']);
    expect(await put({ limitW: 1e308 })).toEqual([400, 'root.limitW: node grid']);
    expect(await put({})).toEqual([200]);
  });

  it('a limit from the grid that would bind nobody is refused', async () => {
    const limit = (more: object) => ({
      siteIds: ['a'],
      schedule: [{ startsAt: '2099-01-01T00:00:00Z', limitA: 8 }],
      expiresAt: '2099-02-01T00:00:00Z',
      source: 'dso',
      ...more,
    });
    const refused = (more: object) => wrong('POST', '/v1/grid/limits', limit(more));
    expect(await refused({ nodeId: 'attic' })).toEqual([422, ['nodeId']]);
    expect(await refused({ siteIds: ['a', 'nowhere'] })).toEqual([404, undefined]);
    expect(await refused({ expiresAt: '2098-01-01T00:00:00Z' })).toEqual([400, ['expiresAt']]);
    const past = { startsAt: '2020-01-01T00:00:00Z', limitA: 8 };
    expect(await refused({ schedule: [past], expiresAt: '2020-01-02T00:00:00Z' })).toEqual([400, ['expiresAt']]);
    expect(await refused({ schedule: [past, { ...past, limitA: 9 }] })).toEqual([400, ['schedule.1.startsAt']]);
    expect(await refused({ fallback: {} })).toEqual([400, ['fallback']]);
    expect((await network.records('site-events')).filter(({ type }) => type === 'GridLimitReceived')).toEqual([]);
    expect((await network.call('POST', '/v1/grid/limits', limit({ nodeId: 'panel' }))).status).toBe(202);
  });

  it('a tariff that is none, records of a session nobody knows, a time without data: told with the field, and nothing is stored', async () => {
    // By what was asked; services go on about what was before, and who asked is audited.
    const stored = async () =>
      [...(await network.records('network-events')), ...(await network.records('site-events'))].flatMap(({ type, source }) =>
        source === '/api' && type !== 'ChangeAudited' ? [type] : [],
      );
    const before = await stored();
    const bad = (change: object) => wrong('PUT', '/v1/tariffs/bad', { ...tariff(0.4), id: 'bad', ...change });
    const component = { type: 'WATER', price: 'much', step_size: 1 };
    expect(await bad({ currency: 'EURO' })).toEqual([400, ['currency']]);
    expect(await bad({ elements: [{ price_components: [component] }] })).toEqual([
      400,
      ['elements.0.price_components.0.type', 'elements.0.price_components.0.price'],
    ]);
    expect(await wrong('GET', '/v1/tariffs/bad')).toEqual([404, undefined]);
    expect(await wrong('GET', '/v1/cdrs?sessionId=nobody')).toEqual([404, ['sessionId']]);
    expect(await wrong('GET', '/v1/reports/uptime?month=2020-02')).toEqual([422, ['month']]);
    expect(await wrong('GET', '/v1/reports/ev-chart?module=3&year=2020&quarter=1&networkProvider=our_net')).toEqual([422, ['quarter']]);
    expect(await wrong('POST', '/v1/signed-readings/verification', { documents: ['OCMF|{}|{}'] })).toEqual([400, ['documents.0']]);
    expect(await wrong('POST', '/v1/signed-readings/verification', { documents: ['x'], publicKey: 'none' })).toEqual([
      400,
      ['documents.0'],
    ]);
    expect(await stored()).toEqual(before);
    expect((await network.world.database.query('select from uptime_months')).rows).toEqual([]);
  });

  it('what is asked of a site or a station that is not there is not found', async () => {
    await network.must('PUT', '/v1/tariffs/flat', tariff(0.4));
    const span = 'from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z';
    for (const path of [
      `sites/none/load?${span}`,
      'sites/none/limits',
      'sites/none/shortfalls',
      'sites/none/outlook',
      'sites/none/explain?stationId=A&evseId=1',
      'stations/none/variables',
    ])
      expect([path, ...(await wrong('GET', `/v1/${path}`))]).toEqual([path, 404, undefined]);
    expect(await wrong('PUT', '/v1/sites/none/tariff', { tariffId: 'flat' })).toEqual([404, undefined]);
    expect(await wrong('GET', '/v1/sites/a/load?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z')).toEqual([400, ['to']]);
    expect(await wrong('GET', '/v1/sites/%zz')).toEqual([400, ['path']]);
  });

  it('a station that was let in unconfigured has a site of its own, which may have a tariff', async () => {
    const stranger = await RawStation.connect({ port: network.network.edge.port, path: '/ocpp/STRANGER' });
    await stranger.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
    await network.until('it is known', async () => (await network.call('GET', '/v1/stations/STRANGER')).status === 200);
    await network.must('PUT', '/v1/tariffs/flat', tariff(0.4));
    expect(await network.must('PUT', '/v1/sites/STRANGER/tariff', { tariffId: 'flat' })).toEqual({ tariffId: 'flat' });
    await stranger.close();
  });

  it('a charging profile that cannot be read is told with its field', async () => {
    const profile = {
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose: 'TxProfile',
      chargingProfileKind: 'Absolute',
      chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: -1 }] },
    };
    const body = { ocppVersion: 'ocpp1.6', profiles: [profile], durationS: 60, at: '2026-01-01T00:00:00Z', maxA: 32 };
    expect(await wrong('POST', '/v1/composite-schedules', body)).toEqual([
      400,
      ['profiles.0.chargingSchedule.chargingSchedulePeriod.0.limit'],
    ]);
  });

  it('a time that its offset leads beyond all years is told with its field', async () => {
    expect(await wrong('GET', '/v1/sites/a/energy-prices?from=9999-12-31T23:59:59-14:00')).toEqual([400, ['from']]);
  });

  it('of two writers the one that has not seen the other is told', async () => {
    const url = `http://127.0.0.1:${network.http.port}/v1`;
    const put = (path: string, body: unknown, ifMatch?: string) =>
      fetch(`${url}/${path}`, {
        method: 'PUT',
        headers: {
          authorization: 'Bearer a-key-for-tests-only',
          'content-type': 'application/json',
          ...(ifMatch !== undefined && { 'if-match': ifMatch }),
        },
        body: JSON.stringify(body),
      });
    const cases = [
      ['tariffs/flat', tariff(0.4), tariff(0.5)],
      ['tokens/ISO14443/CARD', { status: 'Accepted' }, { status: 'Blocked' }],
    ] as const;
    for (const [path, one, other] of cases) {
      const first = (await put(path, one)).headers.get('etag') ?? '';
      expect([path, (await put(path, other, first)).status]).toEqual([path, 200]);
      expect([path, (await put(path, one, first)).status]).toEqual([path, 412]);
      expect([path, (await put(path, one, '*')).status]).toEqual([path, 200]);
    }
    expect((await put('tokens/ISO14443/NEW', { status: 'Accepted' }, '*')).status).toBe(412);
  });

  it('every id that the interface takes may connect', async () => {
    for (const stationId of ['a.b-c_d*e+f=g@h|i~j', 'with a space', 'x'.repeat(48)]) {
      await network.must('PUT', `/v1/stations/${encodeURIComponent(stationId)}`, station('a', { password: PASSWORD }));
      const attempt = await connect(stationId);
      expect([stationId, attempt instanceof RawStation]).toEqual([stationId, true]);
      await (attempt as RawStation).close();
    }
    for (const stationId of ['x'.repeat(49), 'sl/ash', 'ümlaut', '%2E%2E'])
      expect([stationId, (await wrong('PUT', `/v1/stations/${encodeURIComponent(stationId)}`, station('a')))[0]]).toEqual([stationId, 400]);
  });

  it('charge records name the card to who may know it, and a pseudonym to the others', async () => {
    await network.must('PUT', '/v1/tokens/ISO14443/CARD-7', { status: 'Accepted' });
    await network.must('PUT', '/v1/stations/CHARGES', station('a', { password: PASSWORD }));
    const charger = (await RawStation.attempt({
      port: network.network.edge.port,
      path: '/ocpp/CHARGES',
      user: 'CHARGES',
      password: PASSWORD,
      protocols: 'ocpp2.0.1',
    })) as RawStation;
    const say = async (action: string, payload: unknown): Promise<void> => {
      charger.send([2, crypto.randomUUID(), action, payload]);
      const answer = await network.until('its answer', () => charger.received.find(([kind]) => kind !== 2));
      expect([action, answer]).toEqual([action, [3, expect.anything(), expect.anything()]]);
      charger.received.length = 0;
    };
    await say('BootNotification', { reason: 'PowerUp', chargingStation: { model: 'M', vendorName: 'V' } });
    const event = (eventType: string, seqNo: number, more: object) =>
      say('TransactionEvent', {
        eventType,
        seqNo,
        timestamp: new Date().toISOString(),
        triggerReason: 'CablePluggedIn',
        transactionInfo: { transactionId: 'T1' },
        evse: { id: 1 },
        ...more,
      });
    await event('Started', 0, {});
    await event('Updated', 1, { idToken: { idToken: 'CARD-7', type: 'ISO14443' } });
    await event('Ended', 2, {});
    await charger.close();
    const token = async (key?: string) => {
      const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
      const { body } = await network.call<{ items: readonly { cdr_token: { uid: string; contract_id: string } }[] }>(
        'GET',
        '/v1/cdrs',
        undefined,
        headers,
      );
      return body.items[0]?.cdr_token;
    };
    expect(await network.until('its charge record', () => token())).toMatchObject({ uid: 'CARD-7', contract_id: 'CARD-7', type: 'RFID' });
    const { key } = await network.must<{ key: string }>('POST', '/v1/api-keys', { name: 'an analyst', role: 'analyst' });
    expect((await token(key))?.uid).toMatch(/^[0-9a-f]{36}$/);
  });
});
