// From a grid operator's word to the last station of one big site having accepted its share: told by webhook, over a broker (mosquitto, where it is installed), and asked at an
// interval. The server of the grid operator and the stations are in this process, the whole network in another.
// node test/bench/grid.mjs [--stations 1000] [--rounds 3]   Needs `npm run build`.
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as after } from 'node:timers/promises';
import { accepted, drawnMa, fleetOf, until } from './support/cut.mjs';
import { parseArgs } from './support/options.mjs';
import { report } from './support/report.mjs';
import { call, ID_TOKEN, open, serve, startBenchNetwork } from './support/served.mjs';
import { startVtn } from './support/vtn.mjs';

const { values: options } = parseArgs({
  options: { stations: { type: 'string', default: '1000' }, rounds: { type: 'string', default: '3' }, serve: { type: 'string' } },
});
const stations = Number(options.stations);
const HIGH_A = 16;
const LOW_A = 8;
/** Of the grid operator: more than the installation takes, also at the highest voltage. */
const FREE_A = 2 * HIGH_A;
const VOLTS = 230;
const POLL_S = 5;
/** A fifth of jitter around the interval. */
const LATEST_POLL_S = POLL_S * 1.1;
const BUDGET_S = 5;
const stationIds = Array.from({ length: stations }, (_, index) => `CP-${index}`);
const kw = (amps) => (amps * 3 * VOLTS * stations) / 1000;

if (options.serve !== undefined) {
  const network = await startBenchNetwork({ stationIds, perSite: stations, limitA: HIGH_A * stations });
  serve({ ...network, look: async () => ({}) });
} else await measure();

/** Undefined where there is none. */
async function startBroker() {
  if (spawnSync('mosquitto', ['-h']).error !== undefined) return undefined;
  const port = 20_000 + (process.pid % 20_000);
  const child = spawn('mosquitto', ['-p', String(port)], { stdio: 'ignore' });
  const { connectAsync } = await import('mqtt');
  const isThere = () =>
    connectAsync(`mqtt://127.0.0.1:${port}`, { connectTimeout: 500 }).then(
      (client) => client.endAsync().then(() => true),
      () => false,
    );
  await until('the broker', isThere);
  return { url: `mqtt://127.0.0.1:${port}`, close: () => child.kill() };
}

async function measure() {
  const broker = await startBroker();
  const vtn = await startVtn(broker?.url);
  const network = await open(import.meta.filename, 'network');
  const fleet = await fleetOf(network.port, stationIds, ['ocpp1.6', 'ocpp2.0.1']);
  await until('every station registered', () => fleet.stations.every(({ registration }) => registration === 'Accepted'));
  const car = { batteryWh: 80_000, soc: 0.1, maxA: 32, phases: 3 };
  const raised = (limit) => limit >= HIGH_A - 0.5;
  const first = await accepted(fleet, raised, () => {
    for (const { charging } of fleet.stations) charging.arrive(1, car, { idToken: ID_TOKEN, type: 'ISO14443' });
  });
  process.stdout.write(`${stations} stations; every car at its share after ${(first.last / 1000).toFixed(1)} s\n`);

  const lines = [];
  for (const how of ['webhook', ...(broker === undefined ? [] : ['mqtt']), 'poll']) {
    await follow(network, vtn, how);
    const rounds = [];
    for (let round = 0; round < Number(options.rounds); round++) {
      await vtn.say(kw(FREE_A), how);
      await after(15_000); // what follows from the raises is written down before the next cut
      rounds.push(
        await accepted(
          fleet,
          (limit) => limit <= LOW_A,
          () => vtn.say(kw(LOW_A), how),
        ),
      );
      process.stdout.write(`${how} ${round + 1}: ${JSON.stringify(rounds.at(-1))}\n`);
      await after(5_000);
      if (drawnMa(fleet) > LOW_A * stations * 1000) throw new Error(`${drawnMa(fleet)} mA drawn on L1 after the cut`);
      await accepted(fleet, raised, () => vtn.say(kw(FREE_A), how));
      await after(10_000);
    }
    const worst = (pick) => Math.max(...rounds.map(pick)) / 1000;
    const budgetS = how === 'poll' ? LATEST_POLL_S + BUDGET_S : BUDGET_S;
    const p99 = worst((each) => each.p99);
    const name = { webhook: 'by webhook', mqtt: 'over MQTT', poll: `asked every ${POLL_S} s (±10 %)` }[how];
    lines.push(
      `${name}: p50 ${worst((each) => each.p50).toFixed(2)} s, p99 **${p99.toFixed(2)} s**, last ${worst((each) => each.last).toFixed(2)} s; ${(p99 / budgetS).toFixed(2)} of its budget of ${budgetS} s`,
    );
  }
  report('grid', 'A grid operator is heard by every station', [
    `${stations} stations charging at one site, half OCPP 1.6, half 2.0.1, which follows a program of OpenADR 3.1; its limit cut from ${HIGH_A} A to ${LOW_A} A for each, ${options.rounds} times for each way; the worst of the rounds, from the operator's word to a station's Accepted`,
    ...lines,
    ...(broker === undefined ? ['over MQTT: not measured, no mosquitto here'] : []),
  ]);
  await fleet.stop();
  await network.close();
  vtn.close();
  broker?.close();
}

/** The site follows the program, and hears of it that way. */
async function follow({ httpPort }, vtn, how) {
  const callbackUrl = `http://127.0.0.1:${httpPort}/v1/grid/programs/bench/notifications`;
  const server = { url: vtn.url, version: '3.1', programName: 'bench', venName: 'bench', clientId: 'bench', clientSecret: 'secret' };
  await vtn.say(kw(FREE_A), 'poll');
  await call(httpPort, 'PUT', '/v1/grid/programs/bench', {
    server,
    ...(how !== 'poll' && { push: { kind: how, ...(how === 'webhook' && { callbackUrl }) } }),
    pollS: how === 'poll' ? POLL_S : 3600,
    sites: [{ siteId: 'site-0', names: ['bench'], fallbackW: 1000 * kw(FREE_A) }],
  });
  await until('the program', async () => {
    const { heardAt, pushTrouble, push } = await call(httpPort, 'GET', '/v1/grid/programs/bench');
    return heardAt !== null && pushTrouble === null && (how === 'poll' || push?.kind === how) && (how !== 'webhook' || vtn.isSubscribed());
  });
  await after(3_000);
}
