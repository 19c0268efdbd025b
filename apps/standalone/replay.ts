// `npm run replay`: rebuilds all rows from the log. `npm run replay -- --verify` rebuilds them beside the present ones and compares:
// equal rows, or a list of what differs and exit code 1; decisions that this version would take otherwise are told. The services must not run meanwhile.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { latestOfFeed } from '#apps/api';
import { stationsDefinition, stationsDefinitionWith } from '#apps/stations';
import { commandLine } from '#command-line';
import { type Config, ConfigError, readConfig } from '#config';
import { embeddedDatabase } from '#embedded';
import { firstSignal } from '#nest';
import { type Database, PortError, type World } from '#ports';
import { compareElsewhere, type ReplayReport } from '#service';
import { openWorld } from '#world';
import { compareRows, migrateAll, placesWritten, whyNoRows } from './compare-rows.js';
import { emptyRows, foldingHere, type OnFolded, type Place, placesToHead, ROWS, rebuildRows } from './rebuild.js';
import { rebuildInThreads } from './rebuild-threads.js';

const { values } = commandLine({
  usage: 'npm run replay [-- --verify]',
  about: 'Drops all rows and makes them anew from the log. The services must not run meanwhile.',
  options: {
    verify: { about: 'changes nothing: compares the rows with those that the log makes, and ends with 1 where they differ', flag: true },
  },
});
const say = (text: string): boolean => process.stdout.write(`${text}\n`);
const sayFolded: OnFolded = ({ service, topic, partition }, { records, parked }, ms) => {
  const ended = parked > 0 ? `, ${parked} parked` : '';
  say(`${service.name.padEnd(15)} ${topic}/${partition}: ${records} records in ${(ms / 1000).toFixed(1)} s${ended}`);
};

/** `places`, with what this network sets for them. */
const asConfigured = (places: readonly Place[], { certificates }: Config): readonly Place[] => {
  const stations = stationsDefinitionWith(certificates);
  return places.map((place) => (place.service === stationsDefinition ? { ...place, service: stations } : place));
};

/** Inputs whose decision would be another one today. */
async function fold({ log }: World, database: Database, places: readonly Place[], redecide: boolean): Promise<readonly string[]> {
  const differences: string[] = [];
  const reports = new Map<Place['service'], ReplayReport['elsewhere'][]>();
  const onDone: OnFolded = (place, report, ms) => {
    differences.push(...report.differences);
    reports.set(place.service, [...(reports.get(place.service) ?? []), report.elsewhere]);
    sayFolded(place, report, ms);
  };
  await rebuildRows(log, database, places, onDone, redecide);
  if (redecide) for (const [service, told] of reports) differences.push(...(await compareElsewhere(log, service, told)));
  return differences;
}

async function verify(world: World, config: Config): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), 'joulestream-replay-'));
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true })); // also of one that was told to end
  const rebuilt = await embeddedDatabase(scratch, { isScratch: true });
  try {
    await migrateAll(rebuilt);
    const known = await placesWritten(world.log, world.database);
    if (known.length === 0 && (await placesToHead(world.log)).length > 0) {
      say(`there are no rows to compare: ${whyNoRows(world)}`);
      return 1;
    }
    const decisions = await fold(world, rebuilt, asConfigured(known, config), true);
    const rows: string[] = [];
    for (const { table, rows: count, differences } of await compareRows(world.database, rebuilt)) {
      say(`${table.padEnd(20)} ${count} rows, ${differences.length === 0 ? 'equal' : `${differences.length} DIFFERENT`}`);
      rows.push(...differences.slice(0, 3));
    }
    for (const difference of rows) say(difference);
    for (const difference of decisions.slice(0, 20)) say(`decided otherwise today: ${difference}`);
    say(rows.length === 0 ? 'the rows equal a replay of the log' : 'the rows DIFFER from a replay of the log');
    if (decisions.length > 0) say(`${decisions.length} decisions would be taken otherwise by this version (recorded ones stay)`);
    return rows.length > 0 ? 1 : 0;
  } finally {
    await rebuilt.close();
  }
}

/** Whatever becomes of it, also where it is told to end, the rows are closed. */
async function verifyAndClose(world: World, config: Config): Promise<number> {
  try {
    await migrateAll(world.database);
    return await Promise.race([verify(world, config), firstSignal(process).then(() => INTERRUPTED)]);
  } finally {
    await world.close();
  }
}
/** As a shell tells it. */
const INTERRUPTED = 130;

async function rebuild(world: World, config: Config): Promise<number> {
  const { log, database } = world;
  const { cluster } = config;
  await migrateAll(database);
  await emptyRows(database);
  const places = asConfigured(await placesToHead(log), config);
  if (cluster === undefined) await fold(world, database, places, false);
  else {
    const { kafkaBrokers: brokers, partitions, replication, prefix, databaseUrl, signing } = cluster;
    const { alarmDays } = config.certificates;
    const threads = { log: { brokers, partitions, replication, prefix }, signersFile: signing.signersFile, databaseUrl, alarmDays };
    await rebuildInThreads(threads, foldingHere(log, database), places, sayFolded);
  }
  await latestOfFeed(database);
  await world.close();
  return 0;
}

try {
  const config = readConfig(process.env);
  const world = await openWorld(config, ROWS);
  process.exit(await (values.verify ? verifyAndClose(world, config) : rebuild(world, config)));
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof PortError)) throw error;
  process.stderr.write(`replay: ${error.message}\n`);
  process.exit(1);
}
