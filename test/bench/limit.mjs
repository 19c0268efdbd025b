// From a utility's limit over HTTP to the last station of one big site having accepted its share, the whole network in one process; beside a bare ws
// server that sends every one of the same stations one profile at once. Milliseconds are reported, the ratio says what is ours.
// node test/bench/limit.mjs [--stations 1000] [--world cluster]   Needs `npm run build`.
import { once } from 'node:events';
import { setTimeout as after } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { accepted, drawnMa, fleetOf, until } from './support/cut.mjs';
import { parseArgs } from './support/options.mjs';
import { report } from './support/report.mjs';
import { call, ID_TOKEN, open, serve, startBenchCluster, startBenchNetwork } from './support/served.mjs';

const { values: options } = parseArgs({
  options: {
    stations: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '5' },
    world: { type: 'string', default: 'embedded' },
    serve: { type: 'string' },
  },
});
const stations = Number(options.stations);
const rounds = Number(options.rounds);
const HIGH_A = 16;
const LOW_A = 8;
const stationIds = Array.from({ length: stations }, (_, index) => `CP-${index}`);

/** Boots everybody, and tells all at once what `shout` was asked for. */
async function serveBare() {
  const sockets = new Map();
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    perMessageDeflate: false,
    handleProtocols: (offered) => [...offered][0],
  });
  await once(server, 'listening');
  server.on('connection', (socket, { url }) => {
    sockets.set(url, socket);
    socket.on('message', (data) => {
      const [type, id, action] = JSON.parse(data.toString());
      if (type !== 2) return;
      const booted = { status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 };
      socket.send(JSON.stringify([3, id, action === 'BootNotification' ? booted : {}]));
    });
  });
  return {
    port: server.address().port,
    look: async () => ({ connected: sockets.size }),
    async count() {
      const chargingSchedulePeriod = [{ startPeriod: 0, limit: LOW_A, numberPhases: 3 }];
      const csChargingProfiles = {
        chargingProfileId: 1,
        stackLevel: 0,
        chargingProfilePurpose: 'TxDefaultProfile',
        chargingProfileKind: 'Absolute',
        chargingSchedule: { startSchedule: new Date().toISOString(), chargingRateUnit: 'A', chargingSchedulePeriod },
      };
      for (const socket of sockets.values())
        socket.send(JSON.stringify([2, crypto.randomUUID(), 'SetChargingProfile', { connectorId: 1, csChargingProfiles }]));
      return {};
    },
  };
}

async function serveNetwork() {
  const start = options.world === 'cluster' ? startBenchCluster : startBenchNetwork;
  const network = await start({ stationIds, perSite: stations, limitA: HIGH_A * stations });
  return { ...network, look: async () => ({}) };
}

if (options.serve !== undefined) serve(await (options.serve === 'network' ? serveNetwork() : serveBare()));

if (options.serve === undefined) {
  const bare = await open(import.meta.filename, 'bare');
  const listeners = await fleetOf(bare.port, stationIds, ['ocpp1.6']);
  await until('every station at the bare server', async () => (await bare.ask('look')).connected === stations);
  await after(3_000);
  const ceiling = await accepted(
    listeners,
    () => true,
    () => bare.ask('count'),
  );
  await listeners.stop();
  await bare.close();
  process.stdout.write(`bare ws: ${JSON.stringify(ceiling)}\n`);

  const network = await open(import.meta.filename, 'network');
  const fleet = await fleetOf(network.port, stationIds, ['ocpp1.6', 'ocpp2.0.1']);
  await until('every station registered', () => fleet.stations.every(({ registration }) => registration === 'Accepted'));
  process.stdout.write(`${stations} stations registered\n`);
  const car = { batteryWh: 80_000, soc: 0.1, maxA: 32, phases: 3 };
  const first = await accepted(
    fleet,
    (limit) => limit >= HIGH_A - 0.5,
    () => {
      for (const { charging } of fleet.stations) charging.arrive(1, car, { idToken: ID_TOKEN, type: 'ISO14443' });
    },
  );
  process.stdout.write(`every car at its share ${(first.last / 1000).toFixed(1)} s after they all came\n`);
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const now = Date.now();
    const cut = { startsAt: new Date(now).toISOString(), limitA: LOW_A * stations };
    const body = { siteIds: ['site-0'], schedule: [cut], expiresAt: new Date(now + 3_600_000).toISOString(), source: 'bench' };
    results.push(
      await accepted(
        fleet,
        (limit) => limit <= LOW_A,
        () => call(network.httpPort, 'POST', '/v1/grid/limits', body),
      ),
    );
    process.stdout.write(`cut ${round + 1}: ${JSON.stringify(results.at(-1))}\n`);
    await after(10_000);
    if (drawnMa(fleet) > LOW_A * stations * 1000)
      throw new Error(`${drawnMa(fleet)} mA drawn on L1 after the cut to ${LOW_A * stations} A`);
    const back = { ...body, schedule: [{ ...cut, startsAt: new Date().toISOString(), limitA: HIGH_A * stations }] };
    await accepted(
      fleet,
      (limit) => limit >= HIGH_A - 0.5,
      () => call(network.httpPort, 'POST', '/v1/grid/limits', back),
    );
    // What follows from a thousand raises is written down before the next cut.
    await after(10_000);
  }
  const worst = (pick) => Math.max(...results.map(pick));
  report('limit', `A limit reaches every station${options.world === 'cluster' ? ' of a cluster' : ''}`, [
    `${stations} stations charging at one site, half OCPP 1.6, half 2.0.1; the site's limit cut from ${HIGH_A * stations} A to ${LOW_A * stations} A, ${rounds} times, each ten seconds after everybody was raised again; the worst of the rounds, from the call to a station's Accepted`,
    `p50 ${Math.round(worst(({ p50 }) => p50))} ms, p99 **${Math.round(worst(({ p99 }) => p99))} ms** (budget 2,000 ms), last ${Math.round(worst(({ last }) => last))} ms`,
    `bare ws sending one profile to each of them at once: p99 ${Math.round(ceiling.p99)} ms; ours is ${(worst(({ p99 }) => p99) / ceiling.p99).toFixed(1)} times that`,
  ]);
  await fleet.stop();
  await network.close();
}
