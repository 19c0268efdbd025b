// The night on real servers: of two replicas of the api, one reconciles the day, once; when it goes, the other does so, and does not begin again.
// What a day comes to is apps/api/nightly-reconciliation.spec.ts's.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { apiDefinition } from '#apps/api';
import { kafkaLog } from '#cluster';
import { decode, TOPICS } from '#contracts';
import { createLogger } from '#observability';
import type { Database, EventLog, World } from '#ports';
import { ServiceRunner } from '#service';
import { systemClock, systemIds } from '#system';
import { nightly } from '../../apps/api/nightly-reconciliation.js';
import { migrateAll } from '../contract/support/migrate-all.js';
import { ownDatabase } from './support/own-database.js';
import { brokers, replication, unique } from './support/servers.js';
import { until } from './support/until.js';

const DAY_MS = 86_400_000;
const PARTITIONS = 4;
const SOON = { withinMs: 30_000 };
const prefix = `${unique('night')}.`;
const logger = createLogger('api', 'silent');
let database: Database;
let dispose: () => Promise<void>;
const running: { stop(): Promise<void> }[] = [];

async function openLog(): Promise<EventLog> {
  const log = kafkaLog({ brokers: brokers(), partitions: PARTITIONS, replication: replication(), prefix, onTrouble: () => undefined });
  await log.open(TOPICS);
  return log;
}

/** One replica, at a time the test says; `looks` counts how often it looked at the days of all tenants, to the end. */
async function replica(night: { ms: number }) {
  const log = await openLog();
  const world = { log, database, clock: systemClock, ids: systemIds } as unknown as World;
  const seen = { looks: 0, again: (): void => undefined };
  const clock = {
    now: () => night.ms,
    after: (ms: number, task: () => void) => {
      if (ms < 60_000) return void systemClock.after(ms, task);
      seen.looks++;
      seen.again = () => {
        seen.again = () => undefined;
        task();
      };
    },
  };
  const runner = new ServiceRunner(world, apiDefinition, nightly({ ...world, clock } as unknown as World, '02:00', logger), logger);
  await runner.start();
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (isStopped) return;
    isStopped = true;
    await runner.stop();
    await log.close();
  };
  running.push({ stop });
  return { seen, stop };
}

beforeAll(async () => {
  ({ database, dispose } = await ownDatabase('night'));
  await migrateAll(database);
  await database.query(`insert into sites (tenant_id, site_id, name, version, config) values ('t', 'a', 'A', 1, '{}')`);
}, 120_000);
afterAll(async () => {
  for (const each of running) await each.stop();
  await dispose();
}, 60_000);

it('is one replica’s, once, whoever it is', async () => {
  const log = await openLog();
  running.push({ stop: () => log.close() });
  const night = { ms: Date.now() };
  const days = async (): Promise<readonly unknown[]> => {
    const told: unknown[] = [];
    for (let partition = 0; partition < PARTITIONS; partition++)
      for await (const records of log.read('network-events', partition, 0, await log.head('network-events', partition)))
        for (const { type, data } of records.map(decode)) if (type === 'DayReconciled') told.push((data as { readonly day: string }).day);
    return told;
  };
  const members = [await replica(night), await replica(night)];
  await until('a look at the days', () => members.some(({ seen }) => seen.looks > 0), SOON);
  expect(await days()).toHaveLength(1);
  // Whoever has it by now: the group settles while it looks.
  const before = members.map(({ seen }) => seen.looks);
  const holder = await until(
    'the holder looks again',
    () => {
      for (const { seen } of members) seen.again();
      return members.find(({ seen }, index) => seen.looks > (before[index] ?? 0));
    },
    SOON,
  );
  expect(await days()).toHaveLength(1);

  const other = members.find((each) => each !== holder);
  const looked = other?.seen.looks ?? 0;
  await holder.stop();
  await until('the other looks', () => (other?.seen.looks ?? 0) > looked, SOON);
  expect(await days()).toHaveLength(1);

  // The next night, with the one that came back beside it.
  members.push(await replica(night));
  night.ms += DAY_MS;
  await until(
    'the next night',
    async () => {
      for (const { seen } of members) seen.again();
      return (await days()).length > 1;
    },
    SOON,
  );
  const told = await days();
  expect(new Set(told).size).toBe(told.length);
  expect(told).toHaveLength(2);
}, 120_000);
