// Metering: meter values of all stations as series of samples and power readings.
import { join } from 'node:path';
import { migrateAnalytics } from '#apps/analytics';
import type { Config } from '#config';
import { packageRoot } from '#nest';
import type { Logger } from '#observability';
import type { World } from '#ports';
import { migrate, ServiceRunner } from '#service';
import { meteringDefinition } from './definition.js';
import { judging } from './judging.js';

export { meteringDefinition } from './definition.js';

/** The service on tables that exist already. */
export function meteringRunner(world: World, logger: Logger): { start(): Promise<void>; stop(): Promise<void> } {
  const judges = judging(world, logger);
  const runner = new ServiceRunner(world, meteringDefinition, judges, logger);
  return {
    start: () => runner.start(),
    async stop() {
      await runner.stop();
      await judges.idle();
    },
  };
}

export function meteringService(world: World, config: Config, logger: Logger): { start(): Promise<void>; stop(): Promise<void> } {
  const runner = meteringRunner(world, logger);
  return {
    async start() {
      await migrate(world.database, 'metering', join(packageRoot(), 'apps/metering/migrations'));
      await migrateAnalytics(world.database, config);
      await runner.start();
    },
    stop: () => runner.stop(),
  };
}
