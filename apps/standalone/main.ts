// The default way to run: every service in one process, the log and the rows in DATA_DIR, simulated stations on real sockets.
import { adminApiKey } from '#apps/api';
import type { EmbeddedWorld } from '#embedded';
import { runApp } from '#nest';
import type { Logger } from '#observability';
import type { Cancel, World } from '#ports';
import { type Demo, startDemo } from './demo.js';
import { type Network, startNetwork } from './network.js';
import { readOptions } from './options.js';
import { ROWS } from './rebuild.js';

const { stations, seed } = readOptions(process.argv.slice(2));
let network: Network | undefined;
let demo: Demo | undefined;

const SNAPSHOT_EVERY_MS = 3_600_000;

/** An hourly copy of the rows, so that a start after a power loss has little left to fold. Returns how to stop. */
function keepSnapshots(world: World, logger: Logger): Cancel {
  if (world.kind !== 'embedded') return () => undefined;
  const { database, clock } = world as EmbeddedWorld;
  let cancel: Cancel = () => undefined;
  const next = (): void => {
    cancel = clock.after(SNAPSHOT_EVERY_MS, () => {
      database
        .snapshot()
        .catch((error: unknown) => logger.warn({ err: error }, 'no snapshot of the rows was taken; the log has everything'))
        .finally(next);
    });
  };
  next();
  return () => cancel();
}

await runApp({
  name: 'standalone',
  rows: ROWS,
  port: ({ httpPort }) => httpPort,
  async start(world, config, logger) {
    const running = await startNetwork(world, config, logger);
    network = running;
    const snapshots = keepSnapshots(world, logger);
    return {
      health: { edge: () => running.edge.check() },
      async stop() {
        snapshots();
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
