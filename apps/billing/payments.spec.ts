// Sessions that are paid: from a method to holds, captures and refunds, through duplicates, lost answers, refusals, and a kill at any call.
// What is asked in which case is in libs/domain/billing/payment.spec.ts; here it is that it is asked once, after the order is in the log.
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { accountStream, decode, encode, type Recorded, TOPICS } from '#contracts';
import { type EmbeddedDatabase, memoryLog } from '#embedded';
import { createLogger } from '#observability';
import type { Clock, EventLog, PaymentProvider, Subscription, World } from '#ports';
import { migrate, replayPartition } from '#service';
import { MortalProcess, scratchDatabase } from '#testing';
import { billingRunner, fakePayments, paymentsDefinition } from './index.js';

let database: EmbeddedDatabase;
let log: EventLog;
let provider: ReturnType<typeof fakePayments>;
const TABLES = [
  ...['cdrs', 'cdr_lines', 'session_costs', 'account_charges', 'invoices', 'invoice_lines', 'invoice_requests'],
  ...['service_positions', 'service_states', 'service_outbox', 'parked_records'],
  ...paymentsDefinition.tables.map(({ name }) => name),
];
beforeAll(async () => {
  database = await scratchDatabase();
  await migrate(database, 'billing', join(import.meta.dirname, 'migrations'));
});
afterAll(() => database?.close());
beforeEach(fresh);
async function fresh(): Promise<void> {
  await database.query(`truncate ${TABLES.join(', ')}`);
  log = memoryLog();
  await log.open(TOPICS);
  provider = fakePayments(clockOf(() => true));
}
/** Five hundred times as fast as others, while its owner lives. */
const clockOf = (isAlive: () => boolean): Clock => ({
  now: () => Date.parse(at),
  after(delayMs, task) {
    const timer = setTimeout(() => isAlive() && task(), delayMs / 500).unref();
    return () => clearTimeout(timer);
  },
});

const at = '2026-02-03T08:00:00.000Z';
const tariff = {
  country_code: 'NL',
  party_id: 'JST',
  id: 'kwh',
  currency: 'EUR',
  last_updated: at,
  preauthorize_amount: 50,
  elements: [{ price_components: [{ type: 'ENERGY', price: 1, step_size: 1 }] }],
};
let facts = 0;
const tell = async (type: string, siteId: string, data: object): Promise<void> => {
  const topic = siteId.startsWith(':') ? 'billing-events' : 'session-events';
  await log.append(topic, [encode({ id: `fact ${++facts}`, type, source: '/test', time: at, tenantId: 't', siteId, data })]);
};
const ann = accountStream('ann');
const attach = (method: string) =>
  tell('PaymentMethodAttached', ann, { accountId: 'ann', methodId: 'm', method: `sealed ${method}`, requestedBy: 'x' });
const session = { sessionId: 's', stationId: 'cs', evseId: 1, transactionId: '7', ocppVersion: 'ocpp1.6', flags: [] };
const start = () => tell('SessionStarted', 'site', { ...session, startedAt: at, tokenHash: 'ann', tariff });
const end = { sessionId: 's', endedAt: '2026-02-03T09:00:00.000Z', reason: 'Local', provisional: false, flags: [] };
const stop = (energyWh: number) => tell('SessionEnded', 'site', { ...end, energyWh });
const amend = (energyWh: number) => tell('SessionAmended', 'site', { ...end, energyWh, amendment: 1, energyDifferenceWh: 0 });

/** A process of billing; it may be killed at its nth call to the log, the database or the provider. */
async function run(calls = Number.POSITIVE_INFINITY, how: MortalProcess['end'] = 'killedAfter') {
  const process = new MortalProcess(log, database, calls, how);
  const subscriptions: Subscription[] = [];
  const world = {
    ...process.world,
    clock: clockOf(() => !process.isDead),
    keys: { unseal: async (text: string) => (text === 'sealed erased' ? undefined : text.slice(7)) },
    log: {
      ...process.world.log,
      async subscribe(...[group, topics, subscriber]: Parameters<EventLog['subscribe']>) {
        const subscription = await log.subscribe(group, topics, {
          // Nobody hears of what a dead process does.
          onAssigned: (...given) => subscriber.onAssigned(...given).catch((error) => (process.isDead ? 0 : Promise.reject(error))),
          onRevoked: (ref) => subscriber.onRevoked(ref),
          onBatch: (...given) => subscriber.onBatch(...given).catch((error) => (process.isDead ? undefined : Promise.reject(error))),
        });
        subscriptions.push(subscription);
        return subscription;
      },
    },
  } as unknown as World;
  const through = (step: keyof PaymentProvider) => (call: never) => process.call(() => provider[step](call));
  const mortal = { hold: through('hold'), capture: through('capture'), release: through('release'), refund: through('refund') };
  const runner = billingRunner(world, createLogger('billing', 'silent'), mortal as PaymentProvider);
  await runner.start();
  return {
    process,
    async end(): Promise<void> {
      process.kill();
      for (const subscription of subscriptions) await subscription.close();
      await process.settled();
    },
  };
}

