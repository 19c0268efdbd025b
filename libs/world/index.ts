// Chooses the world a process lives in: embedded when no servers are named, cluster when all are. Only the chosen one is loaded.
import { type Config, ConfigError } from '#config';
import { TOPICS } from '#contracts';
import type { PortError, World } from '#ports';
import { type Signing, signedLog, signingWith } from '#signing';
import { systemClock } from '#system';

/**
 * `rows` names what the embedded database keeps: after a change of it, it is filled anew from the log. Who needs no rows gives none, and leaves them as they are.
 * `onLost` is told when that database has ended by itself, and with it what this process can do.
 */
export async function openWorld(config: Config, rows?: string, onLost?: (error: PortError) => void): Promise<World> {
  if (config.cluster === undefined) {
    const { embeddedWorld } = await import('#embedded');
    return embeddedWorld(config.dataDir, TOPICS, { database: { ...(rows !== undefined && { rows }), ...(onLost && { onLost }) } });
  }
  const { prefix, signing } = config.cluster;
  const signed = signingAs(signing);
  const { clusterWorld } = await import('#cluster');
  if (signed === undefined) return clusterWorld(config.cluster, TOPICS, { prefix });
  // What is signed together has been gathered already.
  const world = await clusterWorld(config.cluster, TOPICS, { prefix, log: { limits: { lingerMs: 0 } } });
  return { ...world, log: signedLog(world.log, signed, world.clock) };
}

function signingAs({ key, signersFile }: NonNullable<Config['cluster']>['signing']): Signing | undefined {
  if (key === undefined && signersFile === undefined) return undefined;
  try {
    return signingWith({ key, signersFile }, systemClock);
  } catch (error) {
    throw new ConfigError(`EVENT_SIGNING_KEY or EVENT_SIGNERS: ${error instanceof Error ? error.message : error}`);
  }
}
