// The stations service as its own process.
import { runApp } from '#nest';
import { stationsService } from './index.js';

await runApp({
  name: 'stations',
  port: ({ healthPort }) => healthPort,
  async start(world, config, logger) {
    const service = stationsService(world, config, logger);
    await service.start();
    return service;
  },
});
