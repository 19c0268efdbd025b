// Whether rows can be written at all: a value its column cannot read, or a key that is not there, would be refused each time, and its partition
// would stand still. Judged with the fold, so that a record that leads to such a row is parked, in the first run as in every replay.
// What only the database can tell (a range, a constraint) is met in refused.ts.
import { Unwritable } from '#contracts';
import type { ColumnType } from './column.js';
import type { RowWrite, TableSpec } from './tables.js';

/** Longest text in a key or of an aggregate's name [characters]: what an index entry holds, whatever is written in it. */
const LONGEST_KEY = 600;
/** ISO 8601 as PostgreSQL reads it; years of four digits. */
const TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d(?::?\d\d)?)?$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Whether this text may name something in an index. */
export const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= LONGEST_KEY && value.isWellFormed() && !value.includes('\u0000');

const isNumeric = (value: unknown): boolean =>
  typeof value === 'number' ? !Number.isNaN(value) : typeof value === 'bigint' || (typeof value === 'string' && DECIMAL.test(value));

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Rows of one record share their times, and texts that were read are read again. */
const readable: string[] = ['', ''];
function isTime(value: unknown): boolean {
  if (typeof value !== 'string') return value instanceof Date && !Number.isNaN(value.getTime());
  if (value === readable[0] || value === readable[1]) return value !== '';
  if (!TIME.test(value) || Number.isNaN(Date.parse(value))) return false;
  readable.unshift(value);
  readable.length = 2;
  return true;
}

/** What each type needs looked at; text takes anything. */
const READS: Readonly<Partial<Record<ColumnType, (value: unknown) => boolean>>> = {
  integer: isNumeric,
  bigint: isNumeric,
  numeric: isNumeric,
  'double precision': isNumeric,
  boolean: (value) => typeof value === 'boolean',
  timestamptz: isTime,
  jsonb: (value) => typeof value !== 'string' || isJson(value),
};

type Judge = readonly (readonly [column: string, type: ColumnType, reads: (value: unknown) => boolean])[];
const judges = new WeakMap<TableSpec, Judge>();

function judgeOf(table: TableSpec): Judge {
  const known = judges.get(table);
  if (known !== undefined) return known;
  const judge = Object.entries(table.columns).flatMap(([column, type]) => {
    const reads = READS[type];
    return reads === undefined ? [] : [[column, type, reads] as const];
  });
  judges.set(table, judge);
  return judge;
}

/** Throws Unwritable for the first value that cannot be written, with its table and column. */
export function requireWritable(writes: readonly RowWrite[]): void {
  let judged: TableSpec | undefined;
  let judge: Judge = [];
  for (const { table, row } of writes) {
    if (table !== judged) [judged, judge] = [table, judgeOf(table)];
    for (const column of table.key) {
      const value = row[column];
      if (value === undefined || value === null || (typeof value === 'string' && value.length > LONGEST_KEY))
        throw new Unwritable(`${table.name}.${column}: nothing that a row could be found by`);
    }
    for (const [column, type, reads] of judge) {
      const value = row[column];
      if (value !== null && value !== undefined && !reads(value)) throw new Unwritable(`${table.name}.${column}: not readable as ${type}`);
    }
  }
}
