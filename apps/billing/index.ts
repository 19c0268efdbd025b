// Billing: running cost, charge records, and tariffs on their way to the sites.
import { join } from 'node:path';
import { migrateAnalytics } from '#apps/analytics';
import type { Config } from '#config';
import { packageRoot } from '#nest';
import type { Logger } from '#observability';
import type { World } from '#ports';
import { migrate, ServiceRunner } from '#service';
import { billingDefinition } from './definition.js';

export { billingDefinition } from './definition.js';

/** The service on tables that exist already. */
export const billingRunner = (world: World, logger: Logger): { start(): Promise<void>; stop(): Promise<void> } =>
  new ServiceRunner(world, billingDefinition, {}, logger);

export function billingService(world: World, _config: Config, logger: Logger): { start(): Promise<void>; stop(): Promise<void> } {
  const runner = billingRunner(world, logger);
  return {
    async start() {
      await migrate(world.database, 'billing', join(packageRoot(), 'apps/billing/migrations'));
      await migrateAnalytics(world.database);
      await runner.start();
    },
    stop: () => runner.stop(),
  };
}
