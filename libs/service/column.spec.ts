// Values as the database reads them back from a column: every type, nulls, text of the world, and what cannot be stored.
// Which rows go into which statement is in tables.ts.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { scratchDatabase } from '#testing';
import { ColumnParameter, type ColumnType } from './column.js';

let database: Awaited<ReturnType<typeof scratchDatabase>>;
beforeAll(async () => {
  database = await scratchDatabase();
});
afterAll(() => database.close());

/** Through the database and back as text, in order. */
async function readBack(type: ColumnType, values: readonly unknown[]): Promise<readonly (string | null)[]> {
  const column = new ColumnParameter(type, values);
  const { rows } = await database.query<{ text: string | null }>(
    `select value::${type}::text as text from unnest($1::${column.wire}[]) with ordinality as given(value, place) order by place`,
    [column],
  );
  return rows.map(({ text }) => text);
}

/** What the database makes of the same values one by one, as text. */
const oneByOne = async (type: ColumnType, values: readonly unknown[]): Promise<readonly (string | null)[]> =>
  Promise.all(
    values.map(async (value) => {
      const { rows } = await database.query<{ text: string }>(`select $1::text::${type}::text as text`, [
        value === null ? null : String(value),
      ]);
      return rows[0]?.text ?? null;
    }),
  );

it.each<[ColumnType, readonly unknown[]]>([
  ['text', ['', 'plain', 'with "quotes", {braces} and \\', 'NULL', null, 'Zürich – 東京 – 🔌', 'x'.repeat(5000), `${'y'.repeat(70)}é`]],
  ['bigint', [0, -1, 2 ** 32, -(2 ** 32) - 1, 2 ** 53 - 1, -(2 ** 53) + 1, null]],
  ['integer', [0, 2 ** 31 - 1, 1 - 2 ** 31, null]],
  ['double precision', [0.1, -1e300, 5e-324, 230.5, null]],
  ['boolean', [true, false, null]],
  ['numeric', ['12345678901234567890.000001', 0.001, -5, null]],
  ['timestamptz', ['2026-03-01T12:00:00.123Z', '2026-03-01T14:00:00+02:00', '1969-12-31T23:59:59.999Z', '2199-12-31T00:00:00Z', null]],
  ['timestamptz', ['2026-03-01T12:00:00.123456Z', '2026-03-01T12:00:00Z', '0099-01-01T00:00:00Z', null]],
])('brings %s as it is', async (type, values) => expect(await readBack(type, values)).toEqual(await oneByOne(type, values)));

it('brings any text and any time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.option(fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')))),
      fc.array(fc.date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })),
      async (texts, times) => {
        expect(await readBack('text', texts)).toEqual(texts);
        const isos = times.map((time) => time.toISOString());
        expect(await readBack('timestamptz', isos)).toEqual(await oneByOne('timestamptz', isos));
      },
    ),
    { numRuns: 40 },
  );
});

it('keeps what cannot be stored out of text and JSON, and the rest of it in', async () => {
  expect(await readBack('text', ['a\u0000b', 'a\ud800b'])).toEqual(['a\ufffdb', 'a\ufffdb']);
  const { rows } = await database.query<{ value: unknown }>('select given::jsonb as value from unnest($1::text[]) given', [
    new ColumnParameter('jsonb', [{ name: 'a\u0000\ud800', list: [1] }]),
  ]);
  expect(rows).toEqual([{ value: { name: 'a\ufffd\ufffd', list: [1] } }]);
});

it('brings the nearest number where a column cannot hold the one that came', async () => {
  expect(await readBack('integer', [2 ** 31, -1e12])).toEqual(['2147483647', '-2147483647']);
  expect(await readBack('bigint', [Number.POSITIVE_INFINITY, -1e300, 7])).toEqual(['9007199254740991', '-9007199254740991', '7']);
});
