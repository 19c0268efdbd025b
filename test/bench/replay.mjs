// Rebuilding all rows from the log, as `npm run replay` does, beside bare COPY of the rows that it leaves; both into the same PostgreSQL, with keys
// and indexes in place. The log is that of a simulated network (apps/simulation), so every kind of record is in it: with the mix of messages that the
// budget is given for (80 % samples, 10 % status, 5 % heartbeat, 5 % start and stop), or with `--crowded` of a network in which a car comes every few
// minutes and commands are most of the log. What share each kind of message has is counted and printed.
// node test/bench/replay.mjs [--crowded] [--hours 1] [--stations 120] [--rounds 3] [--write] [--log FILE, as `npm run simulate -- --log FILE` writes it]
// Needs `npm run build`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from './support/options.mjs';
import { cpuBetween, cpuSeconds, median, timeCopy, withDatabase } from './support/postgres.mjs';
import { report } from './support/report.mjs';

const { values: options } = parseArgs({
  options: {
    hours: { type: 'string', default: '1' },
    stations: { type: 'string', default: '120' },
    rounds: { type: 'string', default: '3' },
    crowded: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    log: { type: 'string' },
  },
});
const pace = options.crowded ? 'crowded' : 'mixed';

const { simulate } = await import('#apps/simulation');
const { postgresDatabase } = await import('#cluster');
const { migrateAll } = await import('../../dist/apps/standalone/compare-rows.js');
const { sqliteLog } = await import('#embedded');
const { TOPICS } = await import('#contracts');
const { emptyRows, foldingHere, placesToHead, SERVICES } = await import('../../dist/apps/standalone/rebuild.js');
const { rebuildInThreads } = await import('../../dist/apps/standalone/rebuild-threads.js');

/** The log of a run in a file that every thread reads, each record in the place it had: derived records name it. */
async function keep(records, directory) {
  const log = await sqliteLog(directory, { partitions: 1 + records.reduce((highest, { partition }) => Math.max(highest, partition), 0) });
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

/** What a message of a station is, by the words of the budget. */
function kindOf({ action, payload }) {
  if (['StartTransaction', 'StopTransaction'].includes(action)) return 'start and stop';
  if (action === 'TransactionEvent' && payload.eventType !== 'Updated') return 'start and stop';
  if (payload.meterValue?.[0]?.sampledValue?.length >= 7) return 'samples';
  return { StatusNotification: 'status', Heartbeat: 'heartbeat' }[action] ?? 'other';
}

/** Shares of what stations said, the largest first, and the values in it. */
function messagesOf(records) {
  const calls = records.filter(({ headers }) => headers.ce_type === 'CallReceived').map(({ value }) => JSON.parse(value));
  const kinds = [...Map.groupBy(calls, kindOf)].sort(([, a], [, b]) => b.length - a.length);
  const shares = kinds.map(([kind, its]) => `${kind} ${((100 * its.length) / calls.length).toFixed(1)} %`);
  return { count: calls.length, shares: shares.join(', '), samples: calls.filter((call) => kindOf(call) === 'samples').length };
}

const read = (file) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const { log: records, rowCounts = {} } =
  options.log === undefined
    ? await simulate({ seed: '1', hours: Number(options.hours), stations: Number(options.stations), pace })
    : { log: read(options.log) };
const messages = messagesOf(records);
process.stdout.write(`${records.length} records, ${messages.count} messages of stations: ${messages.shares}\n`);
const directory = mkdtempSync(join(tmpdir(), 'replay-bench-'));
await keep(records, directory);
const log = await sqliteLog(directory, { readOnly: true });
const tables = SERVICES.flatMap((service) => service.tables);

/** Rows of every table; throws where the services that wrote the log had others, or where values of stations are missing. */
async function countRows(database) {
  const counts = {};
  for (const { name } of tables) counts[name] = Number((await database.query(`select count(*) as rows from ${name}`)).rows[0].rows);
  for (const [name, rows] of Object.entries(rowCounts))
    if (counts[name] !== rows) throw new Error(`${name}: ${counts[name]} rows rebuilt, ${rows} when the log was written`);
  if (counts.meter_samples < 7 * messages.samples)
    throw new Error(`${messages.samples} messages of seven values, ${counts.meter_samples} rows`);
  return counts;
}

await withDatabase(async (url) => {
  const database = await postgresDatabase({ url, onTrouble: console.error });
  await migrateAll(database);
  const results = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    await emptyRows(database);
    const [startedAt, cpu] = [performance.now(), await cpuSeconds(database)];
    const threads = { log: { directory }, databaseUrl: url, alarmDays: 30 };
    await rebuildInThreads(threads, foldingHere(log, database), await placesToHead(log), () => {});
    const seconds = (performance.now() - startedAt) / 1000;
    const { client } = cpuBetween(cpu, await cpuSeconds(database));
    const counts = await countRows(database);
    const copied = await timeCopy(url, tables);
    results.push({ seconds, client, counts, copied, ratio: copied.seconds / seconds });
    process.stdout.write(
      `round ${round + 1}: ${copied.rows} rows, rebuilt in ${seconds.toFixed(2)} s (own processor ${client.toFixed(1)} s), COPY ${copied.seconds.toFixed(2)} s\n`,
    );
  }
  await database.close();
  await log.close();
  rmSync(directory, { recursive: true });
  const { seconds, client, counts, copied } = results.find(({ ratio }) => ratio === median(results.map((each) => each.ratio)));
  const rate = (count, inSeconds) => Math.round(count / inSeconds).toLocaleString('en');
  const from = options.log === undefined ? `${options.stations} stations over ${options.hours} h, ${pace}` : 'the log given';
  const largest = Object.entries(counts).sort(([, a], [, b]) => b - a);
  const lines = [
    `${from}: ${records.length} records, ${messages.count} of them messages of stations (${messages.shares}), make ${copied.rows} rows of all services; the middle of ${options.rounds} rounds`,
    `rows: ${largest
      .slice(0, 6)
      .map(([name, rows]) => `${name} ${rows}`)
      .join(', ')}, and ${largest.length - 6} tables more`,
    `${rate(records.length, seconds)} records/s, ${rate(copied.rows, seconds)} rows/s (own processor ${client.toFixed(1)} of ${seconds.toFixed(1)} s); bare COPY ${rate(copied.rows, copied.seconds)} rows/s: **${((100 * copied.seconds) / seconds).toFixed(0)} %** (budget 50 %, for the mix)`,
  ];
  const command = `npm run bench -- replay${options.crowded ? ' --crowded' : ''}`;
  report(
    'replay',
    `Rebuilding all rows beside bare COPY, ${options.log === undefined ? pace : 'a log given'}`,
    lines,
    command,
    options.write,
  );
});
