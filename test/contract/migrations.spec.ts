// Migrations run while processes of the version before serve (ADR 0078): none takes away, holds to something new, or locks for long what those use.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Migration, migrate, migrationsIn, SERVICE_MIGRATIONS, splitStatements } from '#service';
import { scratchDatabase } from '#testing';
import { unbearable } from './support/migration-rules.js';

const APPS = join(import.meta.dirname, '../../apps');
const BEFORE_0_1 = 'of the time before the first release: nothing ran on it that had to go on';
/** Files that are excused, and why. The list only gets shorter. */
const EXCUSED: Readonly<Record<string, string>> = {
  'service/002-checkpoints.sql': BEFORE_0_1,
  'api/002-feed-order.sql': BEFORE_0_1,
  'load-balancing/006-explained.sql': BEFORE_0_1,
  'load-balancing/008-standing-limits.sql': BEFORE_0_1,
  'load-balancing/012-violations-by-direction.sql': BEFORE_0_1,
  'session/004-port-status.sql': BEFORE_0_1,
  'session/006-device-model-moved.sql': BEFORE_0_1,
  'session/007-sessions-by-end.sql': BEFORE_0_1,
  'stations/0045-wanted-settings.sql': BEFORE_0_1,
};

const apps = readdirSync(APPS).filter((app) => existsSync(join(APPS, app, 'migrations')));

async function all(): Promise<readonly Migration[]> {
  const files = apps.map(async (app) =>
    (await migrationsIn(join(APPS, app, 'migrations'))).map(({ name, text }) => ({ name: `${app}/${name}`, text })),
  );
  return [...SERVICE_MIGRATIONS.map(({ name, text }) => ({ name: `service/${name}.sql`, text })), ...(await Promise.all(files)).flat()];
}

describe('migrations while the version before serves', () => {
  it('take nothing away, hold nobody to something new and lock nothing for long, but for those excused', async () => {
    const found = (await all()).flatMap(({ name, text }) => unbearable(splitStatements(text)).map((wrong) => `${name}: ${wrong}`));
    expect(found.filter((each) => EXCUSED[each.slice(0, each.indexOf(':'))] === undefined)).toEqual([]);
    const needed = new Set(found.map((each) => each.slice(0, each.indexOf(':'))));
    expect(Object.keys(EXCUSED).filter((name) => !needed.has(name))).toEqual([]);
  });

  it.each([
    'alter table t drop column a',
    'alter table t rename column a to b',
    'alter table t alter column a type bigint',
    'alter table t alter column a set not null',
    'alter table t add column a text not null',
    'alter table t add column a xid8 not null default pg_current_xact_id()',
    'alter table t add column a text unique',
    'alter table t drop constraint t_pkey',
    'alter table t add primary key (a, b)',
    'alter table t add column a text, drop column b',
    'create index t_by_a on t (a)',
    'drop table t',
    'drop view v',
    'update t set a = 1',
  ])('refuses: %s', (statement) => expect(unbearable([statement])).toHaveLength(1));

  it.each([
    ['create table t (a text, b numeric(1,2) not null)', 'create index t_by_a on t (a)', 'alter table t add primary key (a)'],
    ["alter table t add column a text not null default 'x, y', add column b numeric(19,4)"],
    ['alter table t alter column a drop not null'],
    ['create or replace view v as select 1'],
    ["comment on table t is 'what it is'"],
  ])('takes: %s', (...statements) => expect(unbearable(statements)).toEqual([]));
});

/** Tables and views with their columns, on a database these apps came to in this order. */
async function columnsAfter(order: readonly string[]): Promise<readonly unknown[]> {
  const database = await scratchDatabase();
  try {
    for (const app of order) await migrate(database, app, join(APPS, app, 'migrations'));
    const { rows } = await database.query(
      `select table_name, column_name, data_type from information_schema.columns where table_schema = 'public' order by 1, 2`,
    );
    return rows;
  } finally {
    await database.close();
  }
}

it('make the same tables in whichever order services start on an empty database', async () => {
  const columns = await columnsAfter(apps);
  expect(columns.length).toBeGreaterThan(100);
  expect(await columnsAfter(apps.toReversed())).toEqual(columns);
}, 120_000);
