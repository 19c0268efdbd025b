// Billing as its own process.
import { runApp } from '#nest';
import { billingService } from './index.js';

await runApp({
  name: 'billing',
  port: ({ healthPort }) => healthPort,
  async start(world, config, logger) {
    const service = billingService(world, config, logger);
    await service.start();
    return service;
  },
});
