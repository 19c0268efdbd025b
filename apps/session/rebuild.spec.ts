// The service on the embedded world: rows can be lost and come back equal, and nothing is derived twice (P4).
// What the rows mean is told in definition.spec.ts.
import { afterEach, describe, expect, it } from '@jest/globals';
import { TOPICS } from '#contracts';
import { type EmbeddedWorld, embeddedWorld } from '#embedded';
import { createLogger } from '#observability';
import type { NewRecord } from '#ports';
import { databaseTemplate, scratch } from '#testing';
import { sessionService } from './index.js';
import { Stream, token } from './records.fixture.js';
import { TABLES } from './tables.js';

const logger = createLogger('session', 'silent');
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Running {
  readonly world: EmbeddedWorld;
  /** Resolves once everything in the log so far is committed and its facts are published. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

async function running(directory: string): Promise<Running> {
  const world = await embeddedWorld(directory, TOPICS, { database: { template: await databaseTemplate() } });
  const service = sessionService(world, { heartbeatIntervalS: 300, meterSamplesDays: undefined }, logger);
  await service.start();
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await service.stop();
    await world.close();
  };
  closing.push(stop);
  const done = async (): Promise<boolean> => {
    const head = await world.log.head('site-events', 0);
    const { rows } = await world.database.query(
      "select 1 from service_positions where service = 'session' and topic = 'site-events' and next_offset >= $1",
      [head],
    );
    const outbox = await world.database.query('select 1 from service_outbox');
    return rows.length > 0 && outbox.rows.length === 0;
  };
  const settled = async (): Promise<void> => {
    while (!(await done())) await new Promise((resolve) => setImmediate(resolve));
  };
  return { world, settled, stop };
}

async function dump({ database }: EmbeddedWorld): Promise<Record<string, readonly unknown[]>> {
  const tables: Record<string, readonly unknown[]> = {};
  for (const { name, key, columns } of TABLES)
    tables[name] = (await database.query(`select ${Object.keys(columns).join(', ')} from ${name} order by ${key.join(', ')}`)).rows;
  return tables;
}

async function derived({ log }: EmbeddedWorld): Promise<readonly string[]> {
  const values: string[] = [];
  for await (const batch of log.read('session-events', 0, 0, await log.head('session-events', 0)))
    values.push(...batch.map(({ headers, value }) => `${headers.ce_id} ${headers.ce_type} ${value}`));
  return values;
}

const day = (): readonly NewRecord[] =>
  [
    ...new Stream('CP1').configured().connected(0).started(1, 1000).measured(11, 2200, 7200).stopped(21, 3000).started(30, 3000, '8')
      .records,
    ...new Stream('CP2', 'ocpp2.0.1')
      .configured()
      .connected(0)
      .transactionEvent(1, 'Started', 0, 500, 'Charging')
      .transactionEvent(9, 'Ended', 1, 1500).records,
  ].map((record, index) => ({ ...record, headers: { ...record.headers, ce_id: `record-${index}` } }));

describe('rows of sessions', () => {
  it('come back equal after the database was lost, and nothing is derived twice', async () => {
    const directory = scratch('session');
    const first = await running(directory);
    await first.world.log.append('site-events', day());
    await first.settled();
    const [rows, facts] = [await dump(first.world), await derived(first.world)];
    expect(rows.sessions).toHaveLength(3);
    expect(facts.filter((fact) => fact.includes('SessionStarted'))).toHaveLength(3);
    for (const { name } of TABLES) await first.world.database.query(`delete from ${name}`);
    for (const name of ['service_positions', 'service_states', 'service_outbox']) await first.world.database.query(`delete from ${name}`);
    await first.stop();

    const again = await running(directory);
    await again.settled();
    expect(await dump(again.world)).toEqual(rows);
    expect(await derived(again.world)).toEqual(facts);
  });

  it('go on from what was committed when the process starts again', async () => {
    const directory = scratch('session');
    const first = await running(directory);
    await first.world.log.append('site-events', day());
    await first.settled();
    await first.stop();
    const again = await running(directory);
    const stop = new Stream('CP1')
      .stopped(40, 4500, 8)
      .records.map((record) => ({ ...record, headers: { ...record.headers, ce_id: 'stop' } }));
    await again.world.log.append('site-events', stop);
    await again.settled();
    const { rows } = await again.world.database.query('select energy_wh, status from sessions where transaction_id = $1', ['8']);
    expect(rows).toEqual([{ energy_wh: '1500', status: 'ended' }]);
  });

  it('show a station where it is now, whatever order the streams are replayed in', async () => {
    const { world, settled } = await running(scratch('session'));
    const moved = new Stream('CP1', 'ocpp1.6', 'yard').configured(undefined, 2);
    const left = new Stream('CP1', 'ocpp1.6', 'depot')
      .configured(undefined, 1)
      .add('ConfigurationAccepted', 1, { requestId: 'x', version: 2, change: { kind: 'stationRemoved', stationId: 'CP1' } });
    await world.log.append(
      'site-events',
      [...moved.records, ...left.records].map((record, index) => ({ ...record, headers: { ...record.headers, ce_id: `m${index}` } })),
    );
    await settled();
    expect((await world.database.query('select site_id from stations')).rows).toEqual([{ site_id: 'yard' }]);
    expect((await world.database.query('select site_id, evse_id from evses order by evse_id')).rows).toEqual([
      { site_id: 'yard', evse_id: 1 },
      { site_id: 'yard', evse_id: 2 },
    ]);
  });
});

describe('the answer book of a fresh process', () => {
  it('is complete once everything is folded, with stations, tokens and open sessions', async () => {
    const { world, settled } = await running(scratch('session'));
    await world.log.append('network-events', [token('ann'), token('bob', 'Blocked')]);
    await world.log.append('site-events', day());
    await settled();
    while ((await world.book.openSessions('default', 'ann')).length !== 1 || (await world.book.token('default', 'bob')) === undefined)
      await new Promise((resolve) => setImmediate(resolve));
    expect(await world.book.isComplete()).toBe(true);
    expect(await world.book.station('default', 'CP2')).toMatchObject({ siteId: 'depot', assignmentSeq: 1, credentialHash: 'secret' });
    expect(await world.book.token('default', 'bob')).toEqual({ tokenHash: 'bob', tokenType: 'Central', status: 'Blocked' });
  });
});
