// A batch costs the same number of statements whatever is in it: no query per message, in any service that reads what stations say.
// How fast that is is measured by test/bench/ingest.mjs.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadBalancingDefinition } from '#apps/load-balancing';
import { meteringDefinition } from '#apps/metering';
import { sessionDefinition } from '#apps/session';
import { stationsDefinition } from '#apps/stations';
import { encode, TOPICS } from '#contracts';
import { memoryLog } from '#embedded';
import { createLogger } from '#observability';
import type { Database, NewRecord, Sql } from '#ports';
import { migrate, type ServiceDefinition, ServiceRunner } from '#service';
import { systemClock } from '#system';
import { scratchDatabase } from '#testing';

const APPS = join(import.meta.dirname, '../../apps');
// biome-ignore lint/suspicious/noExplicitAny: services of different states and inputs, each only used with itself
const SERVICES: readonly ServiceDefinition<any, any>[] = [
  meteringDefinition,
  sessionDefinition,
  loadBalancingDefinition,
  stationsDefinition,
];

/** A database that counts what it is asked. */
function counting(database: Database): { readonly database: Database; count: number } {
  const counted = { database, count: 0 };
  const asked = (sql: Sql): Sql => ({
    query(text, values) {
      counted.count++;
      return sql.query(text, values);
    },
  });
  counted.database = {
    ...asked(database),
    inTransaction: (work) => database.inTransaction((tx) => work(asked(tx))),
    close: () => database.close(),
  };
  return counted;
}

const START_MS = Date.parse('2026-03-01T12:00:00Z');

/** Samples of stations that charge, ten values each. */
function said(index: number): NewRecord {
  const time = new Date(START_MS + index * 1000).toISOString();
  const stationId = `CP${index % 7}`;
  const sampledValue = Array.from({ length: 10 }, (_, at) => ({ value: String(1000 + index + at), unit: 'Wh' }));
  const isStart = index < 7;
  const data = {
    connectionId: 'c',
    generation: { assignmentSeq: 1, offset: 0 },
    ocppVersion: 'ocpp1.6',
    messageId: `m${index}`,
    action: isStart ? 'StartTransaction' : 'MeterValues',
    violations: [],
    flags: [],
    ...(isStart && { transactionId: String(index + 1), token: { tokenHash: 'ann', tokenType: 'Central', status: 'Accepted' } }),
    answer: { kind: 'result', payload: {} },
    payload: isStart
      ? { connectorId: 1, idTag: 'sealed:v1:ann:AA', meterStart: 0, timestamp: time }
      : { connectorId: 1, transactionId: (index % 7) + 1, meterValue: [{ timestamp: time, sampledValue }] },
  };
  return encode({ id: `e${index}`, type: 'CallReceived', source: '/edge', time, tenantId: 'default', siteId: 'depot', stationId, data });
}

describe('a batch', () => {
  let database: Database;
  beforeAll(async () => {
    database = await scratchDatabase();
    for (const { name } of SERVICES) await migrate(database, name, join(APPS, name, 'migrations'));
  });
  afterAll(() => database.close());

  /** Statements it takes the service to fold so many messages, from the beginning of the log to the last outgoing record. */
  async function statements(service: (typeof SERVICES)[number], messages: number): Promise<number> {
    const log = memoryLog();
    await log.open(TOPICS);
    const records = Array.from({ length: messages }, (_, index) => said(index));
    await log.append('site-events', records);
    await database.query('truncate service_positions, service_states, service_outbox');
    const counted = counting(database);
    const world = { log, database: counted.database, clock: systemClock };
    const runner = new ServiceRunner(world as never, service, {}, createLogger(service.name, 'silent'));
    await runner.start();
    const isDone = async (): Promise<boolean> => {
      const { rows } = await database.query<{ left: number }>(
        `select (select count(*) from service_outbox)::integer as left from service_positions where service = $1 and topic = $2 and next_offset >= $3`,
        [service.name, 'site-events', messages],
      );
      return rows[0]?.left === 0;
    };
    while (!(await isDone())) await new Promise((resolve) => setImmediate(resolve));
    await runner.stop();
    await log.close();
    return counted.count;
  }
  const emptied = (service: (typeof SERVICES)[number]): Promise<unknown> =>
    database.query(`truncate ${service.tables.map(({ name }) => name).join(', ')}`);

  it.each(SERVICES.map((service) => ({ name: service.name, service })))(
    'costs $name as many statements with 500 messages as with 50',
    async ({ service }) => {
      await emptied(service);
      const few = await statements(service, 50);
      await emptied(service);
      expect(few).toBeGreaterThan(0);
      // A checkpoint or a flush more or less is a matter of time; ten times the messages are not.
      expect(Math.abs((await statements(service, 500)) - few)).toBeLessThanOrEqual(2);
    },
  );

  it('finds rows of a series that are there already, where the position was lost, and leaves them', async () => {
    const rows = async (): Promise<unknown> =>
      (await database.query('select * from meter_samples order by site_id, time, record_offset, sample')).rows;
    await emptied(meteringDefinition);
    await statements(meteringDefinition, 20);
    const first = await rows();
    expect(first).toHaveLength(7 + 13 * 10);
    await statements(meteringDefinition, 20);
    expect(await rows()).toEqual(first);
  });

  it('is in a checkpoint before a service that ends leaves its group: whoever takes over folds nothing again', async () => {
    const log = memoryLog();
    await log.open(TOPICS);
    await log.append(
      'site-events',
      Array.from({ length: 50 }, (_, index) => said(index)),
    );
    await emptied(meteringDefinition);
    await database.query('truncate service_positions, service_states, service_outbox');
    const position = async (): Promise<unknown> =>
      (await database.query(`select next_offset, checkpoint_next from service_positions where topic = 'site-events'`)).rows[0];
    let left: unknown;
    const subscribe = log.subscribe.bind(log);
    log.subscribe = async (...args) => {
      const subscription = await subscribe(...args);
      return {
        close: async () => {
          left = await position();
          await subscription.close();
        },
      };
    };
    const world = { log, database, clock: systemClock };
    const runner = new ServiceRunner(world as never, meteringDefinition, {}, createLogger('metering', 'silent'));
    await runner.start();
    while (Number(((await position()) as { next_offset: number } | undefined)?.next_offset ?? 0) < 50)
      await new Promise((resolve) => setImmediate(resolve));
    await runner.stop();
    await log.close();
    expect(left).toEqual({ next_offset: 50, checkpoint_next: 50 });
  });
});
