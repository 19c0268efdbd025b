// The cluster world: every port on servers that all processes of the network share.
// Which process runs what is the business of the apps.
import type { ClusterConfig } from '#config';
import type { Clock, Database, EventLog, KeyStore, PartitionRef, World } from '#ports';
import { systemClock, systemIds, systemRandom } from '#system';
import { type Closable, closeInTime } from './close-in-time.js';
import { type KafkaLogOptions, kafkaLog } from './kafka-log.js';
import { postgresDatabase } from './postgres-database.js';
import { postgresKeyStore } from './postgres-key-store.js';
import { redisAnswerBook } from './redis-answer-book.js';
import { connectRedis } from './redis-client.js';
import { redisDirectory } from './redis-directory.js';
import { redisRouter } from './redis-router.js';
import { routedText } from './routed-text.js';
import { type OnTrouble, sparing, warn } from './trouble.js';

export interface ClusterWorldOptions {
  /** Topics that the answer book is folded from; default `site-events` and `network-events`, as far as they are among the topics. */
  readonly bookTopics?: readonly string[];
  /** Before the names of topics, groups and keys in Redis, where several installations share the servers. */
  readonly prefix?: string;
  /** Of the keys in PostgreSQL. */
  readonly keySchema?: string;
  readonly clock?: Clock;
  readonly log?: Pick<KafkaLogOptions, 'limits' | 'times'>;
  /** Default: process warnings. */
  readonly onTrouble?: OnTrouble;
}

const BOOK_TOPICS = ['site-events', 'network-events'];
const REDIS_PREFIX = 'joulestream:';

/** Connects to all servers; when one does not answer, what was opened is closed again. */
export async function clusterWorld(config: ClusterConfig, topics: readonly string[], options: ClusterWorldOptions = {}): Promise<World> {
  const { prefix = '', clock = systemClock, bookTopics = BOOK_TOPICS.filter((topic) => topics.includes(topic)) } = options;
  const onTrouble = sparing(options.onTrouble ?? warn);
  const { masterKey, databaseUrl, partitions, replication } = config;
  const redisPrefix = REDIS_PREFIX + prefix;
  const [redis, log, database, keys] = await openAll([
    connectRedis({ url: config.redisUrl, onTrouble }).then((client) => ({ client, close: async () => client.disconnect() })),
    openLog({ brokers: config.kafkaBrokers, partitions, replication, prefix, clock, onTrouble, ...options.log }, topics),
    postgresDatabase({ url: databaseUrl, onTrouble }),
    postgresKeyStore({ url: databaseUrl, masterKey, onTrouble, ...(options.keySchema !== undefined && { schema: options.keySchema }) }),
  ]);
  const router = redisRouter(redis.client, redisPrefix, routedText(masterKey), onTrouble);
  const expected = bookTopics.flatMap((topic) =>
    Array.from({ length: log.partitionCount(topic) }, (_, partition): PartitionRef => ({ topic, partition })),
  );
  return {
    kind: 'cluster',
    log,
    database,
    router,
    directory: redisDirectory(redis.client, redisPrefix),
    book: redisAnswerBook(redis.client, redisPrefix, expected),
    keys,
    clock,
    ids: systemIds,
    random: systemRandom,
    async close() {
      const inTime = closeInTime(clock, onTrouble);
      try {
        await inTime('redis', 'router', router);
        await inTime('redis', 'connection', redis);
        await inTime('postgres', 'database', database);
        await inTime('postgres', 'keys', keys);
      } finally {
        await inTime('kafka', 'log', log);
      }
    },
  };
}

async function openLog(options: KafkaLogOptions, topics: readonly string[]): Promise<EventLog> {
  const log = kafkaLog(options);
  try {
    await log.open(topics);
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
}

async function openAll<R extends Closable>(
  opening: readonly [Promise<R>, Promise<EventLog>, Promise<Database>, Promise<KeyStore>],
): Promise<readonly [R, EventLog, Database, KeyStore]> {
  const outcomes = await Promise.allSettled<Closable>(opening);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed === undefined) return Promise.all(opening);
  await Promise.allSettled(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.close() : undefined)));
  throw failed.reason;
}
