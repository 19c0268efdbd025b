// Every call of the HTTP interface on the running network, with the fields that partners build on. One station charges once.
// Who may call what is in api-door.spec.ts; what the figures should be is checked where they are decided.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Fleet } from '#apps/simulator';
import { isolationOf } from './support/isolation.js';
import { API_KEY, NetworkWorld } from './support/network-world.js';
import { thingsOf } from './support/things-of-a-tenant.js';

type Json = Record<string, unknown>;
interface List {
  readonly items: readonly Json[];
  readonly nextCursor: string | null;
}

const TARIFF = {
  country_code: 'NL',
  party_id: 'TST',
  id: 'flat',
  currency: 'EUR',
  last_updated: '2026-01-01T00:00:00Z',
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.4, vat: 21, step_size: 1 }] }],
};
const FLOOR = { source: 'dso', floorW: 4_200 };
const SITE = {
  name: 'S',
  timeZone: 'UTC',
  voltageV: 230,
  root: { nodeId: 'grid', limitA: 40, unmanagedMaxA: 0, phases: 3, gridFloor: FLOOR },
};
const EVSES = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0 }];

describe('every call of the api', () => {
  let network: NetworkWorld;
  let fleet: Fleet;
  let session: Json;

  beforeAll(async () => {
    network = await NetworkWorld.open();
    expect(await network.must('PUT', '/v1/tariffs/flat', TARIFF)).toMatchObject({ id: 'flat' });
    expect(await network.must('PUT', '/v1/sites/s', SITE)).toMatchObject({ siteId: 's', root: { nodeId: 'grid' } });
    expect(await network.must('PUT', '/v1/sites/s/tariff', { tariffId: 'flat' })).toEqual({ tariffId: 'flat' });
    const station = { siteId: 's', nodeId: 'grid', securityProfile: 1, evses: EVSES };
    const made = await network.must<{ password: string }>('PUT', '/v1/stations/CS', station);
    expect(made.password.length).toBeGreaterThanOrEqual(20);
    fleet = await network.fleet({
      stations: [{ stationId: 'CS', ocppVersion: 'ocpp2.0.1', password: made.password, evses: [{ evseId: 1, maxA: 32 }] }],
      arrivals: 'none',
      sampleIntervalS: 1,
    });
    const idToken = fleet.idTokens[0] ?? '';
    expect(await network.must('PUT', `/v1/tokens/ISO14443/${idToken}`, { status: 'Accepted' })).toMatchObject({ status: 'Accepted' });
    await network.until('the station is online', async () => (await network.must<Json>('GET', '/v1/stations/CS')).online === true);
    const car = { batteryWh: 60_000, soc: 0.2, maxA: 16, phases: 3 } as const;
    expect(fleet.station('CS').charging.arrive(1, car, { idToken, type: 'ISO14443' })).toBe(true);
    session = await network.until(
      'it charges',
      async () => {
        const { items } = await network.must<List>('GET', '/v1/sessions?stationId=CS&status=active');
        return items.find(({ energyWh }) => Number(energyWh) > 0);
      },
      60_000,
    );
  }, 90_000);
  afterAll(() => network?.close(), 60_000);

  it('stations: what each outlet does', async () => {
    const station = await network.must<Json & { evses: readonly Json[] }>('GET', '/v1/stations/CS');
    expect(station).toMatchObject({ stationId: 'CS', alarms: [], online: true, ocppVersion: 'ocpp2.0.1', lastSeenAt: expect.any(String) });
    expect(station.evses[0]).toMatchObject({ evseId: 1, status: 'Charging', limitA: expect.any(Number), sessionId: session.sessionId });
    expect(station.evses[0]).toHaveProperty('powerW');
    expect(await network.must<List>('GET', '/v1/stations?limit=1')).toMatchObject({ items: [{ stationId: 'CS' }], nextCursor: null });
    expect((await network.call('GET', '/v1/stations/nobody')).status).toBe(404);
  });

  it('needs of a running session: recorded, shown, planned for, taken back', async () => {
    const path = `/v1/sessions/${session.sessionId}`;
    const needs = { departsAt: new Date(Date.now() + 3_600_000).toISOString(), energyWh: 20_000, minEnergyWh: 5_000 };
    expect(await network.must<Json>('PUT', `${path}/needs`, needs)).toEqual(needs);
    expect(await network.must<Json>('GET', path)).toMatchObject({ needs });
    const planned = await network.until('a plan', async () => {
      const { plan } = await network.must<Json>('GET', path);
      return plan ?? undefined;
    });
    expect(planned).toMatchObject({ planId: expect.any(String), plannedWh: expect.any(Number), shortfallWh: expect.any(Number) });
    expect(Object.keys(planned as Json).sort()).toEqual(
      ['at', 'deliveredWh', 'expectedUntil', 'fedBackWh', 'nextAt', 'planId', 'plannedWh', 'promiseShortfallWh', 'shortfallWh'].sort(),
    );
    await network.must<Json>('PUT', `${path}/needs`, {});
    expect(await network.must<Json>('GET', path)).toMatchObject({ needs: null });
    expect((await network.call('PUT', `${path}/needs`, { energyWh: 1, minEnergyWh: 2 })).status).toBe(400);
    const late = await network.call<Json>('PUT', `${path}/needs`, { departsAt: '2026-01-01T00:00:00Z' });
    expect([late.status, late.body.errors]).toEqual([400, [{ path: 'departsAt', message: 'must be later than now' }]]);
    expect((await network.call('PUT', '/v1/sessions/nobody/needs', needs)).status).toBe(404);
  });

  it('commands: durable at once, and how they ended', async () => {
    const command = { action: 'TriggerMessage', payload: { requestedMessage: 'Heartbeat' } };
    const sent = await network.call<{ commandId: string }>('POST', '/v1/stations/CS/commands', command);
    expect(sent.status).toBe(202);
    const known = await network.until('its outcome', async () => {
      const found = await network.must<Json>('GET', `/v1/commands/${sent.body.commandId}`);
      return ['accepted', 'rejected', 'failed', 'timedOut'].includes(String(found.state)) && found;
    });
    expect(known).toMatchObject({ commandId: sent.body.commandId, answer: expect.anything() });
    const waited = await network.call<Json>('POST', '/v1/stations/CS/commands?wait=true', command);
    expect([waited.status, waited.body.answer]).toEqual([200, expect.objectContaining({ status: expect.any(String) })]);
    expect((await network.call('POST', '/v1/stations/CS/commands', { action: 'NoSuchAction' })).status).toBe(400);
  });

  it('sessions, their timeline, their explanation; charge records after the end', async () => {
    const one = await network.must<Json>('GET', `/v1/sessions/${session.sessionId}`);
    expect(one).toMatchObject({ sessionId: session.sessionId, energyWh: expect.any(Number), timeline: expect.any(Array) });
    expect(one).toHaveProperty('cost');
    const filtered = await network.must<List>('GET', `/v1/sessions?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z`);
    expect(filtered.items).toEqual([]);
    fleet.station('CS').charging.depart(1);
    const [cdr] = await network.until('its charge record', async () => {
      const { items } = await network.must<List>('GET', `/v1/cdrs?sessionId=${session.sessionId}`);
      return items.length === 1 && items;
    });
    expect(cdr).toMatchObject({
      id: expect.any(String),
      currency: 'EUR',
      total_energy: expect.any(Number),
      charging_periods: expect.any(Array),
    });
    expect(await network.must('GET', `/v1/cdrs/${cdr?.id}`)).toEqual(cdr);

    const today = String(cdr?.end_date_time).slice(0, 10);
    const reconciliation = (query: string) => network.call<Json>('GET', `/v1/reports/reconciliation?${query}`);
    const { body } = await reconciliation(`from=${today}&to=${today}&siteId=s`);
    expect(body.rows).toMatchObject([
      {
        siteId: 's',
        day: today,
        sessions: 1,
        withoutRecord: 0,
        amounts: [{ currency: 'EUR', records: 1, credits: 0, difference: { net: '0.0000', gross: '0.0000' } }],
      },
    ]);
    // A record has energy in steps of 0.1 Wh.
    const [{ recordedWh, energyDifferenceWh }] = body.rows as [{ recordedWh: number; energyDifferenceWh: number }];
    expect(recordedWh).toBeCloseTo(Number(cdr?.total_energy) * 1000, 3);
    expect(Math.abs(energyDifferenceWh)).toBeLessThanOrEqual(0.05);
    expect((await reconciliation('from=2020-02-28&to=2020-02-29&siteId=s')).body.rows).toMatchObject([
      { siteId: 's', day: '2020-02-28', sessions: 0, energyDifferenceWh: 0, amounts: [] },
      { siteId: 's', day: '2020-02-29', sessions: 0, energyDifferenceWh: 0, amounts: [] },
    ]);
    expect((await reconciliation('from=2020-02-28&to=2020-02-29&siteId=nowhere')).status).toBe(404);
    for (const [query, path] of [
      ['from=2020-02-30&to=2020-03-01', 'from'],
      ['from=2020-03-02&to=2020-03-01', 'to'],
      ['from=2020-01-01&to=2020-02-01', 'to'],
      ['from=2020-01-01&to=2999-01-01', 'to'],
    ]) {
      const refused = await reconciliation(String(query));
      expect([query, refused.status, refused.body.errors]).toEqual([query, 400, [expect.objectContaining({ path })]]);
    }
    const explained = await network.must<Json & { events: readonly Json[] }>('GET', `/v1/sessions/${session.sessionId}/explain`);
    expect(explained.events.length).toBeGreaterThan(2);
    expect(explained).toMatchObject({ tariff: { id: 'flat' }, running: null });
  });

  it('tariffs with their versions, what sessions would have cost by another one, and revenue', async () => {
    const { items } = await network.must<List>('GET', '/v1/tariffs');
    expect(items).toMatchObject([{ tariffId: 'flat', currency: 'EUR', versions: 1, sites: ['s'], tariff: { id: 'flat' } }]);
    expect((await network.must<List>('GET', '/v1/tariffs/flat/versions')).items).toMatchObject([{ tariff: { id: 'flat' } }]);
    expect((await network.call('GET', '/v1/tariffs/none/versions')).status).toBe(404);

    const window = { from: new Date(Date.now() - 3_600_000).toISOString(), to: new Date(Date.now() + 60_000).toISOString() };
    const simulate = (body: Json) => network.call<Json & List>('POST', '/v1/tariffs/simulations', { ...window, ...body });
    const NOTHING = { net: '0.0000', gross: '0.0000' };
    const [own] = (await simulate({ tariffId: 'flat' })).body.items;
    expect(own).toMatchObject({ sessionId: session.sessionId, currency: 'EUR', difference: NOTHING });
    const dear = { ...TARIFF, id: 'not-published', elements: [{ price_components: [{ type: 'FLAT', price: 5, step_size: 1 }] }] };
    const { body } = await simulate({ tariff: dear });
    expect(body).toMatchObject({
      items: [{ charged: own?.charged, simulated: { net: '5.0000' }, lines: [{ kind: 'FLAT', unitPrice: '5' }] }],
      sum: { sessions: 1, charged: own?.charged, simulated: { gross: '5.0000' } },
      nextCursor: null,
    });
    expect((await network.must<List>('GET', '/v1/tariffs')).items.length).toBe(1);
    expect((await simulate({ tariff: { ...dear, currency: 'SEK' } })).body).toMatchObject({
      items: [{ difference: null }],
      sum: { sessions: 0 },
    });
    for (const [status, wrong] of [
      [400, {}],
      [400, { tariff: dear, tariffId: 'flat' }],
      [400, { tariffId: 'flat', to: window.from }],
      [404, { tariffId: 'none' }],
      [404, { tariffId: 'flat', siteId: 'none' }],
    ] as const)
      expect([wrong, (await simulate(wrong)).status]).toEqual([wrong, status]);

    const days = `from=${window.from.slice(0, 10)}&to=${window.to.slice(0, 10)}`;
    const charged = { currency: 'EUR', records: 1, credits: 0 };
    expect(await network.must('GET', `/v1/reports/revenue?${days}`)).toMatchObject({
      sites: [{ siteId: 's', ...charged }],
      tariffs: [{ tariffId: 'flat', ...charged }],
      amounts: [charged],
    });
    expect(await network.must('GET', `/v1/reports/revenue?${days}&siteId=other`)).toMatchObject({ sites: [], amounts: [] });
    for (const [query, found] of [
      ['siteId=s&search=cs', 1],
      ['siteId=other', 0],
      [`search=${String(session.sessionId).slice(0, 8)}`, 1],
      ['search=nobody', 0],
    ] as const)
      expect([query, (await network.must<List>('GET', `/v1/sessions?${query}`)).items.length]).toEqual([query, found]);
  });

  it('invoices: what is open is on one, once, as JSON, CSV and PDF, and reconciled with its records', async () => {
    const { items: records } = await network.must<List>('GET', `/v1/cdrs?sessionId=${session.sessionId}`);
    const [cdr] = records as unknown as { id: string; last_updated: string; total_cost: { incl_vat: number } }[];
    const today = String(cdr?.last_updated).slice(0, 10);
    const reconciled = async () => {
      const { body } = await network.call<{ rows: readonly Json[]; amounts: readonly Json[] }>(
        'GET',
        `/v1/reports/reconciliation/invoices?from=${today}&to=${today}`,
      );
      return body.amounts;
    };
    const NONE = { net: '0.0000', gross: '0.0000' };
    const nothing = { currency: 'EUR', records: 1, credits: 0, notCharged: { records: 0, ...NONE }, difference: NONE };
    await network.until('the charge on its account', async () => {
      const [amounts] = await reconciled();
      return (amounts?.notCharged as { records: number } | undefined)?.records === 0;
    });
    const [before] = await reconciled();
    expect(before).toMatchObject({ ...nothing, invoiced: NONE, open: before?.charged });

    const until = new Date(Date.now() + 86_400_000).toISOString();
    expect((await network.call('POST', '/v1/invoices', { until })).status).toBe(400);
    const { status, body } = await network.call<{ items: readonly Json[] }>('POST', '/v1/invoices', {});
    expect([status, body.items.length]).toEqual([201, 1]);
    const [made] = body.items as readonly (Json & { total: { inclVat: string } })[];
    expect(Number(made?.total.inclVat)).toBeCloseTo(Number(cdr?.total_cost.incl_vat), 1);
    expect((await network.call('POST', '/v1/invoices', { accountId: made?.accountId })).status).toBe(409);
    const [after] = await reconciled();
    expect(after).toMatchObject({ ...nothing, invoiced: before?.charged, open: NONE });

    const path = `/v1/invoices/${made?.invoiceId}`;
    expect(await network.must('GET', path)).toMatchObject({
      number: made?.number,
      seq: 1,
      kind: 'invoice',
      lines: [{ line: 1, cdrId: cdr?.id, sessionId: session.sessionId }],
    });
    expect((await network.must<List>('GET', '/v1/invoices?currency=EUR')).items).toEqual([made]);
    expect(await network.must('GET', `${path}/explain`)).toMatchObject({
      request: { requestedBy: expect.any(String), topic: 'billing-events' },
      lines: [{ cdrId: cdr?.id, charge: { topic: 'billing-events' }, prices: [expect.anything()], events: expect.any(Array) }],
      nextLine: null,
    });
    const headers = { authorization: `Bearer ${API_KEY}` };
    const files = await Promise.all(
      ['csv', 'pdf'].map((kind) => fetch(`http://127.0.0.1:${network.http.port}${path}.${kind}`, { headers })),
    );
    expect(files.map(({ headers }) => headers.get('content-type'))).toEqual(['text/csv; charset=utf-8', 'application/pdf']);
    const [csv, pdf] = await Promise.all(files.map((each) => each.text()));
    expect(csv).toContain(String(cdr?.id));
    expect(pdf?.startsWith('%PDF-')).toBe(true);
    expect((await network.call('GET', '/v1/invoices/nothing.pdf')).status).toBe(404);
  });

  it('figures without storing: rating, allocations, composite schedules', async () => {
    const allocated = await network.must<{ evses: readonly Json[]; nodes: readonly Json[] }>('POST', '/v1/allocations', {
      root: { nodeId: 'g', limitA: 20, unmanagedMaxA: 0, phases: 3 },
      evses: ['a', 'b'].map((evseId) => ({ evseId, nodeId: 'g', phases: ['L1', 'L2', 'L3'], minA: 6, maxA: 32 })),
    });
    expect(allocated.evses).toEqual(
      ['a', 'b'].map((evseId) => ({ evseId, limitA: 10, reason: { nodeId: 'g', phase: expect.any(String) } })),
    );
    expect(allocated.nodes).toMatchObject([{ nodeId: 'g', loadA: [20, 20, 20] }]);
    const schedule = await network.call('POST', '/v1/composite-schedules', {
      ocppVersion: 'ocpp2.0.1',
      profiles: [],
      durationS: 3600,
      at: '2026-01-01T00:00:00Z',
      maxA: 32,
    });
    expect(schedule.status).toBe(200);
    const limited = (purpose: string, limit: number) => ({
      chargingProfilePurpose: purpose,
      chargingProfileKind: 'Relative',
      chargingSchedule: { chargingSchedulePeriod: [0, 1800].map((startPeriod, step) => ({ startPeriod, limit: limit + step })) },
    });
    const relative = await network.must<{ periods: readonly Json[] }>('POST', '/v1/composite-schedules', {
      ocppVersion: 'ocpp2.1',
      profiles: [limited('TxProfile', 10), limited('PriorityCharging', 20)],
      durationS: 3600,
      at: '2026-01-01T00:00:00Z',
      transactionStartedAt: '2025-12-31T23:45:00Z',
      hasPriority: true,
      maxA: 32,
    });
    expect(relative.periods).toMatchObject([
      { startPeriod: 0, limit: 20 },
      { startPeriod: 900, limit: 21 },
    ]);
    const bad = await network.call<Json>('POST', '/v1/rating', { tariff: 'none' });
    expect([bad.status, bad.body.errors]).toEqual([400, expect.any(Array)]);
  });

  it('measurements, limits from the grid, load in buckets', async () => {
    const at = new Date(Date.now()).toISOString();
    const measured = await network.call('POST', '/v1/sites/s/measurements', [{ nodeId: 'grid', at, currentA: [1, 1, 1], ttlSeconds: 60 }]);
    expect(measured.status).toBe(202);
    const nowhere = await network.call<Json>('POST', '/v1/sites/s/measurements', [
      { nodeId: 'x', at, currentA: [1, 1, 1], ttlSeconds: 60 },
    ]);
    expect([nowhere.status, nowhere.body.errors]).toEqual([422, [{ path: '0.nodeId', message: 'there is no node x' }]]);
    const limit = { siteIds: ['s'], schedule: [{ startsAt: at, limitA: 20 }], expiresAt: '2099-01-01T00:00:00Z', source: 'dso' };
    expect((await network.call('POST', '/v1/grid/limits', limit)).status).toBe(202);
    const { body } = await network.call<unknown>('GET', `/v1/sites/s/load?from=2020-01-01T00:00:00Z&to=2099-01-01T00:00:00Z&interval=3600`);
    const buckets = (Array.isArray(body) ? body : (body as List).items) as readonly Json[];
    expect(buckets[0]).toMatchObject({ at: expect.any(String), limitW: expect.any(Number), allocatedW: expect.any(Number) });
    expect(buckets[0]).toHaveProperty('measuredW');
    expect(body).toMatchObject({ alarms: [], violations: { seconds: 0 } });
  });

  it('why an outlet has its limit: the split, the plan, what the grid allows line by line, what it does not follow', async () => {
    const told = await network.until('the limit is in rows', async () => {
      const body = await network.must<Json & { gridLimits: readonly Json[] }>('GET', '/v1/sites/s/explain?stationId=CS&evseId=1');
      return body.gridLimits.length > 0 && body;
    });
    expect(told).toMatchObject({
      stationId: 'CS',
      evseId: 1,
      alarms: [],
      plan: { planId: expect.any(String), isLapsed: expect.any(Boolean) },
    });
    expect(told.split).toMatchObject({ wantedA: expect.any(Number), limitA: expect.any(Number), behind: [], cap: null });
    expect(told.gridLimits).toEqual([
      expect.objectContaining({
        source: 'dso',
        nodeId: 'grid',
        isShare: false,
        limitA: 20,
        endsAt: '2099-01-01T00:00:00.000Z',
        isFallback: false,
      }),
    ]);
  });

  it('alarms: an outlet that does not follow its limits, at the station, beside the load and in the reasons, while it lasts', async () => {
    const { database } = network.world;
    const since = new Date(Date.now() - 60_000).toISOString();
    await database.query(
      `insert into limit_alarms (tenant_id, site_id, station_id, evse_id, kind, since, allowed_ma, drawn_ma, reason)
       values ('default', 's', 'CS', 1, 'ignores', $1, 10000, 20000, 'samples')`,
      [since],
    );
    const alarm = { evseId: 1, kind: 'ignores', allowedA: 10, drawnA: 20, reason: 'samples' };
    const window = 'from=2020-01-01T00:00:00Z&to=2099-01-01T00:00:00Z&interval=3600';
    const station = async () => (await network.must<{ alarms: readonly Json[] }>('GET', '/v1/stations/CS')).alarms;
    expect(await station()).toMatchObject([alarm]);
    expect(Date.parse(String((await station())[0]?.since))).toBe(Date.parse(since));
    const shown = [{ ...alarm, stationId: 'CS', since, endedAt: null }];
    expect(await network.must('GET', `/v1/sites/s/load?${window}`)).toMatchObject({ alarms: shown });
    expect(await network.must('GET', '/v1/sites/s/explain?stationId=CS&evseId=1')).toMatchObject({ alarms: shown });
    const alerts = async () => (await network.must<List>('GET', '/v1/alerts?kind=limitNotFollowed')).items;
    expect(await alerts()).toMatchObject([{ alertId: 'limitNotFollowed/s/CS/1/ignores', severity: 'critical', detail: { drawnA: 20 } }]);
    await database.query('update limit_alarms set ended_at = $1', [new Date(Date.now() - 30_000).toISOString()]);
    expect([await station(), await alerts()]).toEqual([[], []]);
    expect(await network.must('GET', '/v1/sites/s/explain?stationId=CS&evseId=1')).toMatchObject({ alarms: [] });
    expect(await network.must('GET', `/v1/sites/s/load?${window}`)).toMatchObject({ alarms: [alarm] });
  });

  it('uptime: outages, how they are judged, the month, and everything behind it', async () => {
    const available = (operationalStatus: string) =>
      network.must<Json>('POST', '/v1/stations/CS/commands?wait=true', { action: 'ChangeAvailability', payload: { operationalStatus } });
    await available('Inoperative');
    const [outage] = await network.until('the outage', async () => {
      const { items } = await network.must<List>('GET', '/v1/outages?stationId=CS&classified=false');
      return items.length === 1 && items;
    });
    expect(outage).toMatchObject({ portId: 'CS-1', siteId: 's', causes: ['unavailable'], endedAt: null, classification: null });
    const path = `/v1/outages/${outage?.outageId}/classifications`;
    const judged = await network.call<Json>('POST', path, { cause: 'scheduledMaintenance', evidence: 'work order 12' });
    expect([judged.status, judged.body.classification]).toEqual([
      201,
      expect.objectContaining({ cause: 'scheduledMaintenance', evidence: 'work order 12', classifiedBy: 'api:admin' }),
    ]);
    const early = { cause: 'vandalism', evidence: 'police 7', from: '2020-01-01T00:00:00Z' };
    expect((await network.call<Json>('POST', path, early)).body.classification).toMatchObject({ from: outage?.startedAt, to: null });
    await network.must('POST', path, { cause: 'scheduledMaintenance', evidence: 'work order 12' });
    await available('Operative');
    await network.until('its end', async () => (await network.must<List>('GET', '/v1/outages?stationId=CS')).items[0]?.endedAt);
    expect((await network.must<List>('GET', '/v1/outages?stationId=CS&classified=false')).items).toEqual([]);

    const month = new Date().toISOString().slice(0, 7);
    const report = await network.must<{ ports: readonly Json[] }>('GET', `/v1/reports/uptime?month=${month}&siteId=s`);
    expect(report).toMatchObject({
      month,
      rules: { name: 'nevi' },
      ports: [{ portId: 'CS-1', outages: 1, uptimePercent: '100.00', meets: true }],
    });
    const alone = await network.must('GET', `/v1/reports/uptime?month=${month}&over=month&rules=uk`);
    expect(alone).toMatchObject({
      from: `${month}-01T00:00:00.000Z`,
      rules: { divisorMinutes: 'in service', leastRatedW: 50_000 },
      network: { ports: 0, uptimePercent: null },
      leftOut: [{ portId: 'CS-1', ratedW: 22_080 }],
      ports: [],
    });
    const noted = 'select port_id, rule_set, month::text, uptime_percent::text as percent, is_met from analytics.uptime_months';
    expect((await network.world.database.query(noted)).rows).toEqual([
      { port_id: 'CS-1', rule_set: 'nevi', month: `${month}-01`, percent: '100.00', is_met: true },
    ]);
    const explained = await network.must<{ events: readonly Json[] }>('GET', `/v1/stations/CS/evses/1/uptime/${month}/explain`);
    expect(explained).toMatchObject({
      outages: [{ outageId: outage?.outageId }],
      classifications: ['scheduledMaintenance', 'vandalism', 'scheduledMaintenance'].map((cause) => ({ cause })),
      corrections: [],
    });
    expect(explained.events.slice(-2)).toMatchObject(
      ['Unavailable', 'Available'].map((status) => ({ kind: 'status', status, eventId: expect.any(String), offset: expect.any(Number) })),
    );

    const declared = `/v1/stations/CS/evses/1/declared-outages/stuck`;
    const from = new Date(Date.now() - 600_000).toISOString();
    await network.must('PUT', declared, { cause: 'startsFail', from, evidence: 'ticket 4' });
    expect(await network.must('GET', `/v1/stations/CS/evses/1/uptime/${month}/explain`)).toMatchObject({
      outages: [{ causes: ['startsFail', 'unavailable'], endedAt: null }],
      declarations: [{ declarationId: 'stuck', cause: 'startsFail', from, declaredBy: 'api:admin' }],
    });
    await network.must('PUT', declared, { cause: 'withdrawn', from, evidence: 'ticket 4' });
    expect((await network.must<List>('GET', '/v1/outages?stationId=CS')).items).toMatchObject([{ causes: ['unavailable'] }]);

    const empty = await network.call<Json>('GET', `/v1/reports/uptime?month=2020-02`);
    expect([empty.status, empty.body.errors]).toEqual([422, [{ path: 'month', message: expect.any(String) }]]);
    expect((await network.call('GET', '/v1/reports/uptime?month=2020-13')).status).toBe(400);
    expect((await network.call('POST', '/v1/outages/CS-1:5/classifications', { cause: 'vandalism', evidence: 'x' })).status).toBe(404);
    expect((await network.call('POST', path, { cause: 'vandalism', evidence: ' ' })).status).toBe(400);
    expect((await network.call('POST', path, { ...early, from: new Date().toISOString() })).status).toBe(400);
  });

  it('EV-ChART: files of a quarter, rows that people state, and what is refused', async () => {
    const get = (query: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${network.http.port}/v1/reports/ev-chart?${query}`, {
        headers: { authorization: `Bearer ${API_KEY}` },
      });
    const now = new Date();
    const quarter = `year=${now.getUTCFullYear()}&quarter=${Math.floor(now.getUTCMonth() / 3) + 1}&networkProvider=our_net`;
    for (const [module, column] of [
      [2, 'session_id'],
      [3, 'total_outage'],
      [4, 'outage_id'],
    ] as const) {
      const answer = await get(`module=${module}&${quarter}&draft=true`);
      const csv = await answer.text();
      expect([answer.status, csv]).toEqual([200, expect.stringMatching(/^station_id,network_provider,port_id,/)]);
      expect(csv.split('\r\n')[0]?.split(',')).toContain(column);
      expect(csv).toContain('CS,our_net,CS-1');
      expect(await network.must('POST', '/v1/reports/ev-chart/validation', { module, csv })).toEqual({ isValid: true, faults: [] });
    }
    for (const asked of [`module=3&${quarter}`, 'module=3&year=2020&quarter=1&networkProvider=our_net']) {
      const nothing = await get(asked);
      expect([nothing.status, nothing.headers.get('content-type')]).toEqual([422, 'application/problem+json']);
      expect(((await nothing.json()) as Json).errors).toEqual([{ path: 'quarter', message: expect.any(String) }]);
    }
    const operator = {
      ...{ station_id: 'CS', network_provider: 'our_net', operator_name: 'Ours', operator_address: '1 Road', operator_city: 'Reno' },
      ...{ operator_state: 'NV', operator_zip: '89501' },
    };
    const wrong = await network.call<Json>('PUT', '/v1/reports/ev-chart/6/2026', { rows: [{ ...operator, operator_zip: '8950' }] });
    expect([wrong.status, wrong.body.errors]).toEqual([422, [{ path: 'rows.0.operator_zip', message: expect.any(String) }]]);
    expect((await get('module=6&year=2026')).status).toBe(422);
    await network.must('PUT', '/v1/reports/ev-chart/6/2026', { rows: [operator] });
    expect(await (await get('module=6&year=2026')).text()).toContain('CS,our_net,Ours,1 Road,Reno,NV,89501,,,');
  });

  it('events: each part of the network as it changes, resumable', async () => {
    const stop = new AbortController();
    const response = await fetch(`http://127.0.0.1:${network.http.port}/v1/events`, {
      headers: { authorization: `Bearer ${API_KEY}`, 'last-event-id': '0' },
      signal: stop.signal,
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    await network.must('PUT', '/v1/sites/s', { ...SITE, name: 'S again' });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (reader !== undefined && !/event: site\ndata: .*S again/.test(text)) {
      const { done, value } = await reader.read();
      if (done) throw new Error(`the events ended: ${text}`);
      text += value;
    }
    expect(text).toMatch(/^id: \S+$/m);
    stop.abort();
    await reader?.cancel().catch(() => undefined);
  });

  it('another tenant: every route tells it of these as of nobody, and nothing that it writes changes them', async () => {
    const { known, nobody, takeBack } = await thingsOf(network, { sessionId: String(session.sessionId), idToken: fleet.idTokens[0] ?? '' });
    const { leaks, telling, mute, changed, written } = await isolationOf(network, known, nobody);
    expect({ leaks, changed, mute }).toEqual({ leaks: [], changed: [], mute: [] });
    await takeBack();
    expect(telling.length).toBeGreaterThanOrEqual(40);
    expect(written).toBeGreaterThanOrEqual(10);
  }, 120_000);

  it('deleting: refused while something is used, with what to do; history stays, and it can come again', async () => {
    const used = await network.call<Json>('DELETE', '/v1/sites/s');
    expect([used.status, used.body.type]).toEqual([409, 'urn:joulestream:problem:conflict']);
    expect((used.body.errors as readonly Json[]).map(({ path }) => path)).toEqual(['stations', 'grid']);
    expect((await network.call('DELETE', '/v1/stations/CS')).status).toBe(204);
    expect((await network.call('DELETE', '/v1/stations/CS')).status).toBe(404);
    expect((await network.call('GET', '/v1/stations/CS')).status).toBe(404);
    expect((await network.must<List>('GET', '/v1/sessions?stationId=CS')).items).toMatchObject([{ sessionId: session.sessionId }]);
    const again = await network.call<Json>('PUT', '/v1/stations/CS', { siteId: 's', nodeId: 'grid', securityProfile: 1, evses: EVSES });
    expect([again.status, again.body.password]).toEqual([201, expect.any(String)]);
    expect((await network.must<Json>('GET', '/v1/stations/CS')).stationId).toBe('CS');
    expect((await network.call('DELETE', '/v1/stations/CS')).status).toBe(204);
    const [limit] = (await network.must<List>('GET', '/v1/sites/s/grid-limits')).items;
    expect(limit).toMatchObject({ source: FLOOR.source, floorW: FLOOR.floorW });
    expect((await network.call('DELETE', `/v1/grid/limits/${limit?.limitId}`)).status).toBe(202);
    await network.until(
      'the limit is withdrawn',
      async () => (await network.must<List>('GET', '/v1/sites/s/grid-limits')).items.length === 0,
    );
    expect((await network.call('DELETE', '/v1/sites/s')).status).toBe(204);
    expect((await network.call('GET', '/v1/sites/s')).status).toBe(404);
    expect((await network.must<List>('GET', '/v1/sites')).items).toEqual([]);
    const load = await network.must<List>('GET', '/v1/sites/s/load?from=2020-01-01T00:00:00Z&to=2099-01-01T00:00:00Z&interval=3600');
    expect(load.items.length).toBeGreaterThan(0);
    expect(await network.must<Json>('GET', '/v1/sites/s/explain?stationId=CS&evseId=1')).toMatchObject({ limit: expect.anything() });
    expect((await network.call('GET', '/v1/sites/s/explain?stationId=CS&evseId=2')).status).toBe(404);
  });

  it('health, readiness, metrics and the description need no key', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics', '/openapi.json'])
      expect((await fetch(`http://127.0.0.1:${network.http.port}${path}`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${network.http.port}/v1/sites`)).status).toBe(401);
  });
});
