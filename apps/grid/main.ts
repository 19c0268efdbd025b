// Grid signals as a process of their own.
import { runApp } from '#nest';
import { gridService } from './index.js';

await runApp({
  name: 'grid',
  port: ({ healthPort }) => healthPort,
  async start(world, config, logger) {
    const service = gridService(world, config, logger);
    await service.start();
    return service;
  },
});
