// What the schema `analytics` promises on any database: every question of docs/analytics.md and of the dashboards answered, every view explained,
// tenants apart.
// The rows it is asked about are in analytics-rows.sql.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrateAnalytics } from '#apps/analytics';
import type { Database, Sql } from '#ports';
import { queryAsTenant, splitStatements } from '#service';
import { dictionary, withDictionary } from '../../../apps/analytics/dictionary.js';
import { ANSWERS } from './analytics-answers.js';
import { sqlQuestions } from './dashboards.js';
import { migrateAll } from './migrate-all.js';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/analytics.md'), 'utf8');

const questions = [...page.matchAll(/^### (\d+\. .*)\n\n```sql\n([\s\S]*?)```/gm)].map(([, title = '', text = '']) => ({ title, text }));

/** One query as an analyst, or as a role that is one. */
const asAnalyst = <Row>(database: Database, text: string, role = 'joulestream_analyst', tenantSetting = ''): Promise<readonly Row[]> =>
  database.inTransaction(async (tx) => {
    await tx.query(`select set_config('role', $1, true), set_config('app.tenant', $2, true)`, [role, tenantSetting]);
    return (await tx.query<Row>(text)).rows;
  });

/** For the test only: who owns the tables is no analyst. */
const mayBecome = (database: Database, role: string): Promise<unknown> =>
  database.query(`do $$ begin
    if not pg_has_role(current_user, '${role}', 'member') then execute format('grant ${role} to %I', current_user); end if;
  end $$`);

/** Values as JSON has them; numbers that PostgreSQL keeps exactly come as text and are compared as numbers. */
const plain = (rows: readonly unknown[]): unknown =>
  JSON.parse(JSON.stringify(rows), (_, value) => (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value));

export function analyticsContract(name: string, open: () => Promise<{ readonly database: Database; dispose(): Promise<void> }>): void {
  describe(`analytics on ${name}`, () => {
    let database: Database;
    let dispose: () => Promise<void>;
    let views: readonly string[];
    beforeAll(async () => {
      ({ database, dispose } = await open());
      await migrateAll(database);
      await mayBecome(database, 'joulestream_analyst');
      const rows = splitStatements(readFileSync(join(import.meta.dirname, 'analytics-rows.sql'), 'utf8'));
      await database.inTransaction(async (tx) => {
        for (const statement of rows) await tx.query(statement);
      });
      const found = await database.query<{ name: string }>(
        `select relname as name from pg_class where relnamespace = 'analytics'::regnamespace and relkind in ('v', 'm') order by 1`,
      );
      views = found.rows.map((row) => row.name);
    }, 180_000);
    afterAll(() => dispose(), 60_000);

    it('has a question and an answer for each other', () => {
      expect(questions.map(({ title }) => title)).toEqual(Object.keys(ANSWERS));
      expect(questions).toHaveLength(26);
    });

    it.each(questions)('answers: $title', async ({ title, text }) => {
      expect(plain(await asAnalyst(database, text))).toEqual(ANSWERS[title]);
    });

    it.each(sqlQuestions)('answers the dashboard $name', async ({ sql, format }) => {
      const rows = await asAnalyst<Record<string, unknown>>(database, sql);
      expect(rows.length).toBeGreaterThan(0);
      if (format === 'time_series') {
        const times = rows.map(({ time }) => (time as Date).getTime());
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(times.every((each) => !Number.isNaN(each))).toBe(true);
      }
    });

    it('explains every view and column, as printed', async () => expect(withDictionary(page, await dictionary(database))).toBe(page));

    it('shows rows of the tenant to who asks as one, in every view that has tenants', async () => {
      expect(views.length).toBeGreaterThan(20);
      for (const view of views.filter((each) => each !== 'dim_date')) {
        const text = `select distinct tenant_id from analytics.${view}`;
        const all = (await database.query<{ tenant_id: string }>(text)).rows.map(({ tenant_id }) => tenant_id);
        expect({ view, all: all.sort() }).toEqual({ view, all: ['default', 'other'] });
        expect({ view, rows: await asAnalyst(database, text, 'joulestream_analyst', 'other') }).toEqual({
          view,
          rows: [{ tenant_id: 'default' }],
        });
        expect((await queryAsTenant(database, 'other', text)).rows).toEqual([{ tenant_id: 'other' }]);
      }
    });

    it('lets a member of the analysts see the tenants it is given, and none before', async () => {
      const role = `analyst_${process.pid}_${Date.now()}`;
      await database.query(`create role ${role} in role joulestream_analyst`);
      try {
        await mayBecome(database, role);
        expect(await asAnalyst(database, 'select * from analytics.cdrs', role)).toEqual([]);
        await database.query('insert into analyst_tenants values ($1, $2)', [role, 'other']);
        expect(await asAnalyst(database, 'select distinct currency from analytics.cdrs', role)).toEqual([{ currency: 'USD' }]);
      } finally {
        await database.query(`drop role ${role}`);
      }
    });

    it('shows analysts nothing but what the views look at, and lets them write nothing', async () => {
      for (const text of [
        'select id_token from sessions',
        'select key_hash from api_keys',
        'select * from service_outbox',
        'delete from sessions',
        `insert into analyst_tenants values ('joulestream_analyst', 'other')`,
      ])
        await expect(asAnalyst(database, text)).rejects.toMatchObject({ code: '42501' });
      const { rows } = await database.query<{ settings: readonly string[] }>(
        `select rolconfig as settings from pg_roles where rolname = 'joulestream_analyst'`,
      );
      expect(rows[0]?.settings).toEqual(expect.arrayContaining(['statement_timeout=60s', 'default_transaction_read_only=on']));
    });

    it('shows each version of a tariff from when it holds to when it ends, or another takes its place', async () => {
      const versions = [
        ['2026-01-01', {}],
        ['2026-01-10', { start_date_time: '2026-03-01T00:00:00', end_date_time: '2026-06-01T00:00:00+02:00' }],
        ['2026-01-20', { start_date_time: '2026-02-01T00:00:00Z' }],
      ] as const;
      for (const [index, [publishedAt, tariff]] of versions.entries())
        await database.query(
          `insert into tariff_versions (tenant_id, tariff_id, tariff_version_id, currency, valid_from, tariff) values ('default', 'dated', $1, 'EUR', $2, $3)`,
          [index + 1, `${publishedAt}T00:00:00Z`, tariff],
        );
      const rows = await asAnalyst(
        database,
        `select valid_from, valid_to, published_at from analytics.dim_tariffs where tariff_id = 'dated' order by tariff_version_id`,
      );
      const day = (text: string) => new Date(`${text}T00:00:00Z`);
      expect(rows).toEqual([
        { valid_from: day('2026-01-01'), valid_to: day('2026-02-01'), published_at: day('2026-01-01') },
        { valid_from: day('2026-03-01'), valid_to: day('2026-03-01'), published_at: day('2026-01-10') },
        { valid_from: day('2026-02-01'), valid_to: null, published_at: day('2026-01-20') },
      ]);
    });

    it('ends an outage where its port is taken out', async () => {
      const values = [`06:00:00Z', 'Available', true, 1`, `07:00:00Z', 'Available', false, 2`, `08:00:00Z', 'Removed', false, 3`];
      await database.query(
        `insert into port_status (tenant_id, site_id, station_id, port_id, time, status, is_online, record_offset) values
         ${values.map((each) => `('gone', 's', 'A', 'A-1', '2026-03-02T${each})`).join(', ')}`,
      );
      const told = async (text: string) => plain((await database.query(`select ${text} where tenant_id = 'gone'`)).rows);
      expect(await told('duration_min from analytics.outages')).toEqual([{ duration_min: 60 }]);
      expect(await told('sum(offline_s) as offline_s, max(bucket) as last from analytics.port_status_15m')).toEqual([
        { offline_s: 3600, last: '2026-03-02T07:45:00.000Z' },
      ]);
      expect(await told('ocpi_status from analytics.port_status_intervals')).toEqual(
        ['AVAILABLE', 'UNKNOWN', 'REMOVED'].map((ocpi_status) => ({ ocpi_status })),
      );
      await database.query(`delete from port_status where tenant_id = 'gone'`);
    });

    it('is made once, and keeps what others built upon it', async () => {
      await database.query('create view mine as select session_id from analytics.sessions');
      await database.query(`delete from schema_migrations where app = 'analytics' and name like 'views %'`);
      const applied: string[] = [];
      const counting: Database = {
        ...database,
        query: (text, values) => database.query(text, values),
        inTransaction: (work) =>
          database.inTransaction((tx) => {
            const told: Sql = {
              query(text, values) {
                applied.push(text);
                return tx.query(text, values);
              },
            };
            return work(told);
          }),
        close: async () => {},
      };
      await migrateAnalytics(counting);
      expect(applied.filter((text) => text.includes('create or replace view')).length).toBeGreaterThan(20);
      applied.length = 0;
      await migrateAnalytics(counting);
      expect(applied.filter((text) => text.includes('create or replace view'))).toEqual([]);
      expect((await database.query('select session_id from mine')).rows.length).toBe(5);
    });
  });
}
