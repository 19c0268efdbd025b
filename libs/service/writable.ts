// Whether rows can be written at all: a value its column cannot read, or a key that is not there, would be refused each time, and its partition
// would stand still. Judged with the fold, so that a record that leads to such a row is parked, in the first run as in every replay.
// What only the database can tell (a range, a constraint) is met in refused.ts.
import type { ColumnType } from './column.js';
import type { RowWrite } from './tables.js';

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

const READS: Readonly<Record<ColumnType, (value: unknown) => boolean>> = {
  text: () => true,
  integer: isNumeric,
  bigint: isNumeric,
  numeric: isNumeric,
  'double precision': isNumeric,
  boolean: (value) => typeof value === 'boolean',
  timestamptz: (value) =>
    typeof value === 'string'
      ? TIME.test(value) && !Number.isNaN(Date.parse(value))
      : value instanceof Date && !Number.isNaN(value.getTime()),
  jsonb: (value) => typeof value !== 'string' || isJson(value),
};

/** Throws for the first value that cannot be written, with its table and column; never with the value, which may be anything. */
export function requireWritable(writes: readonly RowWrite[]): void {
  for (const { table, row } of writes) {
    for (const column of table.key) {
      const value = row[column];
      if (value === undefined || value === null || (typeof value === 'string' && value.length > LONGEST_KEY))
        throw new Error(`${table.name}.${column}: nothing that a row could be found by`);
    }
    for (const column in row) {
      const value = row[column];
      const type = table.columns[column];
      if (value !== null && value !== undefined && type !== undefined && !READS[type](value))
        throw new Error(`${table.name}.${column}: not readable as ${type}`);
    }
  }
}
