// The stations service: what stations are made of, what they hold and what was asked of them.
import { join } from 'node:path';
import { migrateAnalytics } from '#apps/analytics';
import type { Config } from '#config';
import { packageRoot } from '#nest';
import type { Logger } from '#observability';
import type { World } from '#ports';
import { migrate, ServiceRunner } from '#service';
import { commandDelivery } from './command-delivery.js';
import { stationsDefinition } from './definition.js';
import { tokenListsDefinition } from './token-lists.js';

export { stationsDefinition } from './definition.js';
export { tokenListsDefinition } from './token-lists.js';

interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The service on tables that exist already. */
export function stationsRunner(world: World, logger: Logger): Service {
  const stations = new ServiceRunner(world, stationsDefinition, { onCommitted: commandDelivery(world, logger) }, logger);
  const tokenLists = new ServiceRunner(world, tokenListsDefinition, {}, logger);
  return {
    async start() {
      await Promise.all([stations.start(), tokenLists.start()]);
    },
    async stop() {
      await Promise.all([stations.stop(), tokenLists.stop()]);
    },
  };
}

export function stationsService(world: World, _config: Config, logger: Logger): Service {
  const runner = stationsRunner(world, logger);
  return {
    async start() {
      await migrate(world.database, 'stations', join(packageRoot(), 'apps/stations/migrations'));
      await migrateAnalytics(world.database);
      await runner.start();
    },
    stop: () => runner.stop(),
  };
}
