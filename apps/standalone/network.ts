// The whole network on one world: every service, the api and an edge. Stations first: they wait for the edge and the book alone (ADR 0117).
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

/** Where the log is long and its rows are lost, everybody begins meanwhile [ms]. */
const BOOK_ALONE_MS = 10_000;
const LOOK_AGAIN_MS = 20;

/** Nobody is let in by a book that is not complete, and nothing else that is done now makes it so. */
async function untilComplete({ book, clock }: Pick<World, 'book' | 'clock'>): Promise<void> {
  const untilMs = clock.now() + BOOK_ALONE_MS;
  while (clock.now() < untilMs && !(await book.isComplete().catch(() => false)))
    await new Promise((resolve) => clock.after(LOOK_AGAIN_MS, () => resolve(undefined)));
}

/** `planner`: absent = one in a thread of its own. */
export async function startNetwork(world: World, config: Config, logger: Logger, planner?: Planner): Promise<Network> {
  await migrate(world.database, 'service');
  await refuseForeignRows(world);
  const sessions = sessionService(world, config, logger);
  const others = [
    loadBalancingService(world, config, logger, planner),
    meteringService(world, config, logger),
    stationsService(world, config, logger),
    billingService(world, config, logger),
    gridService(world, config, logger),
  ];
  const edge = createEdge({ world, config, logger });
  const started: { stop(): Promise<unknown> }[] = [];
  const stop = async (): Promise<void> => {
    await edge.drain({ closeFractionPerS: 1 });
    for (const part of started.toReversed()) await part.stop();
  };
  try {
    await sessions.start();
    started.push(sessions);
    await untilComplete(world);
    await edge.listen();
    for (const service of others) {
      await service.start();
      started.push(service);
    }
    const api = await startApi(world, config, logger);
    started.push(api);
    return { api, edge, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
