// Power comes back: the whole network in one process is killed with -9 while a thousand cars charge, and started again; over a log and rows of a year, and
// beside it over those of one day. From the start of the process until a station is answered, until all are; until a station and all of them have accepted
// their share of a limit that is asked for as soon as anybody listens; until every service has read what it had still to read.
// node test/bench/recovery.mjs [--stations 1000] [--days 365] [--heartbeats 3 a day of each]   Needs `npm run build`.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { accepted, fleetOf, until } from './support/cut.mjs';
import { parseArgs } from './support/options.mjs';
import { report } from './support/report.mjs';
import { call, ID_TOKEN, open, serve, startBenchNetwork } from './support/served.mjs';

const { values: options } = parseArgs({
  options: {
    stations: { type: 'string', default: '1000' },
    days: { type: 'string', default: '365' },
    heartbeats: { type: 'string', default: '3' },
    home: { type: 'string' },
    port: { type: 'string', default: '0' },
    configured: { type: 'boolean', default: false },
    serve: { type: 'string' },
  },
});
const [stations, days, heartbeats] = [options.stations, options.days, options.heartbeats].map(Number);
const stationIds = Array.from({ length: stations }, (_, index) => `CP-${index}`);
const PER_SITE = 100;
const [HIGH_A, LOW_A] = [16, 8];
/** Between then and now nothing happened, so that no night is reconciled that left no charge records. */
const SILENT_DAYS = 40;
const SESSIONS_A_DAY = 2;
const SAMPLES_A_SESSION = 4;
const RECORDS_AT_ONCE = 500;
/** As often as may be. */
const SAMPLE_S = 10;
/** What all services together have still to read of the last second and a half, a dozen of them [records]: of what so many say there is always something that has just been said. */
const CAUGHT_UP = Math.max(200, (20 * stations) / SAMPLE_S);
/** For how long they have when it is killed. */
const CHARGED_MS = 60_000;
/** Stations dial again after a quarter to half a second, so that what is measured is ours. */
const BACK_OFF = { leastMs: 250, randomMs: 250, doublings: 0 };

/** What so many days leave behind: heartbeats in the log, sessions and their samples in the rows. */
async function fill() {
  const [{ ROWS }, { TOPICS }, { embeddedWorld }] = await Promise.all([
    import('#apps/standalone'),
    import('#contracts'),
    import('#embedded'),
  ]);
  const { migrateAll } = await import('../../dist/apps/standalone/compare-rows.js');
  const world = await embeddedWorld(options.home, TOPICS, { database: { rows: ROWS } });
  await world.log.open(TOPICS);
  await migrateAll(world.database);
  const startedMs = Date.now() - (days + SILENT_DAYS) * 86_400_000;
  const waiting = [];
  for (const [count, records] of batches(startedMs)) {
    waiting.push(world.log.append('site-events', records));
    if (waiting.length === 8) await Promise.all(waiting.splice(0));
    if (count % 200_000 === 0) process.stdout.write(`${count} records\n`);
  }
  await Promise.all(waiting);
  const sessions = days * SESSIONS_A_DAY * stations;
  const of = `'default', 'site-' || (n % ${stations}) / ${PER_SITE}, 'CP-' || n % ${stations}`;
  const at = `to_timestamp(${startedMs / 1000} + n * ${86_400 / SESSIONS_A_DAY / stations})`;
  for (let first = 0; first < sessions; first += 50_000) {
    const range = `from generate_series(${first}, ${Math.min(first + 50_000, sessions) - 1}) n`;
    await world.database.query(
      `insert into sessions (tenant_id, site_id, station_id, session_id, evse_id, transaction_id, ocpp_version, status, started_at, ended_at, energy_wh, flags)
       select ${of}, md5(n::text), 1, 'of-before-' || n, 'ocpp1.6', 'ended', ${at}, ${at} + interval '1 hour', 10000, '[]' ${range}`,
    );
    await world.database.query(
      `insert into meter_samples (tenant_id, site_id, station_id, time, received_at, port_id, transaction_id, measurand, context, location, unit, value, raw_value, is_signed, flags, record_offset, sample)
       select ${of}, ${at}, ${at}, 'CP-' || n % ${stations} || '-1', 'of-before-' || n, 'Energy.Active.Import.Register', 'Sample.Periodic', 'Outlet', 'Wh', n, n::text, false, '', n, sample
       from generate_series(${first}, ${Math.min(first + 50_000, sessions) - 1}) n, generate_series(1, ${SAMPLES_A_SESSION}) sample`,
    );
  }
  await world.close();
  return { port: 0, records: days * heartbeats * stations, look: async () => ({}) };
}

function* batches(startedMs) {
  const total = days * heartbeats * stations;
  let records = [];
  for (let n = 0; n < total; n++) {
    records.push(heartbeat(n % stations, n, startedMs + (n / total) * days * 86_400_000));
    if (records.length < RECORDS_AT_ONCE && n < total - 1) continue;
    yield [n + 1, records];
    records = [];
  }
}

