// The rows of billing in a real database: migrations apply, values survive, and sums are what is paid.
// Which rows are written when is in definition.spec.ts.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Recorded, SessionEvent } from '#contracts';
import { type EmbeddedDatabase, embeddedDatabase } from '#embedded';
import { migrate, type RowWrite, writeRows } from '#service';
import { scratch } from '#testing';
import { type BillingState, billingDefinition } from './definition.js';

let database: EmbeddedDatabase;
beforeAll(async () => {
  database = await embeddedDatabase(await scratch(), { isScratch: true });
  await migrate(database, 'billing', join(import.meta.dirname, 'migrations'));
});
afterAll(() => database.close());

const time = '2026-02-03T08:00:00.000Z';
const tariff = {
  country_code: 'NL',
  party_id: 'JST',
  id: 'kwh',
  currency: 'EUR',
  last_updated: time,
  elements: [{ price_components: [{ type: 'ENERGY' as const, price: 0.333333, vat: 21, step_size: 1 }] }],
};
const end = { sessionId: 's1', endedAt: '2026-02-03T09:00:00.000Z', energyWh: 10_000.001, reason: 'Local', provisional: false, flags: [] };

const started = {
  sessionId: 's1',
  stationId: 'cs',
  evseId: 1,
  transactionId: '7',
  ocppVersion: 'ocpp1.6',
  startedAt: time,
  tariff,
  flags: [],
};

function rowsOf(events: readonly (readonly [type: string, data: unknown])[]): readonly RowWrite[] {
  let state: BillingState = billingDefinition.fold.initial('session/t/s1');
  return events.flatMap(([type, data], offset) => {
    const input = {
      id: `e${offset}`,
      type,
      source: '/session',
      time,
      tenantId: 't',
      siteId: 'a',
      data,
      at: { topic: 'session-events', partition: 0, offset },
    } as Recorded<SessionEvent>;
    const before = state;
    const outputs = billingDefinition.fold.decide(before, input);
    state = billingDefinition.fold.evolve(before, input, outputs);
    return billingDefinition.fold.project?.({ aggregate: 'session/t/s1', before, after: state, input, outputs }) ?? [];
  });
}

it('keeps amounts exactly and sums credits to what is paid', async () => {
  const events = [
    ['SessionStarted', started],
    ['SessionEnded', end],
    ['SessionAmended', { ...end, energyWh: 12_000, amendment: 1, energyDifferenceWh: 2000 }],
  ] as const;
  await database.inTransaction((tx) => writeRows(tx, rowsOf(events)));
  await database.inTransaction((tx) => writeRows(tx, rowsOf(events)));

  const costs = await database.query('select amount_net::text, payable_gross::text, is_final, currency from session_costs');
  expect(costs.rows).toEqual([{ amount_net: '4.0000', payable_gross: '4.8400', is_final: true, currency: 'EUR' }]);
  const revenue = await database.query(
    `select sum(amount_net)::text as net, sum(amount_gross)::text as gross, count(*)::int as records, count(credit_of)::int as credits from cdrs`,
  );
  expect(revenue.rows).toEqual([{ net: '4.0000', gross: '4.8400', records: 3, credits: 1 }]);
  const lines = await database.query('select sum(amount_gross)::text as gross, count(*)::int as lines from cdr_lines');
  expect(lines.rows).toEqual([{ gross: '4.8400', lines: 3 }]);
});

it('has room for what a highest price takes off where a currency counts in millions', async () => {
  const elements = [{ price_components: [{ type: 'ENERGY' as const, price: 350_000, vat: 10, step_size: 1 }] }];
  const dong = { ...tariff, currency: 'VND', elements, max_price: { excl_vat: 500_000 } };
  const events = [
    ['SessionStarted', { ...started, sessionId: 's2', tariff: dong }],
    ['SessionEnded', { ...end, sessionId: 's2', energyWh: 10_000 }],
  ] as const;
  await database.inTransaction((tx) => writeRows(tx, rowsOf(events)));
  const { rows } = await database.query(`select dimension, unit_price::text, amount_net::text from cdr_lines where session_id = 's2'`);
  expect(rows).toEqual([
    { dimension: 'ENERGY', unit_price: '350000.000000', amount_net: '3500000.0000' },
    { dimension: 'MAX_PRICE', unit_price: null, amount_net: '-3000000.0000' },
  ]);
});
