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

/** Merges writes to one row, then writes each group of rows with equal columns at once. */
export async function writeRows(tx: Sql, writes: readonly RowWrite[]): Promise<void> {
  const tables = new Map<TableSpec, Map<string, Row>>();
  for (const { table, row } of writes) {
    const rows = tables.get(table) ?? new Map<string, Row>();
    tables.set(table, rows);
    const key = JSON.stringify(table.key.map((column) => asText(row[column])));
    rows.set(key, { ...rows.get(key), ...row });
  }
  for (const [table, rows] of tables) {
    const groups = new Map<string, Row[]>();
    for (const row of rows.values()) {
      const columns = Object.keys(table.columns).filter((column) => row[column] !== undefined);
      const group = groups.get(columns.join()) ?? [];
      groups.set(columns.join(), group);
      group.push(row);
    }
    for (const [columns, group] of groups) await upsert(tx, table, columns.split(','), group);
  }
}

async function upsert(tx: Sql, table: TableSpec, columns: readonly string[], rows: readonly Row[]): Promise<void> {
  const values = columns.map((column) => rows.map((row) => asText(row[column])));
  const casts = columns.map((column) => `${column}::${table.columns[column]}`).join(', ');
  const arrays = columns.map((_, index) => `$${index + 1}::text[]`).join(', ');
  const updates = columns.filter((column) => !table.key.includes(column)).map((column) => `${column} = excluded.${column}`);
  await tx.query(
    `insert into ${table.name} (${columns.join(', ')}) select ${casts} from unnest(${arrays}) as given(${columns.join(', ')})
     on conflict (${table.key.join(', ')}) do ${updates.length > 0 ? `update set ${updates.join(', ')}` : 'nothing'}`,
    values,
  );
}
