// What bad clients cost the good ones: stations that heartbeat and meter at a fixed rate, alone and beside a crowd that is wrong in every way it can be,
// at the same edge. Edge, good ones and crowd are processes of their own, so that nobody's latency is measured on the loop of another; the crowd's gets a core only while nobody else wants it, so that
// what is measured is what it does to the edge and not what it takes from the machine. Beside what the good ones see stands what the edge itself says: how late its own turns are. Compared within one run: p99 of the good ones by quarter, as many without the crowd (two before it, two after) as beside it, and memory of the edge in the last quarter of the crowd's time with the most before.
// node test/bench/hostile.mjs [--good 500] [--bad 1000] [--seconds 60] [--rate 0.5 calls a second of each good station] [--ways wrong,silent,deaf,fleeting]   Needs `npm run build`.
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { constants, setPriority } from 'node:os';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as after } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { parseArgs } from './support/options.mjs';
import { report } from './support/report.mjs';
import { open, serve, startBenchEdge } from './support/served.mjs';

const { values: options } = parseArgs({
  options: {
    good: { type: 'string', default: '500' },
    bad: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '0.5' },
    ways: { type: 'string', default: 'wrong,silent,deaf,fleeting' },
    serve: { type: 'string' },
    crowd: { type: 'string' },
  },
});
const [good, bad, seconds, rate] = [options.good, options.bad, options.seconds, options.rate].map(Number);
const PATIENCE_MS = 30_000;

async function serveEdge() {
  const { port, log } = await startBenchEdge();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  return {
    port,
    /** `lateMs`: p99 of what turns of the event loop came late since the last look. */
    look: async () => {
      const lateMs = Math.max(0, delay.percentile(99) / 1e6 - 1);
      delay.reset();
      return { head: await log.head('site-events', 0), lateMs };
    },
  };
}

if (options.serve !== undefined) serve(await serveEdge());

/** One timer and one listener, taken off again: who measures must leave the collector little to do. */
const answerOf = (socket) =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('a good station was not answered')), PATIENCE_MS);
    socket.onmessage = ({ data }) => {
      clearTimeout(late);
      resolve(data);
    };
  });

/** Calls at the rate until told to stop; every one has to be answered. Latencies of the current phase go into `into.latencies`. */
async function beGood(port, index, into) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ocpp/GOOD-${index}`, 'ocpp1.6', { perMessageDeflate: false });
  await once(socket, 'open');
  await after((index / good) * (1000 / rate));
  for (let n = 0; into.isRunning; n++) {
    const sent = performance.now();
    const call = n % 2 === 0 ? ['Heartbeat', {}] : ['StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' }];
    socket.send(JSON.stringify([2, `${index}-${n}`, ...call]));
    const data = await answerOf(socket);
    if (!String(data).startsWith(`[3,"${index}-${n}"`)) throw new Error(`a good station was answered ${data}`);
    const took = performance.now() - sent;
    into.latencies.push(took);
    await after(Math.max(0, 1000 / rate - took));
  }
  socket.terminate();
}

const RUDE = [
  '[2,"a","Heartbeat",{',
  '[2,"a","MakeCoffee",{}]',
  '[2,"a","Authorize",{"idTag":5}]',
  `[2,"a","DataTransfer",${'['.repeat(5_000)}${']'.repeat(5_000)}]`,
  '[2,"a","DataTransfer",{"vendorId":"\\u0000\\ud800","__proto__":{"rude":1}}]',
  `[2,"a","DataTransfer",{"vendorId":"v","data":"${'x'.repeat(30_000)}"}]`,
  '[3,"nobody",{}]',
  '[9,"nobody",{}]',
];
/** What the bad ones do, each for as long as it is let; whoever is thrown out comes again after a second. */
const WAYS = {
  /** Says everything wrong, and never waits. */
  wrong: async (port, id, into) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ocpp/${id}`, 'ocpp1.6', { perMessageDeflate: false });
    socket.on('error', () => undefined);
    await once(socket, 'open');
    while (into.isBad && socket.readyState === WebSocket.OPEN) {
      for (const frame of RUDE) socket.send(frame);
      into.said += RUDE.length;
      await after(500);
    }
    socket.terminate();
  },
  /** Begins to ask for an upgrade and falls silent. */
  silent: async (port, id, into) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`GET /ocpp/${id} HTTP/1.1\r\nHost: x\r\nUpgrade: web`);
    await Promise.race([once(socket, 'close'), into.over]);
    socket.destroy();
  },
  /** Never reads what it is sent. */
  deaf: async (port, id, into) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ocpp/${id}`, 'ocpp1.6', { perMessageDeflate: false });
    socket.on('error', () => undefined);
    await once(socket, 'open');
    socket.pause();
    for (let n = 0; into.isBad && socket.readyState === WebSocket.OPEN; n++) {
      socket.send(`[2,"${n}","Heartbeat",{}]`);
      into.said++;
      await after(100);
    }
    socket.terminate();
  },
  /** Comes and goes. */
  fleeting: async (port, id) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ocpp/${id}`, 'ocpp1.6', { perMessageDeflate: false });
    socket.on('error', () => undefined);
    await once(socket, 'open');
    socket.terminate();
  },
};
const ways = options.ways.split(',');

