// Memory of a connection that says nothing, and the processor time it takes to come: bare ws, our edge, and both behind TLS. Each booted once; then the
// collector runs, and what the process holds (heap and buffers, and resident pages) is compared with what it held before anybody came.
// node test/bench/idle.mjs [--connections 5000] [--kinds bare,edge,bareTls,edgeTls]   Needs `npm run build`.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { issue } from '../scenario/support/certificates.ts';
import { parseArgs } from './support/options.mjs';
import { report } from './support/report.mjs';
import { open, serve, startBenchEdge } from './support/served.mjs';

const KINDS = ['bare', 'edge', 'bareTls', 'edgeTls'];
const { values: options } = parseArgs({
  options: {
    connections: { type: 'string', default: '5000' },
    kinds: { type: 'string', default: KINDS.join() },
    serve: { type: 'string' },
  },
});
const connections = Number(options.connections);
const AT_ONCE = 50;
const BOOT = JSON.stringify([2, 'boot', 'BootNotification', { chargePointVendor: 'Bench', chargePointModel: 'Idle' }]);

function look() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return { held: heapUsed + external };
}

async function serveBare(isTls) {
  const server = isTls ? createServer(issue({ subject: { CN: 'localhost' } })) : undefined;
  const options = { perMessageDeflate: false, clientTracking: false, handleProtocols: ([first]) => first };
  const sockets = new WebSocketServer(server === undefined ? { ...options, port: 0, host: '127.0.0.1' } : { ...options, server });
  server?.listen(0, '127.0.0.1');
  await once(server ?? sockets, 'listening');
  sockets.on('connection', (socket) => {
    socket.on('message', (data) => socket.send(JSON.stringify([3, JSON.parse(data.toString())[1], {}])));
  });
  return { port: (server ?? sockets).address().port, look };
}

async function serveEdge(isTls) {
  const quiet = { pingIntervalS: 3_600 };
  if (!isTls) return { port: (await startBenchEdge(quiet)).port, look };
  const home = mkdtempSync(join(tmpdir(), 'idle-bench-'));
  process.on('exit', () => rmSync(home, { recursive: true, force: true }));
  const { cert, key } = issue({ subject: { CN: 'localhost' } });
  const files = { certFiles: [join(home, 'cert.pem')], keyFiles: [join(home, 'key.pem')], clientCaFiles: [] };
  writeFileSync(files.certFiles[0], cert);
  writeFileSync(files.keyFiles[0], key);
  const { edge } = await startBenchEdge({ ...quiet, ocppTls: { port: 0, ...files } });
  return { port: edge.tlsPort, look };
}

async function connect(port, isTls, index) {
  const url = `${isTls ? 'wss' : 'ws'}://127.0.0.1:${port}/ocpp/IDLE-${index}`;
  const authorization = `Basic ${Buffer.from(`IDLE-${index}:0123456789abcdef`).toString('base64')}`;
  const socket = new WebSocket(url, 'ocpp1.6', { perMessageDeflate: false, rejectUnauthorized: false, headers: { authorization } });
  await once(socket, 'open');
  socket.send(BOOT);
  await once(socket, 'message');
  return socket;
}

async function measure(kind) {
  const isTls = kind.endsWith('Tls');
  const server = await open(import.meta.filename, kind);
  // What everybody shares is there already.
  const sockets = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => connect(server.port, isTls, `first-${index}`)));
  await after(1_000);
  const before = await server.ask('look');
  const cpuMs = ({ cpu: { user, system } }) => (user + system) / 1000;
  let next = 0;
  const some = async () => {
    while (next < connections) sockets.push(await connect(server.port, isTls, next++));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, some));
  const comeMs = (cpuMs(await server.ask('look')) - cpuMs(before)) / connections;
  await after(3_000);
  const end = await server.ask('look');
  for (const socket of sockets) socket.terminate();
  await server.kill();
  const [held, resident] = [end.held - before.held, end.rss - before.rss].map((bytes) => bytes / 1024 / connections);
  process.stdout.write(
    `${kind}: ${held.toFixed(1)} KiB held, ${resident.toFixed(1)} KiB resident per connection, ${comeMs.toFixed(2)} ms to come, ${Math.round(before.rss / 2 ** 20)} MiB before\n`,
  );
  return { held, resident, comeMs, beforeMiB: before.rss / 2 ** 20 };
}

if (options.serve !== undefined) {
  const isTls = options.serve.endsWith('Tls');
  serve(await (options.serve.startsWith('edge') ? serveEdge(isTls) : serveBare(isTls)));
} else {
  const results = {};
  for (const kind of options.kinds.split(',')) results[kind] = await measure(kind);
  const told = (kind) => {
    const { held, resident, comeMs, beforeMiB } = results[kind];
    return `${held.toFixed(1)} KiB of heap and buffers, ${resident.toFixed(1)} KiB resident, ${comeMs.toFixed(2)} ms of processor to connect and boot; ${beforeMiB.toFixed(0)} MiB before anybody came`;
  };
  const above = (ours, theirs) => `${(results[ours].held - results[theirs].held).toFixed(1)} KiB`;
  const names = { bare: 'bare ws', edge: 'the edge', bareTls: 'bare ws behind TLS', edgeTls: 'the edge behind TLS' };
  report('idle', `Memory of ${connections} idle connections`, [
    ...KINDS.filter((kind) => kind in results).map((kind) => `${names[kind]}: ${told(kind)}`),
    ...('bare' in results && 'edge' in results ? [`the edge above bare ws: **${above('edge', 'bare')}** (budget 8 KiB)`] : []),
    ...('bareTls' in results && 'edgeTls' in results ? [`behind TLS: ${above('edgeTls', 'bareTls')}`] : []),
  ]);
}
