// A charge that was decided and not published when the database was lost with it: its account has it all the same, once.
// Rows and records are compared as `replay --verify` does it.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountStream, decode, encode, streamKey, TOPICS } from '#contracts';
import { type EmbeddedDatabase, memoryLog } from '#embedded';
import { createLogger } from '#observability';
import { type EventLog, type LogRecord, LogUnavailable, type NewRecord, type World } from '#ports';
import { compareElsewhere, migrate, type ReplayReport, replayPartition } from '#service';
import { systemClock } from '#system';
import { scratchDatabase } from '#testing';
import { billingDefinition } from './definition.js';
import { billingRunner } from './index.js';

const PARTITIONS = 3;
const log = memoryLog({ partitions: PARTITIONS });
let database: EmbeddedDatabase;
beforeAll(async () => {
  database = await scratchDatabase();
  await migrate(database, 'billing', join(import.meta.dirname, 'migrations'));
  await log.open(TOPICS);
});
afterAll(async () => {
  await database?.close();
  await log.close();
});

const at = '2026-02-03T08:00:00.000Z';
const tariff = {
  country_code: 'NL',
  party_id: 'JST',
  id: 'kwh',
  currency: 'EUR',
  last_updated: at,
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.5, vat: 21, step_size: 1 }] }],
};
const fact = (type: string, sessionId: string, data: object): NewRecord => {
  const common = { source: '/session', time: at, tenantId: 't', siteId: 'site', stationId: 'cs' };
  return encode({ ...common, id: `${type} ${sessionId}`, type, data: { sessionId, flags: [], ...data } });
};
const session = (sessionId: string, tokenHash: string): readonly NewRecord[] => [
  fact('SessionStarted', sessionId, { stationId: 'cs', evseId: 1, transactionId: sessionId, tokenHash, startedAt: at, tariff }),
  fact('SessionEnded', sessionId, { endedAt: at, energyWh: 1000, reason: 'Local', provisional: false }),
];

const isCharge = ({ headers }: NewRecord): boolean => headers.ce_type === 'AccountCharged';
/** Accepts records of a call partition by partition, as brokers do, and has lost the one that holds the accounts. */
const withoutAccounts = (whole: EventLog, onLost: () => void): EventLog => ({
  ...whole,
  partitionCount: (topic) => whole.partitionCount(topic),
  partitionOf: (topic, key) => whole.partitionOf(topic, key),
  head: (topic, partition) => whole.head(topic, partition),
  read: (topic, partition, from, to) => whole.read(topic, partition, from, to),
  subscribe: (group, topics, subscriber) => whole.subscribe(group, topics, subscriber),
  async append(topic, records) {
    const kept = records.filter((record) => !isCharge(record));
    const positions = kept.length > 0 ? await whole.append(topic, kept) : [];
    if (kept.length === records.length) return positions;
    onLost();
    throw new LogUnavailable('a broker is away');
  },
});

const TABLES = ['cdrs', 'cdr_lines', 'session_costs', 'account_charges', 'service_positions', 'service_states', 'service_outbox'];
const loseRows = () => database.query(`truncate ${TABLES.join(', ')}`);

async function charges(): Promise<readonly string[]> {
  const { rows } = await database.query<{ session_id: string }>('select session_id from account_charges order by session_id');
  return rows.map(({ session_id }) => session_id);
}
const published = async (): Promise<number> => {
  let count = 0;
  for (let partition = 0; partition < PARTITIONS; partition++)
    for await (const records of log.read('billing-events', partition, 0, await log.head('billing-events', partition)))
      count += records.filter((record) => decode(record).type === 'CdrIssued').length;
  return count;
};
const until = async (is: () => Promise<boolean>): Promise<void> => {
  while (!(await is())) await new Promise((resolve) => setTimeout(resolve, 10));
};

it('is told once the service runs again', async () => {
  const site = log.partitionOf('billing-events', streamKey({ tenantId: 't', siteId: 'site' }));
  const account = ['ann', 'bob', 'eve', 'joe', 'zoe'].find(
    (each) => log.partitionOf('billing-events', streamKey({ tenantId: 't', siteId: accountStream(each) })) !== site,
  );
  const logger = createLogger('billing', 'silent');
  const world = { log, database, clock: systemClock } as unknown as World;
  const lost = Promise.withResolvers<void>();
  const before = billingRunner({ ...world, log: withoutAccounts(log, () => lost.resolve()) }, logger);
  await before.start();
  await log.append('session-events', session('s1', account ?? ''));
  await lost.promise;
  await log.append('session-events', session('s2', account ?? ''));
  await until(async () => (await database.query('select 1 from cdrs')).rowCount === 2);
  await before.stop();
  expect(await published()).toBe(0); // nothing that belongs after it
  await loseRows();

  const after = billingRunner(world, logger);
  await after.start();
  await until(async () => (await charges()).length === 2);
  await after.stop();
  expect(await charges()).toEqual(['s1', 's2']);
  expect(await published()).toBe(2);
});

describe('a replay that decides again', () => {
  const verified = async (change: (record: LogRecord) => LogRecord | undefined = (record) => record): Promise<readonly string[]> => {
    const reports: ReplayReport[] = [];
    await loseRows();
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const ref = { topic: 'session-events', partition };
      reports.push(await replayPartition(log, database, billingDefinition, ref, await log.head(ref.topic, partition), true));
    }
    const changed = {
      head: log.head.bind(log),
      partitionCount: log.partitionCount.bind(log),
      async *read(...place: Parameters<EventLog['read']>) {
        for await (const records of log.read(...place)) yield records.flatMap((record) => change(record) ?? []);
      },
    };
    const elsewhere = await compareElsewhere(
      changed,
      billingDefinition as never,
      reports.map((report) => report.elsewhere),
    );
    return [...reports.flatMap(({ differences }) => differences), ...elsewhere];
  };

  it('finds what accounts were told as it would be told today', async () => expect(await verified()).toEqual([]));

  it('names a charge that is missing, one that says something else, and one that nobody would tell', async () => {
    const isOf = (sessionId: string, record: LogRecord): boolean => isCharge(record) && record.value.includes(sessionId);
    const told = 'billing: session-events/';
    expect(await verified((record) => (isOf('s1', record) ? undefined : record))).toEqual([
      expect.stringMatching(`^${told}.*not in the log`),
    ]);
    const dearer = (record: LogRecord): LogRecord => ({ ...record, value: record.value.replace('"0.61"', '"0.62"') });
    expect(await verified((record) => (isOf('s1', record) ? dearer(record) : record))).toEqual([
      expect.stringMatching(`^${told}.*AccountCharged, says something else`),
    ]);
    const another = (record: LogRecord): LogRecord => ({ ...record, headers: { ...record.headers, ce_id: 'another' } });
    expect(await verified((record) => (isOf('s1', record) ? another(record) : record))).toEqual([
      expect.stringContaining('would not be told today'),
      expect.stringContaining('not in the log'),
    ]);
  });

  it('waits for what its service publishes at its next start', async () => {
    await log.append('session-events', session('s3', 'ann'));
    expect(await verified()).toEqual([]);
  });
});
