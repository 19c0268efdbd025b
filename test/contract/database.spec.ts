// The Database contract on PGlite, and what becomes of its files: kept after any end, begun anew where they are of others.
import { once } from 'node:events';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, jest } from '@jest/globals';
import type { EmbeddedDatabase, EmbeddedDatabaseOptions } from '#embedded';
import { databaseContract, scratch, scratchDatabase } from '#testing';
import type { PgliteAnswer, PgliteRequest } from '../../libs/embedded/pglite-thread.js';

databaseContract('PGlite', async () => {
  const database = await scratchDatabase();
  return { database, dispose: () => database.close() };
});

describe('PGlite between two runs', () => {
  const open = (directory: string, options: EmbeddedDatabaseOptions = {}): Promise<EmbeddedDatabase> =>
    scratchDatabase(directory, { isScratch: false, ...options });

  const names = async (directory: string, rows?: string): Promise<{ origin: string; names: unknown }> => {
    const database = await open(directory, rows === undefined ? {} : { rows });
    const { rows: tables } = await database.query(`select to_regclass('kept')::text as exists`);
    const found =
      tables[0]?.exists === null
        ? 'no table'
        : (await database.query<{ name: string }>('select name from kept order by name')).rows.map(({ name }) => name);
    await database.close();
    return { origin: database.origin, names: found };
  };

  const written = async (): Promise<string> => {
    const directory = scratch('database');
    const database = await open(directory);
    expect(database.origin).toBe('empty');
    await database.query('create table kept (name text)');
    await database.query(`insert into kept values ('before')`);
    await database.close();
    return directory;
  };

  it('keeps its rows after a clean end', async () => {
    expect(await names(await written())).toEqual({ origin: 'kept', names: ['before'] });
  });

  it('keeps what had settled when the end was not clean', async () => {
    const directory = await written();
    const { database, thread } = await inThread(directory, { isScratch: false, onProblem: jest.fn() });
    await database.query(`insert into kept values ('settled')`);
    await database.settle();
    await thread.terminate();
    await expect(database.close()).rejects.toThrow('the thread has ended');
    expect(await names(directory)).toEqual({ origin: 'kept', names: ['before', 'settled'] });
  });

  it.each([1, 2, 3])('has the rows of one moment after the power was lost (%i)', async (seed) => {
    const [directory, disk] = [await written(), scratch('disk')];
    cpSync(directory, disk, { recursive: true });
    const settled = await untilPowerIsLost(join(directory, 'data'), join(disk, 'data'), 300 + 200 * seed);
    const database = await open(disk, { onProblem: (error) => Promise.reject(error) });
    expect(database.origin).toBe('kept');
    const { rows } = await database.query<Record<string, number>>(
      `select (select count(*)::int from facts) as facts, (select max(n) from facts) as last, (select n from counter) as counted,
        (select count(*)::int from facts where n + 0 > 0) as scanned`,
    );
    const { facts, last, counted, scanned } = rows[0] ?? {};
    expect([last, counted, scanned]).toEqual([facts, facts, facts]);
    expect(settled).toBeGreaterThan(10);
    expect(facts).toBeGreaterThanOrEqual(settled);
    await database.close();
  });

  it('takes a checkpoint when a start would have much to read', async () => {
    const database = await open(scratch('database'));
    const redo = async () => (await database.query<{ at: string }>('select redo_lsn::text as at from pg_control_checkpoint()')).rows[0]?.at;
    await database.settle();
    const before = await redo();
    await database.settle();
    expect(await redo()).toBe(before);
    await database.query(`create table large (n int, text text)`);
    await database.query(`insert into large select n, repeat(md5(n::text), 20) from generate_series(1, 120000) n`);
    await database.settle();
    expect(await redo()).not.toBe(before);
    await database.close();
  });

  it('begins empty when its files cannot be opened, or were not whole', async () => {
    const directory = await written();
    writeFileSync(join(directory, 'data', 'global', 'pg_control'), 'rubbish');
    expect(await names(directory)).toEqual({ origin: 'empty', names: 'no table' });
    rmSync(join(directory, 'rows.json'));
    expect(await names(directory)).toEqual({ origin: 'empty', names: 'no table' });
    expect(await names(directory)).toMatchObject({ origin: 'kept' });
  });

  it('begins empty where other rows are to be kept', async () => {
    const directory = await written();
    expect(await names(directory, 'rows of a newer version')).toEqual({ origin: 'empty', names: 'no table' });
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
    writeFileSync(join(directory, 'rows.json'), '{"engine":"pglite 0.0.1"}');
    expect(await names(directory)).toEqual({ origin: 'empty', names: 'no table' });
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

  it('says once that it is lost when its thread ends by itself', async () => {
    const onLost = jest.fn();
    const { database, thread } = await inThread(await written(), { onLost, onProblem: jest.fn() });
    await thread.terminate();
    for (let times = 0; times < 2; times++) await expect(database.query('select 1')).rejects.toThrow();
    expect(onLost.mock.calls).toMatchObject([[{ code: 'DatabaseLost', retriable: false }]]);
    await expect(database.close()).rejects.toThrow('the thread has ended');
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

/** Writes in transactions of two tables, settling now and then, until the power goes so many ms after the first had settled. Resolves to how many had by then. */
async function untilPowerIsLost(dataDirectory: string, disk: string, afterMs: number): Promise<number> {
  const thread = fileURLToPath(new URL('../../libs/embedded/pglite-thread.ts', import.meta.url));
  const worker = new Worker(new URL('./support/power-loss.mjs', import.meta.url), {
    workerData: { dataDirectory, isScratch: false, disk, thread },
  });
  const ask = async (request: PgliteRequest): Promise<void> => {
    worker.postMessage(request);
    const [answer] = (await once(worker, 'message')) as [PgliteAnswer];
    if (answer.kind === 'failed') throw new Error(answer.message);
  };
  const say = async (sql: string): Promise<void> => {
    const text = Buffer.from(`${sql}\0`);
    const length = Buffer.alloc(4);
    length.writeInt32BE(4 + text.length);
    await ask({ kind: 'exchange', bytes: Buffer.concat([Buffer.from('Q'), length, text]) });
  };
  let settled = 0;
  const hasSome = Promise.withResolvers<void>();
  const writes = async (): Promise<void> => {
    for (let n = 1; ; n++) {
      await say(`begin; insert into facts select ${n}, repeat('x', 2000); update counter set n = ${n}; commit`);
      if (n % 50 === 0) await say('checkpoint');
      else if (n % 7 === 0) await say(`select pg_logical_emit_message(false, 'flush', '', true)`);
      else continue;
      settled = n;
      if (settled > 10) hasSome.resolve();
    }
  };
  await ask({ kind: 'open' });
  await say('create table facts (n int primary key, text text); create table counter (n int); insert into counter values (0)');
  await Promise.race([writes(), hasSome.promise.then(() => after(afterMs))]);
  await worker.terminate();
  return settled;
}

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
