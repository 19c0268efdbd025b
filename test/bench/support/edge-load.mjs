// The load of an edge: 1.6 MeterValues of 1 KB from stations with one call outstanding each, and how many of them a CPU-second of the server answers.
// Which server that is, is the bench's business.
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as after } from 'node:timers/promises';
import { WebSocket } from 'ws';

const WARM_UP_MS = 2_000;

export function meterValues(id, at) {
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

/**
 * Offers `rate` calls a second, by default as much as `stations` can, to a server of support/served.mjs, which is closed afterwards. Throws where an answer
 * begins otherwise than with `answer`, and where fewer calls were recorded than answered.
 */
export async function measureCalls(server, { stations, seconds, rate = Number.POSITIVE_INFINITY, answer = '[3,' }) {
  let answered = 0;
  let isRunning = true;
  const latencies = [];
  const runs = Array.from({ length: stations }, async (_, index) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ocpp/BENCH${index}`, 'ocpp1.6', { perMessageDeflate: false });
    await once(socket, 'open');
    const everyMs = (1000 * stations) / rate;
    const firstMs = performance.now() + (index / stations) * everyMs;
    for (let n = 0; isRunning; n++) {
      const waitMs = firstMs + n * everyMs - performance.now();
      if (waitMs > 0) await after(waitMs);
      const sent = performance.now();
      socket.send(meterValues(`${index}-${n}`, 1_790_000_000_000 + n));
      const [data] = await once(socket, 'message');
      if (!String(data).startsWith(answer)) throw new Error(`unexpected answer ${data}`);
      answered++;
      latencies.push(performance.now() - sent);
    }
    socket.terminate();
  });
  await after(WARM_UP_MS);
  const [warm, warmAnswered, startedAt] = [await server.ask('look'), answered, performance.now()];
  await after(seconds * 1000);
  const wallSeconds = (performance.now() - startedAt) / 1000;
  const [end, count] = [await server.ask('look'), answered - warmAnswered];
  isRunning = false;
  await Promise.all(runs);
  const { recorded } = await server.ask('look');
  await server.close();
  if (recorded !== undefined && recorded < answered) throw new Error(`${answered} calls were answered and ${recorded} recorded`);
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.floor(latencies.length * share)];
  return {
    perSecond: count / wallSeconds,
    perCpuSecond: count / ((end.cpu.user + end.cpu.system - warm.cpu.user - warm.cpu.system) / 1e6),
    p50: at(0.5),
    p99: at(0.99),
    rss: end.rss,
  };
}
