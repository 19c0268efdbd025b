// Numbered SQL files of an app, applied once each, in order, by whichever process comes first.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '#ports';
import { SERVICE_TABLES } from './store.js';

const LOCK = 7_106_511;

/** Applies `directory/*.sql` that `app` has not applied yet. Forward only; a failing file leaves the database as it was. */
export async function migrate(database: Database, app: string, directory?: string): Promise<void> {
  const names = directory === undefined ? [] : (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  await database.inTransaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
    for (const statement of SERVICE_TABLES.split(';').filter((text) => text.trim() !== '')) await tx.query(statement);
    const { rows } = await tx.query<{ name: string }>('select name from schema_migrations where app = $1', [app]);
    const applied = new Set(rows.map(({ name }) => name));
    for (const name of names) {
      if (applied.has(name)) continue;
      const text = await readFile(join(directory ?? '', name), 'utf8');
      for (const statement of splitStatements(text)) await tx.query(statement);
      await tx.query('insert into schema_migrations values ($1, $2)', [app, name]);
    }
  });
}

/** Statements end with a semicolon at the end of a line; our files keep to that. */
const splitStatements = (text: string): readonly string[] =>
  text
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(/^\s*--.*$/gm, '').trim() !== '');
