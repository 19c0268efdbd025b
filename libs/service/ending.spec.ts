// How a service ends: a takeover that nobody needs any more is given up, and an end that takes long says what it waits for.
import { expect, it } from '@jest/globals';
import { encode } from '#contracts';
import { memoryLog } from '#embedded';
import { OwnershipLost, type World } from '#ports';
import type { ServiceDefinition } from './fold.js';
import { ServiceRunner } from './runner.js';

const REF = { topic: 'site-events', partition: 0 };
const TAKEN = {
  ...{ epoch: 1, next_offset: 0, seen: {} },
  ...{ checkpoint_next: 0, checkpoint_seen: {}, checkpoint_outputs: {}, checkpoint_version: 1 },
};
const service: ServiceDefinition<string> = {
  name: 'ending',
  inputs: ['site-events'],
  outputs: ['session-events'],
  tables: [],
  fold: { aggregateOf: ({ stationId }) => stationId, initial: (station) => station, decide: () => [], evolve: (station) => station },
};

async function running() {
  const log = memoryLog();
  await log.open(['site-events', 'session-events']);
  const query = async (text: string) => {
    const rows = text.includes('returning epoch') ? [TAKEN] : text.startsWith('with moved') ? [{}] : [];
    return { rows, rowCount: rows.length };
  };
  const database = { query, inTransaction: (work: (tx: object) => Promise<unknown>) => work({ query }) };
  const due = new Set<() => void>();
  const clock = {
    now: () => 1,
    after(_: number, task: () => void) {
      due.add(task);
      return () => due.delete(task);
    },
  };
  const said: [object, string][] = [];
  const logger = { info: () => undefined, warn: (...line: [object, string]) => void said.push(line), error: () => undefined };
  const runner = new ServiceRunner({ log, database, clock } as unknown as World, service, {}, logger);
  const pass = (): void => {
    for (const task of [...due]) {
      due.delete(task);
      task();
    }
  };
  return { log, runner, said, pass };
}

it('gives up reading what was decided once the partition is not its own any more', async () => {
  const { log, runner } = await running();
  const at = { source: '/t', time: '2026-01-01T00:00:00Z', tenantId: 't', siteId: 's', data: {} };
  await log.append('session-events', [encode({ id: '1', type: 'Told', ...at })]);
  let batches = 0;
  const { read } = log;
  log.read = async function* (topic, partition, from, to) {
    for (; topic === 'session-events' && batches < 100; batches++) yield* read.call(log, topic, partition, from, to);
  };
  const lease = { isHeld: () => false, heartbeat: async () => Promise.reject(new OwnershipLost('released')) };
  await expect(runner.onAssigned(REF, lease)).rejects.toBeInstanceOf(OwnershipLost);
  expect(batches).toBe(0);
  await log.close();
});

it('says what its end waits for, and ends with that', async () => {
  const { log, runner, said, pass } = await running();
  const handled = Promise.withResolvers<void>();
  log.subscribe = async () => ({ close: () => handled.promise });
  await runner.start();
  await runner.onAssigned(REF, { isHeld: () => true, heartbeat: async () => undefined });
  const stopped = runner.stop();
  for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
  pass();
  pass();
  const waits = { service: 'ending', waitsFor: 'records that are being handled', partitions: ['site-events/0'] };
  expect(said).toEqual([
    [waits, 'it is to end, and waits'],
    [waits, 'it is to end, and waits'],
  ]);
  handled.resolve();
  await stopped;
  await log.close();
});
