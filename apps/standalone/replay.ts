// `npm run replay`: rebuilds all rows from the log. `npm run replay -- --verify` rebuilds them beside the present ones and compares:
// equal rows and equal decisions, or a list of what differs and exit code 1. The services must not run meanwhile.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateAnalytics } from '#apps/analytics';
import { apiDefinition } from '#apps/api';
import { billingDefinition } from '#apps/billing';
import { loadBalancingDefinition } from '#apps/load-balancing';
import { meteringDefinition } from '#apps/metering';
import { sessionDefinition } from '#apps/session';
import { ConfigError, readConfig } from '#config';
import { embeddedDatabase } from '#embedded';
import { packageRoot } from '#nest';
import { type Database, PortError, type Sql, type World } from '#ports';
import { migrate, replayPartition, type ServiceDefinition, type TableSpec } from '#service';
import { openWorld } from '#world';

// biome-ignore lint/suspicious/noExplicitAny: services of different states and inputs in one list; each is only used with itself
type AnyService = ServiceDefinition<any, any>;
const SERVICES: readonly AnyService[] = [sessionDefinition, loadBalancingDefinition, meteringDefinition, billingDefinition, apiDefinition];
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

interface Place {
  readonly service: AnyService;
  readonly topic: string;
  readonly partition: number;
  readonly end: number;
}

async function places({ log }: World, database: Sql, upTo: 'positions' | 'head'): Promise<readonly Place[]> {
  const found: Place[] = [];
  for (const service of SERVICES)
    for (const topic of service.inputs)
      for (let partition = 0; partition < log.partitionCount(topic); partition++) {
        const { rows } = await database.query<{ next_offset: number }>(
          'select next_offset from service_positions where service = $1 and topic = $2 and partition = $3',
          [service.name, topic, partition],
        );
        const end = upTo === 'head' ? await log.head(topic, partition) : Number(rows[0]?.next_offset ?? 0);
        if (end > 0) found.push({ service, topic, partition, end });
      }
  return found;
}

const migrateAll = async (database: Database): Promise<void> => {
  for (const { name } of SERVICES) await migrate(database, name, join(packageRoot(), `apps/${name}/migrations`));
  await migrateAnalytics(database);
};

async function fold(world: World, database: Database, todo: readonly Place[], redecide: boolean): Promise<readonly string[]> {
  const differences: string[] = [];
  for (const { service, topic, partition, end } of todo) {
    const startedAt = Date.now();
    const report = await replayPartition(world.log, database, service, { topic, partition }, end, redecide);
    differences.push(...report.differences);
    const seconds = (Date.now() - startedAt) / 1000;
    say(
      `${service.name.padEnd(15)} ${topic}/${partition}: ${report.records} records in ${seconds.toFixed(1)} s${report.parked > 0 ? `, ${report.parked} parked` : ''}`,
    );
  }
  return differences;
}

async function dump(database: Sql, table: TableSpec): Promise<ReadonlyMap<string, string>> {
  const columns = Object.keys(table.columns).sort();
  const { rows } = await database.query<{ key: string; content: string }>(
    `select json_build_array(${table.key.join(', ')})::text as key, json_build_array(${columns.join(', ')})::text as content from ${table.name}`,
  );
  return new Map(rows.map(({ key, content }) => [key, content]));
}

async function compare(live: Sql, rebuilt: Sql): Promise<readonly string[]> {
  const differences: string[] = [];
  for (const table of SERVICES.flatMap(({ tables }) => tables)) {
    const [a, b] = [await dump(live, table), await dump(rebuilt, table)];
    const keys = new Set([...a.keys(), ...b.keys()]);
    const different = [...keys].filter((key) => a.get(key) !== b.get(key));
    say(`${table.name.padEnd(20)} ${a.size} rows, ${different.length === 0 ? 'equal' : `${different.length} DIFFERENT`}`);
    for (const key of different.slice(0, 3))
      differences.push(`${table.name} ${key}\n  now:     ${a.get(key) ?? '(no row)'}\n  rebuilt: ${b.get(key) ?? '(no row)'}`);
  }
  return differences;
}

async function verify(world: World): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), 'joulestream-replay-'));
  const rebuilt = await embeddedDatabase(scratch);
  try {
    await migrateAll(rebuilt);
    const written = await places(world, world.database, 'positions');
    if (written.length === 0 && (await places(world, world.database, 'head')).length > 0) {
      say('there are no rows to compare: they were lost, or never written. Start the network once, or rebuild them with `npm run replay`');
      return 1;
    }
    const decisions = await fold(world, rebuilt, written, true);
    const rows = await compare(world.database, rebuilt);
    for (const difference of rows) say(difference);
    for (const difference of decisions.slice(0, 20)) say(`decided otherwise today: ${difference}`);
    say(rows.length === 0 ? 'the rows equal a replay of the log' : 'the rows DIFFER from a replay of the log');
    if (decisions.length > 0) say(`${decisions.length} decisions would be taken otherwise by this version (recorded ones stay)`);
    return rows.length > 0 ? 1 : 0;
  } finally {
    await rebuilt.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function rebuild(world: World): Promise<number> {
  const { database } = world;
  const tables = SERVICES.flatMap(({ tables: own }) => own.map(({ name }) => name));
  await database.query(`truncate ${[...tables, 'service_positions', 'service_states', 'service_outbox', 'parked_records'].join(', ')}`);
  await fold(world, database, await places(world, database, 'head'), false);
  return 0;
}

try {
  const world = await openWorld(readConfig(process.env));
  await migrateAll(world.database);
  const code = await (process.argv.includes('--verify') ? verify(world) : rebuild(world));
  await world.close();
  process.exit(code);
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof PortError)) throw error;
  process.stderr.write(`replay: ${error.message}\n`);
  process.exit(1);
}
