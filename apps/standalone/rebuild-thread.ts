// A thread that folds what it is asked to into the database, one partition of one service after the other. Who asks: rebuild-threads.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { stationsDefinitionWith } from '#apps/stations';
import { kafkaLog, postgresDatabase } from '#cluster';
import { TOPICS } from '#contracts';
import { sqliteLog } from '#embedded';
import { replayPartition } from '#service';
import { SERVICES } from './rebuild.js';
import type { ThreadPlace, ThreadWorld } from './rebuild-threads.js';

const { log: where, databaseUrl, alarmDays } = workerData as ThreadWorld;
const log = 'directory' in where ? await sqliteLog(where.directory, { readOnly: true }) : kafkaLog(where);
await log.open(TOPICS);
const database = await postgresDatabase({
  url: databaseUrl,
  connections: 2,
  onTrouble: ({ message, error }) => process.emitWarning(`${message}: ${error}`),
});
const services = new Map([...SERVICES, stationsDefinitionWith({ alarmDays })].map((service) => [service.name, service]));

parentPort?.on('message', async ({ service: name, topic, partition, end }: ThreadPlace) => {
  const service = services.get(name);
  if (service === undefined) throw new Error(`no service "${name}"`);
  parentPort?.postMessage(await replayPartition(log, database, service, { topic, partition }, end, false));
});
