// A site's day as Parquet, read back by another library and compared with the rows it was made of, cell by cell.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parquetMetadata, parquetReadObjects, type SchemaElement } from 'hyparquet';
import type { EmbeddedDatabase } from '#embedded';
import type { Database, Sql } from '#ports';
import { splitStatements } from '#service';
import { scratchDatabase } from '#testing';
import { migrateAll } from '../../test/contract/support/migrate-all.js';
import { DATASETS, exportRoutes } from './exports.js';
import type { Stream } from './http.js';
import { parquetOf, unscaled } from './parquet.js';
import { notFound } from './problem.js';

let database: EmbeddedDatabase;
beforeAll(async () => {
  database = await scratchDatabase();
  await migrateAll(database);
  const rows = readFileSync(join(import.meta.dirname, '../../test/contract/support/analytics-rows.sql'), 'utf8');
  await database.inTransaction(async (tx) => {
    for (const statement of splitStatements(rows)) await tx.query(statement);
  });
}, 60_000);
afterAll(() => database?.close());

type Row = Readonly<Record<string, unknown>>;
const DAY = '2026-03-02';

/** Reads as the owner of the tables, whom no policy binds: nothing but the query itself keeps tenants apart. */
const unbound = {
  inTransaction: (work) =>
    work({ query: async (text, values) => (text.includes('set_config') ? { rows: [] } : database.query(text, values)) } as Sql),
} as Database;

async function exported(
  dataset: string,
  site = 'depot',
  day = DAY,
  tenantId = 'default',
  reader: Database = database,
): Promise<ArrayBuffer> {
  const existingSite = async (_: string, siteId: string) => {
    if (siteId !== 'depot') throw notFound(`the site ${siteId}`);
  };
  const [route] = exportRoutes({ database: reader }, { existingSite });
  const query = route?.query.parse({ site, day });
  const stream = (await route?.handle({ caller: { tenantId }, params: { dataset }, query } as never)) as Stream;
  const response = Object.assign(new PassThrough(), { writeHead: () => undefined });
  stream(undefined as never, response as never);
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return new Uint8Array(Buffer.concat(parts)).buffer;
}
const read = (file: ArrayBuffer) => parquetReadObjects({ file }) as Promise<Row[]>;
const typesIn = (file: ArrayBuffer): ReadonlyMap<string, SchemaElement> =>
  new Map(parquetMetadata(file).schema.map((element) => [element.name, element]));

describe.each(Object.entries(DATASETS))('%s of a day', (dataset, { view, time }) => {
  it('has every row of the site and the day, and each cell as the database has it', async () => {
    const file = await exported(dataset);
    const found = await read(file);
    const { rows } = await database.query<Row>(
      `select * from analytics.${view} where tenant_id = 'default' and site_id = 'depot' and ${time} >= $1 and ${time} < $1::timestamptz + interval '1 day'`,
      [DAY],
    );
    expect(rows.length).toBeGreaterThan(0);
    const types = typesIn(file);
    /** The reader makes numbers of decimals, which are as exact as their scale says. */
    const asText = (row: Row): string =>
      JSON.stringify(
        Object.keys(row)
          .sort()
          .map((name) => {
            const [value, type] = [row[name], types.get(name)];
            if (value === null || value === undefined) return null;
            if (value instanceof Date) return value.toISOString();
            if (type?.converted_type === 'DECIMAL') return Number(value).toFixed(type.scale);
            return type?.converted_type === 'UTF8' ? String(value) : Number(value);
          }),
      );
    expect(found.map(asText).sort()).toEqual(rows.map(asText).sort());
    expect([...types.keys()].slice(1)).toEqual(Object.keys(rows[0] ?? {}));
  });

  it('has no row of another tenant, also where no policy of the database hides it', async () => {
    const [ours, theirs] = [await read(await exported(dataset)), await read(await exported(dataset, 'depot', DAY, 'other'))];
    expect(theirs.length).toBeGreaterThan(0);
    expect(await read(await exported(dataset, 'depot', DAY, 'default', unbound))).toEqual(ours);
    expect(await read(await exported(dataset, 'depot', DAY, 'other', unbound))).toEqual(theirs);
  });
});

