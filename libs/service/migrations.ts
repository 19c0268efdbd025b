// Numbered SQL files of an app, applied once each, in order, by whichever process comes first.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database, Sql } from '#ports';
import { SERVICE_MIGRATIONS } from './store.js';
import { secureTenants } from './tenant-security.js';

const LOCK = 7_106_511;

/** Applies `directory/*.sql` that `app` has not applied yet. Forward only; a failing file leaves the database as it was. */
export async function migrate(database: Database, app: string, directory?: string): Promise<void> {
  const names = directory === undefined ? [] : (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  await database.inTransaction(async (tx) => {
    await lockMigrations(tx);
    await tx.query('create table if not exists schema_migrations (app text not null, name text not null, primary key (app, name))');
    await applyMissing(tx, 'service', SERVICE_MIGRATIONS);
    const files = names.map(async (name) => ({ name, text: await readFile(join(directory ?? '', name), 'utf8') }));
    await applyMissing(tx, app, await Promise.all(files));
    await secureTenants(tx);
  });
}

/** One process of all migrates at a time; until the transaction ends. */
export async function lockMigrations(tx: Sql): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
}

async function applyMissing(tx: Sql, app: string, migrations: readonly { readonly name: string; readonly text: string }[]): Promise<void> {
  const { rows } = await tx.query<{ name: string }>('select name from schema_migrations where app = $1', [app]);
  const applied = new Set(rows.map(({ name }) => name));
  for (const { name, text } of migrations) {
    if (applied.has(name)) continue;
    for (const statement of splitStatements(text)) await tx.query(statement);
    await tx.query('insert into schema_migrations values ($1, $2)', [app, name]);
  }
}

/** Statements end with a semicolon at the end of a line; our files keep to that. */
export const splitStatements = (text: string): readonly string[] =>
  text
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(/^\s*--.*$/gm, '').trim() !== '');
