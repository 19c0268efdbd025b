// Services on PGlite through kills, zombies and restored rows. A fixed set of seeds, and one of its own each run.
import { scratchDatabase, serviceTakeoverContract } from '#testing';

const fresh = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

serviceTakeoverContract(
  'PGlite',
  async () => {
    const database = await scratchDatabase();
    return { database, dispose: () => database.close() };
  },
  { seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, fresh] },
);
