// CALLs per CPU-second of the edge (schema-checked, durable in the embedded log) beside a bare ws server that parses the frame and replies.
// Same load, same machine, one after the other. Needs `npm run build`.
// node test/bench/edge.mjs [--stations 100] [--seconds 10] [--log memory]
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';
import { measureCalls, meterValues } from './support/edge-load.mjs';
import { open, serve, startBenchEdge } from './support/served.mjs';

const { values: options } = parseArgs({
  options: {
    stations: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '10' },
    log: { type: 'string', default: 'sqlite' },
    serve: { type: 'string' },
  },
});
const [stations, seconds] = [Number(options.stations), Number(options.seconds)];

async function serveBare() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, clientTracking: false });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.on('message', (data) => socket.send(JSON.stringify([3, JSON.parse(data.toString())[1], {}])));
  });
  return { port: server.address().port, look: async () => ({}) };
}

async function serveEdge() {
  const { memoryLog } = await import('#embedded');
  const config = { callsPerStation: { burst: Number.POSITIVE_INFINITY, perS: 1 } };
  const { port, log } = await startBenchEdge(config, options.log === 'memory' ? memoryLog() : undefined);
  return { port, look: async () => ({ recorded: (await log.head('site-events', 0)) - stations }) }; // less one StationConnected each
}

if (options.serve !== undefined) serve(await (options.serve === 'edge' ? serveEdge() : serveBare()));
else {
  const results = {};
  for (const kind of ['bare', 'edge']) {
    results[kind] = await measureCalls(await open(import.meta.filename, kind), { stations, seconds });
    const { perSecond, perCpuSecond, p50, p99, rss } = results[kind];
    process.stdout.write(
      `${kind}: ${Math.round(perSecond)} calls/s, ${Math.round(perCpuSecond)} per CPU-second, p50 ${p50?.toFixed(1)} ms, p99 ${p99?.toFixed(1)} ms, ` +
        `rss ${Math.round(rss / 2 ** 20)} MiB, frame ${meterValues('1-1', 1_790_000_000_000).length} bytes\n`,
    );
  }
  process.stdout.write(`edge: ${((results.edge.perCpuSecond / results.bare.perCpuSecond) * 100).toFixed(0)} % of the ceiling\n`);
}
