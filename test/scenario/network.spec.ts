// The main job: a 1.6 and a 2.0.1 station charge below a full site's limit, are released when it is not full, and end with a priced record.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parquetReadObjects } from 'hyparquet';
import { pino } from 'pino';
import type { Fleet } from '#apps/simulator';
import { compareRows, migrateAll, placesWritten, rebuildRows } from '#apps/standalone';
import { type CallReceived, mayNotWrite, type Recorded, TOPICS, WRITERS } from '#contracts';
import { SETTLE_MS } from '#domain/load-balancing';
import { startMetrics, startTracing } from '#observability';
import { compareElsewhere, type ReplayReport } from '#service';
import { KIND, type OtlpReceiver, otlpReceiver, pathTo, scratchDatabase } from '#testing';
import { FLAT_TARIFF } from '../chaos/support/flat-tariff.js';
import { asked } from '../contract/support/promql.js';
import { rules } from '../contract/support/rules.js';
import { API_KEY, NetworkWorld } from './support/network-world.js';
import { filesBelow, type Place, rowTexts, secretsIn, wrongRequests } from './support/secrets.js';

interface Page<T> {
  readonly items: readonly T[];
}
interface SessionRow {
  readonly sessionId: string;
  readonly stationId: string;
  readonly transactionId: string;
  readonly energyWh: number;
  readonly status: string;
}
interface CdrRow {
  readonly session_id: string;
  readonly total_energy: number;
  readonly total_cost: { readonly excl_vat: number };
}

const SELLER = { name: 'Joule Works', address1: 'Quay 1', city: 'Amsterdam', country: 'NL', vatId: 'NL001234567B01' };
const BUYER = { name: 'Annabel Exemplar-Qvist', address1: 'Farthing Passage 77', city: 'Utrecht', country: 'NL' };
const LIMIT_A = 20;
const car = { batteryWh: 60_000, soc: 0.2, maxA: 32, phases: 3 } as const;

