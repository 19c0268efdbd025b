// The default way to run: every service in one process, the log and the rows in DATA_DIR, simulated stations on real sockets.
// What each service does is its own app's business; this file only starts and stops them in order.
import { createEdge } from '#apps/edge';
import { configureApi, startApi } from '#apps/api';
import { billingService } from '#apps/billing';
import { loadBalancingService } from '#apps/load-balancing';
import { meteringService } from '#apps/metering';
import { sessionService } from '#apps/session';
import { runApp } from '#nest';
import { type Demo, startDemo } from './demo.js';
import { readOptions } from './options.js';

const options = readOptions(process.argv.slice(2));
let demo: Demo | undefined;

await runApp({
  name: 'standalone',
  port: ({ httpPort }) => httpPort,
  configure: configureApi,
  async start(world, config, logger) {
    const services = [sessionService, loadBalancingService, meteringService, billingService].map((create) => create(world, config, logger));
    for (const service of services) await service.start();
    const api = await startApi(world, config, logger);
    const edge = createEdge({ world, config, logger });
    await edge.listen();
    return {
      ...api,
      async stop() {
        await demo?.stop();
        await edge.drain();
        await api.stop();
        for (const service of services.toReversed()) await service.stop();
      },
    };
  },
  async onListening({ host, port }, _world, config, logger) {
    if (options.stations === 0) return;
    const apiKey = config.adminApiKey ?? (await import('#apps/api')).readAdminApiKey(config);
    demo = await startDemo({ apiUrl: `http://${host}:${port}`, ocppUrl: `ws://${host}:${config.ocppPort}/ocpp`, apiKey, ...options, logger });
  },
});
