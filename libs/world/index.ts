// Chooses the world a process lives in: embedded when no servers are named, cluster when all are. Only the chosen one is loaded.
import type { Config } from '#config';
import { TOPICS } from '#contracts';
import type { World } from '#ports';

/** `rows` names what the embedded database keeps: after a change of it, it is filled anew from the log. */
export async function openWorld(config: Config, rows?: string): Promise<World> {
  if (config.cluster === undefined) {
    const { embeddedWorld } = await import('#embedded');
    return embeddedWorld(config.dataDir, TOPICS, rows === undefined ? {} : { database: { rows } });
  }
  const { clusterWorld } = await import('#cluster');
  return clusterWorld(config.cluster, TOPICS, { prefix: config.cluster.prefix });
}
