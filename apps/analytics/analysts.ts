// Who may read the schema `analytics`: the role of analysts, which tenants a role sees, and nothing but what the views look at.
// Readers of the api are another role (libs/service/tenant-security.ts).
import type { Sql } from '#ports';

/** It can log in once somebody gives it a password, writes nothing, and waits a minute for no answer. Shared by all databases of a server. */
const ANALYST = 'joulestream_analyst';
const STATEMENT_TIMEOUT = '60s';

/** Columns of tables that views of analysts look at, directly or through another view; those behind a fence (timescale.ts) nobody else reads. */
const COLUMNS_BEHIND_VIEWS = `
  select d.refobjid::regclass::text as table_name, string_agg(distinct format('%I', a.attname), ', ') as columns
  from pg_class v join pg_rewrite r on r.ev_class = v.oid join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
    join pg_class t on t.oid = d.refobjid and d.refclassid = 'pg_class'::regclass and t.relkind in ('r', 'p')
    join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid and a.attnum > 0
  where v.relnamespace = 'analytics'::regnamespace and t.relrowsecurity group by 1 order by 1`;

/** Within the migration's transaction. Without the right to create roles the views are there all the same, for who has other rights. */
export async function admitAnalysts(tx: Sql): Promise<void> {
  await tx.query(`do $$ begin
    if not exists (select from pg_roles where rolname = '${ANALYST}') then
      create role ${ANALYST} login;
      alter role ${ANALYST} set statement_timeout = '${STATEMENT_TIMEOUT}';
      alter role ${ANALYST} set default_transaction_read_only = on;
    end if;
    exception when duplicate_object or unique_violation or insufficient_privilege then null;
  end $$`);
  await tx.query(
    `create table if not exists analyst_tenants (role_name name not null, tenant_id text not null, primary key (role_name, tenant_id))`,
  );
  await tx.query(`insert into analyst_tenants values ('${ANALYST}', 'default') on conflict do nothing`);
  await tx.query('alter table analyst_tenants enable row level security');
  if ((await tx.query('select from pg_roles where rolname = $1', [ANALYST])).rowCount === 0) return;
  await policy(tx, 'analyst_tenants', 'role_name = current_user');
  await tx.query(`grant usage on schema public, analytics to ${ANALYST}`);
  await tx.query(`grant select on all tables in schema analytics to ${ANALYST}`);
  await tx.query(`grant select on analyst_tenants to ${ANALYST}`);
  const { rows } = await tx.query<{ table_name: string; columns: string }>(COLUMNS_BEHIND_VIEWS);
  for (const { table_name, columns } of rows) {
    await tx.query(`grant select (${columns}) on ${table_name} to ${ANALYST}`);
    await policy(tx, table_name, 'tenant_id in (select a.tenant_id from analyst_tenants a where a.role_name = current_user)');
  }
}

/** For analysts and the roles that are members of theirs. */
async function policy(tx: Sql, table: string, condition: string): Promise<void> {
  await tx.query(`drop policy if exists analyst_tenants on ${table}`);
  await tx.query(`create policy analyst_tenants on ${table} for select to ${ANALYST} using (${condition})`);
}
