// Metering as its own process.
import { runApp } from '#nest';
import { meteringService } from './index.js';

await runApp({
  name: 'metering',
  port: ({ healthPort }) => healthPort,
  async start(world, config, logger) {
    const service = meteringService(world, config, logger);
    await service.start();
    return service;
  },
});
