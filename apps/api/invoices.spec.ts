// From the end of a session to its invoice and back: facts of sessions in, billing and invoicing on a real database, calls as an operator makes them.
// Which charges an invoice has, and what they come to, is in libs/domain/billing; who may call is in test/scenario/api-door.spec.ts.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { billingDefinition, billingRunner, invoicingDefinition } from '#apps/billing';
import { encode, TOPICS } from '#contracts';
import { type EmbeddedDatabase, memoryLog, systemClock, systemIds } from '#embedded';
import { createLogger } from '#observability';
import type { World } from '#ports';
import { migrate, replayPartition } from '#service';
import { scratchDatabase } from '#testing';
import type { Route, Stream } from './http.js';
import { invoiceReconciliationRoutes } from './invoice-reconciliation.js';
import { invoiceRoutes } from './invoices.js';
import { passed } from './requests.js';

type Json = Record<string, unknown>;

const PARTITIONS = 3;
const log = memoryLog({ partitions: PARTITIONS });
const NONE = { net: '0.0000', gross: '0.0000' };
let database: EmbeddedDatabase;
let world: World;
let runner: ReturnType<typeof billingRunner>;
let routes: readonly Route[];

beforeAll(async () => {
  database = await scratchDatabase();
  for (const app of ['session', 'billing']) await migrate(database, app, join(import.meta.dirname, '..', app, 'migrations'));
  await log.open(TOPICS);
  const keys = { hmac: (_: string, text: string) => `hash-of-${text}` };
  world = { log, database, clock: systemClock, ids: systemIds, keys } as unknown as World;
  runner = billingRunner(world, createLogger('billing', 'silent'));
  routes = [...invoiceRoutes(world), ...invoiceReconciliationRoutes(world)];
  await runner.start();
});
afterAll(async () => {
  await runner?.stop();
  await log.close();
  await database?.close();
});

async function call<Body = Json>(name: string, more: Json = {}, tenantId = 't'): Promise<{ readonly status: number; readonly body: Body }> {
  const route = routes.find(({ method, path }) => `${method} ${path}` === name) as Route;
  const query = route.query.parse(more.query ?? {});
  const made = { caller: { tenantId, name: 'op', role: 'admin' }, params: {}, body: {}, headers: {}, ...more, query };
  return (await route.handle(made as never)) as never;
}
const file = async (name: string, id: unknown): Promise<string> => {
  const route = routes.find(({ path }) => path === name) as Route;
  const stream = (await route.handle({ caller: { tenantId: 't' }, params: { id } } as never)) as Stream;
  return new Promise((resolve) =>
    stream(undefined as never, { writeHead: () => undefined, end: (text: unknown) => resolve(String(text)) } as never),
  );
};

const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
const tariff = {
  country_code: 'NL',
  party_id: 'JST',
  id: 'kwh',
  currency: 'EUR',
  last_updated: minutesAgo(0),
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.33, vat: 21, step_size: 1 }] }],
};

/** Resolves once billing and invoicing have folded it. */
async function session(type: string, sessionId: string, siteId: string, data: Json): Promise<void> {
  const envelope = { id: systemIds.next(), type, source: '/session', time: minutesAgo(0), tenantId: 't', siteId, stationId: 'cs' };
  const [position] = await log.append('session-events', [encode({ ...envelope, data: { sessionId, flags: [], ...data } })]);
  await passed(world, 'billing', position as never);
}
const started = (id: string, siteId: string, tokenHash: string) =>
  session('SessionStarted', id, siteId, {
    stationId: 'cs',
    evseId: 1,
    transactionId: id,
    ocppVersion: 'ocpp1.6',
    tokenHash,
    startedAt: minutesAgo(60),
    tariff,
  });
const end = { endedAt: minutesAgo(5), reason: 'Local', provisional: false };
const ended = (id: string, siteId: string, energyWh: number) => session('SessionEnded', id, siteId, { ...end, energyWh });

