// From the end of a session to its invoice and back: facts of sessions in, billing and invoicing on a real database, calls as an operator makes them.
// Which charges an invoice has, and what they come to, is in libs/domain/billing; who may call is in test/scenario/api-door.spec.ts.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { billingDefinition, invoicingDefinition } from '#apps/billing';
import { replayPartition } from '#service';
import { type BillingWorld, billingWorld, type Json, minutesAgo, PARTITIONS } from './billing-world.fixture.js';
import { cdrExplanationRoutes } from './cdr-explanation.js';
import { invoiceReconciliationRoutes } from './invoice-reconciliation.js';
import { invoiceRoutes } from './invoices.js';

const NONE = { net: '0.0000', gross: '0.0000' };
let billing: BillingWorld;
beforeAll(async () => {
  billing = await billingWorld((world) => [...invoiceRoutes(world), ...invoiceReconciliationRoutes(world), ...cdrExplanationRoutes(world)]);
});
afterAll(() => billing?.close());

async function reconciled(): Promise<Json> {
  const { call } = billing;
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
  const { call, file, started, ended, session, end, database, log } = billing;
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
  expect(whole).toMatchObject({
    corrects: [ann.number],
    number: note.number,
    seq: 2,
    taxes: [{ vatPercent: '21', exclVat: '-1.98', inclVat: '-2.39' }],
  });
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
  const { cdrId } = whole.lines.find(({ creditOf }) => creditOf === undefined) as Json;
  expect((await call('get /v1/cdrs/{id}/explain', { params: { id: cdrId } })).body).toMatchObject({
    sessionId: 's1',
    lines: [
      {
        dimension: 'ENERGY',
        quantity: '4.00000000',
        unitPrice: '0.330000',
        element: { price_components: [{ type: 'ENERGY', price: 0.33 }] },
      },
    ],
    records: [{ creditOf: null }, { creditOf: expect.any(String) }, { cdrId, creditOf: null }],
    charge: { invoiceId: note.invoiceId, amountGross: '1.6000', topic: 'billing-events' },
  });
  await expect(call('get /v1/cdrs/{id}/explain', { params: { id: cdrId } }, 'another')).rejects.toMatchObject({ status: 404 });
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

  await billing.stop();
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
