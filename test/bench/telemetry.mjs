// What traces cost an edge: CALLs per CPU-second with none, with the default part of them followed, and with all, a collector beside it taking what is sent.
// The three in turn, several times over and each first in a third of them, so that a busy machine is busy for each of them. Metrics are on throughout, as in
// production.
// node test/bench/telemetry.mjs [--stations 100] [--seconds 8] [--rounds 5]   Needs `npm run build`.
import { createServer } from 'node:http';
import { measureCalls } from './support/edge-load.mjs';
import { parseArgs } from './support/options.mjs';
import { median } from './support/postgres.mjs';
import { report } from './support/report.mjs';
import { open, serve, startBenchEdge, UNBOUNDED } from './support/served.mjs';

const BUDGET_PERCENT = 5;
const { values: options } = parseArgs({
  options: {
    stations: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '5' },
    collector: { type: 'string', default: '' },
    serve: { type: 'string' },
  },
});
const [stations, seconds, rounds] = [options.stations, options.seconds, options.rounds].map(Number);

const { newTrace, startMetrics, startTracing, timing } = await import('#observability');

const OWN_ROUNDS = 9;
const OWN_MS = 500;

/** What a span of a call costs by itself [µs of processor time a call], in this process and by turns: what no other load of the machine hides. */
async function ownCost(endpoint) {
  startMetrics();
  const measured = timing('bench_answer_seconds', { description: 'of the bench', bounds: [0.01, 0.1, 1] });
  const attributes = { 'ocpp.action': 'MeterValues', 'ocpp.version': 'ocpp1.6', 'ocpp.station_id': 'BENCH', 'csms.tenant': 'default' };
  const waits = async (times) => times > 0 && (await waits(times - 1));
  const call = async () => {
    const span = newTrace()?.begin({ kind: 'server', name: 'MeterValues', attributes });
    await (span === undefined ? waits(8) : span.run(() => waits(8)));
    measured.record(0.005, span?.traceparent);
    span?.end();
  };
  const costs = { none: [], 'one in a hundred': [], all: [] };
  const ratios = Object.entries({ none: 0, 'one in a hundred': 0.01, all: 1 });
  for (let round = 0; round < OWN_ROUNDS; round++, ratios.push(ratios.shift()))
    for (const [kind, ratio] of ratios) {
      const traces =
        ratio === 0 ? undefined : await startTracing({ service: 'edge', instance: 'bench', endpoint, ratio, onTrouble: () => undefined });
      const [before, endMs] = [process.cpuUsage(), performance.now() + OWN_MS];
      let calls = 0;
      for (; performance.now() < endMs; await new Promise(setImmediate)) for (let n = 0; n < 100; n++, calls++) await call();
      const { user, system } = process.cpuUsage(before);
      costs[kind].push((user + system) / calls);
      await traces?.stop();
    }
  const none = median(costs.none);
  return [median(costs['one in a hundred']) - none, median(costs.all) - none];
}

if (options.serve !== undefined) {
  startMetrics();
  const ratio = Number(options.serve);
  if (options.collector !== '')
    await startTracing({
      service: 'edge',
      instance: 'bench',
      endpoint: options.collector,
      ratio,
      onTrouble: (detail) => process.stderr.write(`${detail}\n`),
    });
  const { port, log } = await startBenchEdge(UNBOUNDED);
  serve({ port, look: async () => ({ recorded: (await log.head('site-events', 0)) - stations }) });
} else {
  let sent = 0;
  const collector = createServer((request, response) => {
    request.on('data', (piece) => {
      sent += piece.length;
    });
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await new Promise((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${collector.address().port}`;
  const kinds = { none: ['0', ''], 'one in a hundred': ['0.01', url], all: ['1', url] };
  const found = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]));
  const bytes = {};
  const inTurn = Object.entries(kinds);
  for (let round = 0; round < rounds; round++, inTurn.push(inTurn.shift()))
    for (const [kind, [ratio, collectorUrl]] of inTurn) {
      const before = sent;
      const server = await open(import.meta.filename, ratio, ['--collector', collectorUrl]);
      const result = await measureCalls(server, { stations, seconds });
      bytes[kind] = (bytes[kind] ?? 0) + sent - before;
      found[kind].push(result.perCpuSecond);
      process.stdout.write(`round ${round + 1}, ${kind}: ${Math.round(result.perCpuSecond)} calls per CPU-second\n`);
    }
  const [oneInAHundred, all] = await ownCost(url);
  const callUs = 1e6 / median(found.none);
  const own = (us) => `${us.toFixed(2)} µs (${((us / callUs) * 100).toFixed(1)} %)`;
  collector.close();
  /** Percent that a round with traces has less than the one with none beside it. */
  const cost = (kind) => median(found[kind].map((each, round) => (1 - each / found.none[round]) * 100));
  const told = Object.entries(found).map(([kind, rates]) => `${kind} ${Math.round(median(rates))}`);
  report('telemetry', 'What traces cost an edge', [
    `calls per CPU-second by what is followed, the middle of ${rounds} rounds of ${seconds} s in turn: ${told.join(', ')}`,
    `one in a hundred, the default: **${cost('one in a hundred').toFixed(1)} %** (budget ${BUDGET_PERCENT} %); all: ${cost('all').toFixed(1)} %; the middle of the differences by round`,
    `what a span costs by itself, of ${callUs.toFixed(0)} µs a call takes, by turns in one process: one in a hundred ${own(oneInAHundred)}, all ${own(all)}`,
    `sent to the collector: ${(bytes['one in a hundred'] / 1e6).toFixed(1)} and ${(bytes.all / 1e6).toFixed(1)} MB`,
  ]);
}
