// Payments as an operator sees them: a method for a token, what its sessions paid, a refund, and the report that compares.
// What the provider is asked, and how often, is in apps/billing/payments.spec.ts.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type BillingWorld, billingWorld, type Json, minutesAgo } from './billing-world.fixture.js';
import { paymentReconciliationRoutes } from './payment-reconciliation.js';
import { isCardNumber, paymentRoutes } from './payments.js';

let billing: BillingWorld;
beforeAll(async () => {
  const reads = { session: async (_: string, id: string) => (id === 'unknown' ? undefined : {}) } as never;
  billing = await billingWorld((world) => [...paymentRoutes(world, reads), ...paymentReconciliationRoutes(world)], {
    preauthorize_amount: 30,
  });
});
afterAll(() => billing?.close());

interface Shown {
  readonly session: Json | null;
  readonly payments: readonly Json[];
  readonly orders: readonly Json[];
  readonly refunds: readonly Json[];
}
const payments = async (id: string): Promise<Shown> =>
  (await billing.call<Shown>('get /v1/sessions/{id}/payments', { params: { id } })).body;
async function paymentsWhen(id: string, is: (shown: Shown) => boolean): Promise<Shown> {
  for (;;) {
    const shown = await payments(id);
    if (is(shown) && shown.orders.every(({ state }) => state !== 'ordered')) return shown;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const reconciled = async (): Promise<Json | undefined> => {
  const query = { from: minutesAgo(1500).slice(0, 10), to: minutesAgo(0).slice(0, 10) };
  const { body } = await billing.call<{ rows: readonly { amounts: readonly Json[] }[] }>('get /v1/reports/reconciliation/payments', {
    query,
  });
  return body.rows.at(-1)?.amounts[0];
};

it('pays the sessions of a token, gives back on request once, and adds up', async () => {
  const { call, started, ended, provider } = billing;
  const params = { type: 'ISO14443', idToken: 'ann' };
  const METHOD = '/v1/tokens/{type}/{idToken}/payment-method';
  await expect(call(`get ${METHOD}`, { params })).rejects.toMatchObject({ status: 404 });
  await call(`put ${METHOD}`, { params, body: { method: 'test:ok' } });
  const account = (await call(`get ${METHOD}`, { params })).body;
  expect(account).toMatchObject({ accountId: 'hash-of-t|ann', state: 'attached' });

  await started('s1', 'a', 'hash-of-t|ann');
  await paymentsWhen('s1', ({ payments: [payment] }) => payment?.state === 'held');
  await ended('s1', 'a', 20_000); // 6.60 net, 7.99 with tax
  const paid = await paymentsWhen('s1', ({ session }) => session?.paid === '7.9900');
  expect(paid).toMatchObject({
    session: { owed: '7.9900', open: '0.0000', currency: 'EUR' },
    payments: [{ state: 'captured', held: '30.0000', captured: '7.9900', refunded: '0.0000' }],
    orders: [
      { step: 'hold', amount: '30.0000', state: 'done', topic: 'billing-events' },
      { step: 'capture', amount: '7.9900', state: 'done' },
    ],
  });
  await started('s2', 'b', 'bob'); // pays otherwise
  await ended('s2', 'b', 10_000);

  const refund = (amount: string, key: string) =>
    call('post /v1/sessions/{id}/refunds', {
      params: { id: 's1' },
      body: { amount, reason: 'a kind word' },
      headers: { 'idempotency-key': key },
    });
  expect(await refund('2.5', 'k1')).toMatchObject({ status: 201, body: { amount: '2.50', state: 'granted' } });
  expect((await refund('2.5', 'k1')).body).toEqual((await refund('2.5', 'k1')).body);
  await expect(refund('5.50', 'k2')).rejects.toMatchObject({ status: 409 });
  for (const [amount, key] of [
    ['0.00', 'k3'],
    ['1.005', 'k4'],
  ] as const)
    await expect(refund(amount, key)).rejects.toMatchObject({ status: 400 });
  const given = await paymentsWhen('s1', ({ session }) => session?.paid === '5.4900');
  expect(given.session).toMatchObject({ owed: '7.9900', refundedOnRequest: '2.5000', open: '0.0000' });
  expect(given.refunds.map(({ state, reason }) => [state, reason])).toEqual([
    ['granted', 'a kind word'],
    ['refused', 'a kind word'],
  ]);
  expect(provider.moved().map(({ step, amount, asked }) => [step, amount, asked])).toEqual([
    ['hold', '30.00', 1],
    ['capture', '7.99', 1],
    ['refund', '2.50', 1],
  ]);

  while ((await reconciled())?.sessions !== 2) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await reconciled()).toMatchObject({
    paidSessions: 1,
    charged: '11.9800',
    captured: '7.9900',
    refunded: '2.5000',
    refundedOnRequest: '2.5000',
    open: '0.0000',
    withoutMethod: '3.9900',
    difference: '0.0000',
  });

  await call(`delete ${METHOD}`, { params });
  await expect(call(`delete ${METHOD}`, { params })).rejects.toMatchObject({ status: 404 });
  await started('s3', 'a', 'hash-of-t|ann');
  await ended('s3', 'a', 10_000);
  expect((await paymentsWhen('s3', ({ session }) => session?.owed === '3.9900')).session).toMatchObject({ paid: '0.0000', open: '3.9900' });
  const { body } = await call<{ items: readonly Json[] }>('get /v1/accounts/{id}/payments', { params: { id: account.accountId } });
  expect(body.items.map(({ sessionId }) => sessionId)).toEqual(['s3', 's1']);
});

it('shows nothing of others, and nothing where nobody pays', async () => {
  expect(await payments('s2')).toEqual({ session: null, payments: [], orders: [], refunds: [] });
  await expect(payments('unknown')).rejects.toMatchObject({ status: 404 });
  expect((await billing.call<Shown>('get /v1/sessions/{id}/payments', { params: { id: 's1' } }, 'another')).body.session).toBeNull();
});

it('knows a card number from a token', () => {
  for (const card of ['4242424242424242', '4242 4242-4242 4242', '378282246310005']) expect(isCardNumber(card)).toBe(true);
  for (const token of ['4242424242424241', 'test:ok', 'pm_4242424242424242', '123456789012']) expect(isCardNumber(token)).toBe(false);
});
