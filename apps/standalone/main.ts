// The default way to run: every service in one process, the log and the rows in DATA_DIR, simulated stations on real sockets.
// What each service does is its own app's business; this file only starts and stops them in order.
import { type Api, adminApiKey, startApi } from '#apps/api';
import { billingService } from '#apps/billing';
import { createEdge } from '#apps/edge';
import { loadBalancingService } from '#apps/load-balancing';
import { meteringService } from '#apps/metering';
import { sessionService } from '#apps/session';
import { runApp } from '#nest';
import { type Demo, startDemo } from './demo.js';
import { readOptions } from './options.js';

const options = readOptions(process.argv.slice(2));
let api: Api | undefined;
let demo: Demo | undefined;

await runApp({
  name: 'standalone',
  port: ({ httpPort }) => httpPort,
  async start(world, config, logger) {
    const services = [sessionService, loadBalancingService, meteringService, billingService].map((create) => create(world, config, logger));
    for (const service of services) await service.start();
    const running = await startApi(world, config, logger);
    api = running;
    const edge = createEdge({ world, config, logger });
    await edge.listen();
    return {
      async stop() {
        await demo?.stop();
        await edge.drain();
        await running.stop();
        for (const service of services.toReversed()) await service.stop();
      },
    };
  },
  configure: (app) => api?.configure(app),
  async onListening({ host, port }, _world, config, logger) {
    process.stdout.write(
      `console: http://${host === '127.0.0.1' ? 'localhost' : host}:${port}/   OCPP: ws://${host}:${config.ocppPort}/ocpp/{stationId}\n`,
    );
    if (options.stations === 0) return;
    demo = await startDemo({
      apiUrl: `http://${host}:${port}`,
      ocppUrl: `ws://${host}:${config.ocppPort}/ocpp`,
      apiKey: adminApiKey(config).key,
      stations: options.stations,
      seed: options.seed,
      logger,
    });
  },
});
