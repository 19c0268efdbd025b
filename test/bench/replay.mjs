// Rebuilding all rows from the log, as `npm run replay` does, beside bare COPY of the rows that it leaves; both into the same PostgreSQL.
// The log is that of a simulated network (apps/simulation), so every kind of record is in it.
// node test/bench/replay.mjs [--hours 1] [--stations 100] [--rounds 3] [--log FILE, as `npm run simulate -- --log FILE` writes it]   Needs `npm run build`.
import { readFileSync } from 'node:fs';
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
const { emptyRows, placesToHead, rebuildRows, SERVICES } = await import('../../dist/apps/standalone/rebuild.js');

/** What the log of a run answers to who reads it. */
function logOf(records) {
  const partitions = Map.groupBy(records, ({ topic, partition }) => `${topic}/${partition}`);
  const count = Math.max(...records.map(({ partition }) => partition)) + 1;
  return {
    partitionCount: () => count,
    head: async (topic, partition) => (partitions.get(`${topic}/${partition}`)?.at(-1)?.offset ?? -1) + 1,
    async *read(topic, partition, from, to) {
      const wanted = (partitions.get(`${topic}/${partition}`) ?? []).filter(({ offset }) => offset >= from && offset < to);
      for (let at = 0; at < wanted.length; at += 500) yield wanted.slice(at, at + 500);
    },
  };
}

const simulated = async () => (await simulate({ seed: '1', hours: Number(options.hours), stations: Number(options.stations) })).log;
const read = (file) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const records = options.log === undefined ? await simulated() : read(options.log);
const log = logOf(records);
const tables = SERVICES.flatMap((service) => service.tables);

await withDatabase(async (url) => {
  const database = await postgresDatabase({ url, onTrouble: console.error });
  await migrateAll(database);
  const results = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    await emptyRows(database);
    const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
    await rebuildRows(log, database, await placesToHead(log), () => {});
    const seconds = (performance.now() - startedAt) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const copied = await timeCopy(url, tables);
    results.push({ seconds, cpuSeconds: (user + system) / 1e6, copied, ratio: copied.seconds / seconds });
    process.stdout.write(
      `round ${round + 1}: ${copied.rows} rows, rebuilt in ${seconds.toFixed(2)} s, COPY ${copied.seconds.toFixed(2)} s\n`,
    );
  }
  await database.close();
  const { seconds, cpuSeconds, copied } = results.find(({ ratio }) => ratio === median(results.map((each) => each.ratio)));
  report('replay', 'Rebuilding all rows beside bare COPY', [
    `${records.length} records of ${options.stations} stations over ${options.hours} h make ${copied.rows} rows of all services; the middle of ${options.rounds} rounds`,
    `${Math.round(records.length / seconds).toLocaleString('en')} records/s, ${Math.round(copied.rows / seconds).toLocaleString('en')} rows/s (own processor ${cpuSeconds.toFixed(1)} of ${seconds.toFixed(1)} s); bare COPY ${Math.round(copied.rows / copied.seconds).toLocaleString('en')} rows/s: **${((100 * copied.seconds) / seconds).toFixed(0)} %** (budget 50 %)`,
  ]);
});
