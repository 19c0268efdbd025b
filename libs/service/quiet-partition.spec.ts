// A partition in which nothing happens, of a service that tells where others tell much: a takeover does not look through all of that.
import { expect, it } from '@jest/globals';
import { memoryLog } from '#embedded';
import type { World } from '#ports';
import { CHECKPOINT_POLICY } from './checkpointer.js';
import type { ServiceDefinition } from './fold.js';
import { ServiceRunner } from './runner.js';

const REF = { topic: 'network-events', partition: 0 };
const lease = { isHeld: () => true, heartbeat: async () => undefined };
const HOUR_MS = 3_600_000;

const quiet: ServiceDefinition<string> = {
  name: 'quiet',
  inputs: ['network-events'],
  outputs: ['site-events'],
  tables: [],
  fold: { aggregateOf: () => undefined, initial: (name) => name, decide: () => [], evolve: (state) => state },
};

it('notes where its output topics end when much was told there, and every hour', async () => {
  const log = memoryLog();
  await log.open(['site-events', 'network-events']);
  const others = (count: number) =>
    log.append(
      'site-events',
      Array.from({ length: count }, () => ({ key: 't/s', headers: {}, value: '{}' })),
    );
  const [ticks, read]: [(() => void)[], number[]] = [[], []];
  let nowMs = 0;
  const clock = {
    now: () => nowMs,
    after(_: number, task: () => void) {
      ticks.push(task);
      return () => undefined;
    },
  };
  let noted: Record<string, number> = {};
  const query = async (text: string, values: readonly unknown[] = []) => {
    if (text.startsWith('update service_positions set checkpoint_next = $4')) noted = JSON.parse(String(values[5]));
    const taken = {
      ...{ epoch: 1, next_offset: 0, seen: {} },
      ...{ checkpoint_next: 0, checkpoint_seen: {}, checkpoint_outputs: noted, checkpoint_version: 1 },
    };
    const rows = text.includes('returning epoch') ? [taken] : /^(with|update|select 1)/.test(text) ? [{ epoch: 1 }] : [];
    return { rows, rowCount: rows.length };
  };
  const database = { query, inTransaction: (work: (tx: object) => Promise<unknown>) => work({ query }) };
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const reads = log.read.bind(log);
  log.read = (topic, partition, from, to) => {
    if (topic === 'site-events') read.push(to - from);
    return reads(topic, partition, from, to);
  };
  log.subscribe = async () => ({ close: async () => undefined });
  const runner = new ServiceRunner({ log, database, clock } as unknown as World, quiet, {}, logger);
  await runner.start();
  const tick = async (): Promise<void> => {
    for (const task of ticks.splice(0)) task();
    await new Promise(setImmediate);
    await new Promise(setImmediate);
  };

  const much = CHECKPOINT_POLICY.everyRecords;
  await others(much);
  await runner.onAssigned(REF, lease);
  await tick();
  expect(noted).toEqual({ 'site-events/0': much });
  await others(5);
  await tick();
  expect(noted).toEqual({ 'site-events/0': much });
  nowMs += HOUR_MS;
  await tick();
  expect(noted).toEqual({ 'site-events/0': much + 5 });
  nowMs += HOUR_MS;
  const { head } = log;
  let asked = 0;
  log.head = async () => {
    asked++;
    throw new Error('no broker answers');
  };
  for (let times = 0; times < 5; times++) await tick();
  expect(asked).toBe(1); // one that failed waits before it is tried again
  log.head = head;
  await others(3);
  await runner.onAssigned(REF, lease);
  expect(read).toEqual([much, 3]);
});