const rows = async (text: string): Promise<readonly Record<string, unknown>[]> =>
  (await database.query<Record<string, unknown>>(text)).rows;
const shown = async () =>
  (await rows('select owed::text, paid::text, open::text, on_request::text as "onRequest" from session_payments'))[0];
const records = async (): Promise<readonly Recorded[]> => {
  const found: Recorded[] = [];
  for await (const batch of log.read('billing-events', 0, 0, await log.head('billing-events', 0))) found.push(...batch.map(decode));
  return found;
};
async function until<T>(what: string, look: () => Promise<T | undefined | false>, mayEnd = () => false): Promise<T | undefined> {
  for (let turn = 0; !mayEnd(); turn++) {
    const value = await look();
    if (value) return value;
    if (turn > 1_000)
      throw new Error(
        `waited in vain for ${what}: ${JSON.stringify([await shown(), await rows('select * from payment_orders'), await rows('select service, reason from parked_records')])}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return undefined;
}
const open = (amount: string, owed?: string) => async () => {
  const row = await shown();
  const isQuiet = (await rows(`select 1 from payment_orders where state = 'ordered'`)).length === 0;
  return isQuiet && row?.open === amount && (owed === undefined || row.owed === owed);
};
const moved = () => provider.moved().map(({ step, amount, isDone }) => `${step} ${amount}${isDone ? '' : ' refused'}`);

describe('a session of somebody with a payment method', () => {
  const whole = async (method: string, energyWh = 12_340): Promise<void> => {
    await attach(method);
    await start();
    await until('the hold', async () => (await rows('select 1 from payment_orders where answered_at is not null')).length > 0);
    await stop(energyWh);
  };

  it('is held, captured and corrected, each in the log before it is asked', async () => {
    const running = await run();
    await whole('test:ok');
    await until('the capture', open('0.0000', '12.3400'));
    await amend(10_000);
    await until('the refund', open('0.0000', '10.0000'));
    await running.end();
    expect(moved()).toEqual(['hold 50.00', 'capture 12.34', 'refund 2.34']);
    const types = (await records()).map(({ type }) => type).filter((type) => type.startsWith('Payment') && type !== 'PaymentDue');
    expect(types).toEqual([
      'PaymentMethodAttached',
      ...['PaymentOrdered', 'PaymentHeld', 'PaymentOrdered', 'PaymentCaptured', 'PaymentOrdered', 'PaymentRefunded'],
    ]);
    expect(await rows('select state, held::text, captured::text, refunded::text from payments')).toEqual([
      { state: 'captured', held: '50.0000', captured: '12.3400', refunded: '2.3400' },
    ]);
  });

  it('is let go where nothing was consumed', async () => {
    const running = await run();
    await whole('test:ok', 0);
    await until('the release', async () => (await rows(`select 1 from payments where state = 'released'`)).length > 0);
    await running.end();
    expect(moved()).toEqual(['hold 50.00', 'release 50.00']);
  });

  it('is asked again under the same key where an answer is lost or late, and paid once', async () => {
    for (const method of ['test:lost', 'test:slow']) {
      await fresh();
      const running = await run();
      await whole(method);
      await until('the capture', open('0.0000', '12.3400'));
      await running.end();
      expect(moved()).toEqual(['hold 50.00', 'capture 12.34']);
      if (method === 'test:lost') expect(provider.moved().every(({ asked }) => asked === 2)).toBe(true);
    }
  });

  it('takes an answer once that comes twice', async () => {
    const running = await run();
    await whole('test:ok');
    await until('the capture', open('0.0000', '12.3400'));
    for (const { type, data, source } of await records()) if (source === '/payments') await tell(type, ann, data as object);
    await amend(10_000);
    await until('the refund', open('0.0000', '10.0000'));
    await running.end();
    expect(moved()).toEqual(['hold 50.00', 'capture 12.34', 'refund 2.34']);
  });

  it('stays open where it is declined, broke or erased, and says why', async () => {
    for (const [method, reasons] of [
      ['test:declined', ['declined', 'declined', 'declined']],
      ['test:broke', ['insufficientFunds', 'insufficientFunds', 'insufficientFunds']],
      ['erased', ['erased', 'erased', 'erased']],
    ] as const) {
      await fresh();
      const running = await run();
      await whole(method, 30_000);
      await until('three tries', async () => (await rows(`select 1 from payment_orders where state = 'failed'`)).length === 3);
      await running.end();
      expect(await shown()).toMatchObject({ owed: '30.0000', paid: '0.0000', open: '30.0000' });
      expect((await rows('select reason from payment_orders')).map(({ reason }) => reason)).toEqual(reasons);
    }
  });

  it('is charged anew where what was held cannot be captured', async () => {
    const running = await run();
    await whole('test:expires');
    await until('both tries', async () => (await rows(`select 1 from payment_orders where state = 'failed'`)).length === 2);
    await running.end();
    expect(moved()).toEqual(['hold 50.00', 'capture 12.34 refused', 'hold 12.34', 'capture 12.34 refused']);
  });

  it('is given back on request, once for a request and never more than was paid', async () => {
    const running = await run();
    await whole('test:ok');
    await until('the capture', open('0.0000', '12.3400'));
    const refund = (requestId: string, amount: string) =>
      tell('RefundRequested', ann, { requestId, accountId: 'ann', sessionId: 's', amount, requestedBy: 'x' });
    await refund('r1', '2.00');
    await refund('r1', '2.00');
    await refund('r2', '10.35');
    await until('both', async () => (await rows('select 1 from refund_requests')).length === 2);
    await until('the refund', async () => (await shown())?.paid === '10.3400');
    await running.end();
    expect(moved().slice(2)).toEqual(['refund 2.00']);
    expect(await rows('select request_id, state from refund_requests order by 1')).toEqual([
      { request_id: 'r1', state: 'granted' },
      { request_id: 'r2', state: 'refused' },
    ]);
    expect(await shown()).toEqual({ owed: '12.3400', paid: '10.3400', open: '0.0000', onRequest: '2.0000' });
  });
});

it('asks nothing for accounts without a method', async () => {
  const running = await run();
  await start();
  await stop(10_000);
  await until('the charge', async () => (await rows('select 1 from account_charges')).length > 0);
  await running.end();
  expect([moved(), await shown()]).toEqual([[], undefined]);
});

describe('killed at any call', () => {
  const story = async (process: MortalProcess): Promise<void> => {
    const isOver = () => process.isDead;
    await attach('test:lost');
    await start();
    await until('the hold', async () => (await rows(`select 1 from payments where state = 'held'`)).length > 0, isOver);
    await stop(12_340);
    await until('the capture', open('0.0000', '12.3400'), isOver);
    await amend(10_000);
    await until('the refund', open('0.0000', '10.0000'), isOver);
  };
  const dump = async () =>
    Promise.all(paymentsDefinition.tables.map(({ name, key }) => rows(`select * from ${name} order by ${key.join(', ')}`)));

  it.each(Array.from({ length: 9 }, (_, index) => [4 + index * 9, index % 2 === 0 ? 'killedAfter' : 'killedBefore'] as const))(
    'moves money once (call %i, %s)',
    async (calls, how) => {
      const first = await run(calls, how);
      await story(first.process);
      await first.end();
      const second = await run();
      await until('the end', open('0.0000', '10.0000'));
      await second.end();
      const sum = (step: string): number =>
        provider
          .moved()
          .reduce((total, each) => total + (each.step === step && each.isDone ? Math.round(Number(each.amount) * 100) : 0), 0);
      expect([sum('hold'), sum('capture') - sum('refund')]).toEqual([5_000, 1_000]);
      const told = await records();
      const ordered = told.filter(({ type }) => type === 'PaymentOrdered').map(({ data }) => (data as { orderId: string }).orderId);
      expect(provider.moved().map(({ key }) => key)).toEqual([...new Set(ordered)]);
      expect(new Set(told.filter(({ source }) => source === '/payments').map(({ id }) => id)).size).toBe(provider.moved().length);

      const live = await dump();
      await database.query(`truncate ${TABLES.join(', ')}`);
      const ref = { topic: 'billing-events', partition: 0 };
      const report = await replayPartition(log, database, paymentsDefinition, ref, await log.head(ref.topic, 0), true);
      expect([report.parked, report.differences]).toEqual([0, []]);
      expect(await dump()).toEqual(live);
    },
  );
});
