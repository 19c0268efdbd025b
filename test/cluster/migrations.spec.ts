// Migrations on real PostgreSQL: many processes start at once, and a table is in use all the while.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { postgresDatabase } from '#cluster';
import type { Database } from '#ports';
import { migrate } from '#service';
import { ownDatabase } from './support/own-database.js';
import { until } from './support/until.js';

describe('migrations', () => {
  let own: Awaited<ReturnType<typeof ownDatabase>>;
  let directory: string;
  beforeEach(async () => {
    own = await ownDatabase('migrations');
    directory = mkdtempSync(join(tmpdir(), 'migrations-'));
  });
  afterEach(async () => {
    await own.dispose();
    rmSync(directory, { recursive: true });
  });
  const connect = (): Promise<Database> => postgresDatabase({ url: own.url, connections: 2, onTrouble: () => undefined });

  it('are applied once, in order, by many that start at once', async () => {
    for (let number = 1; number <= 5; number++)
      writeFileSync(join(directory, `00${number}.sql`), `create table t${number} ();\ninsert into steps select ${number};\n`);
    writeFileSync(join(directory, '000.sql'), 'create table steps (step integer, at bigserial);\n');
    const databases = await Promise.all(Array.from({ length: 8 }, connect));
    try {
      await Promise.all(databases.map((database) => migrate(database, 'app', directory)));
      expect((await own.database.query('select step from steps order by at')).rows.map((row) => row.step)).toEqual([1, 2, 3, 4, 5]);
    } finally {
      await Promise.all(databases.map((database) => database.close()));
    }
  });

  it('step back from a table in use: who comes meanwhile is served, and the change is made once it is free', async () => {
    writeFileSync(join(directory, '001.sql'), 'create table used (a integer);\n');
    await migrate(own.database, 'app', directory);
    writeFileSync(join(directory, '002.sql'), 'alter table used add column b integer;\n');
    const [reader, newcomer] = [await connect(), await connect()];
    try {
      let migrated: Promise<void> | undefined;
      await reader.inTransaction(async (tx) => {
        await tx.query('select from used');
        migrated = migrate(own.database, 'app', directory);
        const waits = `select from pg_locks where not granted and relation = 'used'::regclass and mode = 'AccessExclusiveLock'`;
        await until('the migration waits', async () => (await newcomer.query(waits)).rowCount > 0);
        // Behind it: served only when it steps back, since this transaction ends after.
        await newcomer.query('insert into used values (1)');
      });
      await migrated;
      expect((await newcomer.query('select a, b from used')).rows).toEqual([{ a: 1, b: null }]);
    } finally {
      await Promise.all([reader.close(), newcomer.close()]);
    }
  });
});