async function reconciled(): Promise<Json> {
  const today = minutesAgo(0).slice(0, 10);
  const query = { from: minutesAgo(1500).slice(0, 10), to: today };
  const { body } = await call<{ rows: readonly Json[]; amounts: readonly Json[] }>('get /v1/reports/reconciliation/invoices', { query });
  expect(body.rows.at(-1)).toMatchObject({ day: today });
  return body.amounts[0] ?? {};
}
/** Until everything charged is a row. */
async function charged(): Promise<Json> {
  for (;;) {
    const row = await reconciled();
    if ((row.notCharged as { records: number } | undefined)?.records === 0) return row;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it('invoices sessions of several sites once, takes back what changes, and is the same when the log is folded again', async () => {
  for (const [id, siteId, token] of [
    ['s1', 'a', 'hash-of-t/ann'],
    ['s2', 'b', 'hash-of-t/ann'],
    ['s3', 'a', 'bob'],
  ] as const) {
    await started(id, siteId, token);
    await ended(id, siteId, 10_000);
  }
  // Three times 3.30 net and 3.993 gross, each rounded for itself.
  expect(await charged()).toMatchObject({
    records: 3,
    charged: { net: '9.9000', gross: '11.9700' },
    open: { net: '9.9000', gross: '11.9700' },
    invoiced: NONE,
    difference: NONE,
  });

  const { status, body } = await call<{ items: readonly Json[]; isMore: boolean }>('post /v1/invoices');
  expect([status, body.isMore, body.items.map(({ lines, total }) => [lines, total])]).toEqual([
    201,
    false,
    [
      [1, { exclVat: '3.30', inclVat: '3.99' }],
      [2, { exclVat: '6.60', inclVat: '7.98' }],
    ],
  ]);
  const ann = body.items[1] as Json;
  expect(await reconciled()).toMatchObject({ invoiced: { net: '9.9000', gross: '11.9700' }, open: NONE, difference: NONE });
  await expect(call('post /v1/invoices', { body: { accountId: 'bob' } })).rejects.toMatchObject({ status: 409 });
  await expect(call('post /v1/invoices', { body: { until: '2999-01-01T00:00:00Z' } })).rejects.toMatchObject({ status: 400 });
  expect((await call<{ items: readonly Json[] }>('post /v1/invoices')).body.items).toEqual([]);

  await session('SessionAmended', 's1', 'a', { ...end, energyWh: 4_000, amendment: 1, energyDifferenceWh: -6_000 });
  expect(await charged()).toMatchObject({ records: 4, credits: 1, open: { net: '-1.9800', gross: '-2.3900' }, difference: NONE });
  const note = (await call<{ items: readonly Json[] }>('post /v1/invoices', { body: { accountId: ann.accountId } })).body.items[0] as Json;
  expect(note).toMatchObject({ kind: 'creditNote', lines: 2, total: { exclVat: '-1.98', inclVat: '-2.39' } });
  expect(await reconciled()).toMatchObject({ open: NONE, difference: NONE });

  const whole = (await call('get /v1/invoices/{id}', { params: { id: note.invoiceId } })).body as Json & { lines: readonly Json[] };
  expect(whole).toMatchObject({ number: note.number, seq: 2, taxes: [{ vatPercent: '21', exclVat: '-1.98', inclVat: '-2.39' }] });
  expect(whole.lines.map(({ creditOf, payable }) => [creditOf !== undefined, payable])).toEqual(
    expect.arrayContaining([
      [true, { exclVat: '-3.30', inclVat: '-3.99' }],
      [false, { exclVat: '1.32', inclVat: '1.60' }],
    ]),
  );
  const explained = (await call('get /v1/invoices/{id}/explain', { params: { id: note.invoiceId }, query: { limit: 1 } })).body;
  expect(explained).toMatchObject({
    request: { requestedBy: 'api:op', topic: 'billing-events' },
    lines: [{ line: 1, prices: [{ dimension: 'ENERGY' }], charge: { topic: 'billing-events' } }],
    nextLine: 2,
  });
  expect((await file('/v1/invoices/{id}.csv', ann.invoiceId)).trim().split('\r\n')).toHaveLength(3);
  expect((await file('/v1/invoices/{id}.pdf', ann.invoiceId)).startsWith('%PDF-')).toBe(true);

  type Page = { readonly items: readonly Json[]; readonly nextCursor: string | null };
  const first = (await call<Page>('get /v1/invoices', { query: { limit: 2 } })).body;
  const second = (await call<Page>('get /v1/invoices', { query: { limit: 2, cursor: first.nextCursor } })).body;
  expect([first.items.length, second.items.length, second.nextCursor]).toEqual([2, 1, null]);
  expect(new Set([...first.items, ...second.items].map(({ number }) => number)).size).toBe(3);
  expect((await call<Page>('get /v1/invoices', { query: { accountId: 'bob' } })).body.items).toHaveLength(1);
  expect((await call<Page>('get /v1/invoices', {}, 'another')).body.items).toEqual([]);
  await expect(call('get /v1/invoices/{id}', { params: { id: note.invoiceId } }, 'another')).rejects.toMatchObject({ status: 404 });

  await runner.stop();
  const tables = [...billingDefinition.tables, ...invoicingDefinition.tables];
  const dump = () =>
    Promise.all(tables.map(async ({ name, key }) => (await database.query(`select * from ${name} order by ${key.join(', ')}`)).rows));
  const before = await dump();
  const bookkeeping = ['service_positions', 'service_states', 'service_outbox', 'parked_records'];
  await database.query(`truncate ${[...tables.map(({ name }) => name), ...bookkeeping].join(', ')}`);
  for (const [service, topic] of [
    [billingDefinition, 'session-events'],
    [invoicingDefinition, 'billing-events'],
  ] as const)
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const head = await log.head(topic, partition);
      const report = await replayPartition<never, never>(log, database, service as never, { topic, partition }, head, true);
      expect(report).toMatchObject({ parked: 0, differences: [] });
    }
  expect(await dump()).toEqual(before);
});
