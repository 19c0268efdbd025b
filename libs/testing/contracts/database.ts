// What every Database keeps to: the same values in rows, the same transactions, whichever PostgreSQL answers.
// Tables of the product are tested with their services.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '#ports';

export interface DatabaseUnderTest {
  readonly database: Database;
  /** Closes it and removes its data. */
  readonly dispose: () => Promise<void>;
}

/** One instance serves the whole suite; each test has a table of its own. */
export function databaseContract(name: string, create: () => Promise<DatabaseUnderTest>): void {
  describe(`Database: ${name}`, () => {
    let database: Database;
    let dispose: () => Promise<void>;
    beforeAll(async () => {
      ({ database, dispose } = await create());
    }, 60_000);
    afterAll(() => dispose(), 60_000);

    const newTable = async (columns: string): Promise<string> => {
      const table = `contract_${randomUUID().replaceAll('-', '')}`;
      await database.query(`create table ${table} (${columns})`);
      return table;
    };
    const one = async (text: string, values: readonly unknown[] = []): Promise<Record<string, unknown> | undefined> =>
      (await database.query(text, values)).rows[0];

    describe('values', () => {
      it('come back as numbers, exact text, dates, booleans and parsed JSON', async () => {
        const row = await one(
          `select 9007199254740991::int8 as big, 42::int4 as small, 1.5::float8 as real, 12345678901234567890.123456789::numeric as exact, true as yes, null::text as nothing,
           'ä"🔌'::text as words, '2026-11-24T01:02:03.456+01:00'::timestamptz as instant, '2026-11-24'::date as day, '{"a":[1,"b",null]}'::jsonb as json,
           '6f1d0a0c-4c4e-5d6c-9f0f-6a6f756c6573'::uuid as id, '\\xdeadbeef'::bytea as bytes`,
        );
        expect(row).toEqual({
          big: 9007199254740991,
          small: 42,
          real: 1.5,
          exact: '12345678901234567890.123456789',
          yes: true,
          nothing: null,
          words: 'ä"🔌',
          instant: new Date('2026-11-24T00:02:03.456Z'),
          day: '2026-11-24',
          json: { a: [1, 'b', null] },
          id: '6f1d0a0c-4c4e-5d6c-9f0f-6a6f756c6573',
          bytes: Buffer.from('deadbeef', 'hex'),
        });
      });

      it('come back in arrays as they do alone', async () => {
        const row = await one(
          `select '{1,null,9007199254740991}'::int8[] as big, '{1.10,2.20}'::numeric[] as exact, '{a,"b,c",null}'::text[] as words, '{}'::text[] as none,
           array['2026-11-24T00:00:00Z'::timestamptz] as instants, '{2026-11-24}'::date[] as days, '{1.5}'::float8[] as reals`,
        );
        expect(row).toEqual({
          big: [1, null, 9007199254740991],
          exact: ['1.10', '2.20'],
          words: ['a', 'b,c', null],
          none: [],
          instants: [new Date('2026-11-24T00:00:00Z')],
          days: ['2026-11-24'],
          reals: [1.5],
        });
      });

      it('go in as parameters and come back unchanged', async () => {
        const instant = new Date('2026-07-01T12:34:56.789Z');
        const row = await one(
          'select $1::int8 as big, $2::numeric as exact, $3::timestamptz as instant, $4::jsonb as json, $5::text as nothing, $6::text[] as words, $7::bool as no, $8::bytea as bytes',
          [
            9007199254740991,
            '0.30',
            instant,
            JSON.stringify([{ a: 1 }]),
            null,
            ['{', '"', '\\', 'a,b', '', 'NULL', null],
            false,
            Buffer.from([0, 255]),
          ],
        );
        expect(row).toEqual({
          big: 9007199254740991,
          exact: '0.30',
          instant,
          json: [{ a: 1 }],
          nothing: null,
          words: ['{', '"', '\\', 'a,b', '', 'NULL', null],
          no: false,
          bytes: Buffer.from([0, 255]),
        });
      });

      it('are seen in UTC', async () => {
        expect(
          await one(
            `select '2026-07-01T23:30:00Z'::timestamptz::date as day, date_bin('15 min', '2026-07-01T23:44:00Z', '2000-01-01Z') as slot`,
          ),
        ).toEqual({
          day: '2026-07-01',
          slot: new Date('2026-07-01T23:30:00Z'),
        });
      });
    });

    describe('statements', () => {
      it('insert many rows through unnest, skip known ones, and count', async () => {
        const table = await newTable('id text primary key, at timestamptz not null, wh int8, price numeric, more jsonb');
        const insert = `insert into ${table} select * from unnest($1::text[], $2::timestamptz[], $3::int8[], $4::numeric[], $5::jsonb[]) on conflict (id) do nothing`;
        const count = 2_000;
        const columns = [
          Array.from({ length: count }, (_, n) => `id-${n}`),
          Array.from({ length: count }, (_, n) => new Date(1_700_000_000_000 + n)),
          Array.from({ length: count }, (_, n) => (n % 7 === 0 ? null : n)),
          Array.from({ length: count }, () => '0.10'),
          Array.from({ length: count }, (_, n) => JSON.stringify({ n, text: 'a"b\\c' })),
        ];
        expect((await database.query(insert, columns)).rowCount).toBe(count);
        expect((await database.query(insert, columns)).rowCount).toBe(0);
        expect(await one(`select count(*) as n, sum(price) as total, sum(wh) as wh from ${table}`)).toEqual({
          n: count,
          total: '200.00',
          wh: expect.stringMatching(/^\d+$/),
        });
        expect(await one(`select * from ${table} where id = 'id-7'`)).toEqual({
          id: 'id-7',
          at: new Date(1_700_000_000_007),
          wh: null,
          price: '0.10',
          more: { n: 7, text: 'a"b\\c' },
        });
      });

      it('reject with the SQLSTATE as code, and leave the database usable', async () => {
        const table = await newTable('id int primary key');
        await database.query(`insert into ${table} values (1)`);
        await expect(database.query(`insert into ${table} values ($1)`, [1])).rejects.toMatchObject({ code: '23505' });
        await expect(database.query('select * from nowhere_at_all')).rejects.toMatchObject({ code: '42P01' });
        await expect(database.query('select $1::int', ['x'])).rejects.toMatchObject({ code: '22P02' });
        expect(await one(`select count(*) as n from ${table}`)).toEqual({ n: 1 });
      });

      it('may be several in one text without parameters', async () => {
        const table = await newTable('id int');
        await database.query(`insert into ${table} values (1); insert into ${table} values (2); create index on ${table} (id)`);
        expect(await one(`select count(*) as n from ${table}`)).toEqual({ n: 2 });
      });
    });

    describe('transactions', () => {
      it('commit when the work resolves, with its result', async () => {
        const table = await newTable('id int');
        const result = await database.inTransaction(async (tx) => {
          await tx.query(`insert into ${table} values (1)`);
          return (await tx.query<{ id: number }>(`select id from ${table}`)).rows;
        });
        expect(result).toEqual([{ id: 1 }]);
        expect(await one(`select count(*) as n from ${table}`)).toEqual({ n: 1 });
      });

      it('roll back when the work rejects, with its error', async () => {
        const table = await newTable('id int');
        const failure = new Error('changed my mind');
        const work = database.inTransaction(async (tx) => {
          await tx.query(`insert into ${table} values (1)`);
          throw failure;
        });
        await expect(work).rejects.toBe(failure);
        expect(await one(`select count(*) as n from ${table}`)).toEqual({ n: 0 });
      });

      it('reject when a statement failed, even if the work made nothing of it', async () => {
        const table = await newTable('id int primary key');
        const work = database.inTransaction(async (tx) => {
          await tx.query(`insert into ${table} values (1)`);
          await tx.query(`insert into ${table} values (1)`).catch(() => undefined);
          return 'all well';
        });
        await expect(work).rejects.toMatchObject({ code: 'TransactionAborted' });
        expect(await one(`select count(*) as n from ${table}`)).toEqual({ n: 0 });
      });

      it('never mix: a read-modify-write under lock loses nothing, and a query beside them sees only what was committed', async () => {
        const table = await newTable('id int primary key, n int not null');
        await database.query(`insert into ${table} values (1, 0)`);
        const increment = (): Promise<void> =>
          database.inTransaction(async (tx) => {
            const { rows } = await tx.query<{ n: number }>(`select n from ${table} where id = 1 for update`);
            await tx.query(`update ${table} set n = $1 where id = 1`, [(rows[0]?.n ?? 0) + 1]);
            await tx.query(`update ${table} set n = n + 100 where id = 1`);
            await tx.query(`update ${table} set n = n - 100 where id = 1`);
          });
        const looks = Array.from({ length: 20 }, () => one(`select n from ${table} where id = 1`));
        await Promise.all(Array.from({ length: 20 }, increment));
        expect(await one(`select n from ${table} where id = 1`)).toEqual({ n: 20 });
        for (const look of await Promise.all(looks)) expect(look?.n).toBeLessThan(100);
      });

      it('end: their `tx` is of no use afterwards', async () => {
        const kept = await database.inTransaction(async (tx) => tx);
        await expect(kept.query('select 1')).rejects.toThrow();
      });
    });
  });
}
