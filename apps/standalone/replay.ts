// `npm run replay`: rebuilds all rows from the log. `npm run replay -- --verify` rebuilds them beside the present ones and compares:
// equal rows and equal decisions, or a list of what differs and exit code 1. The services must not run meanwhile.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateAnalytics } from '#apps/analytics';
import { ConfigError, readConfig } from '#config';
import { embeddedDatabase } from '#embedded';
import { packageRoot } from '#nest';
import { type Database, PortError, type Sql, type World } from '#ports';
import { migrate, type TableSpec } from '#service';
import { openWorld } from '#world';
import { emptyRows, type Place, placesOf, placesToHead, ROWS, rebuildRows, SERVICES } from './rebuild.js';

const say = (text: string): boolean => process.stdout.write(`${text}\n`);

const written = ({ log }: World, database: Sql): Promise<readonly Place[]> =>
  placesOf(log, async ({ service, topic, partition }) => {
    const { rows } = await database.query<{ next_offset: number }>(
      'select next_offset from service_positions where service = $1 and topic = $2 and partition = $3',
      [service.name, topic, partition],
    );
    return Number(rows[0]?.next_offset ?? 0);
  });

const migrateAll = async (database: Database): Promise<void> => {
  for (const { name } of SERVICES.filter(({ tables }) => tables.length > 0))
    await migrate(database, name, join(packageRoot(), `apps/${name}/migrations`));
  await migrateAnalytics(database);
};

/** Inputs whose decision would be another one today. */
async function fold({ log }: World, database: Database, todo: readonly Place[], redecide: boolean): Promise<readonly string[]> {
  const differences: string[] = [];
  const onDone: Parameters<typeof rebuildRows>[3] = ({ service, topic, partition }, report, ms) => {
    differences.push(...report.differences);
    const parked = report.parked > 0 ? `, ${report.parked} parked` : '';
    say(`${service.name.padEnd(15)} ${topic}/${partition}: ${report.records} records in ${(ms / 1000).toFixed(1)} s${parked}`);
  };
  await rebuildRows(log, database, todo, onDone, redecide);
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
    const known = await written(world, world.database);
    if (known.length === 0 && (await placesToHead(world.log)).length > 0) {
      say('there are no rows to compare: they were lost, or never written. Start the network once, or rebuild them with `npm run replay`');
      return 1;
    }
    const decisions = await fold(world, rebuilt, known, true);
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
  await emptyRows(world.database);
  await fold(world, world.database, await placesToHead(world.log), false);
  return 0;
}

try {
  const world = await openWorld(readConfig(process.env), ROWS);
  await migrateAll(world.database);
  const code = await (process.argv.includes('--verify') ? verify(world) : rebuild(world));
  await world.close();
  process.exit(code);
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof PortError)) throw error;
  process.stderr.write(`replay: ${error.message}\n`);
  process.exit(1);
}
