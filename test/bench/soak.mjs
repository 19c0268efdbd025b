// Half an hour and more of an ordinary day: the whole network in one process, stations that charge, meter, come and go. Memory (heap after the collector
// and resident pages), open handles and latency, quarter by quarter: the later ones beside the first after the start.
// node test/bench/soak.mjs [--stations 2000] [--minutes 30]   Needs `npm run build`.
import { setTimeout as after } from 'node:timers/promises';
import { parseArgs } from './support/options.mjs';
import { report } from './support/report.mjs';
import { residentParts } from './support/resident.mjs';
import { ID_TOKEN, open, serve, startBenchNetwork } from './support/served.mjs';

const { values: options } = parseArgs({
  options: { stations: { type: 'string', default: '2000' }, minutes: { type: 'string', default: '30' }, serve: { type: 'string' } },
});
const stations = Number(options.stations);
const minutes = Number(options.minutes);
const stationIds = Array.from({ length: stations }, (_, index) => `CP-${index}`);
const PER_SITE = 50;
const QUARTERS = 4;
/** Two of three outlets are taken, each for a quarter of an hour or so: a change every so often keeps it there [ms]. */
const CHANGE_MS = (Math.min(15, minutes / 2) * 60_000) / stations;

/** The threads of log and database. */
const threads = [];
process.on('worker', (thread) => threads.push(thread));

async function look() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, heapTotal, external } = process.memoryUsage();
  const heaps = await Promise.all(threads.map((thread) => thread.getHeapStatistics()));
  const ofThreads = heaps.reduce((sum, { total_heap_size: size }) => sum + size, 0);
  return { held: heapUsed + external, heapTotal, ofThreads, ...residentParts(), handles: process.getActiveResourcesInfo().length };
}

if (options.serve !== undefined) serve({ ...(await startBenchNetwork({ stationIds, perSite: PER_SITE, limitA: 16 * PER_SITE })), look });

async function comeTo(port) {
  const { startFleet } = await import('#apps/simulator');
  const specs = stationIds.map((stationId, index) => ({
    stationId,
    ocppVersion: index % 2 === 0 ? 'ocpp1.6' : 'ocpp2.0.1',
    evses: [{ evseId: 1, maxA: 32 }],
  }));
  return startFleet({
    url: `ws://127.0.0.1:${port}/ocpp`,
    stations: specs,
    arrivals: 'none',
    sampleIntervalS: 60,
    dialWithinMs: 60_000,
    kept: 50,
  });
}

/** Each outlet in turn: whoever stands there leaves, and two of three times somebody comes. */
async function liveOn(fleet, state) {
  const car = { batteryWh: 60_000, soc: 0.2, maxA: 32, phases: 3 };
  for (let turn = 0; !state.isOver; turn++, await after(CHANGE_MS)) {
    const { charging } = fleet.stations[(turn * 7_919) % stations];
    charging.depart(1);
    if (turn % 3 !== 0) charging.arrive(1, car, { idToken: ID_TOKEN, type: 'ISO14443' });
  }
}

const p = (latencies, share) => latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * share)] ?? Number.NaN;
const mib = (bytes) => (bytes / 2 ** 20).toFixed(0);
const told = ({ p50, p99, calls, held, heapTotal, ofThreads, rss, wasm, malloc, files, other, handles }) =>
  `${calls} calls, p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms; ${mib(held)} MiB held, ${mib(rss)} MiB resident (PGlite's memory ${mib(wasm)}, ` +
  `heaps and large buffers ${mib(other)}, the main thread having a heap of ${mib(heapTotal)} and other threads of ${mib(ofThreads)}, malloc ${mib(malloc)}, files ${mib(files)}), ${handles} handles`;

if (options.serve === undefined) {
  const network = await open(import.meta.filename, 'network');
  const fleet = await comeTo(network.port);
  const state = { isOver: false, latencies: [], failed: 0 };
  for (const station of fleet.stations)
    station.listen((event) => {
      if (event.type === 'Answered') state.latencies.push(event.latencyMs);
      if (event.type === 'Failed') state.failed++;
    });
  while (!fleet.stations.every(({ registration }) => registration === 'Accepted')) await after(500);
  process.stdout.write(`${stations} stations registered\n`);
  const living = liveOn(fleet, state);
  // A quarter of an hour until every outlet had its first turn.
  await after(CHANGE_MS * stations);
  const quarters = [];
  for (let quarter = 0; quarter < QUARTERS; quarter++) {
    state.latencies = [];
    await after((minutes * 60_000) / QUARTERS);
    const memory = await network.ask('look');
    quarters.push({ ...memory, p50: p(state.latencies, 0.5), p99: p(state.latencies, 0.99), calls: state.latencies.length });
    process.stdout.write(`quarter ${quarter + 1}: ${told(quarters.at(-1))}\n`);
  }
  state.isOver = true;
  await living;
  await fleet.stop();
  await network.close();
  const [first, last] = [quarters[0], quarters.at(-1)];
  report('soak', `${minutes} minutes with ${stations} stations that charge`, [
    ...quarters.map((each, index) => `quarter ${index + 1}: ${told(each)}`),
    `the last beside the first: held ${(last.held / first.held).toFixed(2)}, resident ${(last.rss / first.rss).toFixed(2)}, handles ${(last.handles / first.handles).toFixed(2)}, p99 ${(last.p99 / first.p99).toFixed(2)}; ${state.failed} calls failed`,
  ]);
}
