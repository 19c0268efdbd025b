// The session service: charger facts to charging sessions, rows about stations and commands, and the book that edges answer from.
import { join } from 'node:path';
import { migrateAnalytics } from '#apps/analytics';
import type { Config } from '#config';
import { packageRoot } from '#nest';
import type { Logger } from '#observability';
import type { World } from '#ports';
import { type Effects, migrate, ServiceRunner } from '#service';
import { BookKeeper } from './book-keeper.js';
import { type SessionInput, sessionDefinition } from './definition.js';
import type { SessionServiceState } from './state.js';

export { sessionDefinition } from './definition.js';

interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The service on tables that exist already. */
export function sessionRunner(world: World, { heartbeatIntervalS }: Pick<Config, 'heartbeatIntervalS'>, logger: Logger): Service {
  const keeper = new BookKeeper(world.book, world.clock, { heartbeatIntervalS }, logger);
  const effects: Effects<SessionServiceState, SessionInput> = {
    onLive: (partition) => keeper.onLive(partition),
    onCommitted: (partition, changes) => keeper.onCommitted(partition, changes),
  };
  const runner = new ServiceRunner(world, sessionDefinition, effects, logger);
  return {
    async start() {
      await runner.start();
      keeper.start();
    },
    async stop() {
      keeper.stop();
      await runner.stop();
    },
  };
}

export function sessionService(world: World, config: Pick<Config, 'heartbeatIntervalS' | 'meterSamplesDays'>, logger: Logger): Service {
  const runner = sessionRunner(world, config, logger);
  return {
    async start() {
      await migrate(world.database, 'session', join(packageRoot(), 'apps/session/migrations'));
      await migrateAnalytics(world.database, config);
      await runner.start();
    },
    stop: () => runner.stop(),
  };
}
