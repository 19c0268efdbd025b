// Renews the dictionary of docs/analytics.md from the comments of an empty database with every view in it.
// A test says when the page is out of date (test/contract/analytics.spec.ts).
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import './build.mjs';

const { migrateAnalytics } = await import('#apps/analytics');
const { embeddedDatabase } = await import('#embedded');
const { migrate } = await import('#service');
const { dictionary, withDictionary } = await import('../dist/apps/analytics/dictionary.js');

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/analytics.md');
const directory = mkdtempSync(join(tmpdir(), 'joulestream-dictionary-'));
const database = await embeddedDatabase(directory, { isScratch: true });
try {
  for (const app of readdirSync(join(root, 'apps'))) {
    const migrations = join(root, 'apps', app, 'migrations');
    if (existsSync(migrations)) await migrate(database, app, migrations);
  }
  await migrateAnalytics(database);
  writeFileSync(page, withDictionary(readFileSync(page, 'utf8'), await dictionary(database)));
} finally {
  await database.close();
  rmSync(directory, { recursive: true, force: true });
}
