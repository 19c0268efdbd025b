// The Database contract on PGlite, and what becomes of its files: trusted after a clean end, else restored or begun anew.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, jest } from '@jest/globals';
import type { EmbeddedDatabaseOptions } from '#embedded';
import { databaseContract, scratch, scratchDatabase } from '#testing';

databaseContract('PGlite', async () => {
  const database = await scratchDatabase();
  return { database, dispose: () => database.close() };
});

describe('PGlite between two runs', () => {
  const names = async (directory: string, rows?: string): Promise<{ origin: string; isFresh: boolean; names: unknown }> => {
    const database = await scratchDatabase(directory, rows === undefined ? {} : { rows });
    const { rows: tables } = await database.query(`select to_regclass('kept')::text as exists`);
    const found =
      tables[0]?.exists === null
        ? 'no table'
        : (await database.query<{ name: string }>('select name from kept order by name')).rows.map(({ name }) => name);
    await database.close();
    return { origin: database.origin, isFresh: database.isFresh, names: found };
  };

  const written = async (): Promise<string> => {
    const directory = scratch('database');
    const database = await scratchDatabase(directory);
    expect(database.isFresh).toBe(true);
    await database.query('create table kept (name text)');
    await database.query(`insert into kept values ('in the snapshot')`);
    await database.snapshot();
    await database.snapshot();
    await database.query(`insert into kept values ('later')`);
    await database.close();
    return directory;
  };

  it('keeps its rows after a clean end', async () => {
    expect(await names(await written())).toEqual({ origin: 'kept', isFresh: false, names: ['in the snapshot', 'later'] });
  });

  it('goes back to the snapshot when the end was not clean', async () => {
    const directory = await written();
    rmSync(join(directory, 'clean.json')); // what an open database looks like after a crash
    expect(await names(directory)).toEqual({ origin: 'restored', isFresh: true, names: ['in the snapshot'] });
    expect(await names(directory)).toEqual({ origin: 'kept', isFresh: false, names: ['in the snapshot'] });
  });

  it('begins empty when the snapshot is not what it was', async () => {
    const directory = await written();
    rmSync(join(directory, 'clean.json'));
    writeFileSync(join(directory, 'snapshot-2', 'global', 'pg_control'), 'rubbish');
    expect(await names(directory)).toEqual({ origin: 'empty', isFresh: true, names: 'no table' });
  });

  it('begins empty where other rows are to be kept', async () => {
    const directory = await written();
    expect(await names(directory, 'rows of a newer version')).toEqual({ origin: 'empty', isFresh: true, names: 'no table' });
    expect(await names(directory, 'rows of a newer version')).toMatchObject({ origin: 'kept' });
  });

  it('keeps rows of whatever name, under it, for who names none', async () => {
    const directory = await written();
    await names(directory, 'ours');
    expect(await names(directory)).toMatchObject({ origin: 'kept' });
    expect(await names(directory, 'ours')).toMatchObject({ origin: 'kept' });
  });

  it('begins empty when another version made the files', async () => {
    const directory = await written();
    for (const note of ['clean.json', 'snapshot-2.json']) writeFileSync(join(directory, note), '{"engine":"pglite 0.0.1"}');
    expect(await names(directory)).toEqual({ origin: 'empty', isFresh: true, names: 'no table' });
  });

  it('has one process at a time', async () => {
    const directory = scratch('database');
    const database = await scratchDatabase(directory);
    await expect(scratchDatabase(directory)).rejects.toMatchObject({ code: 'DirectoryInUse' });
    await database.close();
    await expect(database.query('select 1')).rejects.toMatchObject({ code: 'DatabaseClosed' });
  });

  it('vacuums what has many dead rows, and refuses to wait for itself', async () => {
    const database = await scratchDatabase();
    await database.query('create table busy (n int); insert into busy select generate_series(1, 2000)');
    await database.query('update busy set n = n + 1');
    await database.query('select pg_stat_force_next_flush()');
    await database.vacuum();
    await database.query('select pg_stat_force_next_flush()');
    const { rows } = await database.query(
      `select n_dead_tup as dead, last_vacuum is not null as done from pg_stat_user_tables where relname = 'busy'`,
    );
    expect(rows).toEqual([{ dead: 0, done: true }]);
    await expect(database.inTransaction(() => database.query('select 1'))).rejects.toThrow('inside a transaction');
    await database.close();
  });

  it('says once that it is lost when its thread ends by itself, and is not trusted then', async () => {
    const directory = await written();
    const onLost = jest.fn();
    const onProblem = jest.fn();
    const { database, thread } = await inThread(directory, { onLost, onProblem });
    await thread.terminate();
    for (let times = 0; times < 2; times++) await expect(database.query('select 1')).rejects.toThrow();
    expect(onLost.mock.calls).toMatchObject([[{ code: 'DatabaseLost', retriable: false }]]);
    await expect(database.close()).rejects.toThrow('the thread has ended');
    expect(await names(directory)).toMatchObject({ origin: 'restored' });
  });

  it('lets go of what it has answered', async () => {
    const { database, thread } = await inThread();
    const answer = async (rows: number): Promise<void> => void (await database.query('select generate_series(1, $1::int)', [rows]));
    await answer(1_000);
    const before = await held(thread);
    for (let times = 0; times < 20; times++) await answer(10_000);
    // Kept, a row is 150 bytes.
    expect((await held(thread)) - before).toBeLessThan(20 * 10_000 * 15);
    await database.close();
  });
});

async function inThread(directory?: string, options: EmbeddedDatabaseOptions = {}) {
  const asked = jest.spyOn(Worker.prototype, 'postMessage');
  const database = await scratchDatabase(directory, options);
  const thread = asked.mock.contexts[0] as Worker;
  asked.mockRestore();
  return { database, thread };
}

/** Bytes in the heap of a thread after a collection: a snapshot begins with one. */
async function held(thread: Worker): Promise<number> {
  for await (const _ of await thread.getHeapSnapshot());
  return (await thread.getHeapStatistics()).used_heap_size;
}
