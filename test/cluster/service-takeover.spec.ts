// Services on a real PostgreSQL through kills, zombies and restored rows. A fixed set of seeds, and one of its own each run.
import { postgresDatabase } from '#cluster';
import { serviceTakeoverContract } from '#testing';
import { databaseUrl } from './support/servers.js';

const fresh = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

serviceTakeoverContract(
  'PostgreSQL',
  async () => {
    const database = await postgresDatabase({ url: databaseUrl(), onTrouble: () => undefined });
    return { database, dispose: () => database.close() };
  },
  { seeds: [1, 2, 3, 4, 5, 6, fresh] },
);
