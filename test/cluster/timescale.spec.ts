// The schema `analytics` on TimescaleDB: all that it promises anywhere, and what its chunks, columns and buckets must not change (ADR 0090).
// Where the server has no such extension, this says so and is skipped.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { meterSamplesFrom, migrateAnalytics } from '#apps/analytics';
import type { Database } from '#ports';
import { splitStatements } from '#service';
import { emptyRows } from '../../apps/standalone/rebuild.js';
import { analyticsContract } from '../contract/support/analytics.js';
import { migrateAll } from '../contract/support/migrate-all.js';
import { ownDatabase } from './support/own-database.js';
import { databaseUrl } from './support/servers.js';

async function isPreloaded(): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  try {
    const { rows } = await client.query(`select current_setting('timescaledb.license', true) as license`);
    return rows[0]?.license === 'timescale';
  } finally {
    await client.end();
  }
}

async function withExtension(what: string): Promise<{ readonly database: Database; dispose(): Promise<void> }> {
  const own = await ownDatabase(what);
  await own.database.query('create extension if not exists timescaledb');
  return own;
}

/** The ordinary views of buckets, by name: what their continuous aggregates must show as well. */
const ordinary = splitStatements(readFileSync(join(import.meta.dirname, '../../apps/analytics/views/06-load.sql'), 'utf8'))
  .map((statement) => /create or replace view analytics\.(\w+) as\s+(select.*)/s.exec(statement))
  .flatMap((found) => (found === null ? [] : [{ name: found[1] as string, text: found[2] as string }]));

const SERIES = ['meter_samples', 'port_status', 'power_samples', 'site_load'];
const ROW = `insert into site_load (tenant_id, site_id, at, measured_w, limit_w, allocated_w)`;
const POWER = `insert into power_samples (time, tenant_id, site_id, station_id, port_id, power_w, flags, record_offset)`;

