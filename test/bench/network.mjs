// The whole network in one process under the mix of DESIGN (80 % samples, 10 % status, 5 % heartbeat, 5 % start and stop), beside a bare ws server
// that parses the frame and replies to the same stations. Calls per CPU-second, lag of every consumer during the run, then the row counts.
// node test/bench/network.mjs [--stations 200] [--seconds 60] [--rate 0 (searched)] [--keep directory]   Needs `npm run build`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { parseArgs } from './support/options.mjs';
import { report } from './support/report.mjs';
import { open, serve, startBenchNetwork } from './support/served.mjs';

const { values: options } = parseArgs({
  options: {
    stations: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '0' },
    keep: { type: 'string' },
    serve: { type: 'string' },
  },
});
const stations = Number(options.stations);
const STATIONS_A_SITE = 20;
const stationId = (index) => `LOAD-${String(index + 1).padStart(5, '0')}`;

async function serveBare() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, clientTracking: false });
  await once(server, 'listening');
  const answers = {
    BootNotification: { status: 'Accepted', currentTime: '2026-01-01T00:00:00Z', interval: 300 },
    StartTransaction: { transactionId: 1, idTagInfo: { status: 'Accepted' } },
    Heartbeat: { currentTime: '2026-01-01T00:00:00Z' },
  };
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const [, id, action] = JSON.parse(data.toString());
      socket.send(JSON.stringify([3, id, answers[action] ?? {}]));
    });
  });
  return { port: server.address().port, look: async () => ({}) };
}

async function serveNetwork() {
  const stationIds = Array.from({ length: stations }, (_, index) => stationId(index));
  const network = await startBenchNetwork({ stationIds, perSite: STATIONS_A_SITE, limitA: 400, keep: options.keep });
  const { log, database } = network.world;
  return {
    ...network,
    async look() {
      const { rows } = await database.query('select service, topic, next_offset from service_positions');
      const lags = await Promise.all(rows.map(async ({ topic, next_offset }) => (await log.head(topic, 0)) - Number(next_offset)));
      return { lag: lags.reduce((sum, lag) => sum + lag, 0), head: await log.head('site-events', 0) };
    },
    async count() {
      const { rows } = await database.query(
        `select (select count(*) from meter_samples) as samples, (select count(*) from power_samples) as powers, (select count(*) from sessions) as sessions,
           (select count(*) from cdrs where credit_of is null) as cdrs, (select count(*) from parked_records) as parked`,
      );
      const calls = {};
      for await (const batch of log.read('site-events', 0, 0, await log.head('site-events', 0)))
        for (const { headers, value } of batch)
          if (headers.ce_type === 'CallReceived') {
            const { action } = JSON.parse(value);
            calls[action] = (calls[action] ?? 0) + 1;
          }
      return { rows: rows[0], calls };
    },
  };
}

if (options.serve !== undefined) serve(await (options.serve === 'network' ? serveNetwork() : serveBare()));

/** The load tool for so long; how many calls were answered, and what the server said every second. */
async function load(server, rate, seconds) {
  const url = `ws://127.0.0.1:${server.port}/ocpp`;
  const args = ['--url', url, '--stations', stations, '--seconds', seconds, '--rate', rate, '--ramp', 2, '--version', 'both'].map(String);
  const tool = spawn(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, '../../dist/apps/simulator/load.js'),
    ...args,
  ]);
  let text = '';
  tool.stdout.on('data', (chunk) => {
    text += chunk;
  });
  tool.stderr.pipe(process.stderr);
  const ended = once(tool, 'exit');
  await after(2_500);
  const looks = [await server.ask('look')];
  for (let second = 1; second < seconds; second++) {
    await after(1_000);
    looks.push(await server.ask('look'));
  }
  await ended;
  return { text, looks };
}