const { encode } = await import('#contracts');
function heartbeat(index, n, ms) {
  const time = new Date(ms).toISOString();
  const data = {
    connectionId: 'of-before',
    generation: [0, 0],
    ocppVersion: 'ocpp1.6',
    messageId: `h${n}`,
    action: 'Heartbeat',
    violations: [],
    flags: [],
    answer: { kind: 'result', payload: { currentTime: time } },
    payload: {},
  };
  const of = { tenantId: 'default', siteId: `site-${Math.floor(index / PER_SITE)}`, stationId: `CP-${index}` };
  return encode({ id: `of-before-${n}`, type: 'CallReceived', source: '/edge/of-before', time, ...of, data });
}

async function network() {
  const { home: keep, configured: isConfigured } = options;
  const limitA = HIGH_A * PER_SITE;
  const served = await startBenchNetwork({
    keep,
    ocppPort: Number(options.port),
    isConfigured,
    stationIds,
    perSite: PER_SITE,
    limitA,
    site: { sampleSeconds: SAMPLE_S },
  });
  const { database, log } = served.world;
  /** Records that services have still to read. */
  const lag = async () => {
    const { rows } = await database.query('select topic, partition, next_offset from service_positions');
    const lags = await Promise.all(
      rows.map(async ({ topic, partition, next_offset: next }) => (await log.head(topic, partition)) - Number(next)),
    );
    return lags.reduce((sum, each) => sum + each, 0);
  };
  return { ...served, look: async () => ({ lag: await lag() }) };
}

if (options.serve !== undefined) serve(await (options.serve === 'fill' ? fill() : network()));

/** Everything from an empty directory to a killed process and the one after it [s]. */
async function recovery(ofDays) {
  const home = mkdtempSync(join(tmpdir(), 'recovery-bench-'));
  const file = import.meta.filename;
  try {
    const args = ['--home', home, '--days', String(ofDays)];
    await (await open(file, 'fill', args)).close();
    const reading = await open(file, 'network', [...args, '--configured']);
    await until('what was there is read', async () => (await reading.ask('look')).lag === 0);
    await reading.close();
    const first = await open(file, 'network', args);
    const fleet = await fleetOf(first.port, stationIds, ['ocpp1.6', 'ocpp2.0.1'], {
      backOff: BACK_OFF,
      sampleIntervalS: SAMPLE_S,
    });
    await until('every station registered', () => fleet.stations.every(({ registration }) => registration === 'Accepted'));
    const car = { batteryWh: 80_000, soc: 0.1, maxA: 32, phases: 3 };
    const fits = (limit) => limit >= HIGH_A - 0.5;
    const come = () => {
      for (const { charging } of fleet.stations) charging.arrive(1, car, { idToken: ID_TOKEN, type: 'ISO14443' });
    };
    process.stdout.write(`${stations} stations registered\n`);
    await accepted(fleet, fits, come);
    process.stdout.write('all cars charge\n');
    await after(CHARGED_MS);
    await first.kill();
    process.stdout.write('killed\n');

    const answered = new Map();
    for (const station of fleet.stations)
      station.listen(({ type }) => {
        if (type === 'Registered' || type === 'Answered')
          answered.set(station.stationId, answered.get(station.stationId) ?? performance.now());
      });
    const began = performance.now();
    const again = await open(file, 'network', [...args, '--port', String(first.port), '--configured']);
    const limitedAt = performance.now();
    const now = Date.now();
    const limit = {
      siteIds: Array.from({ length: Math.ceil(stations / PER_SITE) }, (_, site) => `site-${site}`),
      schedule: [{ startsAt: new Date(now).toISOString(), limitA: LOW_A * PER_SITE }],
      expiresAt: new Date(now + 3_600_000).toISOString(),
      source: 'bench',
    };
    const cut = await accepted(
      fleet,
      (each) => each <= LOW_A,
      () => call(again.httpPort, 'POST', '/v1/grid/limits', limit),
    );
    await until('everything is read', async () => (await again.ask('look')).lag < CAUGHT_UP);
    const restS = (performance.now() - began) / 1000;
    await fleet.stop();
    await again.close();
    const answers = [...answered.values()].map((at) => (at - began) / 1000).sort((a, b) => a - b);
    const sinceS = (ms) => (limitedAt - began + ms) / 1000;
    const logMiB = statSync(join(home, 'log/log.sqlite')).size / 2 ** 20;
    return { logMiB, answered: answers[0], all: answers.at(-1), limited: sinceS(cut.first), allLimited: sinceS(cut.last), restS };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

if (options.serve === undefined) {
  const day = await recovery(1);
  process.stdout.write(`a day: ${JSON.stringify(day)}\n`);
  await after(2_000);
  const year = await recovery(days);
  process.stdout.write(`${days} days: ${JSON.stringify(year)}\n`);
  const told = (of) => `${of.toFixed(1)} s`;
  const beside = (name) => `${told(year[name])} (a day: ${told(day[name])})`;
  report('recovery', `Killed with -9 while ${stations} cars charge, started again over ${days} days`, [
    `a log of ${Math.round(year.logMiB)} MiB (a day: ${Math.round(day.logMiB)}), ${days * SESSIONS_A_DAY * stations} sessions and ${days * SESSIONS_A_DAY * SAMPLES_A_SESSION * stations} samples in the rows, embedded storage`,
    `the first station is answered after **${beside('answered')}** (budget 10 s), the last after ${beside('all')}`,
    `a limit asked for as soon as the API answers is accepted by the first station after **${beside('limited')}** (budget 30 s), by the last after ${beside('allLimited')}`,
    `every service has caught up after ${beside('restS')}`,
  ]);
}
