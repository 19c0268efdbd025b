// The default way to run: every service in one process, the log and the rows in DATA_DIR, simulated stations on real sockets.
import { adminApiKey } from '#apps/api';
import { runApp } from '#nest';
import { type Demo, startDemo } from './demo.js';
import { type Network, startNetwork } from './network.js';
import { readOptions } from './options.js';
import { ROWS } from './rebuild.js';

const { stations, seed } = readOptions(process.argv.slice(2));
let network: Network | undefined;
let demo: Demo | undefined;

await runApp({
  name: 'standalone',
  rows: ROWS,
  port: ({ httpPort }) => httpPort,
  async start(world, config, logger) {
    const running = await startNetwork(world, config, logger);
    network = running;
    return {
      health: { edge: () => running.edge.check() },
      async stop() {
        await demo?.stop();
        await running.stop();
      },
    };
  },
  configure: (app) => network?.api.configure(app),
  async onListening({ host, port }, _world, config, logger) {
    const ocppUrl = `ws://${host}:${network?.edge.port ?? config.ocppPort}/ocpp`;
    process.stdout.write(`console: http://${host === '127.0.0.1' ? 'localhost' : host}:${port}/   chargers: ${ocppUrl}/{stationId}\n`);
    if (network?.edge.tlsPort !== undefined) process.stdout.write(`by TLS: wss://${host}:${network.edge.tlsPort}/ocpp/{stationId}\n`);
    if (stations === 0) return;
    demo = await startDemo({ apiUrl: `http://${host}:${port}`, ocppUrl, apiKey: adminApiKey(config).key, stations, seed, logger });
  },
});
