import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encode } from '#contracts';
import { type EmbeddedDatabase, memoryLog } from '#embedded';
import { type LogRecord, OwnershipLost, type Sql, type World } from '#ports';
import { scratchDatabase } from '#testing';
import { CommittedPlace } from './committed-place.js';
import type { ServiceDefinition } from './fold.js';
import { migrate } from './migrations.js';
import { ServiceRunner } from './runner.js';
import { inTurns } from './turns.js';

const REF = { topic: 'site-events', partition: 0 };
const lease = { isHeld: () => true, heartbeat: async () => undefined };
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Adds the amounts of stations, and tells each sum; of records without a station it has no use. */
const sums: ServiceDefinition<number> = {
  name: 'sums',
  inputs: ['site-events'],
  outputs: ['session-events'],
  tables: [],
  fold: {
    aggregateOf: ({ stationId }) => stationId,
    initial: () => 0,
    decide: (sum, { data }) => [{ topic: 'session-events', type: 'Sum', data: sum + Number(data) }],
    evolve: (sum, { data }) => sum + Number(data),
  },
};

it('is at the expense of others what a statement takes to be put together: they have their turn next', async () => {
  let nowMs = 0;
  const clock = { now: () => nowMs, after: () => () => undefined };
  const query = async () => {
    nowMs += 10;
    return { rows: [{}], rowCount: 1 };
  };
  const place = new CommittedPlace({ database: { query } as never, clock }, 'sums', REF, 1, { next: 0, seen: {} });
  await place.commit({ next: 1, seen: {}, rows: [], closed: [], outbox: [], parked: [] });
  let turns = 0;
  setImmediate(() => turns++);
  const alone = (function* (): Generator<undefined, number> {
    yield undefined;
    return turns;
  })();
  expect(await inTurns(clock, alone)).toBe(1);
});

describe('records of no use to a service', () => {
  let database: EmbeddedDatabase;
  beforeAll(async () => {
    database = await scratchDatabase();
    await migrate(database, 'sums');
  });
  afterAll(() => database.close());

  /** A log, and holders of its partition on a clock that stands until it is moved. */
  async function partition() {
    await database.query('truncate service_positions, service_states, service_outbox, parked_records');
    const log = memoryLog();
    await log.open(['site-events', 'session-events']);
    let nowMs = 0;
    let commits = 0;
    const timers = new Set<{ readonly dueMs: number; readonly task: () => void }>();
    const query: Sql['query'] = (text, values) => {
      if (text.includes('update service_positions set next_offset')) commits++;
      return database.query(text, values);
    };
    const clock = {
      now: () => nowMs,
      after(ms: number, task: () => void) {
        const timer = { dueMs: nowMs + ms, task };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    };
    log.subscribe = async () => ({ close: async () => undefined }); // records are handed over below
    const world = {
      log,
      database: { ...database, query, inTransaction: database.inTransaction.bind(database) },
      clock,
    };
    const position = async (): Promise<number> =>
      Number((await database.query<{ next_offset: number }>('select next_offset from service_positions')).rows[0]?.next_offset);
    const headOf = (topic: string): Promise<number> => log.head(topic, 0);
    return {
      position,
      head: () => headOf('site-events'),
      commits: () => commits,
      async append(amounts: readonly (number | 'nothing')[]): Promise<void> {
        const envelope = { type: 'Added', source: '/test', time: '2026-01-01T00:00:00.000Z', tenantId: 't', siteId: 's' };
        const head = await headOf('site-events');
        const station = (data: unknown) => (data === 'nothing' ? {} : { stationId: 'CP' });
        await log.append(
          'site-events',
          amounts.map((data, index) => encode({ ...envelope, id: `e${head + index}`, data, ...station(data) })),
        );
      },
      async holder() {
        const runner = new ServiceRunner(world as unknown as World, sums, {}, logger);
        await runner.start();
        let next = await runner.onAssigned(REF, lease);
        const read = async (): Promise<void> => {
          const records: LogRecord[] = [];
          const head = await headOf('site-events');
          for await (const some of log.read('site-events', 0, next, head)) records.push(...some);
          for (const record of records) await runner.onBatch({ ...REF, records: [record], head }, lease);
          next = head;
        };
        return { runner, read };
      },
      async passes(ms: number): Promise<void> {
        nowMs += ms;
        for (const timer of timers)
          if (timer.dueMs <= nowMs) {
            timers.delete(timer);
            timer.task();
          }
      },
      async sums(): Promise<readonly unknown[]> {
        const told: unknown[] = [];
        for await (const some of log.read('session-events', 0, 0, await headOf('session-events')))
          told.push(...some.map(({ value }) => JSON.parse(value)));
        return told;
      },
      async until(isSo: () => Promise<boolean>): Promise<void> {
        while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
      },
    };
  }

  it('are committed with the next record of use, or together a second later', async () => {
    const { append, holder, position, commits, passes, until } = await partition();
    const { runner, read } = await holder();
    await append(['nothing', 'nothing', 'nothing', 4, 'nothing', 'nothing']);
    await read();
    expect([commits(), await position()]).toEqual([1, 4]);
    expect(runner.partitions()).toMatchObject([{ lag: 0, isLive: true }]);
    await passes(900);
    await append(['nothing']);
    await read();
    await passes(100);
    await until(async () => (await position()) === 7);
    await passes(60_000);
    expect(commits()).toBe(2);
  });

  it('are committed when their holder stops, with its checkpoint', async () => {
    const { append, holder } = await partition();
    const { runner, read } = await holder();
    await append([1, 'nothing', 'nothing']);
    await read();
    await runner.stop();
    const { rows } = await database.query('select next_offset, checkpoint_next from service_positions');
    expect(rows).toEqual([{ next_offset: 3, checkpoint_next: 3 }]);
  });

  it('are read again by whoever takes over before that: nothing is told twice, and the holder before is told that it is none', async () => {
    const { append, head, holder, position, passes, sums: told, until } = await partition();
    const before = await holder();
    await append([1, 'nothing', 'nothing']);
    await before.read();
    const after = await holder();
    expect(await position()).toBe(1);
    await append([2]);
    await after.read();
    await until(async () => (await told()).length === 2);
    expect([await told(), await position()]).toEqual([[1, 3], 4]);
    await passes(1_000);
    const goOn = async (): Promise<boolean> => {
      await append(['nothing']);
      await before.read();
      return false;
    };
    await expect(until(goOn)).rejects.toBeInstanceOf(OwnershipLost);
    await after.read();
    await Promise.all([before.runner.stop(), after.runner.stop()]);
    expect([await told(), await position()]).toEqual([[1, 3], await head()]);
  });
});
