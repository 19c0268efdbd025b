// The embedded world: every port in this process, its data below one directory (log/, database/, keys/).
// Which process runs what is the business of the apps.
import { join } from 'node:path';
import { type Clock, type EventLog, type KeyStore, type PartitionRef, PortError, type World } from '#ports';
import { systemClock, systemIds, systemRandom } from '#system';
import { inProcessBook } from './answer-book.js';
import { makeDirectory } from './durable-files.js';
import { fileKeyStore, hasKeys } from './key-store.js';
import { type EmbeddedDatabase, type EmbeddedDatabaseOptions, embeddedDatabase } from './pglite-database.js';
import { inProcessDirectory, inProcessRouter } from './routing.js';
import { type SqliteLogOptions, sqliteLog } from './sqlite-log.js';

export interface EmbeddedWorldOptions {
  /** Of every topic, for ever; default 1. */
  readonly partitions?: number;
  /** Topics that the answer book is folded from; default `site-events` and `network-events`, as far as they are among the topics. */
  readonly bookTopics?: readonly string[];
  readonly clock?: Clock;
  readonly log?: Omit<SqliteLogOptions, 'partitions' | 'clock' | 'readOnly'>;
  readonly database?: Omit<EmbeddedDatabaseOptions, 'clock'>;
}

export interface EmbeddedWorld extends World {
  readonly kind: 'embedded';
  readonly database: EmbeddedDatabase;
}

const BOOK_TOPICS = ['site-events', 'network-events'];

/**
 * Opens, and where needed makes, everything below `directory`. What is open already is closed again when one of them fails.
 * PortError `KeysMissing` where the log has records and their keys are gone: new ones would shut out every station without a word.
 */
export async function embeddedWorld(
  directory: string,
  topics: readonly string[],
  options: EmbeddedWorldOptions = {},
): Promise<EmbeddedWorld> {
  const { partitions = 1, bookTopics = BOOK_TOPICS.filter((topic) => topics.includes(topic)), clock = systemClock } = options;
  makeDirectory(directory);
  const opened = openLog(join(directory, 'log'), topics, { ...options.log, partitions, clock });
  const { log, database, keys } = await openAll({
    log: opened,
    database: embeddedDatabase(join(directory, 'database'), { ...options.database, clock }),
    keys: opened.then((its) => openKeys(join(directory, 'keys'), its, topics)),
  });
  const expected = bookTopics.flatMap((topic) =>
    Array.from({ length: log.partitionCount(topic) }, (_, partition): PartitionRef => ({ topic, partition })),
  );
  return {
    kind: 'embedded',
    log,
    database,
    router: inProcessRouter(),
    directory: inProcessDirectory(),
    book: inProcessBook(expected),
    keys,
    clock,
    ids: systemIds,
    random: systemRandom,
    async close() {
      try {
        await database.close();
        await keys.close();
      } finally {
        await log.close();
      }
    },
  };
}

async function openLog(directory: string, topics: readonly string[], options: SqliteLogOptions): Promise<EventLog> {
  const log = await sqliteLog(directory, options);
  try {
    await log.open(topics);
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
}

async function openKeys(directory: string, log: EventLog, topics: readonly string[]): Promise<KeyStore> {
  if (hasKeys(directory)) return fileKeyStore(directory);
  for (const topic of topics)
    for (let partition = 0; partition < log.partitionCount(topic); partition++)
      if ((await log.head(topic, partition)) > 0)
        throw new PortError(
          'KeysMissing',
          `${directory} holds no keys, but the log has records made with them: restore them from their backup`,
          false,
        );
  return fileKeyStore(directory);
}

interface Opened {
  readonly log: EventLog;
  readonly database: EmbeddedDatabase;
  readonly keys: KeyStore;
}

async function openAll(opening: { readonly [Port in keyof Opened]: Promise<Opened[Port]> }): Promise<Opened> {
  const outcomes = await Promise.allSettled(Object.values(opening));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed === undefined) return { log: await opening.log, database: await opening.database, keys: await opening.keys };
  await Promise.allSettled(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.close() : undefined)));
  throw failed.reason;
}
