// What a service promises while its processes are killed at any call, stopped and woken as zombies, and its database goes back to an older copy:
// every record is folded once, decided once, written once, parked once. Seeded; a failure names its seed.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decode, derivedSource, encode, parseDerivedSource, type Recorded } from '#contracts';
import { memoryLog } from '#embedded';
import { type Database, type EventLog, type LogRecord, OwnershipLost, type PartitionRef } from '#ports';
import { foldBatch, migrate, type Output, type PartitionMemory, type ServiceDefinition, ServiceRunner, type TableSpec } from '#service';
import { KILLED, MortalProcess } from '../mortal-process.js';

const REF: PartitionRef = { topic: 'site-events', partition: 0 };
const TOPICS = ['site-events', 'session-events'];
const POLICY = { everyRecords: 9, everyMs: Number.POSITIVE_INFINITY, quietMs: 1, pieceCharacters: 1 };
const INPUTS = 100;

const table: TableSpec = {
  name: 'contract_accounts',
  columns: { tenant_id: 'text', account: 'text', record_offset: 'bigint', sum: 'bigint', decided_by: 'integer', closings: 'integer' },
  key: ['tenant_id', 'account', 'record_offset'],
};

interface Account {
  readonly sum: number;
  readonly echoes: number;
  readonly closings: number;
  readonly isOpen: boolean;
  /** Who took the last decision: two owners never decide alike, so a decision taken twice is seen. */
  readonly decidedBy: number;
}

/** Adds amounts to accounts, tells sums to two topics (its own input among them), closes accounts, cannot understand odd amounts. */
function accounts(name: string, owner: number): ServiceDefinition<Account> {
  return {
    name,
    inputs: ['site-events'],
    outputs: ['session-events', 'site-events'],
    tables: [table],
    fold: {
      aggregateOf: ({ stationId }) => stationId,
      initial: () => ({ sum: 0, echoes: 0, closings: 0, isOpen: true, decidedBy: -1 }),
      decide({ sum }, { type, data }) {
        if (type === 'Odd') throw new Error('not an amount');
        if (type !== 'Added') return [];
        const told = { sum: sum + Number(data), owner };
        const outputs: Output[] = [{ topic: 'session-events', type: 'Sum', data: told }];
        if (told.sum % 3 === 0) outputs.push({ topic: 'site-events', type: 'Echo', data: told });
        if (told.sum % 5 === 0) outputs.push({ topic: 'session-events', type: 'Five', data: told });
        return outputs;
      },
      evolve(account, { type, data }, [first]) {
        if (type === 'Echo') return { ...account, echoes: account.echoes + 1 };
        if (type === 'Closed') return { ...account, isOpen: false, closings: account.closings + 1 };
        if (type === 'Odd') return { ...account, sum: -1 }; // never: a parked record changes nothing
        const { owner: decidedBy } = (first as Output).data as { owner: number };
        return { ...account, isOpen: true, sum: account.sum + Number(data), decidedBy };
      },
      isClosed: ({ isOpen }) => !isOpen,
      project: ({ aggregate, after, input }) => [
        {
          table,
          row: {
            tenant_id: name,
            account: aggregate,
            record_offset: input.at.offset,
            sum: after.sum,
            decided_by: after.decidedBy,
            closings: after.closings,
          },
        },
      ],
    },
  };
}

/** mulberry32 */
function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const lease = { isHeld: () => true, heartbeat: async () => undefined }; // a zombie believes so

/** Hands the log to a runner as a consumer group would, until the process ends or `isDone`. */
async function serve(
  log: EventLog,
  runner: ServiceRunner<Account, never>,
  process: MortalProcess,
  isDone: () => boolean,
  size: () => number,
): Promise<void> {
  let next = await runner.onAssigned(REF, lease);
  while (!process.isDead) {
    const head = await log.head(REF.topic, REF.partition);
    if (next === head) {
      if (isDone()) return;
      await new Promise(setImmediate);
      continue;
    }
    for await (const records of log.read(REF.topic, REF.partition, next, Math.min(head, next + size()))) {
      await runner.onBatch({ ...REF, records, head }, lease);
      next = (records.at(-1) as LogRecord).offset + 1;
    }
  }
}

const BOOKKEEPING = ['service_positions', 'service_states', 'service_outbox', 'parked_records'];

/** One statement, so that it is of one moment, as a backup is. */
async function copyOf(database: Database, service: string): Promise<ReadonlyMap<string, string>> {
  const parts = [...BOOKKEEPING, table.name].map(
    (name) =>
      `select '${name}' as name, coalesce(json_agg(t), '[]')::text as all from ${name} t where ${name === table.name ? 'tenant_id' : 'service'} = $1`,
  );
  const { rows } = await database.query<{ name: string; all: string }>(parts.join(' union all '), [service]);
  return new Map(rows.map(({ name, all }) => [name, all]));
}

