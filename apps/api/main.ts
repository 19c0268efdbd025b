// The api as its own process.
import { runApp } from '#nest';
import { type Api, startApi } from './index.js';

let api: Api | undefined;

await runApp({
  name: 'api',
  port: ({ httpPort }) => httpPort,
  async start(world, config, logger) {
    api = await startApi(world, config, logger);
    return api;
  },
  configure: (app) => api?.configure(app),
});
