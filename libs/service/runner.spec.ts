// What a runner says while the log takes nothing.
import { expect, it } from '@jest/globals';
import { encode } from '#contracts';
import { memoryLog } from '#embedded';
import { type LogRecord, LogUnavailable, type World } from '#ports';
import type { ServiceDefinition } from './fold.js';
import { ServiceRunner } from './runner.js';

const REF = { topic: 'site-events', partition: 0 };
const lease = { isHeld: () => true, heartbeat: async () => undefined };
const TAKEN = {
  ...{ epoch: 1, next_offset: 0, seen: {} },
  ...{ checkpoint_next: 0, checkpoint_seen: {}, checkpoint_outputs: {}, checkpoint_version: 1 },
};

/** Each station waits for an instant that has passed. */
const waiting: ServiceDefinition<string> = {
  name: 'waiting',
  inputs: ['site-events'],
  outputs: [],
  tables: [],
  fold: {
    aggregateOf: ({ stationId }) => stationId,
    initial: (station) => station,
    decide: () => [],
    evolve: (station) => `${station}!`,
    nextDue: (deadlineId) => ({ deadlineId, dueMs: 0, tenantId: 't', siteId: 's' }),
  },
};

it('is said once, however many deadlines wait and how often they are tried, and again the next time', async () => {
  const log = memoryLog();
  await log.open(['site-events']);
  let tick: () => void = () => undefined;
  const clock = {
    now: () => 1,
    after(_: number, task: () => void) {
      tick = task;
      return () => undefined;
    },
  };
  const query = async (text: string) => {
    const rows = text.includes('returning epoch') ? [TAKEN] : text.startsWith('with moved') ? [{}] : [];
    return { rows, rowCount: rows.length };
  };
  const database = { query, inTransaction: (work: (tx: object) => Promise<unknown>) => work({ query }) };
  const said: string[] = [];
  const logger = { info: () => undefined, warn: (_: object, text: string) => void said.push(text), error: () => undefined };
  let [isAway, asked] = [false, 0];
  const { append } = log;
  log.append = async (topic, records) => {
    asked++;
    if (isAway) throw new LogUnavailable('the disk is nearly full');
    return append.call(log, topic, records);
  };
  log.subscribe = async () => ({ close: async () => undefined });
  const runner = new ServiceRunner({ log, database, clock } as unknown as World, waiting, {}, logger);
  await runner.start();
  let next = await runner.onAssigned(REF, lease);
  const heard = async (): Promise<void> => {
    for (const stationId of ['A', 'B', 'C'])
      await append.call(log, 'site-events', [
        encode({
          id: `${next}${stationId}`,
          type: 'Seen',
          source: '/t',
          time: '2026-01-01T00:00:00Z',
          tenantId: 't',
          siteId: 's',
          stationId,
          data: {},
        }),
      ]);
    const head = await log.head('site-events', 0);
    const records: LogRecord[] = [];
    for await (const some of log.read('site-events', 0, next, head)) records.push(...some);
    await runner.onBatch({ ...REF, records, head }, lease);
    next = head;
  };
  const ticks = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) {
      tick();
      for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
    }
  };
  isAway = true;
  await heard();
  await ticks(5);
  expect([asked, said]).toEqual([15, ['deadlines wait: the log did not take them']]);
  isAway = false;
  await ticks(1);
  isAway = true;
  await heard();
  await ticks(5);
  expect(said).toHaveLength(2);
  await runner.stop();
  await log.close();
});
