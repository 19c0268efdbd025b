// What the database promises of tenants: a reader of one sees nothing of another, whatever the query forgets (P9).
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '#ports';
import { migrate, queryAsTenant } from '#service';

interface Relation {
  readonly name: string;
  readonly kind: string;
}

export function tenantSecurityContract(name: string, open: () => Promise<{ readonly database: Database; dispose(): Promise<void> }>): void {
  describe(`tenants apart on ${name}`, () => {
    let database: Database;
    let dispose: () => Promise<void>;
    let relations: readonly Relation[];
    beforeAll(async () => {
      ({ database, dispose } = await open());
      const apps = join(import.meta.dirname, '../../../apps');
      for (const app of readdirSync(apps)) {
        const directory = join(apps, app, 'migrations');
        const has = readdirSync(join(apps, app)).includes('migrations');
        if (has) await migrate(database, app, directory);
      }
      const { rows } = await database.query<Relation>(
        `select format('%I.%I', table_schema, table_name) as name, table_type as kind from information_schema.tables t
         where table_schema in ('public', 'analytics') and exists (select 1 from information_schema.columns c
           where c.table_schema = t.table_schema and c.table_name = t.table_name and c.column_name = 'tenant_id') order by 1`,
      );
      relations = rows;
    }, 120_000);
    afterAll(() => dispose(), 60_000);

    it('has many tables of tenants, and every one of them under a policy, every view under the rights of who reads', async () => {
      expect(relations.filter(({ kind }) => kind === 'BASE TABLE').length).toBeGreaterThan(15);
      const { rows } = await database.query<{ name: string }>(
        `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ('public', 'analytics') and (case c.relkind when 'v' then c.reloptions @> array['security_invoker=true']
           else c.relrowsecurity and exists (select 1 from pg_policy p where p.polrelid = c.oid) end)`,
      );
      const secured = new Set(rows.map((row) => row.name));
      expect(relations.map((each) => each.name).filter((each) => !secured.has(each))).toEqual([]);
    });

    it('shows rows of one tenant to a query without a where-clause', async () => {
      for (const tenant of ['ours', 'theirs']) {
        await database.query('insert into sites (tenant_id, site_id, name, version, config) values ($1, $2, $2, 1, $3)', [
          tenant,
          `site of ${tenant}`,
          '{}',
        ]);
        await database.query('insert into site_stations (tenant_id, station_id, site_id) values ($1, $2, $3)', [
          tenant,
          `station of ${tenant}`,
          'x',
        ]);
      }
      for (const table of ['sites', 'site_stations', 'stations']) {
        const { rows } = await queryAsTenant<{ tenant_id: string }>(database, 'ours', `select tenant_id from ${table}`);
        expect(new Set(rows.map(({ tenant_id }) => tenant_id))).toEqual(new Set(['ours']));
        expect((await queryAsTenant(database, '', `select tenant_id from ${table}`)).rows).toEqual([]);
      }
      const { rows } = await database.query<{ count: number }>(`select count(*) as count from sites where tenant_id in ('ours', 'theirs')`);
      expect(rows[0]?.count).toBe(2); // services see what they wrote
    });

    it('lets a reader write nothing and read no bookkeeping, and leaves the connection as it was', async () => {
      await expect(queryAsTenant(database, 'ours', `delete from sites`)).rejects.toMatchObject({ code: '42501' });
      await expect(queryAsTenant(database, 'ours', 'select * from service_outbox')).rejects.toMatchObject({ code: '42501' });
      const { rows } = await database.query<{ tenant: string | null; reader: boolean }>(
        `select nullif(current_setting('app.tenant', true), '') as tenant, current_user = 'joulestream_reader' as reader`,
      );
      expect(rows[0]).toEqual({ tenant: null, reader: false });
    });
  });
}
