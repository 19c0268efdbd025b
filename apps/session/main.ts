// The session service as its own process.
import { runApp } from '#nest';
import { sessionService } from './index.js';

await runApp({
  name: 'session',
  port: ({ healthPort }) => healthPort,
  async start(world, config, logger) {
    const service = sessionService(world, config, logger);
    await service.start();
    return service;
  },
});