it('writes money as decimals of the database’s scale and instants in UTC', async () => {
  const types = typesIn(await exported('cdrs'));
  for (const name of ['amount_net', 'amount_gross', 'payable_gross'])
    expect(types.get(name)).toMatchObject({ converted_type: 'DECIMAL', precision: 19, scale: 4, logical_type: { type: 'DECIMAL' } });
  expect(types.get('energy_wh')).toMatchObject({ converted_type: 'DECIMAL', scale: 3 });
  expect(types.get('issued_at')).toMatchObject({ type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true } });
  expect(typesIn(await exported('sessions')).get('cost_gross')).toMatchObject({ converted_type: 'DECIMAL', scale: 4 });
});

it('is a whole file where nothing happened, and refuses what is no site or day', async () => {
  const empty = await exported('meter-samples', 'depot', '2020-01-01');
  expect(await read(empty)).toEqual([]);
  expect(typesIn(empty).has('measurand')).toBe(true);
  await expect(exported('cdrs', 'nowhere')).rejects.toMatchObject({ status: 404 });
  for (const day of ['yesterday', '2026-02-30']) await expect(exported('cdrs', 'depot', day)).rejects.toThrow(/day/);
});

it('waits for a slow reader without a trace of it at the connection', async () => {
  const slices = 14;
  let asked = 0;
  const query = async (text: string) => {
    if (text.includes('information_schema')) return { rows: [{ name: 'n', type: 'integer', precision: null, scale: null }] };
    const isFull = text.includes('analytics.') && asked++ < slices;
    return { rows: isFull ? Array.from({ length: 20_000 }, (_, n) => ({ n })) : [] };
  };
  const [route] = exportRoutes({ database: { inTransaction: (work: (tx: object) => unknown) => work({ query }) } as never }, {
    existingSite: async () => undefined,
  } as never);
  const asking = { caller: { tenantId: 't' }, params: { dataset: 'site-load' }, query: { site: 's', day: DAY } };
  const response = Object.assign(new PassThrough({ highWaterMark: 1 }), { writeHead: () => undefined });
  const stream = (await route?.handle(asking as never)) as Stream;
  stream(undefined as never, response as never);
  let [pieces, most] = [0, 0];
  for await (const _ of response) {
    pieces++;
    most = Math.max(most, response.listenerCount('close'));
  }
  expect(pieces).toBeGreaterThan(slices);
  expect(most).toBeLessThan(8);
});

describe('the file', () => {
  const columns = [
    { name: 'id', type: 'bigint', precision: null, scale: null },
    { name: 'amount', type: 'numeric', precision: 19, scale: 4 },
  ];
  const slices = async function* (count: number, rows: number) {
    for (let slice = 0; slice < count; slice++)
      yield Array.from({ length: rows }, (_, index) => ({ id: slice * rows + index, amount: `-${slice}.${index % 10}` }));
  };

  it('is in pieces that each go out before the next is read, whatever the size of the day', async () => {
    const pieces: Uint8Array[] = [];
    for await (const piece of parquetOf(columns, slices(6, 10_000), {})) pieces.push(piece.slice());
    expect(pieces).toHaveLength(4); // three row groups and the end
    const file = new Uint8Array(Buffer.concat(pieces)).buffer;
    expect(parquetMetadata(file).row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([20_000, 20_000, 20_000]);
    const rows = await read(file);
    expect([rows.length, rows.at(-1)]).toEqual([60_000, { id: 59_999n, amount: -5.9 }]);
  });

  it('has decimals to the last digit', () => {
    expect(unscaled('12.34', 4)).toBe(123_400n);
    expect(unscaled('-0.0001', 4)).toBe(-1n);
    expect(unscaled('999999999999999.9999', 4)).toBe(9_999_999_999_999_999_999n);
    expect(() => unscaled('0.00001', 4)).toThrow(/decimals/);
  });
});
