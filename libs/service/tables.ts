// Rows in batches: one `INSERT … SELECT unnest(…), …` per table and set of columns, the same text for PGlite, PostgreSQL and TimescaleDB.
import { createHash } from 'node:crypto';
import type { Sql } from '#ports';
import { asText, ColumnParameter, type ColumnType } from './column.js';

export interface TableSpec {
  readonly name: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Primary key; a later row with the same key overwrites the columns it carries. */
  readonly key: readonly string[];
  /** Every row is written once and whole, and its key names its record: rows are neither compared nor merged, and one that is there stays. */
  readonly isSeries?: boolean;
}

/** A name for all that these services write. Another one means other rows: they have to be folded again from the log. */
export function nameOfRows(
  services: readonly { readonly name: string; readonly version?: number; readonly tables: readonly TableSpec[] }[],
): string {
  const shape = services.map(({ name, version = 1, tables }) => [name, version, tables]);
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex');
}

export type Row = Readonly<Record<string, unknown>>;

export interface RowWrite {
  readonly table: TableSpec;
  /** The key columns and any of the others; absent columns stay as they are. */
  readonly row: Row;
}

/**
 * An upsert as text; `param` takes a value and answers its place, `only` is a condition on all of it. With `trusting`, rows of a series are not
 * looked for before they are written, which costs the server a third less; one that is there already then fails the statement (SQLSTATE 23505).
 */
export type Upsert = (param: (value: unknown) => string, only: string, trusting: boolean) => string;

/** One upsert for each table and set of columns; writes to one row are merged before, and no row is in two of them. */
export function upserts(writes: readonly RowWrite[]): readonly Upsert[] {
  const tables = new Map<TableSpec, Row[]>();
  for (const { table, row } of writes) {
    const rows = tables.get(table);
    if (rows === undefined) tables.set(table, [row]);
    else rows.push(row);
  }
  return [...tables].flatMap(([table, rows]) => {
    const groups = table.isSeries ? [{ columns: Object.keys(table.columns), rows }] : byColumns(table, merged(table, rows));
    return groups.map(
      (group): Upsert =>
        (param, only, trusting) =>
          upsert(table, group, param, only, trusting),
    );
  });
}

/** Each row once: a later write overwrites the columns it carries. */
function merged(table: TableSpec, writes: readonly Row[]): Iterable<Row> {
  const rows = new Map<string, Row>();
  for (const row of writes) {
    const key = table.key.map((column) => asText(row[column])).join('\u0000');
    const before = rows.get(key);
    rows.set(key, before === undefined ? row : { ...before, ...row });
  }
  return rows.values();
}

interface Group {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

function byColumns(table: TableSpec, rows: Iterable<Row>): readonly Group[] {
  const groups = new Map<string, { readonly columns: readonly string[]; readonly rows: Row[] }>();
  const all = Object.keys(table.columns);
  for (const row of rows) {
    const columns = all.filter((column) => row[column] !== undefined);
    const name = columns.join();
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { columns, rows: [row] });
    else group.rows.push(row);
  }
  return [...groups.values()];
}

export async function writeRows(tx: Sql, writes: readonly RowWrite[]): Promise<void> {
  for (const each of upserts(writes)) {
    const values: unknown[] = [];
    await tx.query(
      each((value) => `$${values.push(value)}`, '', false),
      values,
    );
  }
}

/** As many rows make it worth to look for columns that say one thing in all of them. */
const MANY = 50;

/** Sets in a select list advance together and, unlike a function in FROM, are not kept before they are read. What all rows say is sent once. */
function upsert(table: TableSpec, { columns, rows }: Group, param: (value: unknown) => string, only: string, trusting: boolean): string {
  const read = columns.map((column) => ({ column, values: new Array<unknown>(rows.length) }));
  // Row by row: each is in the processor's cache once, not once for every column.
  for (const [index, row] of rows.entries()) for (const { column, values } of read) values[index] = row[column];
  const sets = read.map(({ column, values }) => {
    const type = table.columns[column] ?? 'text';
    const [first] = values;
    const isOne = values.length >= MANY && values.every((value) => value === first);
    const parameter = new ColumnParameter(type, isOne ? [first] : values);
    const array = `${param(parameter)}::${parameter.wire}[]`;
    return `${isOne ? `(${array})[1]` : `unnest(${array})`}${parameter.wire === type ? '' : `::${type}`}`;
  });
  const insert = `insert into ${table.name} (${columns.join(', ')}) select ${sets.join(', ')} ${only}`;
  if (table.isSeries && trusting) return insert;
  const updates = columns.filter((column) => !table.key.includes(column)).map((column) => `${column} = excluded.${column}`);
  const isKept = table.isSeries === true || updates.length === 0;
  return `${insert} on conflict (${table.key.join(', ')}) do ${isKept ? 'nothing' : `update set ${updates.join(', ')}`}`;
}
