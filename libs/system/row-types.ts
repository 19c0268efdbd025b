// How PostgreSQL's values look in rows: int8 as number, numeric and date as text, timestamptz as Date, json parsed; arrays alike.
// The Database contract holds both worlds to it.
import pg from 'pg';

const { types } = pg;

type TypeId = Parameters<typeof types.getTypeParser>[0];
const TEXT_ARRAY = 1009 as TypeId; // the typings know no arrays
const parseTexts = types.getTypeParser(TEXT_ARRAY, 'text') as (text: string) => (string | null)[];

const parsers = new Map<number, (text: string) => unknown>([
  [20, Number], // int8: offsets, counters, milliamps; all within 2^53
  [1016, (text) => parseTexts(text).map((item) => (item === null ? null : Number(item)))],
  [1231, parseTexts], // numeric[]
  [1082, (text) => text], // date: has no time zone to be a Date in
  [1182, parseTexts], // date[]
]);

export const rowTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (format === 'binary' ? undefined : parsers.get(oid)) ?? types.getTypeParser(oid, format),
};