const cpuSeconds = (from, to) => (to.cpu.user + to.cpu.system - from.cpu.user - from.cpu.system) / 1e6;
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
/** The last third is not further behind than the first, but for what arrives in a second. */
const isSteady = (looks, rate) => {
  const third = Math.max(1, Math.floor(looks.length / 3));
  const lags = looks.map(({ lag }) => lag);
  return mean(lags.slice(-third)) <= mean(lags.slice(0, third)) + 2 * rate;
};
async function drained(server) {
  for (;;) {
    const look = await server.ask('look');
    if (look.lag === 0) return look;
    await after(100);
  }
}

if (options.serve === undefined) {
  const seconds = Number(options.seconds);
  const bare = await open(import.meta.filename, 'bare');
  const bareRun = await load(bare, 0, 10);
  await bare.close();
  const bareRate = Number(
    /([\d.,]+) calls\/s/.exec(bareRun.text.split('\n').findLast((line) => /calls\/s/.test(line)))?.[1].replaceAll(',', ''),
  );
  const bareCpu = cpuSeconds(bareRun.looks[0], bareRun.looks.at(-1)) / (bareRun.looks.length - 1);
  const ceiling = bareRate / bareCpu;
  process.stdout.write(`bare ws: ${Math.round(bareRate)} calls/s, ${Math.round(ceiling)} per CPU-second\n`);

  const network = await open(import.meta.filename, 'network');
  let rate = Number(options.rate);
  if (rate === 0) {
    rate = 250;
    for (let next = rate; next <= 64_000; next = Math.round(next * 1.5)) {
      const { looks } = await load(network, next, 8);
      await drained(network);
      const heard = (looks.at(-1).head - looks[0].head) / (looks.length - 1);
      const steady = isSteady(looks, next) && heard > next * 0.9;
      process.stdout.write(
        `${next} calls/s offered: ${Math.round(heard)} records/s, lag ${looks.map(({ lag }) => lag).join(' ')} ${steady ? '' : '- too much'}\n`,
      );
      if (!steady) break;
      rate = next;
    }
  }
  const before = await drained(network);
  const countBefore = await network.ask('count');
  const began = await network.ask('look');
  const { looks } = await load(network, rate, seconds);
  const end = await drained(network);
  const { rows, calls } = await network.ask('count');
  const sum = (counts) => Object.values(counts).reduce((all, count) => all + count, 0);
  const answered = sum(calls) - sum(countBefore.calls);
  const perCpuSecond = answered / cpuSeconds(began, end);
  const meters = Object.entries(calls).reduce(
    (all, [action, count]) => all + (['MeterValues', 'TransactionEvent'].includes(action) ? count : 0),
    0,
  );
  const starts16 = (calls.StartTransaction ?? 0) + (calls.StopTransaction ?? 0);
  const steady = isSteady(looks, rate);
  report('network', 'Whole network in one process', [
    `offered ${rate} calls/s for ${seconds} s by ${stations} stations at ${Math.ceil(stations / STATIONS_A_SITE)} sites; ${answered} calls recorded; peak memory ${Math.round(Math.max(...looks.map(({ rss }) => rss)) / 2 ** 20)} MiB`,
    `lag summed over consumers [records], first / middle / last second: ${looks[0].lag} / ${looks[looks.length >> 1].lag} / ${looks.at(-1).lag} (${steady ? 'not growing' : 'GROWING'}), before ${before.lag}, drained to ${end.lag}`,
    `rows: ${JSON.stringify(rows)}`,
    `${Math.round(perCpuSecond)} calls per CPU-second beside ${Math.round(ceiling)} of bare ws: **${((100 * perCpuSecond) / ceiling).toFixed(1)} %** (budget 20 %)`,
  ]);
  if (Number(rows.samples) < 7 * meters)
    throw new Error(`${meters} messages with seven values, but ${rows.samples} samples (${starts16} starts and stops)`);
  if (Number(rows.parked) > 0) throw new Error(`${rows.parked} records were parked`);
  await network.close();
}
