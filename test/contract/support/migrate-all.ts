// A database with the tables of every service and the views over them; no rows.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { migrateAnalytics } from '#apps/analytics';
import type { Database } from '#ports';
import { migrate } from '#service';

const APPS = join(import.meta.dirname, '../../../apps');

export async function migrateAll(database: Database): Promise<void> {
  for (const app of readdirSync(APPS)) {
    const directory = join(APPS, app, 'migrations');
    if (existsSync(directory)) await migrate(database, app, directory);
  }
  await migrateAnalytics(database);
}
