// Takes stations of SAP's e-mobility-charging-stations-simulator through a session: node test/interop/sap.mjs CHECKOUT.
// CHECKOUT is a built one (its `dist` and `node_modules`); it is copied to run, so that nothing is written there. What must come of it is one-session's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { ended, Network, until } from './support/network.mjs';
import { tellAll } from './support/one-session.mjs';

const [checkout] = process.argv.slice(2);
if (checkout === undefined) throw new Error('usage: sap.mjs CHECKOUT');
const network = new Network();

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Its meters tell one physical truth only when asked to; each template asks. */
const TEMPLATES = { 1.6: 'keba.station-template.json', '2.0.1': 'keba-ocpp2.station-template.json' };

function simulator(version) {
  const stationId = `SAP-${version}`;
  const directory = join(network.directory, stationId);
  let child;
  let control;
  let output = '';
  /** A procedure of its control port, in its own words; rejects where it fails. */
  const ask = (procedure, payload) =>
    new Promise((done, fail) => {
      const id = crypto.randomUUID();
      const hear = ({ data }) => {
        const [answered, answer] = JSON.parse(data);
        if (answered !== id) return;
        control.removeEventListener('message', hear);
        if (answer.status === 'success') done(answer);
        else fail(new Error(`${procedure}: ${JSON.stringify(answer)}`));
      };
      control.addEventListener('message', hear);
      control.send(JSON.stringify([id, procedure, payload]));
    });
  const outlet = async () => {
    const { chargingStations } = await ask('listChargingStations', {});
    const [{ connectors, evses }] = chargingStations;
    return (connectors ?? evses).find(({ connectorId, evseId }) => (connectorId ?? evseId) === 1);
  };
  return {
    name: `SAP simulator, ${version}`,
    version,
    stationId,
    siteId: `sap-${version}`,
    tokens: ['SAP-TOKEN-1', 'SAP-TOKEN-2', 'SAP-NOBODY'],
    // Its stations of 2.0.1 answer SetChargingProfile with NotImplemented; those of 1.6 follow, and tell of a schedule without periods.
    isSteered: version === '1.6',
    tellsSchedule: false,
    async start(password) {
      mkdirSync(directory);
      cpSync(join(checkout, 'dist'), join(directory, 'dist'), { recursive: true });
      cpSync(join(checkout, 'package.json'), join(directory, 'package.json'));
      symlinkSync(resolve(checkout, 'node_modules'), join(directory, 'node_modules'));
      const assets = (name) => join(directory, 'dist/assets', name);
      const file = TEMPLATES[version];
      const template = JSON.parse(readFileSync(assets(join('station-templates', file)), 'utf8'));
      Object.assign(template, {
        supervisionUrls: [network.ocppUrl],
        supervisionUrlOcppConfiguration: false,
        supervisionUser: stationId,
        supervisionPassword: password,
        baseName: stationId,
        fixedName: true,
        stationInfoPersistentConfiguration: false,
        ocppPersistentConfiguration: false,
        coherentMeterValues: true,
        evProfilesFile: 'ev-profiles.json',
      });
      writeFileSync(assets(join('station-templates', file)), JSON.stringify(template));
      const port = await freePort();
      const configuration = {
        $schemaVersion: 1,
        supervisionUrls: [network.ocppUrl],
        log: { enabled: false, statisticsInterval: 0 },
        worker: { processType: 'workerSet' },
        performanceStorage: { enabled: false },
        persistState: false,
        uiServer: { enabled: true, type: 'ws', options: { host: 'localhost', port } },
        stationTemplateUrls: [{ file, numberOfStations: 1 }],
      };
      writeFileSync(assets('config.json'), JSON.stringify(configuration));
      child = spawn(process.execPath, ['dist/start.js'], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
      control = await until('its control port', async () => {
        if (child.exitCode !== null) throw new Error(`it ended: ${output.slice(-2000)}`);
        const socket = new WebSocket(`ws://localhost:${port}`, ['ui0.0.1']);
        const isOpen = await new Promise((done) => {
          socket.onopen = () => done(true);
          socket.onerror = () => done(false);
        });
        return isOpen && socket;
      });
    },
    plugIn: async () => {},
    unplug: async () => {},
    ...(version === '1.6' && {
      /** The same token ends what it began. */
      async present(idToken) {
        const { transactionStarted, transactionId } = (await outlet()).connectorStatus ?? {};
        if (transactionStarted) return ask('stopTransaction', { transactionId });
        const known = await ask('authorize', { idTag: idToken }).then(
          () => true,
          () => false,
        );
        return known ? ask('startTransaction', { connectorId: 1, idTag: idToken }) : undefined;
      },
    }),
    async stop() {
      control?.close();
      if (process.env.INTEROP_VERBOSE) process.stderr.write(output);
      const timer = setTimeout(() => child?.kill('SIGKILL'), 40_000);
      await ended(child);
      clearTimeout(timer);
    },
  };
}

await tellAll(network, 'sap', ['1.6', '2.0.1'].map(simulator));