async function beBad(port, index, into) {
  await after((index / bad) * 5_000);
  while (into.isBad) {
    await WAYS[ways[index % ways.length]](port, `BAD-${index}`, into).catch(() => into.refused++);
    await Promise.race([after(1_000), into.over]);
  }
}

/** Gets a core only while nobody else wants it; where the system has no such thing, hardly before. */
function lowest(pid) {
  const { status } = spawnSync('chrt', ['--all-tasks', '--idle', '--pid', '0', String(pid)]);
  if (status !== 0) setPriority(pid, constants.priority.PRIORITY_LOW);
}

const p = (latencies, share) => latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * share)] ?? 0;
const mib = (bytes) => Math.round(bytes / 2 ** 20);

if (options.crowd !== undefined) {
  const over = Promise.withResolvers();
  const into = { isBad: true, said: 0, refused: 0, over: over.promise };
  process.once('message', () => {
    into.isBad = false;
    over.resolve();
  });
  await Promise.all(Array.from({ length: bad }, (_, index) => beBad(Number(options.crowd), index, into)));
  process.send({ said: into.said, refused: into.refused });
  process.disconnect();
} else if (options.serve === undefined) {
  const file = new URL(import.meta.url).pathname;
  const server = await open(file, 'edge');
  const into = { isRunning: true, latencies: [] };
  const goods = Promise.all(Array.from({ length: good }, (_, index) => beGood(server.port, index, into)));
  const phase = async (ms) => {
    into.latencies = [];
    const before = await server.ask('look');
    await Promise.race([after(ms), goods]);
    const { cpu, rss, head, lateMs } = await server.ask('look');
    const used = (cpu.user + cpu.system - before.cpu.user - before.cpu.system) / 1000 / ms;
    return {
      calls: into.latencies.length,
      p50: p(into.latencies, 0.5),
      p99: p(into.latencies, 0.99),
      rss,
      used,
      lateMs,
      records: head - before.head,
    };
  };
  const quarters = async (name, count) => {
    const all = [];
    while (all.length < count) all.push({ name: `${name}, quarter ${all.length + 1}`, ...(await phase(seconds * 250)) });
    return all;
  };
  await phase((1000 / rate) * 4);
  const before = await quarters('before', 2);
  const crowd = fork(file, [...process.argv.slice(2), '--crowd', String(server.port)]);
  lowest(crowd.pid);
  await phase(10_000); // all of them have come
  const beside = await quarters('beside the crowd', 4);
  crowd.send('over');
  const [{ said, refused }] = await once(crowd, 'message');
  await phase((1000 / rate) * 2);
  const without = [...before, ...(await quarters('afterwards', 2))];
  into.isRunning = false;
  await goods;
  await server.close();
  const sorted = (phases) => phases.map(({ p99 }) => p99).toSorted((a, b) => a - b);
  const [quiet, loud] = [sorted(without), sorted(beside)];
  const [last, most] = [beside[3].rss, Math.max(...beside.slice(0, 3).map(({ rss }) => rss))];
  const told = ({ calls, p50, p99, rss, used, lateMs, records }) =>
    `${calls} calls, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; edge: turns late by p99 ${lateMs.toFixed(1)} ms, ${records} records, ${mib(rss)} MiB, ${(used * 100).toFixed(0)} % of a core`;
  report('hostile', `${good} good stations beside ${bad} bad clients`, [
    ...[...before, ...beside, ...without.slice(2)].map((each) => `${each.name}: ${told(each)}`),
    `p99 of the worst quarter beside the crowd is ${(loud[3] / quiet[3]).toFixed(1)} times that of the worst without it, of the second best ${(loud[1] / quiet[1]).toFixed(1)} times (wanted: at most 2); memory in the last quarter is ${(last / most).toFixed(2)} times the most before (wanted: at most 1.1)`,
    `the crowd: ${Math.ceil(bad / ways.length)} each of ${ways.join(', ')}; ${said} frames, ${refused} connections refused; every call of a good station was answered`,
  ]);
}
