// Rows in batches: one `INSERT … SELECT FROM unnest(…)` per table and set of columns, the same text for PGlite, PostgreSQL and TimescaleDB.
import type { Sql } from '#ports';

export type ColumnType = 'text' | 'bigint' | 'integer' | 'double precision' | 'numeric' | 'boolean' | 'timestamptz' | 'jsonb';

export interface TableSpec {
  readonly name: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Primary key; a later row with the same key overwrites the columns it carries. */
  readonly key: readonly string[];
}

export type Row = Readonly<Record<string, unknown>>;

export interface RowWrite {
  readonly table: TableSpec;
  /** The key columns and any of the others; absent columns stay as they are. */
  readonly row: Row;
}

const asText = (value: unknown): string | null => {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/**
 * PostgreSQL stores neither NUL nor lone surrogates, in text or jsonb. The doors keep them out; one that came into the log all the same
 * becomes U+FFFD here, because a row that cannot be written would stop its whole partition.
 */
function storable(text: string | null, type: ColumnType | undefined): string | null {
  if (text === null) return null;
  const clean = text.includes('\u0000') || !text.isWellFormed() ? text.toWellFormed().replaceAll('\u0000', '\ufffd') : text;
  return type === 'jsonb' && clean.includes('\\u') ? clean.replaceAll(UNSTORABLE_ESCAPE, '$1\ufffd') : clean;
}
/** As JSON text spells them: after an even number of backslashes. A pair of surrogates is never spelled so. */
const UNSTORABLE_ESCAPE = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi;

/** An upsert as text; `param` takes a value and answers its place, `only` is a condition on all of it. */
export type Upsert = (param: (value: unknown) => string, only: string) => string;

/** Merges writes to one row; then one upsert for each group of rows with equal columns. No row is in two of them. */
export function upserts(writes: readonly RowWrite[]): readonly Upsert[] {
  const tables = new Map<TableSpec, Map<string, Row>>();
  for (const { table, row } of writes) {
    const rows = tables.get(table) ?? new Map<string, Row>();
    tables.set(table, rows);
    const key = table.key.map((column) => asText(row[column])).join('\u0000');
    const before = rows.get(key);
    rows.set(key, before === undefined ? row : { ...before, ...row });
  }
  const found: Upsert[] = [];
  for (const [table, rows] of tables) {
    const groups = new Map<string, Row[]>();
    const all = Object.keys(table.columns);
    for (const row of rows.values()) {
      const columns = all.filter((column) => row[column] !== undefined).join();
      const group = groups.get(columns);
      if (group === undefined) groups.set(columns, [row]);
      else group.push(row);
    }
    for (const [columns, group] of groups) found.push((param, only) => upsert(table, columns.split(','), group, param, only));
  }
  return found;
}

export async function writeRows(tx: Sql, writes: readonly RowWrite[]): Promise<void> {
  for (const each of upserts(writes)) {
    const values: unknown[] = [];
    await tx.query(
      each((value) => `$${values.push(value)}`, ''),
      values,
    );
  }
}

function upsert(
  table: TableSpec,
  columns: readonly string[],
  rows: readonly Row[],
  param: (value: unknown) => string,
  only: string,
): string {
  const names = columns.join(', ');
  const arrays = columns.map(
    (column) => `${param(rows.map((row) => storable(asText(row[column]), table.columns[column])))}::${table.columns[column]}[]`,
  );
  const updates = columns.filter((column) => !table.key.includes(column)).map((column) => `${column} = excluded.${column}`);
  return `insert into ${table.name} (${names}) select ${names} from unnest(${arrays.join(', ')}) as given(${names}) ${only}
     on conflict (${table.key.join(', ')}) do ${updates.length > 0 ? `update set ${updates.join(', ')}` : 'nothing'}`;
}
