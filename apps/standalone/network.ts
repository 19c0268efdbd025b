// The whole network on one world: every service, the api and an edge, started in order and stopped in the opposite one.
import { type Api, startApi } from '#apps/api';
import { billingService } from '#apps/billing';
import { createEdge, type Edge } from '#apps/edge';
import { loadBalancingService } from '#apps/load-balancing';
import { meteringService } from '#apps/metering';
import { sessionService } from '#apps/session';
import type { Config } from '#config';
import type { Logger } from '#observability';
import type { World } from '#ports';

export interface Network {
  readonly api: Api;
  readonly edge: Edge;
  stop(): Promise<void>;
}

export async function startNetwork(world: World, config: Config, logger: Logger): Promise<Network> {
  const services = [sessionService, loadBalancingService, meteringService, billingService].map((create) => create(world, config, logger));
  for (const service of services) await service.start();
  const api = await startApi(world, config, logger);
  const edge = createEdge({ world, config, logger });
  await edge.listen();
  return {
    api,
    edge,
    async stop() {
      await edge.drain({ closeFractionPerS: 1 });
      await api.stop();
      for (const service of services.toReversed()) await service.stop();
    },
  };
}
