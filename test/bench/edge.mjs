// CALLs per CPU-second of the edge, schema-checked and durable in the embedded log and in Kafka, beside bare ws servers: one sends each frame back, the other
// parses it and replies (the ceiling). The same stations offer all they can to one after the other; then half of what the edge took, for its latency.
// node test/bench/edge.mjs [--stations 100] [--seconds 10] [--kinds echo,bare,edge,signed,kafka]   Needs `npm run build`.
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { measureCalls, meterValues } from './support/edge-load.mjs';
import { parseArgs } from './support/options.mjs';
import { report } from './support/report.mjs';
import { open, serve, startBenchEdge, UNBOUNDED } from './support/served.mjs';

const KINDS = ['echo', 'bare', 'edge', 'signed', 'kafka'];
const NAMES = {
  echo: 'bare ws, echo',
  bare: 'bare ws, parse and reply',
  edge: 'the edge, embedded log',
  signed: 'the edge, embedded log, records signed',
  kafka: 'the edge, Kafka',
};
const { values: options } = parseArgs({
  options: {
    stations: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '10' },
    kinds: { type: 'string', default: KINDS.join() },
    serve: { type: 'string' },
    brokers: { type: 'string' },
  },
});
const [stations, seconds] = [Number(options.stations), Number(options.seconds)];
const PARTITIONS = 4;

async function serveBare(reply) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, clientTracking: false });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.on('message', (data) => socket.send(reply(data.toString())));
  });
  return { port: server.address().port, look: async () => ({}) };
}

async function serveEdge(brokers, front) {
  const { kafkaLog } = await import('#cluster');
  const prefix = `bench-${process.pid}-`;
  const kafka = brokers && kafkaLog({ brokers: brokers.split(','), partitions: PARTITIONS, prefix });
  const { port, log } = await startBenchEdge(UNBOUNDED, kafka, front);
  return {
    port,
    async look() {
      const heads = Array.from({ length: log.partitionCount('site-events') }, (_, partition) => log.head('site-events', partition));
      return { recorded: (await Promise.all(heads)).reduce((sum, head) => sum + head, 0) - stations }; // less one StationConnected each
    },
  };
}

async function serveSigned() {
  const { signedLog, signerWith } = await import('#signing');
  const { systemClock } = await import('#system');
  const sign = signerWith(generateKeyPairSync('ed25519').privateKey, systemClock);
  return serveEdge(undefined, (log) => signedLog(log, { sign }, systemClock));
}

const SERVERS = {
  echo: () => serveBare((text) => text),
  bare: () => serveBare((text) => JSON.stringify([3, JSON.parse(text)[1], {}])),
  edge: () => serveEdge(),
  signed: serveSigned,
  kafka: () => serveEdge(options.brokers),
};

async function measure(brokers) {
  const args = brokers === undefined ? [] : ['--brokers', brokers];
  const run = async (kind, rate) => {
    const answer = kind === 'echo' ? '[2,' : '[3,';
    const result = await measureCalls(await open(import.meta.filename, kind, args), { stations, seconds, rate, answer });
    const load = rate === undefined ? 'all they can' : `${Math.round(rate)} calls/s`;
    process.stdout.write(`${NAMES[kind]}, ${load}: ${lineOf(result)}\n`);
    return result;
  };
  const kinds = KINDS.filter((kind) => options.kinds.split(',').includes(kind));
  const results = {};
  for (const kind of kinds) results[kind] = await run(kind);
  const halves = {};
  for (const kind of kinds.filter((each) => each === 'edge' || each === 'kafka'))
    halves[kind] = await run(kind, results[kind].perSecond / 2);
  return { results, halves };
}

const lineOf = ({ perSecond, perCpuSecond, p50, p99, rss }) =>
  `${Math.round(perSecond).toLocaleString('en')} calls/s, ${Math.round(perCpuSecond).toLocaleString('en')} per CPU-second, ` +
  `p50 ${p50?.toFixed(1)} ms, p99 ${p99?.toFixed(1)} ms, ${Math.round(rss / 2 ** 20)} MiB`;

async function onKafka(work) {
  const { up } = await import('../../deploy/local/stack.mjs');
  const home = mkdtempSync(join(tmpdir(), 'edge-bench-stack-'));
  const stack = await up({ dir: join(home, 'stack') });
  try {
    return await work(stack.env.KAFKA_BROKERS);
  } finally {
    await stack.down();
    rmSync(home, { recursive: true, force: true });
  }
}

if (options.serve !== undefined) serve(await SERVERS[options.serve]());
else {
  const { results, halves } = await (options.kinds.includes('kafka') ? onKafka(measure) : measure());
  const share = ({ perCpuSecond }, of) => (of === undefined ? '' : `${((100 * perCpuSecond) / of.perCpuSecond).toFixed(0)} %`);
  report('edge', 'Calls of an edge beside bare ws', [
    `${stations} stations with one call outstanding each, MeterValues of ${meterValues('1-1', 1_790_000_000_000).length} bytes, ${seconds} s each`,
    ...Object.entries(results).map(([kind, result]) => `${NAMES[kind]}: ${lineOf(result)}`),
    ...(results.signed && results.edge
      ? [`signing: ${(100 * (results.edge.perCpuSecond / results.signed.perCpuSecond - 1)).toFixed(0)} % more processor time a call`]
      : []),
    ...Object.entries(halves).map(
      ([kind, half]) =>
        `${NAMES[kind]}: **${share(results[kind], results.bare)}** of the ceiling by processor time (budget 50 %), ` +
        `${results.echo === undefined ? '' : `${share(results[kind], results.echo)} of the echo, `}at half load p99 **${half.p99.toFixed(1)} ms** (budget 50)`,
    ),
  ]);
}
