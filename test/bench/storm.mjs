// Ten thousand stations that come back at once: when the power of a region returns (everybody boots), and when the network's only process was killed
// and is started again. The whole network in one process, beside a bare ws server that answers the same boots. What was answered is looked for in the log.
// node test/bench/storm.mjs [--stations 10000] [--within 5 s over which the first dials are spread]   Needs `npm run build`.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { parseArgs } from './support/options.mjs';
import { report } from './support/report.mjs';
import { open, serve, startBenchNetwork } from './support/served.mjs';

const { values: options } = parseArgs({
  options: {
    stations: { type: 'string', default: '10000' },
    within: { type: 'string', default: '5' },
    home: { type: 'string' },
    port: { type: 'string', default: '0' },
    configured: { type: 'boolean', default: false },
    serve: { type: 'string' },
  },
});
const stations = Number(options.stations);
const stationIds = Array.from({ length: stations }, (_, index) => `CP-${index}`);
const PER_SITE = 100;
const PATIENCE_MS = 600_000;

async function serveBare() {
  const handleProtocols = ([first]) => first;
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, clientTracking: false, handleProtocols });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const [type, id, action] = JSON.parse(data.toString());
      const booted = { status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 };
      if (type === 2) socket.send(JSON.stringify([3, id, action === 'BootNotification' ? booted : {}]));
    });
  });
  return { port: server.address().port };
}

async function serveNetwork() {
  const { home, configured: isConfigured } = options;
  const limitA = 16 * PER_SITE;
  const network = await startBenchNetwork({
    keep: home,
    ocppPort: Number(options.port),
    isConfigured,
    stationIds,
    perSite: PER_SITE,
    limitA,
  });
  return { ...network, look: async () => ({}), count: () => answeredCalls(network.world.log) };
}

/** Answered calls in the log: how many, and whether one is there twice. */
async function answeredCalls(log) {
  const seen = new Set();
  let calls = 0;
  for (let partition = 0; partition < log.partitionCount('site-events'); partition++)
    for await (const batch of log.read('site-events', partition, 0, await log.head('site-events', partition)))
      for (const { headers, value } of batch) {
        if (headers.ce_type !== 'CallReceived') continue;
        calls++;
        seen.add(`${headers.ce_stationid} ${JSON.parse(value).messageId}`);
      }
  return { calls, distinct: seen.size };
}

if (options.serve !== undefined) serve(await (options.serve === 'network' ? serveNetwork() : serveBare()));

/** Seconds until the share of the stations had registered, or had an answer to anything, since `clear`. */
class Watch {
  #at = new Map();
  #began = performance.now();

  constructor(fleet) {
    for (const station of fleet.stations)
      station.listen(({ type }) => {
        if ((type === 'Registered' || type === 'Answered') && !this.#at.has(station.stationId))
          this.#at.set(station.stationId, performance.now());
      });
  }

  clear() {
    this.#at.clear();
    this.#began = performance.now();
  }

  sinceS() {
    return (performance.now() - this.#began) / 1000;
  }

  async everybody() {
    const giveUpAt = performance.now() + PATIENCE_MS;
    for (; this.#at.size < stations; await after(100))
      if (performance.now() > giveUpAt) throw new Error(`only ${this.#at.size} of ${stations} stations were answered`);
    const took = [...this.#at.values()].map((at) => (at - this.#began) / 1000).sort((a, b) => a - b);
    return { p50: took[took.length >> 1], p99: took[Math.ceil(0.99 * took.length) - 1], last: took.at(-1) };
  }
}

const told = ({ p50, p99, last }) => `half after ${p50.toFixed(1)} s, 99 % after ${p99.toFixed(1)} s, the last after ${last.toFixed(1)} s`;
/** What the process has taken of the processor since it began [s]. */
const cpuOf = async (server) => {
  const { cpu } = await server.ask('look');
  return (cpu.user + cpu.system) / 1e6;
};

async function comeTo(port) {
  const { startFleet } = await import('#apps/simulator');
  const specs = stationIds.map((stationId, index) => ({
    stationId,
    ocppVersion: index % 2 === 0 ? 'ocpp1.6' : 'ocpp2.0.1',
    evses: [{ evseId: 1, maxA: 32 }],
  }));
  const dialWithinMs = Number(options.within) * 1000;
  // Stations try again every 5 to 15 s, however often it failed.
  const backOff = { leastMs: 5_000, randomMs: 10_000, doublings: 0 };
  const fleet = await startFleet({
    url: `ws://127.0.0.1:${port}/ocpp`,
    stations: specs,
    arrivals: 'none',
    dialWithinMs,
    backOff,
    kept: 50,
  });
  return { fleet, watch: new Watch(fleet) };
}

if (options.serve === undefined) {
  const bare = await open(import.meta.filename, 'bare');
  const crowd = await comeTo(bare.port);
  const ceiling = await crowd.watch.everybody();
  await crowd.fleet.stop();
  await bare.kill();
  process.stdout.write(`bare ws: ${told(ceiling)}\n`);

  const home = mkdtempSync(join(tmpdir(), 'storm-bench-'));
  process.on('exit', () => rmSync(home, { recursive: true, force: true }));
  const network = await open(import.meta.filename, 'network', ['--home', home]);
  process.stdout.write(`${stations} stations configured\n`);
  const cpuBefore = await cpuOf(network);
  const { fleet, watch } = await comeTo(network.port);
  const booted = await watch.everybody();
  const cpu = (await cpuOf(network)) - cpuBefore;
  process.stdout.write(`all booted: ${told(booted)}, ${cpu.toFixed(0)} s of the processor\n`);
  await after(10_000);
  await network.kill();
  await after(1_000);
  watch.clear();
  const again = await open(import.meta.filename, 'network', ['--home', home, '--port', String(network.port), '--configured']);
  const ready = watch.sinceS();
  const back = await watch.everybody();
  process.stdout.write(`back after the kill: ${told(back)}\n`);
  await fleet.stop();
  await after(2_000);
  const answered = fleet.totals().reduce((sum, { answeredCount }) => sum + answeredCount, 0);
  const { calls, distinct } = await again.ask('count');
  await again.close();
  report('storm', `${stations} stations come back at once`, [
    `everybody boots within ${options.within} s: ${told(booted)} (budget: all within 60 s), ${cpu.toFixed(0)} s of the processor`,
    `bare ws, the same boots: ${told(ceiling)}; the last is answered ${(booted.last / ceiling.last).toFixed(1)} times as late by ours`,
    `killed with -9 and started again: ${told(back)} after its start, stations trying again every 5 to 15 s; every service runs after ${ready.toFixed(1)} s, with rows to make anew`,
    `${answered} calls were answered, ${calls} are in the log, ${calls - distinct} of them twice`,
  ]);
  if (calls < answered || calls !== distinct) process.exitCode = 1;
}
