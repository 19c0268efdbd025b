// Rebuilding all rows from the log, as `npm run replay` does, beside bare COPY of the rows that it leaves; both into the same PostgreSQL.
// The log is that of a simulated network (apps/simulation), so every kind of record is in it.
// node test/bench/replay.mjs [--hours 1] [--stations 100] [--rounds 3] [--log FILE, as `npm run simulate -- --log FILE` writes it]   Needs `npm run build`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { median, timeCopy, withDatabase } from './support/postgres.mjs';
import { report } from './support/report.mjs';

const { values: options } = parseArgs({
  options: {
    hours: { type: 'string', default: '1' },
    stations: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '3' },
    log: { type: 'string' },
  },
});

const { simulate } = await import('#apps/simulation');
const { postgresDatabase } = await import('#cluster');
const { migrateAll } = await import('../../dist/apps/standalone/compare-rows.js');
const { sqliteLog } = await import('#embedded');
const { TOPICS } = await import('#contracts');
const { emptyRows, placesToHead, SERVICES } = await import('../../dist/apps/standalone/rebuild.js');
const { rebuildInThreads } = await import('../../dist/apps/standalone/rebuild-threads.js');

/** The log of a run in a file that every thread reads, each record in the place it had: derived records name it. */
async function keep(records, directory) {
  const log = await sqliteLog(directory, { partitions: Math.max(...records.map(({ partition }) => partition)) + 1 });
  await log.open(TOPICS);
  await log.close();
  const file = new DatabaseSync(join(directory, 'log.sqlite'));
  const ids = new Map(
    file
      .prepare('SELECT id, name FROM topics')
      .all()
      .map(({ id, name }) => [name, id]),
  );
  file.exec('BEGIN');
  for (const [table, its] of Map.groupBy(records, ({ topic, partition }) => `records_${ids.get(topic)}_${partition}`)) {
    const insert = file.prepare(`INSERT INTO ${table} VALUES (?, ?, ?, ?)`);
    for (const { offset, key, headers, value } of its) insert.run(offset, key, JSON.stringify(headers), value);
  }
  file.exec('COMMIT');
  file.close();
}

const simulated = async () => (await simulate({ seed: '1', hours: Number(options.hours), stations: Number(options.stations) })).log;
const read = (file) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const records = options.log === undefined ? await simulated() : read(options.log);
const directory = mkdtempSync(join(tmpdir(), 'replay-bench-'));
await keep(records, directory);
const log = await sqliteLog(directory, { readOnly: true });
const tables = SERVICES.flatMap((service) => service.tables);

await withDatabase(async (url) => {
  const database = await postgresDatabase({ url, onTrouble: console.error });
  await migrateAll(database);
  const results = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    await emptyRows(database);
    const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
    await rebuildInThreads({ log: { directory }, databaseUrl: url, alarmDays: 30 }, await placesToHead(log), () => {});
    const seconds = (performance.now() - startedAt) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const copied = await timeCopy(url, tables);
    results.push({ seconds, cpuSeconds: (user + system) / 1e6, copied, ratio: copied.seconds / seconds });
    process.stdout.write(
      `round ${round + 1}: ${copied.rows} rows, rebuilt in ${seconds.toFixed(2)} s, COPY ${copied.seconds.toFixed(2)} s\n`,
    );
  }
  await database.close();
  await log.close();
  rmSync(directory, { recursive: true });
  const { seconds, cpuSeconds, copied } = results.find(({ ratio }) => ratio === median(results.map((each) => each.ratio)));
  report('replay', 'Rebuilding all rows beside bare COPY', [
    `${records.length} records of ${options.stations} stations over ${options.hours} h make ${copied.rows} rows of all services; the middle of ${options.rounds} rounds`,
    `${Math.round(records.length / seconds).toLocaleString('en')} records/s, ${Math.round(copied.rows / seconds).toLocaleString('en')} rows/s (own processor ${cpuSeconds.toFixed(1)} of ${seconds.toFixed(1)} s); bare COPY ${Math.round(copied.rows / copied.seconds).toLocaleString('en')} rows/s: **${((100 * copied.seconds) / seconds).toFixed(0)} %** (budget 50 %)`,
  ]);
});
