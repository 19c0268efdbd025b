// The whole network on one world: every service, the api and an edge, started in order and stopped in the opposite one.
import { type Api, startApi } from '#apps/api';
import { billingService } from '#apps/billing';
import { createEdge, type Edge } from '#apps/edge';
import { gridService } from '#apps/grid';
import { loadBalancingService, type Planner } from '#apps/load-balancing';
import { meteringService } from '#apps/metering';
import { sessionService } from '#apps/session';
import { stationsService } from '#apps/stations';
import type { Config } from '#config';
import type { Logger } from '#observability';
import type { World } from '#ports';
import { migrate, refuseForeignRows } from '#service';

export interface Network {
  readonly api: Api;
  readonly edge: Edge;
  stop(): Promise<void>;
}

/** `planner`: absent = one in a thread of its own. */
export async function startNetwork(world: World, config: Config, logger: Logger, planner?: Planner): Promise<Network> {
  await migrate(world.database, 'service');
  await refuseForeignRows(world);
  const services = [
    sessionService(world, config, logger),
    loadBalancingService(world, config, logger, planner),
    meteringService(world, config, logger),
    stationsService(world, config, logger),
    billingService(world, config, logger),
    gridService(world, config, logger),
  ];
  const started: { stop(): Promise<unknown> }[] = [];
  const stop = async (): Promise<void> => {
    for (const part of started.toReversed()) await part.stop();
  };
  try {
    for (const service of services) {
      await service.start();
      started.push(service);
    }
    const api = await startApi(world, config, logger);
    started.push(api);
    const edge = createEdge({ world, config, logger });
    await edge.listen();
    started.push({ stop: () => edge.drain({ closeFractionPerS: 1 }) });
    return { api, edge, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