async function restore(database: Database, service: string, copies: ReadonlyMap<string, string>): Promise<void> {
  await database.inTransaction(async (tx) => {
    for (const [name, all] of copies) {
      await tx.query(`delete from ${name} where ${name === table.name ? 'tenant_id' : 'service'} = $1`, [service]);
      await tx.query(`insert into ${name} select * from json_populate_recordset(null::${name}, $1::json)`, [all]);
    }
  });
}

export interface ServiceUnderTest {
  readonly database: Database;
  dispose(): Promise<void>;
}

export function serviceTakeoverContract(
  name: string,
  open: () => Promise<ServiceUnderTest>,
  { seeds }: { readonly seeds: readonly number[] },
): void {
  describe(`a service on ${name}, killed, stopped and restored at any call`, () => {
    let under: ServiceUnderTest;
    let database: Database;
    beforeAll(async () => {
      under = await open();
      database = under.database;
      await migrate(database, 'contract');
      await database.query(`drop table if exists ${table.name}`);
      const columns = Object.entries(table.columns).map(([column, type]) => `${column} ${type}`);
      await database.query(`create table ${table.name} (${columns.join(', ')}, primary key (${table.key.join(', ')}))`);
    });
    afterAll(async () => {
      await database.query(`drop table if exists ${table.name}`);
      for (const each of BOOKKEEPING) await database.query(`delete from ${each} where service like 'accounts-%'`);
      await under.dispose();
    });

    it.each(seeds)(
      'folds, decides, writes and parks every record once (seed %i)',
      async (seed) => {
        const below = chance(seed);
        const service = `accounts-${seed}`;
        const log = memoryLog();
        await log.open(TOPICS);
        let given = 0;
        const give = async (): Promise<void> => {
          const kind = below(20);
          const [type, data] = kind === 0 ? ['Odd', 1] : kind === 1 ? ['Closed', 0] : ['Added', 1 + below(9)];
          const envelope = { id: `e${given}`, type, source: '/test', time: '2026-01-01T00:00:00.000Z', tenantId: 't', siteId: 's', data };
          const account = kind === 3 || kind === 4 ? {} : { stationId: `account-${below(6)}` }; // of nobody: of no use
          const record = encode({ ...envelope, ...account } as Recorded);
          given++;
          await log.append('site-events', [kind === 2 ? { ...record, value: '{' } : record]);
        };
        const zombies: {
          readonly process: MortalProcess;
          readonly runner: ServiceRunner<Account, never>;
          readonly end: Promise<unknown>;
        }[] = [];
        let copy: ReadonlyMap<string, string> | undefined;
        const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
        const ends: unknown[] = [];

        for (let owner = 0; given < INPUTS || owner < 10; owner++) {
          const end = (['killedBefore', 'killedAfter', 'stopped'] as const)[below(3)] ?? 'stopped';
          const process = new MortalProcess(log, database, below(90), end);
          const runner = new ServiceRunner<Account, never>(process.world, accounts(service, owner) as never, {}, logger, POLICY);
          const quota = given + 5 + below(25);
          const served = serve(
            log,
            runner,
            process,
            () => given >= quota || process.isStopped,
            () => 1 + below(12),
          ).then(
            () => 'done',
            (error: unknown) => error,
          );
          const feeding = (async () => {
            while (given < quota && !process.isDead && !process.isStopped) {
              for (let n = below(6); n >= 0; n--) await give();
              await new Promise(setImmediate);
            }
          })();
          await feeding;
          while (
            !process.isDead &&
            !process.isStopped &&
            (await Promise.race([served, new Promise((resolve) => setImmediate(() => resolve('not yet')))])) === 'not yet'
          );
          if (process.isStopped && !process.isDead) zombies.push({ process, runner, end: served });
          else {
            process.kill();
            runner.onRevoked(REF); // a dead process tries nothing again
            await process.settled();
          }
          if (below(3) === 0) zombies[below(zombies.length || 1)]?.process.wakeUp();
          if (copy !== undefined && below(4) === 0) {
            for (const zombie of zombies.splice(0)) {
              zombie.process.kill();
              zombie.runner.onRevoked(REF);
              ends.push(await zombie.end);
              await zombie.process.settled();
            }
            await restore(database, service, copy);
          }
          if (below(3) === 0) copy = await copyOf(database, service);
        }
        for (const { process } of zombies) process.wakeUp();

        const last = new MortalProcess(log, database, Number.POSITIVE_INFINITY, 'killedAfter');
        const runner = new ServiceRunner<Account, never>(last.world, accounts(service, 1_000_000) as never, {}, logger, POLICY);
        const isQuiet = async (): Promise<boolean> =>
          (await database.query('select 1 from service_outbox where service = $1', [service])).rowCount === 0 &&
          runner.partitions().every(({ lag }) => lag === 0);
        let quiet = false;
        // A zombie that slept through its own assignment takes the partition again; the last owner takes it back, as a group would have it.
        const served = (async () => {
          for (;;) {
            const end = await serve(
              log,
              runner,
              last,
              () => quiet,
              () => 1 + below(12),
            ).then(
              () => 'done',
              (error: unknown) => error,
            );
            if (!(end instanceof OwnershipLost)) return end;
            runner.onRevoked(REF);
          }
        })();
        for (let calm = 0; calm < 3; calm = (await isQuiet()) && runner.partitions().length === 1 ? calm + 1 : 0)
          await new Promise(setImmediate);
        quiet = true;
        expect(await served).toBe('done');
        for (const { end } of zombies) ends.push(await end);
        await runner.stop();
        for (const end of ends) if (end !== 'done' && end !== KILLED) expect(end).toBeInstanceOf(OwnershipLost);

        await check(log, database, service, runner);
        await log.close();
      },
      120_000,
    );
  });
}

