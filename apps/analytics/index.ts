// The schema `analytics`: what analysts read, as views over the tables of all services (DESIGN §8, ADR 0028). It owns no rows.
// How queries look is in docs/analytics.md; what a row means is written by the service whose table it is.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '#nest';
import type { Database, Sql } from '#ports';
import { isNewMigration, migrating, secureTenants, splitStatements } from '#service';
import { admitAnalysts } from './analysts.js';
import { chunkSeries, hasTimescale, retainMeterSamples, SEEN } from './timescale.js';
import { SHARED_COLUMNS } from './words.js';

export { meterSamplesFrom } from './timescale.js';

/** Made last by each service: without them some views have nothing to look at, and whichever service comes last makes all. */
const TABLES = [
  'meter_samples',
  'sessions',
  'port_status',
  'cdrs',
  'invoices',
  'payments',
  'limit_violations',
  'uptime_months',
  'reconciliations',
  'device_variables',
  'grid_oscp_messages',
];
const APP = 'analytics';

interface Kept {
  /** Days that samples of meters are kept where TimescaleDB is; undefined: as the database has it. */
  readonly meterSamplesDays?: number | undefined;
}

/**
 * Makes the views once the tables of every service are there; does nothing before that, or when they are as they should be.
 * Views are replaced, never dropped, so what others built upon them stays: columns may be added at the end, no more.
 */
export async function migrateAnalytics(database: Database, { meterSamplesDays }: Kept = {}): Promise<void> {
  const [views, timescale] = [await sqlFiles('views'), await sqlFiles('timescale')];
  await migrating(database, async (tx) => {
    if (!(await isReady(tx))) return;
    const version = hashOf([...views, ...timescale, SEEN]);
    const isChanged = await isNew(tx, `views ${version}`);
    if (isChanged) {
      if (await isNew(tx, '001-schema')) await beginSchema(tx);
      for (const statement of views.flatMap(splitStatements)) await tx.query(statement);
      await explainSharedColumns(tx);
      await secureTenants(tx);
      await admitAnalysts(tx);
    }
    // Always on views as they were just made, or on those of before there was the extension.
    if ((await hasTimescale(tx)) && ((await isNew(tx, `timescale ${version}`)) || isChanged)) await chunkSeries(tx, timescale);
    if (meterSamplesDays !== undefined) await retainMeterSamples(tx, meterSamplesDays);
  });
}

/** Views of the same name that services once made for themselves have other columns. */
async function beginSchema(tx: Sql): Promise<void> {
  await tx.query('drop schema if exists analytics cascade');
  await tx.query('create schema analytics');
}

async function sqlFiles(folder: string): Promise<readonly string[]> {
  const directory = join(packageRoot(), 'apps/analytics', folder);
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
}

async function isReady(tx: Sql): Promise<boolean> {
  const { rows } = await tx.query<{ found: number }>('select count(to_regclass(name))::integer as found from unnest($1::text[]) name', [
    TABLES,
  ]);
  return rows[0]?.found === TABLES.length;
}

const hashOf = (texts: readonly string[]): string =>
  createHash('sha256')
    .update(JSON.stringify([texts, SHARED_COLUMNS]))
    .digest('hex')
    .slice(0, 16);

const isNew = (tx: Sql, name: string): Promise<boolean> => isNewMigration(tx, APP, name);

async function explainSharedColumns(tx: Sql): Promise<void> {
  const { rows } = await tx.query<{ view: string; column: string }>(
    `select format('analytics.%I', c.relname) as view, a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relnamespace = 'analytics'::regnamespace and c.relkind in ('v', 'm') and a.attnum > 0 and col_description(c.oid, a.attnum) is null`,
  );
  for (const { view, column } of rows) {
    const meaning = SHARED_COLUMNS[column];
    if (meaning !== undefined) await tx.query(`comment on column ${view}.${column} is '${meaning}'`);
  }
}
