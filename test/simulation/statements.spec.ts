// The simulated database understands the statements of the services; here a real one is asked the same and must answer the same.
// The statements are those of a simulated run, in the order of their commits.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CommittedStatement, simulate } from '#apps/simulation';
import { type EmbeddedDatabase, embeddedDatabase } from '#embedded';
import { canonicalJson } from '#kernel';
import { packageRoot } from '#nest';
import { migrate } from '#service';

describe('the simulated database', () => {
  const transactions: (readonly CommittedStatement[])[] = [];
  let directory: string;
  let database: EmbeddedDatabase;
  const tables = new Map<string, number>();

  beforeAll(async () => {
    const { rowCounts } = await simulate({
      seed: '1',
      hours: 0.1,
      stations: 3,
      onTransaction: (statements) => void transactions.push(statements),
    });
    for (const [name, count] of Object.entries(rowCounts)) tables.set(name, count);
    directory = await mkdtemp(join(tmpdir(), 'statements-'));
    database = await embeddedDatabase(directory, { isScratch: true });
    for (const app of ['session', 'load-balancing', 'metering', 'stations', 'billing'])
      await migrate(database, app, join(packageRoot(), `apps/${app}/migrations`));
  }, 120_000);
  afterAll(async () => {
    await database?.close();
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  });

  it('answers every statement of a run as PostgreSQL does', async () => {
    expect(transactions.length).toBeGreaterThan(100);
    for (const statements of transactions)
      await database.inTransaction(async (tx) => {
        for (const { text, values, rows } of statements) {
          const real = await tx.query(text, values);
          if (/^\s*(select|with)|returning/.test(text))
            expect({ text, rows: asked(real.rows, rows) }).toEqual({ text, rows: asked(real.rows, real.rows) });
        }
      });
  }, 120_000);

  it('ends with as many rows', async () => {
    expect(tables.size).toBeGreaterThan(5);
    for (const [table, count] of tables) {
      const { rows } = await database.query<{ count: number }>(`select count(*)::integer as count from ${table}`);
      expect({ table, count: rows[0]?.count }).toEqual({ table, count });
    }
  });
});

/** Those columns of `rows` that `real` has, in no order; figures and texts of figures are one. */
function asked(real: readonly unknown[], rows: readonly unknown[]): readonly string[] {
  const columns = Object.keys((real[0] ?? {}) as object).filter((column) => column !== '?column?');
  const textOf = (value: unknown): string => (typeof value === 'object' ? canonicalJson(value) : String(value));
  return rows.map((row) => columns.map((column) => textOf((row as Readonly<Record<string, unknown>>)[column])).join(' | ')).sort();
}
