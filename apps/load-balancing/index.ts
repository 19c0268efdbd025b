// Load balancing as a service: the owner of each site of its partitions.
import { join } from 'node:path';
import { migrateAnalytics } from '#apps/analytics';
import type { Config } from '#config';
import type { SiteEvent } from '#contracts';
import { packageRoot } from '#nest';
import type { Logger } from '#observability';
import type { World } from '#ports';
import { migrate, type ServiceDefinition, ServiceRunner } from '#service';
import { siteFold } from './decide.js';
import { ownerEffects } from './delivery.js';
import type { SiteState } from './state.js';
import { LOAD_BALANCING_TABLES } from './tables.js';

export const loadBalancingDefinition: ServiceDefinition<SiteState, SiteEvent> = {
  name: 'load-balancing',
  version: 2,
  inputs: ['site-events'],
  outputs: ['site-events', 'balancing-events'],
  tables: LOAD_BALANCING_TABLES,
  fold: siteFold,
};

/** The service on tables that exist already. */
export const loadBalancingRunner = (world: World, logger: Logger): { start(): Promise<void>; stop(): Promise<void> } =>
  new ServiceRunner(world, loadBalancingDefinition, ownerEffects(world, logger), logger);

export function loadBalancingService(world: World, _config: Config, logger: Logger): { start(): Promise<void>; stop(): Promise<void> } {
  const runner = loadBalancingRunner(world, logger);
  return {
    async start() {
      await migrate(world.database, 'load-balancing', join(packageRoot(), 'apps/load-balancing/migrations'));
      await migrateAnalytics(world.database);
      await runner.start();
    },
    stop: () => runner.stop(),
  };
}
