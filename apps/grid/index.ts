// Grid signals: programs of grid operators asked by whoever holds their stream, and what they come to for sites.
import { join } from 'node:path';
import type { Config } from '#config';
import { packageRoot } from '#nest';
import type { Logger } from '#observability';
import type { World } from '#ports';
import { migrate, ServiceRunner } from '#service';
import { gridDefinition } from './definition.js';
import { type GridServer, openAdrServer } from './openadr/server.js';
import { polling } from './polling.js';

export { gridDefinition } from './definition.js';
export type { GridServer } from './openadr/server.js';

interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The service on tables that exist already. */
export function gridRunner(world: World, logger: Logger, server: GridServer = openAdrServer(() => world.clock.now())): Service {
  const effects = polling(world, server, logger);
  const runner = new ServiceRunner(world, gridDefinition, effects, logger);
  return {
    start: () => runner.start(),
    async stop() {
      effects.stop();
      await runner.stop();
    },
  };
}

export function gridService(world: World, _config: Config, logger: Logger): Service {
  const runner = gridRunner(world, logger);
  return {
    async start() {
      await migrate(world.database, 'grid', join(packageRoot(), 'apps/grid/migrations'));
      await runner.start();
    },
    stop: () => runner.stop(),
  };
}
