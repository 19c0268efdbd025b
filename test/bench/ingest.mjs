// Meter samples from the log into the tables of metering, by the consumer as it runs, beside bare COPY of the same rows into the same tables.
// Records of 1 KB with seven to ten values each, partition by partition as a cluster has them; the log is in memory, the database PostgreSQL.
// node test/bench/ingest.mjs [--records 20000] [--partitions 4] [--rounds 3] [--write]   Needs `npm run build`.

import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { parseArgs } from './support/options.mjs';
import { cpuBetween, cpuSeconds, median, timeCopy, withDatabase } from './support/postgres.mjs';
import { report } from './support/report.mjs';

const { values: options } = parseArgs({
  options: {
    records: { type: 'string', default: '20000' },
    partitions: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
});
const [records, partitions, rounds] = [options.records, options.partitions, options.rounds].map(Number);
const SITES = 40;
const STATIONS = 400;
const START_MS = Date.parse('2026-03-01T00:00:00Z');

const { meteringDefinition } = await import('#apps/metering');
const { encode, TOPICS } = await import('#contracts');
const { postgresDatabase } = await import('#cluster');
const { memoryLog } = await import('#embedded');
const { systemClock } = await import('#system');
const { migrate, ServiceRunner } = await import('#service');

/** What a station says every half minute: voltages, currents and powers of three phases, and its register. */
function record(index) {
  const station = index % STATIONS;
  const atMs = START_MS + Math.floor(index / STATIONS) * 30_000 + station * 50;
  const time = new Date(atMs).toISOString();
  const sampledValue = ['Voltage', 'Current.Import', 'Power.Active.Import'].flatMap((measurand, kind) =>
    ['L1', 'L2', 'L3'].map((phase, line) => ({
      value: String([230 + line / 10, 15.5, 3560][kind] + ((index * 7 + line) % 13) / 10),
      context: 'Sample.Periodic',
      measurand,
      phase: kind === 0 ? `${phase}-N` : phase,
      location: 'Outlet',
      unit: ['V', 'A', 'W'][kind],
    })),
  );
  sampledValue.push({ value: String(100_000 + index), context: 'Sample.Periodic', measurand: 'Energy.Active.Import.Register', unit: 'Wh' });
  const stationId = `CP${String(station).padStart(4, '0')}`;
  const data = {
    connectionId: 'c',
    generation: { assignmentSeq: 1, offset: 0 },
    ocppVersion: 'ocpp1.6',
    messageId: `m${index}`,
    action: 'MeterValues',
    violations: [],
    flags: [],
    answer: { kind: 'result', payload: {} },
    payload: { connectorId: 1, transactionId: 1000 + station, meterValue: [{ timestamp: time, sampledValue }] },
  };
  return encode({
    id: `e${index}`,
    type: 'CallReceived',
    source: '/edge',
    time,
    tenantId: 'default',
    siteId: `site-${station % SITES}`,
    stationId,
    data,
  });
}

/** Seconds, and processor seconds of this process and the server's, until every record is in the tables. */
async function ingest(database, log) {
  const runner = new ServiceRunner({ log, database, clock: systemClock }, meteringDefinition, {}, pino({ level: 'warn' }));
  const heads = await Promise.all(Array.from({ length: partitions }, (_, partition) => log.head('site-events', partition)));
  const [startedAt, cpu] = [performance.now(), await cpuSeconds(database)];
  await runner.start();
  const isDone = () => {
    const held = runner.partitions();
    return held.length === partitions * meteringDefinition.inputs.length && held.every(({ isLive, lag }) => isLive && lag === 0);
  };
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 2));
  const seconds = (performance.now() - startedAt) / 1000;
  const used = cpuBetween(cpu, await cpuSeconds(database));
  await runner.stop();
  if (heads.reduce((sum, head) => sum + head, 0) !== records) throw new Error('records are missing in the log');
  return { seconds, cpu: used };
}

const spent = ({ cpu: { client, server } }) => `client ${client.toFixed(2)} s, server ${server.toFixed(2)} s`;

await withDatabase(async (url) => {
  const database = await postgresDatabase({ url, onTrouble: console.error });
  await migrate(database, 'metering', join(import.meta.dirname, '../../apps/metering/migrations'));
  const log = memoryLog({ partitions });
  await log.open(TOPICS);
  const all = Array.from({ length: records }, (_, index) => record(index));
  for (let from = 0; from < records; from += 1000) await log.append('site-events', all.slice(from, from + 1000));
  const names = meteringDefinition.tables.map(({ name }) => name).join(', ');
  const results = [];
  let bytesPerRow;
  for (let round = 0; round < rounds; round++) {
    await database.query(`truncate ${names}, service_positions, service_states`);
    const consumed = await ingest(database, log);
    const { rows } = await database.query('select count(*) as samples from meter_samples');
    if (Number(rows[0].samples) !== records * 10) throw new Error(`${records} records with ten values, but ${rows[0].samples} samples`);
    const sizes = meteringDefinition.tables.map(
      ({ name }) => `(select pg_total_relation_size('${name}') as bytes, count(*) as rows from ${name})`,
    );
    const { rows: disk } = await database.query(`select sum(bytes) / sum(rows) as per_row from (${sizes.join(' union all ')}) as each`);
    bytesPerRow = Math.round(Number(disk[0].per_row));
    const copied = await timeCopy(url, meteringDefinition.tables);
    results.push({ consumed, copied, ratio: copied.seconds / consumed.seconds });
    process.stdout.write(
      `round ${round + 1}: ${copied.rows} rows, consumer ${consumed.seconds.toFixed(2)} s (${spent(consumed)}), COPY ${copied.seconds.toFixed(2)} s (${spent(copied)})\n`,
    );
  }
  await log.close();
  await database.close();
  const { consumed, copied } = results.find(({ ratio }) => ratio === median(results.map((each) => each.ratio)));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { server_version: version } = (await client.query('show server_version')).rows[0];
  await client.end();
  const rate = (seconds) => Math.round(copied.rows / seconds).toLocaleString('en');
  const lines = [
    `${records} records of ${Math.round(all[0].value.length / 10) / 100} kB in ${partitions} partitions make ${copied.rows} rows; PostgreSQL ${version}; the middle of ${rounds} rounds`,
    `consumer ${rate(consumed.seconds)} rows/s, bare COPY ${rate(copied.seconds)} rows/s: **${((100 * copied.seconds) / consumed.seconds).toFixed(0)} %** (budget 60 %); processor time ${spent(consumed)}, COPY ${spent(copied)}`,
    `${bytesPerRow} bytes a row on disk, indexes included`,
  ];
  report('ingest', 'Meter samples: the consumer beside bare COPY', lines, undefined, options.write);
});