describe('a site with one station of each version', () => {
  let network: NetworkWorld;
  let fleet: Fleet;
  const drawnA = (stationId: string): number =>
    Math.max(
      0,
      ...fleet
        .draws()
        .filter((draw) => draw.stationId === stationId)
        .map(({ currentMa }) => currentMa / 1000),
    );
  const overLimit: number[] = [];
  const output: string[] = [];
  let watch: NodeJS.Timeout;
  let collector: OtlpReceiver;
  let traces: { stop(): Promise<void> };

  beforeAll(async () => {
    startMetrics();
    collector = await otlpReceiver();
    const onTrouble = (detail: string): void => void output.push(detail);
    traces = await startTracing({ service: 'standalone', instance: 'test', endpoint: collector.endpoint, ratio: 1, onTrouble });
    network = await NetworkWorld.open(
      undefined,
      { RECONCILIATION_AT: '00:00' }, // yesterday's is then always due
      {},
      undefined,
      pino({ level: 'trace' }, { write: (line: string) => void output.push(line) }),
    );
    await network.must('PUT', '/v1/tariffs/flat', { ...FLAT_TARIFF, preauthorize_amount: 20 });
    await network.must('PUT', '/v1/billing/seller', SELLER);
    await network.must('PUT', '/v1/sites/s', {
      name: 'S',
      timeZone: 'Europe/Amsterdam',
      voltageV: 230,
      root: { nodeId: 'grid', limitA: LIMIT_A, unmanagedMaxA: 0, phases: 3 },
    });
    await network.must('PUT', '/v1/sites/s/tariff', { tariffId: 'flat' });
    const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0 }];
    for (const stationId of ['OLD', 'NEW'])
      await network.must('PUT', `/v1/stations/${stationId}`, {
        siteId: 's',
        nodeId: 'grid',
        securityProfile: 1,
        password: `password-of-${stationId}`,
        evses,
      });
    fleet = await network.fleet({
      stations: [
        { stationId: 'OLD', ocppVersion: 'ocpp1.6', password: 'password-of-OLD', evses: [{ evseId: 1, maxA: 32 }] },
        { stationId: 'NEW', ocppVersion: 'ocpp2.0.1', password: 'password-of-NEW', evses: [{ evseId: 1, maxA: 32 }] },
      ],
      arrivals: 'none',
      sampleIntervalS: 1,
    });
    for (const idToken of fleet.idTokens.slice(0, 2)) await network.must('PUT', `/v1/tokens/ISO14443/${idToken}`, { status: 'Accepted' });
    await network.must('PUT', `/v1/tokens/ISO14443/${fleet.idTokens[0]}/buyer`, BUYER);
    await network.must('PUT', `/v1/tokens/ISO14443/${fleet.idTokens[0]}/payment-method`, { method: 'test:ok' });
    watch = setInterval(() => {
      const sum = drawnA('OLD') + drawnA('NEW');
      if (sum > LIMIT_A + 0.001) overLimit.push(sum);
    }, 100).unref();
  }, 60_000);
  afterAll(async () => {
    clearInterval(watch);
    await network?.close();
    await traces?.stop();
    collector?.close();
  }, 30_000);

  it('charges both below the limit, releases the one that stays, and bills the registers', async () => {
    await network.until('both stations online', async () => {
      const { items } = await network.must<Page<{ online: boolean }>>('GET', '/v1/stations');
      return items.length === 2 && items.every(({ online }) => online);
    });
    await network.until('both defaults count, so that a car need not wait for them', async () => {
      const records = await network.records('site-events');
      const [, lastMs] = records.flatMap(({ type, time }) => (type === 'CommandAnswered' ? [Date.parse(time)] : [])).slice(0, 2);
      const dues = records.flatMap(({ type, data }) => (type === 'TimeReached' ? [Date.parse((data as { due: string }).due)] : []));
      return lastMs !== undefined && dues.some((dueMs) => dueMs >= lastMs + SETTLE_MS);
    });
    const [first, second] = fleet.idTokens;
    expect(fleet.station('OLD').charging.arrive(1, car, { idToken: first ?? '', type: 'ISO14443' })).toBe(true);
    await network.until('the first car alone has the whole site', () => drawnA('OLD') > LIMIT_A - 2, 60_000);
    expect(fleet.station('NEW').charging.arrive(1, car, { idToken: second ?? '', type: 'ISO14443' })).toBe(true);
    await network.until('both cars share', () => drawnA('OLD') >= 6 && drawnA('NEW') >= 6, 90_000);

    fleet.station('OLD').charging.depart(1);
    await network.until('the one that stays is released', () => drawnA('NEW') > LIMIT_A - 2, 90_000);
    fleet.station('NEW').charging.depart(1);

    const sessions = await network.until('both sessions ended', async () => {
      const { items } = await network.must<Page<SessionRow>>('GET', '/v1/sessions?status=ended');
      return items.length === 2 && items;
    });
    const cdrs = await network.until('both sessions billed', async () => {
      const { items } = await network.must<Page<CdrRow>>('GET', '/v1/cdrs');
      return items.length === 2 && items;
    });
    for (const { stationId, transactions } of fleet.totals()) {
      expect(transactions).toHaveLength(1);
      const [told] = transactions;
      const registerWh = Number(told?.meterStopWh) - Number(told?.meterStartWh);
      const session = sessions.find((each) => each.stationId === stationId);
      const cdr = cdrs.find(({ session_id }) => session_id === session?.sessionId);
      expect(registerWh).toBeGreaterThan(0);
      expect(session?.transactionId).toBe(told?.transactionId);
      expect(session?.energyWh).toBeCloseTo(registerWh, 3);
      // A CDR counts in tenths of a Wh (four decimals of a kWh), a register may lie in the middle of two.
      expect(Math.abs((cdr?.total_energy ?? 0) * 1000 - registerWh)).toBeLessThan(0.051);
      expect(cdr?.total_cost.excl_vat).toBeCloseTo((registerWh / 1000) * 0.4, 3);
    }
    expect(overLimit).toEqual([]);
  }, 300_000);

  it('leads from a bucket of /metrics to a trace that was sent', async () => {
    const answer = await fetch(`http://127.0.0.1:${network.http.port}/metrics`, {
      headers: { accept: 'application/openmetrics-text;version=1.0.0' },
    });
    expect(answer.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const text = await answer.text();
    for (const name of ['csms_edge_answer_seconds', 'csms_edge_event_to_limit_seconds', 'csms_service_delay_seconds']) {
      const [, traceId] = new RegExp(`^${name}_bucket{.*} \\d+ # {trace_id="(\\w+)"`, 'm').exec(text) ?? [];
      await network.until(`${name}: ${traceId} is sent`, async () => collector.spans.some((span) => span.traceId === traceId));
    }
  });

  it('is followed from the first car to the limit it gets and the answer, in one trace', async () => {
    await traces.stop();
    const { spans } = collector;
    const limits = spans.filter(({ name, kind }) => name === 'SetChargingProfile' && kind === KIND.client);
    const path = limits.map((span) => pathTo(span, spans)).find(([first]) => first?.name === 'StartTransaction') ?? [];
    expect(path.map(({ name, kind, status }) => [name, kind, status.code])).toEqual([
      ['StartTransaction', KIND.server, 0],
      ['load-balancing decides', KIND.internal, 0],
      ['hand over SetChargingProfile', KIND.producer, 0],
      ['SetChargingProfile', KIND.client, 0],
    ]);
    const [frame, decision, , limit] = path;
    expect(path.map(({ startMs }) => startMs)).toEqual(path.map(({ startMs }) => startMs).toSorted((a, b) => a - b));
    expect(frame?.attributes).toEqual({
      'ocpp.action': 'StartTransaction',
      'ocpp.version': 'ocpp1.6',
      'ocpp.station_id': 'OLD',
      'csms.tenant': 'default',
    });
    expect(limit?.attributes['ocpp.station_id']).toBe('OLD');

    const batches = spans.filter(({ kind, links }) => kind === KIND.consumer && links.some(({ spanId }) => spanId === frame?.spanId));
    expect(batches.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['session site-events', 'metering site-events', 'load-balancing site-events', 'stations site-events']),
    );
    expect(batches.map(({ spanId }) => spanId)).toContain(decision?.links[0]?.spanId);
    const followed = (await network.records('site-events')).filter(({ traceparent }) => traceparent?.includes(frame?.traceId ?? 'none'));
    const types = new Set(followed.map(({ type }) => type));
    expect([...types]).toEqual(expect.arrayContaining(['CallReceived', 'CommandRequested', 'CommandSent', 'CommandAnswered']));
    expect(fleet.idTokens.filter((idToken) => JSON.stringify(spans).includes(idToken))).toEqual([]);
  });

  it('shows at /metrics everything that the rules of the chart ask for', async () => {
    const shown = new Set((await network.file('/metrics')).toString().match(/^csms_\w+/gm));
    const named = rules.flatMap(({ expr }) => asked(expr).metrics).filter((name) => name.startsWith('csms_'));
    expect(named.length).toBeGreaterThan(10);
    expect([...new Set(named)].filter((name) => !shown.has(name))).toEqual([]);
  });

  it('has reconciled the day before by itself, and says so also where nothing was', async () => {
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const path = `/v1/reports/reconciliation/nightly?from=${yesterday}&to=${yesterday}`;
    const reports = await network.until(
      'the night is told',
      async () => {
        const { items } = await network.must<Page<Record<string, unknown>>>('GET', path);
        return items.length > 0 && items;
      },
      90_000,
    );
    expect(reports).toMatchObject([{ day: yesterday, sites: 1, sessions: 0, energyDifferenceWh: '0', isEven: true, differing: [] }]);
    expect((await network.records('network-events')).filter(({ type }) => type === 'DayReconciled')).toHaveLength(1);
  }, 120_000);

  it('has every answered message in the log, with the answer, once', async () => {
    const calls = (await network.records('site-events')).filter(({ type }) => type === 'CallReceived');
    for (const { stationId, answered } of fleet.totals()) {
      const stored = calls.filter((record) => record.stationId === stationId).map(({ data }) => (data as CallReceived).messageId);
      expect(new Set(stored).size).toBe(stored.length);
      for (const { messageId } of answered) expect(stored).toContain(messageId);
    }
  });

  it('keeps no secret of the whole run in the log, a row, an answer to a wrong request or its own output', async () => {
    const [idToken = ''] = fleet.idTokens;
    const secrets = {
      'password of OLD': 'password-of-OLD',
      'password of NEW': 'password-of-NEW',
      'API key': API_KEY,
      'wrong API key': 'js_somebody-elses-key',
      ...Object.fromEntries(fleet.idTokens.map((each, index) => [`token ${index}`, each])),
    };
    const refusals: Place[] = [];
    for (const [method, path, body, key] of wrongRequests({ password: 'password-of-NEW', idToken, wrongKey: 'js_somebody-elses-key' })) {
      const reply = await network.call(method, path, body, key === undefined ? {} : { authorization: `Bearer ${key}` });
      expect(reply.status).toBeGreaterThanOrEqual(400);
      refusals.push([`the answer to ${method} ${path.split('/')[2]}`, JSON.stringify(reply.body)]);
    }
    const records = (await Promise.all(TOPICS.map((topic) => network.records(topic)))).flat();
    const said = ({ at, type, source }: Recorded) => mayNotWrite(at.topic, { ce_type: type, ce_source: source }, new Set(WRITERS));
    expect(records.filter((record) => said(record) !== undefined)).toEqual([]); // each by a service that may (ADR 0105)
    const places = [
      ...records.map((record): Place => [`a ${record.type}`, JSON.stringify(record)]),
      ...(await rowTexts(network.world.database)),
      ...refusals,
      ...output.map((line): Place => ['the output', line]),
    ];
    expect(secretsIn(secrets, places)).toEqual([]);
    // What is looked for would be found.
    expect(secretsIn(secrets, [['a header', `Basic ${Buffer.from('OLD:password-of-OLD').toString('base64')}`]])).toEqual([
      'password of OLD in a header',
    ]);
    expect(output.length).toBeGreaterThan(0);
  });

  it('forgets a driver: a replay of everything has the same energy, money and invoices, and nothing says who he was', async () => {
    const [idToken = ''] = fleet.idTokens;
    const secrets = { 'the token': idToken, 'his name': BUYER.name, 'his street': BUYER.address1 };
    const items = async <T>(path: string) => (await network.must<Page<T>>('GET', path)).items;
    const [session] = (await items<SessionRow>('/v1/sessions')).filter(({ stationId }) => stationId === 'OLD');
    const paid = await network.until('the session is paid', async () => {
      const shown = await network.must<{ session: { paid: string; open: string } | null }>(
        'GET',
        `/v1/sessions/${session?.sessionId}/payments`,
      );
      return shown.session?.open === '0.0000' && Number(shown.session.paid) > 0 && shown;
    });
    await network.must('POST', '/v1/invoices', {});
    const invoiceIds = (await items<{ invoiceId: string }>('/v1/invoices')).map(({ invoiceId }) => invoiceId);
    const today = new Date().toISOString().slice(0, 10);
    const days = `from=${new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)}&to=${today}`;
    /** What is told of money and energy, with the buyer apart. */
    const told = async () => {
      const invoices = await Promise.all(invoiceIds.map((id) => network.must<Record<string, unknown>>('GET', `/v1/invoices/${id}`)));
      return {
        buyers: invoices.map(({ buyer }) => buyer ?? null),
        rest: JSON.stringify([
          invoices.map(({ buyer: _, ...invoice }) => invoice),
          (await items<SessionRow>('/v1/sessions')).map(({ sessionId, energyWh }) => [sessionId, energyWh]),
          (await items<CdrRow & { cdr_token: unknown }>('/v1/cdrs')).map(({ cdr_token: _, ...cdr }) => cdr),
          await network.must('GET', `/v1/sessions/${session?.sessionId}/payments`),
          await network.must('GET', `/v1/reports/reconciliation/invoices?${days}`),
          await network.must('GET', `/v1/reports/reconciliation/payments?${days}`),
        ]),
      };
    };
    const files = async (): Promise<readonly Place[]> =>
      Promise.all(
        [
          ...invoiceIds.flatMap((id) => [`/v1/invoices/${id}.csv`, `/v1/invoices/${id}.pdf`]),
          ...['meter-samples', 'port-status', 'site-load', 'sessions', 'cdrs'].map(
            (name) => `/v1/exports/${name}.parquet?site=s&day=${today}`,
          ),
        ].map(async (path): Promise<Place> => {
          const bytes = await network.file(path);
          if (path.includes('.parquet')) {
            const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
            return [path, JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value))];
          }
          return [path, bytes.toString('latin1')];
        }),
      );
    const before = await told();
    expect(before.buyers).toContainEqual(BUYER);
    expect(secretsIn(secrets, await files())).toContainEqual(expect.stringContaining('his name in'));
    expect(before.rest).toContain('"difference":"0.0000"');

    await network.must('DELETE', `/v1/tokens/ISO14443/${idToken}`);
    const after = await told();
    expect(after).toEqual({ buyers: before.buyers.map(() => null), rest: before.rest });
    expect(secretsIn(secrets, await files())).toEqual([]);
    expect(paid.session?.paid).toBeDefined();

    await network.quiet();
    const { log, database } = network.world;
    const rebuilt = await scratchDatabase();
    try {
      await migrateAll(rebuilt);
      const decisions: string[] = [];
      const elsewhere = new Map<never, ReplayReport['elsewhere'][]>();
      await rebuildRows(
        log,
        rebuilt,
        await placesWritten(log, database),
        ({ service }, report) => {
          decisions.push(...report.differences);
          elsewhere.set(service as never, [...(elsewhere.get(service as never) ?? []), report.elsewhere]);
        },
        true,
      );
      for (const [service, replayed] of elsewhere) decisions.push(...(await compareElsewhere(log, service, replayed)));
      expect(decisions).toEqual([]);
      for (const { table, differences } of await compareRows(database, rebuilt)) expect([table, differences]).toEqual([table, []]);
      const records = (await Promise.all(TOPICS.map((topic) => network.records(topic)))).flat();
      const places = [
        ...records.map((record): Place => [`a ${record.type}`, JSON.stringify(record)]),
        ...(await rowTexts(database)),
        ...(await rowTexts(rebuilt)),
        ...output.map((line): Place => ['the output', line]),
        ...filesBelow(network.directory).map((path): Place => [path, readFileSync(path, 'latin1')]),
      ];
      expect(secretsIn(secrets, places)).toEqual([]);
    } finally {
      await rebuilt.close();
    }
  }, 120_000);
});