function timescaleSpecs(): void {
  analyticsContract('TimescaleDB', () => withExtension('timescale'));

  describe('buckets and columns of TimescaleDB', () => {
    let database: Database;
    let dispose: () => Promise<void>;
    beforeAll(async () => {
      ({ database, dispose } = await withExtension('buckets'));
      await migrateAll(database);
      await database.query(
        `${ROW} select 't' || n % 2, 's', timestamptz '2026-03-01 00:00:00+00' + n * interval '20 minutes', n % 50, 100, 60 from generate_series(1, 1500) n`,
      );
      await database.query(
        `${POWER} select timestamptz '2026-03-01 00:00:00+00' + n * interval '20 minutes', 't' || n % 2, 's', 'CP', 'CP-1', nullif(n % 50, 7), '', n from generate_series(1, 1500) n`,
      );
    }, 120_000);
    afterAll(() => dispose(), 60_000);

    const query = async <Row>(text: string, ...values: readonly unknown[]): Promise<readonly Row[]> =>
      (await database.query<Row>(text, values)).rows;
    const refresh = async (): Promise<void> => {
      for (const { name } of ordinary) await database.query(`call refresh_continuous_aggregate('buckets.${name}', null, null)`);
    };
    const expectEqual = async (): Promise<void> => {
      for (const { name, text } of ordinary) {
        const plain = await query(`${text} order by 1, 2, 3, 4, 5`);
        expect(plain.length).toBeGreaterThan(200);
        expect({ name, rows: await query(`select * from analytics.${name} order by 1, 2, 3, 4, 5`) }).toEqual({ name, rows: plain });
      }
    };

    it('has a continuous aggregate for each bucket of a series, and each series in chunks that become columns', async () => {
      const names = async (text: string): Promise<readonly string[]> =>
        (await query<{ name: string }>(`select ${text}`)).map(({ name }) => name).toSorted();
      const buckets = ordinary.map(({ name }) => name).toSorted();
      expect(await names('view_name::text as name from timescaledb_information.continuous_aggregates')).toEqual(buckets);
      const job = 'hypertable_name::text as name from timescaledb_information.jobs where proc_name';
      expect(await names(`${job} = 'policy_compression'`)).toEqual(SERIES);
      expect(await names(`${job} = 'policy_refresh_continuous_aggregate'`)).toHaveLength(buckets.length);
    });

    it('shows the same rows as the ordinary views: before buckets are refreshed, after, and after what came late', async () => {
      await expectEqual();
      await refresh();
      await expectEqual();
      await database.query(`${ROW} values ('t0', 's', '2026-03-02T00:00:01Z', 9999, 100, 60)`);
      await database.query(`${POWER} values ('2026-03-02T00:00:01Z', 't0', 's', 'CP', 'CP-1', 9999, '', 0)`);
      await refresh();
      await expectEqual();
    });

    it('takes what comes late, comes again and is corrected into columns as well', async () => {
      for (const series of SERIES) {
        const chunks = await query<{ chunk: string }>(`select show_chunks('${series}')::text as chunk`);
        for (const { chunk } of chunks) await database.query(`call convert_to_columnstore('${chunk}')`);
      }
      const [columns] = await query<{ chunks: number }>(
        'select count(*)::int as chunks from timescaledb_information.chunks where is_compressed',
      );
      expect(columns?.chunks).toBeGreaterThan(4);
      await expectEqual();
      const late = `${ROW} values ('t1', 's', '2026-03-03T00:00:02Z', 7777, 100, 60), ('t0', 's', '2026-03-01T00:40:00Z', 8888, 100, 60)
        on conflict (tenant_id, site_id, at) do update set measured_w = excluded.measured_w`;
      for (let times = 0; times < 2; times++) await database.query(late);
      const again = `${POWER} values ('2026-03-01T00:40:00Z', 't0', 's', 'CP', 'CP-1', 5, '', 2)`;
      await expect(database.query(again)).rejects.toMatchObject({ code: '23505' });
      await database.query(`${again} on conflict (tenant_id, site_id, time, record_offset, port_id) do nothing`);
      await refresh();
      await expectEqual();
      expect(await query(`select measured_w as w from site_load where measured_w > 7000 order by 1`)).toEqual([
        { w: 7777 },
        { w: 8888 },
        { w: 9999 },
      ]);
    });

    /** By somebody else, without anything that keeps tenants apart. */
    const readable = (): Promise<readonly unknown[]> =>
      query(
        `select c.oid::regclass::text as name, r.rolname as role from pg_class c, pg_roles r
         where r.rolname in ('joulestream_reader', 'joulestream_analyst') and c.relkind in ('r', 'p', 'v', 'm', 'f')
           and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id')
           and not c.relrowsecurity and not coalesce(c.reloptions && array['security_invoker=true', 'security_barrier=true'], false)
           and has_any_column_privilege(r.rolname, c.oid, 'select')`,
      );

    it('lets nobody but the owner read what row-level security does not cover: tables, chunks, columns and buckets', async () => {
      expect(await readable()).toEqual([]);
      await database.query('grant select on site_load to public');
      expect((await readable()).length).toBeGreaterThan(2);
      await database.query(`delete from schema_migrations where name like 'views %' or name like 'timescale %'`);
      await migrateAll(database);
      expect(await readable()).toEqual([]);
    });

    it('keeps single meter values for as many days as wished, and knows from when on it has them', async () => {
      await database.query(
        `insert into meter_samples (time, received_at, tenant_id, site_id, station_id, port_id, measurand, context, location, unit, value, raw_value, is_signed, flags, record_offset, sample)
         select now() - n * interval '10 days', now(), 't0', 's', 'CP', 'CP-1', 'Voltage', 'Sample.Periodic', 'Outlet', 'V', n, 'n', false, '', n, 0 from generate_series(0, 9) n`,
      );
      const kept = async (): Promise<number> => (await query('select from meter_samples')).length;
      expect(await meterSamplesFrom(database)).toBeUndefined();
      await migrateAnalytics(database, { meterSamplesDays: 60 });
      await migrateAnalytics(database, { meterSamplesDays: 30 });
      const jobs = await query<{ id: number }>(
        `select job_id as id from timescaledb_information.jobs where proc_name = 'policy_retention'`,
      );
      expect(jobs).toHaveLength(1);
      await database.query(`call run_job(${jobs[0]?.id})`);
      expect(await kept()).toBeGreaterThanOrEqual(4);
      expect(await kept()).toBeLessThan(6);
      const from = await meterSamplesFrom(database);
      const [oldest] = await query<{ at: Date }>('select min(time) as at from meter_samples');
      expect(Number(from)).toBeLessThanOrEqual(Number(oldest?.at));
      expect(Number(oldest?.at) - Number(from)).toBeLessThan(7 * 86_400_000);
    });

    it('empties as a whole for a replay', async () => {
      await emptyRows(database);
      await refresh();
      for (const { name } of ordinary) expect(await query(`select * from analytics.${name}`)).toEqual([]);
    });
  });
}

if (await isPreloaded()) timescaleSpecs();
else describe('analytics on TimescaleDB', () => it.skip('is not shown: the extension is not loaded in this server', () => undefined));
