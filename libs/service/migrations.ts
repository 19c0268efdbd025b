// Numbered SQL files of an app, applied once each, in order, by whichever process comes first; forward only, and while processes of the version before
// go on writing (ADR 0078). Which statements old code bears is told by test/contract/migrations.spec.ts.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Database, PortError, type Sql } from '#ports';
import { SERVICE_MIGRATIONS } from './store.js';
import { secureTenants } from './tenant-security.js';

const LOCK = 7_106_511;
/** Whoever uses a table queues up behind a migration that waits for it: no longer than this [ms], then it steps back and others go first. */
const LOCK_TIMEOUT_MS = 1_000;
const RETRY_MS = 500;
const ATTEMPTS = 120;
/** SQLSTATE: lock_not_available, deadlock_detected. */
const BUSY = new Set(['55P03', '40P01']);

export interface Migration {
  readonly name: string;
  readonly text: string;
}

/** Applies `directory/*.sql` that `app` has not applied yet, each in a transaction of its own. Rejects with MigrationBlocked (retriable) or as the file does, which then left nothing behind. */
export async function migrate(database: Database, app: string, directory?: string): Promise<void> {
  await migrating(database, (tx) =>
    tx.query('create table if not exists schema_migrations (app text not null, name text not null, primary key (app, name))'),
  );
  await applyMissing(database, 'service', SERVICE_MIGRATIONS);
  if (directory !== undefined) await applyMissing(database, app, await migrationsIn(directory));
  await migrating(database, secureTenants);
}

export async function migrationsIn(directory: string): Promise<readonly Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(directory, name), 'utf8') })));
}

/** One process of all works on the tables at a time, and makes nobody who uses them wait for long. `work` may run several times; only one is committed. */
export async function migrating<T>(database: Database, work: (tx: Sql) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++)
    try {
      return await database.inTransaction(async (tx) => {
        await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
        await tx.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
        return work(tx);
      });
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (attempt === ATTEMPTS)
        throw new PortError('MigrationBlocked', 'a transaction that does not end holds a table (pg_stat_activity)', true, { cause: error });
      await pause(RETRY_MS);
    }
}

const isBusy = (error: unknown): boolean => error instanceof Error && 'code' in error && BUSY.has(String(error.code));

/** True once for each name. */
export async function isNewMigration(tx: Sql, app: string, name: string): Promise<boolean> {
  return (await tx.query('insert into schema_migrations values ($1, $2) on conflict do nothing', [app, name])).rowCount === 1;
}

async function applyMissing(database: Database, app: string, migrations: readonly Migration[]): Promise<void> {
  const { rows } = await database.query<{ name: string }>('select name from schema_migrations where app = $1', [app]);
  const applied = new Set(rows.map(({ name }) => name));
  for (const { name, text } of migrations)
    if (!applied.has(name))
      await migrating(database, async (tx) => {
        if (await isNewMigration(tx, app, name)) for (const statement of splitStatements(text)) await tx.query(statement);
      });
}

/** Statements end with a semicolon at the end of a line; our files keep to that. */
export const splitStatements = (text: string): readonly string[] =>
  text
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(/^\s*--.*$/gm, '').trim() !== '');
