// The ports at scale: Kafka, Redis, PostgreSQL or TimescaleDB. Chosen when the servers are named in the environment.
// What the ports promise is in libs/ports.
export { type KafkaLogOptions, kafkaLog } from './kafka-log.js';
export { type PostgresOptions, postgresDatabase } from './postgres-database.js';
export { type PostgresKeyStoreOptions, postgresKeyStore } from './postgres-key-store.js';
export { redisAnswerBook } from './redis-answer-book.js';
export { connectRedis, type RedisOptions } from './redis-client.js';
export { redisDirectory } from './redis-directory.js';
export { redisRouter } from './redis-router.js';
export { routedText } from './routed-text.js';
export type { OnTrouble, Trouble } from './trouble.js';
export { type ClusterWorldOptions, clusterWorld } from './world.js';