async function check(log: EventLog, database: Database, service: string, runner: ServiceRunner<Account, never>): Promise<void> {
  const records: LogRecord[] = [];
  for await (const batch of log.read('site-events', 0, 0, await log.head('site-events', 0))) records.push(...batch);
  const told: Recorded[] = [];
  for await (const batch of log.read('session-events', 0, 0, await log.head('session-events', 0))) told.push(...batch.map(decode));
  const echoes = records.flatMap((record) => (record.headers.ce_type === 'Echo' ? [decode(record)] : []));

  // One content for each derived id, whoever published it how often.
  const decided = new Map<string, string>();
  const recorded = new Map<number, Map<number, Output>>();
  for (const { id, source, type, data, at } of [...told, ...echoes]) {
    const content = JSON.stringify([type, data]);
    expect(decided.get(id) ?? content).toBe(content);
    decided.set(id, content);
    const origin = parseDerivedSource(source);
    if (origin === undefined) throw new Error(`${source} is no place`);
    const byIndex = recorded.get(origin.offset) ?? new Map<number, Output>();
    recorded.set(origin.offset, byIndex.set(origin.index, { topic: at.topic as Output['topic'], type, data }));
  }

  // The log folded once, with what is recorded, is what the rows, states and parked records say, and misses no decision.
  const memory: PartitionMemory<Account> = { ref: REF, next: 0, seen: {}, states: new Map(), recorded };
  const expected = foldBatch(accounts(service, -7), memory, records);
  expect(expected.outbox).toEqual([]);
  const { rows } = await database.query(
    `select account, record_offset, sum, decided_by, closings from ${table.name} where tenant_id = $1 order by record_offset`,
    [service],
  );
  expect(rows).toEqual(
    expected.rows.map(({ row: { account, record_offset, sum, decided_by, closings } }) => ({
      account,
      record_offset,
      sum,
      decided_by,
      closings,
    })),
  );
  const parked = await database.query<{ record_offset: number }>(
    'select record_offset from parked_records where service = $1 order by record_offset',
    [service],
  );
  expect(parked.rows.map(({ record_offset }) => record_offset)).toEqual(expected.parked.map(({ offset }) => offset));

  // At the end all is at rest, and only what is open is in memory.
  const states = await database.query<{ aggregate: string; state: string; is_closed: boolean }>(
    'select aggregate, state, is_closed from service_states where service = $1 order by aggregate',
    [service],
  );
  const ordered = [...expected.changed].sort(([a], [b]) => (a < b ? -1 : 1));
  expect(states.rows.map(({ aggregate, state }) => [aggregate, JSON.parse(state)])).toEqual(ordered);
  expect(states.rows.map(({ is_closed }) => is_closed)).toEqual(ordered.map(([, { isOpen }]) => !isOpen));
  expect([...(runner.partitions()[0]?.states.keys() ?? [])].every((account) => expected.changed.get(account)?.isOpen)).toBe(true);

  // A reader of what it told counts each fact once.
  const counter: ServiceDefinition<number> = {
    name: 'counter',
    inputs: ['session-events'],
    outputs: [],
    tables: [],
    fold: { aggregateOf: () => 'all', initial: () => 0, decide: () => [], evolve: (count) => count + 1 },
  };
  const heard: LogRecord[] = [];
  for await (const batch of log.read('session-events', 0, 0, await log.head('session-events', 0))) heard.push(...batch);
  const ref = { topic: 'session-events', partition: 0 };
  const counted = foldBatch(counter, { ref, next: 0, seen: {}, states: new Map(), recorded: new Map() }, heard);
  const distinct = new Set(told.map(({ id }) => id));
  expect(counted.changed.get('all')).toBe(distinct.size);
  expect(told.every(({ source }) => source === derivedSource(parseDerivedSource(source) as never))).toBe(true);
}
