// Takes MicroOcpp's simulator, firmware that others wrote, through a session: node test/interop/micro-ocpp.mjs PROGRAM.
// PROGRAM is a built `mo_simulator`; it runs in a directory of this run's, where its settings are written first. What must come of it is one-session's.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Network, until } from './support/network.mjs';
import { tellAll } from './support/one-session.mjs';

const [program] = process.argv.slice(2);
if (program === undefined) throw new Error('usage: micro-ocpp.mjs PROGRAM');
const network = new Network();

const configuration = (values) => ({
  head: { 'content-type': 'ocpp_config_file', version: '2.0' },
  configurations: Object.entries(values).map(([key, value]) => ({ type: 'string', key, value })),
});
const variables = (values) => ({
  variables: Object.entries(values).map(([name, valActual]) => ({ component: 'SecurityCtrlr', name, valActual })),
});

function simulator(version, port) {
  const stationId = `MO-${version}`;
  const directory = join(network.directory, stationId);
  const control = `http://127.0.0.1:${port}/api`;
  const ask = async (path, body = {}) => {
    const response = await fetch(`${control}${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  const outlet = (isPlugged) =>
    ask('/connector/1/evse', { evPlugged: isPlugged, evsePlugged: isPlugged, evReady: isPlugged, evseReady: isPlugged });
  let child;
  let output = '';
  return {
    name: `MicroOcpp, ${version}`,
    version,
    stationId,
    siteId: `micro-${version}`,
    tokens: ['MO-TOKEN-1', 'MO-TOKEN-2', 'MO-NOBODY'],
    // Smart charging of 2.0.1 is not in it yet.
    isSteered: version === '1.6',
    tellsSchedule: true,
    async start(password) {
      mkdirSync(join(directory, 'mo_store'), { recursive: true });
      const file = (name, content) => writeFileSync(join(directory, 'mo_store', name), JSON.stringify(content));
      file('api.jsn', { url: `http://127.0.0.1:${port}` });
      file('simulator.jsn', configuration({ OcppVersion: version }));
      // Where it goes without these is somebody's public server.
      const [url, hexadecimal] = [network.ocppUrl, Buffer.from(password).toString('hex')];
      file('ws-conn.jsn', configuration({ Cst_BackendUrl: url, Cst_ChargeBoxId: stationId, AuthorizationKey: hexadecimal }));
      file('ws-conn-v201.jsn', variables({ CsmsUrl: url, Identity: stationId, BasicAuthPassword: password }));
      child = spawn(resolve(program), { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
      await until('its control port', () =>
        fetch(`${control}/connectors`).then(
          () => true,
          () => false,
        ),
      );
    },
    plugIn: () => outlet(true),
    unplug: () => outlet(false),
    // At its station of 2.0.1 nothing tells what became of a token.
    ...(version === '1.6' && {
      /** Resolves once the token is judged. */
      async present(idToken) {
        await ask('/connector/1/transaction', { idTag: idToken });
        await until('the token being judged', async () => {
          const { idTag, transactionId } = await (await fetch(`${control}/connector/1/transaction`)).json();
          return idTag !== idToken || transactionId > 0;
        });
      },
    }),
    async stop() {
      if (process.env.INTEROP_VERBOSE) process.stderr.write(output);
      if (child === undefined || child.exitCode !== null) return;
      child.kill('SIGINT');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await new Promise((done) => child.once('exit', done));
      clearTimeout(timer);
    },
  };
}

await tellAll(network, 'micro-ocpp', [simulator('1.6', 18_001), simulator('2.0.1', 18_002)]);
