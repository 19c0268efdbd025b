// A program of a grid operator on the running network: asked of its server, followed by a site, told anew at once, and what is kept of it.
// What events come to is in apps/grid/program.spec.ts and libs/domain/grid-signals.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LIMIT_TOPICS } from '#contracts';
import { readAll } from '#testing';
import { startProvider } from '../../apps/grid/oscp/capacity-provider.fixture.js';
import { startVtn, type Vtn } from '../../apps/grid/vtn.fixture.js';
import { NetworkWorld } from './support/network-world.js';

interface Program {
  readonly heardAt: string | null;
  readonly trouble: string | null;
  readonly events: number;
  readonly refusals: readonly { readonly eventId: string; readonly path: string }[];
}
interface Standing {
  readonly source: string;
  readonly nodeId: string;
  readonly inForce: { readonly limitW?: number; readonly isFallback: boolean } | null;
}

interface Signal {
  readonly signalId: string;
  readonly source: string;
}
interface Evidence {
  readonly reports: readonly { readonly payloadType: string }[];
  readonly stretches: readonly { readonly limitW: number; readonly to: string | null }[];
}

const EAN = '871687120000000001';
const SECRET = 'hush-hush-hush';

describe('a program of a grid operator', () => {
  let network: NetworkWorld;
  let vtn: Vtn;
  const program = () => network.must<Program>('GET', '/v1/grid/programs/dso');
  const standing = async () => (await network.must<{ items: readonly Standing[] }>('GET', '/v1/sites/depot/grid-limits')).items;
  const limitOf = (kw: unknown, units = 'KW') => ({
    createdDateTime: '2026-01-01T00:00:00Z',
    targets: [EAN],
    payloadDescriptors: [{ payloadType: 'IMPORT_CAPACITY_LIMIT', units }],
    intervalPeriod: { start: '0001-01-01', duration: 'P9999Y' },
    intervals: [{ id: 0, payloads: [{ type: 'IMPORT_CAPACITY_LIMIT', values: [kw] }] }],
  });
  /** The server's word that there is something new. */
  const poke = async () => expect((await network.call('POST', '/v1/grid/programs/dso/notifications', { anything: true })).status).toBe(202);
  const inForce = (kw: number) =>
    network.until(`${kw} kW in force`, async () => {
      const limits = await standing();
      return limits[0]?.inForce?.limitW === kw * 1000 ? limits : undefined;
    });
  const body = (change: object = {}) => ({
    server: { url: vtn.url, version: '3.1', programName: 'GAC', venName: 'NL-ABC', clientId: 'abc', clientSecret: SECRET, ...change },
    pollS: 3600,
    sites: [{ siteId: 'depot', names: [EAN], fallbackW: 20_000 }],
  });

  beforeAll(async () => {
    vtn = await startVtn({ secret: SECRET });
    network = await NetworkWorld.open();
    const root = { nodeId: 'grid', limitA: 400, unmanagedMaxA: 0, phases: 3 };
    await network.must('PUT', '/v1/sites/depot', { name: 'Depot', timeZone: 'Europe/Amsterdam', voltageV: 230, root });
  }, 120_000);
  afterAll(async () => {
    await network?.close();
    await vtn?.close();
  }, 60_000);

  it('is followed from when it is configured, and again as soon as its server says so', async () => {
    vtn.events.set('e', limitOf(100));
    await network.must('PUT', '/v1/grid/programs/dso', body());
    expect(await inForce(100)).toEqual([expect.objectContaining({ source: 'grid:dso', nodeId: 'grid', fallback: { limitW: 20_000 } })]);
    expect(await program()).toMatchObject({ events: 1, trouble: null, refusals: [], heardAt: expect.any(String) });
    vtn.events.set('e', limitOf(60));
    await poke();
    await inForce(60);
  });

  it('loosens nothing for what cannot be read, and says what it was', async () => {
    vtn.events.set('e', limitOf(400, 'KVA'));
    await poke();
    const { refusals } = await network.until('a refusal', async () => {
      const now = await program();
      return now.refusals.length > 0 ? now : undefined;
    });
    expect(refusals).toEqual([expect.objectContaining({ eventId: 'e', path: 'intervals[id=0].payloads' })]);
    await inForce(60);
  });

  it('says why its server cannot be heard, and keeps what was told', async () => {
    vtn.failure = { status: 503, body: '' };
    await poke();
    await network.until('trouble', async () => ((await program()).trouble === 'it answered 503' ? true : undefined));
    await inForce(60);
    vtn.failure = undefined;
    vtn.events.set('e', limitOf(80));
    await poke();
    await inForce(80);
    expect((await program()).trouble).toBeNull();
  });

  it('keeps its secret: it is nowhere in the log, and in no answer', async () => {
    const records = JSON.stringify(await network.records('network-events'));
    expect(records).toContain('GridProgramConfigured');
    expect(records + JSON.stringify(await program())).not.toContain(SECRET);
    const { clientSecret: _, ...server } = body().server;
    await network.must('PUT', '/v1/grid/programs/dso', { ...body(), server });
    vtn.events.set('e', limitOf(70));
    await poke();
    await inForce(70);
  });

  it('is refused where it makes no sense, with the field', async () => {
    const paths = async (change: object) => {
      const { status, body: problem } = await network.call<{ errors?: readonly { path: string }[] }>(
        'PUT',
        '/v1/grid/programs/new',
        change,
      );
      return [status, problem.errors?.map(({ path }) => path)];
    };
    const { clientSecret: _, ...server } = body().server;
    expect(await paths({ ...body(), server })).toEqual([400, ['server.clientSecret']]);
    expect(await paths(body({ url: 'http://dso.example' }))).toEqual([400, ['server.url']]);
    expect(await paths(body({ url: 'no address' }))).toEqual([400, ['server.url']]);
    expect(await paths({ ...body(), sites: [...body().sites, ...body().sites] })).toEqual([400, ['sites.1']]);
    expect(await paths({ ...body(), sites: [{ ...body().sites[0], nodeId: 'none' }] })).toEqual([422, ['sites.0.nodeId']]);
    expect((await paths({ ...body(), sites: [{ ...body().sites[0], siteId: 'none' }] }))[0]).toBe(404);
  });

  it('has its server tell by itself that there is something new, with a token that opens nothing else', async () => {
    const path = '/v1/grid/programs/dso/notifications';
    const callbackUrl = `http://127.0.0.1:${network.http.port}${path}`;
    await network.must('PUT', '/v1/grid/programs/dso', { ...body(), push: { kind: 'webhook', callbackUrl } });
    const token = await network.until('a subscription', () => {
      const [operation] = (vtn.objects.subscriptions?.[0]?.objectOperations ?? []) as readonly { readonly bearerToken: string }[];
      return operation?.bearerToken;
    });
    const as = async (method: string, to: string, with_ = token) =>
      (await network.call(method, to, {}, { authorization: `Bearer ${with_}` })).status;
    vtn.events.set('e', limitOf(65));
    expect(await as('POST', path)).toBe(202);
    await inForce(65);
    expect(await as('POST', '/v1/grid/programs/other/notifications')).toBe(403);
    expect(await as('POST', '/v1/grid/limits')).toBe(403);
    expect(await as('POST', path, `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`)).toBe(401);
    expect(JSON.stringify(await network.records('network-events'))).not.toContain(token);
  });

  it('is told what its server wants to hear: once, and what a site would like to reserve', async () => {
    const from = new Date(Date.now() - 7_200_000).toISOString();
    const until = new Date(Date.now() + 7_200_000).toISOString();
    await network.must('PUT', '/v1/grid/programs/dso/reservations/depot', { windows: [{ from, until, importW: 40_000 }] });
    vtn.events.set('asked', {
      targets: [EAN],
      intervalPeriod: { start: from, duration: 'PT1H' },
      reportDescriptors: [
        { payloadType: 'OPERATING_STATE', numIntervals: 1, repeat: -1 },
        { payloadType: 'IMPORT_CAPACITY_RESERVATION', historical: false },
      ],
    });
    await poke();
    const reports = await network.until('both reports', async () => {
      const { items } = await network.must<{ items: readonly { payloadType: string }[] }>('GET', '/v1/grid/programs/dso/reports');
      return items.length === 2 ? items : undefined;
    });
    const said = (payloadType: string) => vtn.objects.reports?.filter(({ reportName }) => String(reportName).startsWith(payloadType));
    const payloads = (type: string, value: unknown) => [{ payloads: [{ type, values: [value] }] }];
    expect(said('OPERATING_STATE')).toMatchObject([
      { eventID: 'asked', clientName: 'NL-ABC', resources: [{ resourceName: EAN, intervals: payloads('OPERATING_STATE', 'ERROR') }] },
    ]);
    expect(said('IMPORT_CAPACITY')).toMatchObject([{ resources: [{ intervals: payloads('IMPORT_CAPACITY_RESERVATION', 40) }] }]);
    expect(reports).toEqual(Array(2).fill(expect.objectContaining({ eventId: 'asked', siteIds: ['depot'], refusal: null })));
    const sent = (await network.records('network-events')).filter(({ type }) => type === 'GridReportSent');
    expect(sent.map(({ source }) => source)).toEqual(['/grid', '/grid']);
  });

  it('ends with its limits', async () => {
    await network.must('DELETE', '/v1/grid/programs/dso');
    await network.until('free', async () => ((await standing()).length === 0 ? true : undefined));
    expect((await network.call('GET', '/v1/grid/programs/dso')).status).toBe(404);
    await network.until('no subscription', () => vtn.objects.subscriptions?.length === 0);
  });

  it('has prices of times ahead beside it, of which the latest word counts', async () => {
    const price = (pricePerKwh: number) => [{ startsAt: '2099-01-01T00:00:00Z', endsAt: '2099-01-01T02:00:00Z', pricePerKwh }];
    const prices = () =>
      network.must<{ items: readonly object[] }>('GET', '/v1/sites/depot/energy-prices?from=2099-01-01T00:00:00Z&hours=3');
    for (const series of [price(0.1), price(0.3)])
      expect((await network.call('POST', '/v1/grid/prices', { siteIds: ['depot'], source: 'market', series })).status).toBe(202);
    await network.until('the price', async () => (JSON.stringify(await prices()).includes('0.3') ? true : undefined));
    expect((await prices()).items).toEqual([
      { startsAt: '2099-01-01T00:00:00.000Z', endsAt: '2099-01-01T02:00:00.000Z', pricePerKwh: 0.3 },
      { startsAt: '2099-01-01T02:00:00.000Z', endsAt: '2099-01-01T03:00:00.000Z', pricePerKwh: 0 },
    ]);
    const over = [...price(0.1), ...price(0.2)];
    const refused = await network.call<{ errors: readonly { path: string }[] }>('POST', '/v1/grid/prices', {
      siteIds: ['depot'],
      source: 'm',
      series: over,
    });
    expect([refused.status, refused.body.errors.map(({ path }) => path)]).toEqual([400, ['series.1']]);
  });

  it('stands beside dimming under §14a EnWG, which leaves what is guaranteed and keeps every word', async () => {
    const path = '/v1/grid/enwg14a/depot';
    const dimmed = async (watts: number) =>
      network.until(`${watts} W in force`, async () => (await standing()).some(({ inForce }) => inForce?.limitW === watts));
    await network.must('PUT', path, { devices: { count: 2, control: 'management' }, failSafeW: 9_000 });
    await dimmed(9_000);
    const command = await network.must('POST', `${path}/commands`, { limitW: 1_000 });
    expect(command).toMatchObject({ askedW: 1_000, appliedW: 7_560 });
    await dimmed(7_560);
    for (const [bad, status] of [
      [{ limitW: 5, unit: 'kW' }, 400],
      [{ limitKw: 500 }, 400],
      [{ limitW: -1 }, 400],
      [{ limitW: 1, lifted: true }, 400],
      [{}, 400],
    ] as const)
      expect((await network.call('POST', `${path}/commands`, bad)).status).toBe(status);
    await dimmed(7_560);
    expect((await network.call('POST', `${path}/heartbeats`)).status).toBe(202);
    expect(await network.must('GET', path)).toMatchObject({ floorW: 7_560, askedW: 1_000, isSilent: false });
    const { items } = await network.must<{ items: readonly { signalId: string }[] }>('GET', `${path}/log`);
    expect(items).toEqual([expect.objectContaining({ kind: 'limit', askedW: 1_000, appliedW: 7_560, saidBy: 'api:admin' })]);
    expect(String(await network.file(`${path}/log.csv`)).split('\r\n')[1]).toContain(',limit,1000,,7560,7560,');
    expect((await network.call('GET', `/v1/grid/signals/${items[0]?.signalId}/evidence`)).status).toBe(200);
    await network.must('DELETE', path);
    await network.until('free', async () => (await standing()).length === 0);
    const told = (await network.records('site-events')).filter(({ data }) => (data as { source?: string }).source === 'enwg14a');
    expect(told.map(({ type }) => type)).toEqual(['GridLimitReceived', 'GridLimitReceived', 'GridLimitWithdrawn']);
  });

  it('stands beside forecasts of a capacity provider (OSCP 2.0), which registers, is heard, and is told', async () => {
    const provider = await startProvider();
    const path = '/v1/grid/oscp/supplier';
    const groups = [{ groupId: 'g', siteId: 'depot', fallbackW: 30_000 }];
    const body = { url: provider.url, ownUrl: `http://127.0.0.1:${network.http.port}${path}/2.0`, token: 'first', groups };
    const stands = (watts: number) =>
      network.until(`${watts} W in force`, async () => (await standing()).some(({ inForce }) => inForce?.limitW === watts));
    const forecast = (capacity: unknown, change: object = {}, group_id = 'g') => {
      const [start_time, end_time] = [-1, 1].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString());
      const block = { capacity, phase: 'ALL', unit: 'KW', start_time, end_time, ...change };
      return provider.say('update_group_capacity_forecast', { group_id, type: 'CONSUMPTION', forecasted_blocks: [block] });
    };
    const told = (action: string) => network.until(action, () => provider.told[action]?.[0]);
    try {
      await network.must('PUT', path, body);
      await stands(30_000);
      expect(await told('handshake_acknowledge')).toMatchObject({ required_behaviour: { heartbeat_interval: 60 } });
      expect(await told('heartbeat')).toEqual({ offline_mode_at: expect.any(String) });
      const offline_mode_at = new Date(Date.now() + 3_600_000).toISOString();
      expect((await provider.say('heartbeat', { offline_mode_at })).status).toBe(204);
      expect((await forecast(90)).status).toBe(204);
      await stands(90_000);
      for (const [said, status, reason] of [
        [await forecast(400, { unit: 'KVA' }), 400, /unit/],
        [await forecast(400, { unit: undefined }), 400, /unit/],
        [await forecast(400, { unit: 'A' }), 400, /ONE, TWO or THREE/],
        [await forecast(-1), 400, /capacity/],
        [await forecast(400, {}, 'theirs'), 404, /^$/],
      ] as const)
        expect([said.status, said.reason ?? '']).toEqual([status, expect.stringMatching(reason)]);
      await stands(90_000);
      const wish = { group_id: 'g', type: 'CONSUMPTION', forecasted_blocks: [{ capacity: 200, phase: 'ALL', unit: 'KW' }] };
      expect((await network.call('POST', `${path}/adjustments`, wish)).status).toBe(400);
      const block = { ...wish.forecasted_blocks[0], start_time: '2099-01-01T00:00:00Z', end_time: '2099-01-01T01:00:00Z' };
      await network.must('POST', `${path}/adjustments`, { ...wish, forecasted_blocks: [block] });
      expect(await told('adjust_group_capacity_forecast')).toMatchObject({ group_id: 'g', forecasted_blocks: [block] });
      expect(await network.must('GET', path)).toMatchObject({
        isAcknowledged: true,
        registeredUrl: provider.url,
        offlineAt: offline_mode_at,
      });
      await network.must('DELETE', path);
      await network.until('free', async () => (await standing()).length === 0);
      const records = JSON.stringify(await network.records('network-events'));
      expect(records).toContain('OscpSaid');
      for (const secret of ['"first"', '"theirs"', 'gn_']) expect(records).not.toContain(secret);
    } finally {
      await provider.close();
    }
  });

  it('stands beside limits that are written to the log, of which nothing that cannot be read is followed', async () => {
    const { log } = network.world;
    const [startsAt, expiresAt] = [-1, 1].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString());
    const limit = (change: object) => ({
      siteIds: ['depot'],
      schedule: [{ startsAt, limitW: 44_000, ...change }],
      expiresAt,
      source: 'topic',
    });
    const write = (value: string) => log.append(LIMIT_TOPICS.asked, [{ key: 'any', headers: { ce_id: 'written' }, value }]);
    await write(JSON.stringify(limit({})));
    await write(JSON.stringify(limit({ limitW: undefined, limitKw: 400 })));
    await write('{');
    const outcomes = await network.until('outcomes', async () => {
      const head = await log.head(LIMIT_TOPICS.outcomes, 0);
      return head < 3 ? undefined : await readAll(log, LIMIT_TOPICS.outcomes, 0, 0, head);
    });
    expect(outcomes.map(({ headers }) => headers.ce_type)).toEqual(['GridLimitTaken', 'GridLimitRefused', 'GridLimitRefused']);
    await network.until('44 kW in force', async () => (await standing()).some(({ inForce }) => inForce?.limitW === 44_000));
    await write('{"withdrawn":true}');
    await network.until('free', async () => (await standing()).length === 0);
  });

  it('leaves evidence: what was asked while it stood, beside what was drawn', async () => {
    const { items } = await network.must<{ items: readonly Signal[] }>('GET', '/v1/grid/signals?siteId=depot&source=grid:dso');
    expect(items.map(({ source }) => source)).toEqual(Array(5).fill('grid:dso'));
    const reported: string[] = [];
    const asked = await Promise.all(
      items.map(async ({ signalId }) => {
        const evidence = await network.must<{ items: readonly Evidence[] }>('GET', `/v1/grid/signals/${signalId}/evidence`);
        reported.push(...evidence.items.flatMap(({ reports }) => reports.map(({ payloadType }) => payloadType)));
        return evidence.items.flatMap(({ stretches }) => stretches.map(({ limitW, to }) => [limitW, to !== null]));
      }),
    );
    // Latest first, and none stands any more.
    expect(asked.flat()).toEqual([65_000, 70_000, 80_000, 60_000, 100_000].map((limitW) => [limitW, true]));
    expect([...new Set(reported)]).toEqual(['IMPORT_CAPACITY_RESERVATION']);
    const [head, ...rows] = String(await network.file(`/v1/grid/signals/${items[0]?.signalId}/evidence.csv`))
      .trim()
      .split('\r\n');
    expect(head).toMatch(/^signal_id,source,site_id,.*,asked_w,/);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain(',65000,');
    expect((await network.call('GET', '/v1/grid/signals/none/evidence')).status).toBe(404);
  });
});
