// How this product talks to Redis: fail at once, never twice. What is in Redis may be lost at any time.
// Keys and scripts are with those who use them. One Redis (or a primary with failover), not a sharded cluster: scripts touch several keys.
import { Redis } from 'ioredis';
import { RouterUnavailable } from '#ports';
import type { OnTrouble } from './trouble.js';

export interface RedisOptions {
  readonly url: string;
  readonly onTrouble: OnTrouble;
  /** Default 6,000. */
  readonly silenceMs?: number;
}

const COMMAND_TIMEOUT_MS = 3_000;
const OPEN_TIMEOUT_MS = 10_000;
/** A server whose machine is gone closes no connection, and who has its place by now is asked by none: for so long something is awaited, then it is connected anew. */
const SILENCE_MS = 6_000;

/**
 * A command that got no answer is not sent again, since it may have been executed: a station would get its command twice. Without a connection
 * commands reject at once, and ioredis goes on connecting behind them. Rejects with RouterUnavailable when there is no connection to begin with.
 */
export async function connectRedis({ url, onTrouble, silenceMs = SILENCE_MS }: RedisOptions): Promise<Redis> {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: silenceMs,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 5), 1_000),
  });
  redis.on('error', (error: unknown) => onTrouble({ server: 'redis', message: 'the connection failed', error }));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new RouterUnavailable('Redis did not answer')), OPEN_TIMEOUT_MS);
  redis.once('ready', resolve);
  redis.connect().catch(() => undefined); // tried again, and told by the error event
  try {
    await promise;
  } catch (error) {
    redis.disconnect();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return redis;
}

/** Names an operating failure as what it is to the caller. */
export async function available<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new RouterUnavailable('Redis did not answer', { cause });
  }
}

/** Ids may hold any character; the parts of a key stay apart. */
export const keyOf = (...parts: readonly string[]): string => JSON.stringify(parts);
