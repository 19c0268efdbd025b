// Grid signals: programs of grid operators asked by whoever holds their stream, and what they come to for sites.
import { join } from 'node:path';
import { migrateAnalytics } from '#apps/analytics';
import type { Config } from '#config';
import type { NetworkEvent } from '#contracts';
import { packageRoot } from '#nest';
import type { Logger } from '#observability';
import type { World } from '#ports';
import { type Effects, migrate, ServiceRunner } from '#service';
import { connectionsOf } from './connections.js';
import { type GridState, gridDefinition } from './definition.js';
import { asking } from './http.js';
import { type GridServer, openAdrServer } from './openadr/server.js';
import { speaking } from './oscp/speaking.js';
import { polling } from './polling.js';
import { reporting } from './reporting.js';

export { gridDefinition } from './definition.js';
export type { GridServer } from './openadr/server.js';

interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The service on tables that exist already. */
/** `mayBePrivate`: whether servers may be in networks that only we can reach. */
export function gridRunner(world: World, logger: Logger, mayBePrivate: boolean, given?: GridServer): Service {
  const reach = { mayBePrivate, mayBeOwn: world.kind === 'embedded' };
  const server = given ?? openAdrServer(() => world.clock.now(), reach);
  const connections = connectionsOf(world);
  const parts = [
    polling(world, server, logger),
    reporting(world, server, connections, logger),
    speaking(world, connections, logger, asking(reach)),
  ];
  const runner = new ServiceRunner(world, gridDefinition, together(parts), logger);
  return {
    start: () => runner.start(),
    async stop() {
      for (const part of parts) part.stop();
      await runner.stop();
    },
  };
}

/** Effects side by side; none waits for another. */
const together = (parts: readonly Effects<GridState, NetworkEvent>[]): Effects<GridState, NetworkEvent> => ({
  async onCommitted(partition, changes) {
    await Promise.all(parts.map((part) => part.onCommitted?.(partition, changes)));
  },
  async onLive(partition) {
    await Promise.all(parts.map((part) => part.onLive?.(partition)));
  },
});

export function gridService(world: World, config: Config, logger: Logger): Service {
  const runner = gridRunner(world, logger, config.grid.privateAddresses);
  return {
    async start() {
      await migrate(world.database, 'grid', join(packageRoot(), 'apps/grid/migrations'));
      await migrateAnalytics(world.database, config);
      await runner.start();
    },
    stop: () => runner.stop(),
  };
}
