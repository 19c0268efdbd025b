// Many rows in one statement, as the database reads them back. How a single column crosses is in column.spec.ts.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { scratchDatabase } from '#testing';
import { type TableSpec, writeRows } from './tables.js';

const table: TableSpec = {
  name: 'of_one_tenant',
  columns: { tenant: 'text', item: 'integer', at: 'timestamptz', price: 'numeric', more: 'jsonb', is_new: 'boolean', note: 'text' },
  key: ['tenant', 'item'],
};
const same = { tenant: 'default', at: '2026-03-01T12:00:00.000Z', price: '0.30', is_new: true, note: null };
const ROWS = 200;

let database: Awaited<ReturnType<typeof scratchDatabase>>;
beforeAll(async () => {
  database = await scratchDatabase();
  await database.query(
    `create table of_one_tenant (tenant text, item integer, at timestamptz, price numeric, more jsonb, is_new boolean, note text, primary key (tenant, item))`,
  );
});
afterAll(() => database.close());

it('writes what all rows say to each of them, and again what changed', async () => {
  const rows = Array.from({ length: ROWS }, (_, item) => ({ ...same, item, more: { item } }));
  await writeRows(
    database,
    rows.map((row) => ({ table, row })),
  );
  await writeRows(
    database,
    rows.map(({ tenant, item }) => ({ table, row: { tenant, item, note: 'seen' } })),
  );
  const { rows: read } = await database.query(
    'select tenant, item, price::text, more, is_new, note, extract(epoch from at)::integer as at from of_one_tenant order by item',
  );
  const at = Date.parse(same.at) / 1000;
  expect(read).toEqual(rows.map((row) => ({ ...row, at, note: 'seen' })));
});
