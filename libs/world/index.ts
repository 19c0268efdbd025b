// Chooses the world a process lives in: embedded when no servers are named, cluster when all are.
import { clusterWorld } from '#cluster';
import type { Config } from '#config';
import { TOPICS } from '#contracts';
import { embeddedWorld } from '#embedded';
import type { World } from '#ports';

export const openWorld = (config: Config): Promise<World> =>
  config.cluster === undefined ? embeddedWorld(config.dataDir, TOPICS) : clusterWorld(config.cluster, TOPICS);
