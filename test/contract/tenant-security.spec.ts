// Row-level security on PGlite.
import { scratchDatabase, tenantSecurityContract } from '#testing';

tenantSecurityContract('PGlite', async () => {
  const database = await scratchDatabase();
  return { database, dispose: () => database.close() };
});
