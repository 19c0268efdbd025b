// A thread that folds what it is asked to into the database, one partition after the other. Who asks: rebuild-threads.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { stationsDefinitionWith } from '#apps/stations';
import { kafkaLog, postgresDatabase } from '#cluster';
import { TOPICS } from '#contracts';
import { sqliteLog } from '#embedded';
import { type Replayed, replayTogether } from '#service';
import { signedLog, signingWith } from '#signing';
import { systemClock } from '#system';
import { SERVICES } from './rebuild.js';
import type { ThreadPlace, ThreadWorld } from './rebuild-threads.js';

const { log: where, signersFile, databaseUrl, alarmDays } = workerData as ThreadWorld;
const raw = 'directory' in where ? await sqliteLog(where.directory, { readOnly: true }) : kafkaLog(where);
const log = signedLog(raw, signingWith({ signersFile }, systemClock), systemClock);
await log.open(TOPICS);
const database = await postgresDatabase({
  url: databaseUrl,
  connections: 2,
  onTrouble: ({ message, error }) => process.emitWarning(`${message}: ${error}`),
});
const services = new Map([...SERVICES, stationsDefinitionWith({ alarmDays })].map((service) => [service.name, service]));

// biome-ignore lint/suspicious/noExplicitAny: as in SERVICES
const replayed = ({ name, end }: ThreadPlace['services'][number]): Replayed<any, any> => {
  const service = services.get(name);
  if (service === undefined) throw new Error(`no service "${name}"`);
  return { service, end };
};
parentPort?.on('message', async ({ topic, partition, services: asked }: ThreadPlace) => {
  parentPort?.postMessage(await replayTogether(log, database, asked.map(replayed), { topic, partition }, false));
});
