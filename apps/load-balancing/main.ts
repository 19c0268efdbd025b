// Load balancing as its own process.
import { loadBalancingService } from '#apps/load-balancing';
import { runApp } from '#nest';

await runApp({
  name: 'load-balancing',
  port: ({ healthPort }) => healthPort,
  async start(world, config, logger) {
    const service = loadBalancingService(world, config, logger);
    await service.start();
    return { stop: () => service.stop() };
  },
});
