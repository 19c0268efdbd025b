// Load balancing as a service: the owner of each site of its partitions.
import { join } from 'node:path';
import { migrateAnalytics } from '#apps/analytics';
import type { Config } from '#config';
import type { SiteEvent } from '#contracts';
import { packageRoot } from '#nest';
import type { Logger } from '#observability';
import type { World } from '#ports';
import { type Effects, migrate, type ServiceDefinition, ServiceRunner } from '#service';
import { siteFold } from './decide.js';
import { ownerEffects } from './delivery.js';
import { lookingAhead, type Planner } from './looking-ahead.js';
import { networkLimitsDefinition } from './network-limits.js';
import { threadPlanner } from './planner/index.js';
import type { SiteState } from './state.js';
import { LOAD_BALANCING_TABLES } from './tables.js';

export type { Planner } from './looking-ahead.js';
export { networkLimitsDefinition } from './network-limits.js';
export { threadPlanner } from './planner/index.js';

export const loadBalancingDefinition: ServiceDefinition<SiteState, SiteEvent> = {
  name: 'load-balancing',
  version: 5,
  inputs: ['site-events'],
  outputs: ['balancing-events', 'site-events'],
  tables: LOAD_BALANCING_TABLES,
  fold: siteFold,
};

/** Changes of a moment are one plan. */
const DEBOUNCE_MS = 2_000;

/** Who looks ahead, and how often while cars charge [ms]. */
export interface Planning {
  readonly planner: Planner;
  readonly everyMs: number;
}

interface Running {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Owners of sites and of limits over several of them, on tables that exist already; without planning sites share fairly, whatever cars need. */
export function loadBalancingRunner(world: World, logger: Logger, planning?: Planning): Running {
  const sites = new ServiceRunner(world, loadBalancingDefinition, siteEffects(world, logger, planning), logger);
  const network = new ServiceRunner(world, networkLimitsDefinition, {}, logger);
  return {
    async start() {
      await Promise.all([sites.start(), network.start()]);
    },
    async stop() {
      await Promise.all([sites.stop(), network.stop()]);
    },
  };
}

function siteEffects(world: World, logger: Logger, planning: Planning | undefined): Effects<SiteState, SiteEvent> {
  const ownerId = world.ids.next();
  const owner = ownerEffects(world, logger, ownerId);
  if (planning === undefined) return owner;
  const { planner, everyMs } = planning;
  return both(owner, lookingAhead(world, logger, ownerId, planner, { debounceMs: Math.min(DEBOUNCE_MS, everyMs), everyMs }));
}

const both = (first: Effects<SiteState, SiteEvent>, second: Effects<SiteState, SiteEvent>): Effects<SiteState, SiteEvent> => ({
  async onLive(partition) {
    await first.onLive?.(partition);
    await second.onLive?.(partition);
  },
  async onCommitted(partition, changes) {
    await first.onCommitted?.(partition, changes);
    await second.onCommitted?.(partition, changes);
  },
});

export function loadBalancingService(world: World, config: Config, logger: Logger, planner: Planner = threadPlanner()): Running {
  const { planIntervalS } = config;
  const runner = loadBalancingRunner(world, logger, planIntervalS === 0 ? undefined : { planner, everyMs: planIntervalS * 1000 });
  return {
    async start() {
      await migrate(world.database, 'load-balancing', join(packageRoot(), 'apps/load-balancing/migrations'));
      await migrateAnalytics(world.database, config);
      await runner.start();
    },
    async stop() {
      await runner.stop();
      await planner.stop();
    },
  };
}
