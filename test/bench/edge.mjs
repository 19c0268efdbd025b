// CALLs per CPU-second of the edge (schema-checked, durable in the embedded log) beside a bare ws server that parses the frame and replies.
// Same load, same machine, one after the other: 1.6 MeterValues of 1 KB from stations with one call outstanding each. Needs `npm run build`.
// node test/bench/edge.mjs [--stations 100] [--seconds 10] [--log memory]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { WebSocket, WebSocketServer } from 'ws';
import { startBenchEdge } from './support/served.mjs';

const { values: options } = parseArgs({
  options: {
    stations: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '10' },
    log: { type: 'string', default: 'sqlite' },
    serve: { type: 'string' },
  },
});
const stations = Number(options.stations);
const stationId = (index) => `BENCH${index}`;

async function serveBare() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, clientTracking: false });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.on('message', (data) => socket.send(JSON.stringify([3, JSON.parse(data.toString())[1], {}])));
  });
  return { port: server.address().port, recorded: async () => undefined };
}

async function serveEdge() {
  const { memoryLog } = await import('#embedded');
  const config = { callsPerStation: { burst: Number.POSITIVE_INFINITY, perS: 1 } };
  const { port, log } = await startBenchEdge(config, options.log === 'memory' ? memoryLog() : undefined);
  return { port, recorded: async () => (await log.head('site-events', 0)) - stations }; // less one StationConnected each
}

if (options.serve !== undefined) {
  const { port, recorded } = await (options.serve === 'edge' ? serveEdge() : serveBare());
  process.on('message', async (what) => {
    if (what === 'exit') process.exit(0);
    process.send({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss(), recorded: await recorded() });
  });
  process.send({ port });
} else {
  const results = {};
  for (const kind of ['bare', 'edge']) results[kind] = await measure(kind);
  const share = results.edge.perCpuSecond / results.bare.perCpuSecond;
  process.stdout.write(`edge: ${(share * 100).toFixed(0)} % of the ceiling\n`);
}

function meterValues(id, at) {
  const measurands = ['Voltage', 'Current.Import', 'Power.Active.Import'];
  const sampledValue = measurands.flatMap((measurand) =>
    ['L1', 'L2', 'L3'].map((phase) => ({ value: '230.1', context: 'Sample.Periodic', measurand, phase, location: 'Outlet' })),
  );
  sampledValue.push({ value: String(at), context: 'Sample.Periodic', measurand: 'Energy.Active.Import.Register', unit: 'Wh' });
  return JSON.stringify([
    2,
    id,
    'MeterValues',
    { connectorId: 1, transactionId: 42, meterValue: [{ timestamp: new Date(at).toISOString(), sampledValue }] },
  ]);
}

async function measure(kind) {
  const server = fork(new URL(import.meta.url).pathname, [...process.argv.slice(2), '--serve', kind]);
  const [{ port }] = await once(server, 'message');
  const ask = async () => {
    server.send('usage');
    return (await once(server, 'message'))[0];
  };
  let answered = 0;
  let isRunning = true;
  const latencies = [];
  const runs = Array.from({ length: stations }, async (_, index) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ocpp/${stationId(index)}`, 'ocpp1.6', { perMessageDeflate: false });
    await once(socket, 'open');
    for (let n = 0; isRunning; n++) {
      const sent = performance.now();
      socket.send(meterValues(`${index}-${n}`, 1_790_000_000_000 + n));
      const [data] = await once(socket, 'message');
      if (!String(data).startsWith('[3,')) throw new Error(`unexpected answer ${data}`);
      answered++;
      latencies.push(performance.now() - sent);
    }
    socket.terminate();
  });
  const warm = await new Promise((resolve) => setTimeout(() => resolve(ask()), 2_000));
  const [warmAnswered, startedAt] = [answered, performance.now()];
  await new Promise((resolve) => setTimeout(resolve, Number(options.seconds) * 1000));
  const seconds = (performance.now() - startedAt) / 1000;
  const [end, count] = [await ask(), answered - warmAnswered];
  isRunning = false;
  await Promise.all(runs);
  const { recorded } = await ask();
  server.send('exit');
  const cpuSeconds = (end.cpu.user + end.cpu.system - warm.cpu.user - warm.cpu.system) / 1e6;
  latencies.sort((a, b) => a - b);
  const result = { perCpuSecond: count / cpuSeconds };
  process.stdout.write(
    `${kind}: ${Math.round(count / seconds)} calls/s, ${Math.round(result.perCpuSecond)} per CPU-second, p50 ${latencies[latencies.length >> 1]?.toFixed(1)} ms, ` +
      `p99 ${latencies[Math.floor(latencies.length * 0.99)]?.toFixed(1)} ms, rss ${Math.round(end.rss / 2 ** 20)} MiB, frame ${meterValues('1-1', 1_790_000_000_000).length} bytes\n`,
  );
  if (recorded !== undefined && recorded < answered) throw new Error(`${answered} calls were answered and ${recorded} recorded`);
  return result;
}
