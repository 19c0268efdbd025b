// Every night: what a day came to becomes a record and a row, even when nothing differs, once for each night, and is told again where it looks otherwise later.
// What is compared with what is in libs/domain/billing/nightly-report.spec.ts and the specs of the reports that are asked for.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { World } from '#ports';
import { type Logger, migrate } from '#service';
import { systemClock } from '#system';
import { type BillingWorld, billingWorld, type Json, PARTITIONS } from './billing-world.fixture.js';
import { nightly, nightlyRoutes } from './nightly-reconciliation.js';
import { passed } from './requests.js';

let billing: BillingWorld;
beforeAll(async () => {
  billing = await billingWorld((world) => nightlyRoutes(world));
  await migrate(billing.database, 'load-balancing', join(import.meta.dirname, '../load-balancing/migrations'));
});
afterAll(() => billing?.close());

const DAY_MS = 86_400_000;
const today = new Date().toISOString().slice(0, 10);
const yesterday = new Date(Date.parse(today) - DAY_MS).toISOString().slice(0, 10);
const warnings: unknown[] = [];
const logger = { info: () => undefined, warn: (fields: object) => void warnings.push(fields), error: () => undefined } satisfies Logger;

/** The holder of the first partition, at times the test says. */
function holder(nowMs: number) {
  const clock = { nowMs };
  let due: () => void = () => undefined;
  let looked: () => void = () => undefined;
  const after = (ms: number, task: () => void): void => {
    if (ms < 60_000) return void systemClock.after(ms, task);
    due = task;
    looked();
  };
  const world = { ...billing.world, clock: { now: () => clock.nowMs, after } } as unknown as World;
  const effects = nightly(world, '02:00', logger);
  /** Resolves once it looked and the rows are there. */
  const looks = async (begin: () => void): Promise<void> => {
    await new Promise<void>((resolve) => {
      looked = resolve;
      begin();
    });
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const head = await billing.log.head('network-events', partition);
      if (head > 0) await passed(billing.world, 'api', { topic: 'network-events', partition, offset: head - 1 });
    }
  };
  const takes = (topic: string, partition: number) =>
    effects.onLive?.({ ref: { topic, partition }, lease: { isHeld: () => true } } as never);
  return { clock, takes, looksAtOnce: () => looks(() => takes('network-events', 0)), looks: () => looks(() => due()) };
}
const reports = async () =>
  (await billing.call<{ items: readonly Json[] }>('get /v1/reports/reconciliation/nightly', { query: { from: yesterday, to: today } })).body
    .items;
async function records(): Promise<number> {
  const heads = Array.from({ length: PARTITIONS }, (_, partition) => billing.log.head('network-events', partition));
  return (await Promise.all(heads)).reduce((sum, head) => sum + head, 0);
}
const session = (id: string, wh: number) =>
  billing.database.query(
    `insert into sessions (tenant_id, session_id, site_id, station_id, evse_id, transaction_id, ocpp_version, started_at, ended_at, status, energy_wh, meter_start_wh, meter_stop_wh, flags)
     values ('t', $1, 'a', 'cs', 1, $1, 'ocpp1.6', $2, $3, 'ended', $4, 0, $4, '[]')`,
    [id, `${yesterday}T10:00:00Z`, `${yesterday}T11:00:00Z`, wh],
  );

it('reconciles the day before once a night, also where there is nothing, by whoever holds the first partition', async () => {
  await billing.database.query(`insert into sites (tenant_id, site_id, name, version, config) values ('t', 'a', 'A', 1, '{}')`);
  const { clock, takes, looks, looksAtOnce } = holder(Date.parse(`${today}T01:00:00Z`));
  takes('network-events', 1);
  takes('site-events', 0);
  await looksAtOnce();
  expect(await records()).toBe(1);
  const dayBefore = new Date(Date.parse(yesterday) - DAY_MS).toISOString().slice(0, 10);
  const { rows } = await billing.database.query<Json>('select day, is_even, sites, sessions, energy_difference_wh from reconciliations');
  // Before two in the morning it is the night of the day before.
  expect(rows).toEqual([{ day: dayBefore, is_even: true, sites: 1, sessions: 0, energy_difference_wh: '0' }]);
  expect(warnings).toEqual([]);

  // Nobody has a record for it yet: it says so, and is told again once there is one.
  await session('s1', 10_000);
  clock.nowMs = Date.parse(`${today}T02:00:30Z`);
  await looks();
  const missing = {
    day: yesterday,
    isEven: false,
    registerWh: '10000',
    recordedWh: '0',
    energyDifferenceWh: '10000',
    withoutRecord: 1,
    differing: [{ siteId: 'a' }],
  };
  expect(await reports()).toMatchObject([missing]);
  expect(warnings).toMatchObject([{ day: yesterday, differingSites: 1, energyDifferenceWh: '10000' }]);
  await looks();
  expect(await records()).toBe(2);

  await billing.started('s1', 'a', 'eve');
  await billing.session('SessionEnded', 's1', 'a', {
    endedAt: `${yesterday}T11:00:00Z`,
    reason: 'Local',
    provisional: false,
    energyWh: 10_000,
  });
  await looks();
  expect(await records()).toBe(2);
  // Invoicing hears of it from billing: what is open is a row once it did.
  while ((await billing.database.query('select 1 from account_charges')).rowCount === 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
  clock.nowMs += DAY_MS;
  await looks();
  // The night after has its own day, and the one that became even.
  expect(await records()).toBe(4);
  expect(await reports()).toMatchObject([
    {
      day: yesterday,
      isEven: true,
      energyDifferenceWh: '0',
      withoutRecord: 0,
      amounts: [{ currency: 'EUR', difference: { net: '0.0000', gross: '0.0000' } }],
    },
    { day: today, sessions: 0 },
  ]);
  expect(
    (await billing.database.query('select what, expected, found, open, difference from reconciliation_amounts order by what')).rows,
  ).toEqual([
    { what: 'invoices', expected: '3.9900', found: '0.0000', open: '3.9900', difference: '0.0000' },
    { what: 'payments', expected: '0.0000', found: '0.0000', open: '0.0000', difference: '0.0000' },
    { what: 'ratings', expected: '3.9930', found: '3.9930', open: '0.0000', difference: '0.0000' },
  ]);
});

it('makes up for nights that nobody was there for', async () => {
  await holder(Date.parse(`${today}T03:00:00Z`) + 4 * DAY_MS).looksAtOnce();
  const { rows } = await billing.database.query('select day from reconciliations where day > $1', [today]);
  expect(rows).toHaveLength(3);
});
