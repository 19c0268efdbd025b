// What analysts read, on PGlite.
import { scratchDatabase } from '#testing';
import { analyticsContract } from './support/analytics.js';

analyticsContract('PGlite', async () => {
  const database = await scratchDatabase();
  return { database, dispose: () => database.close() };
});
