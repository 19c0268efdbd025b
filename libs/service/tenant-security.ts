// Tenants apart in the database too (P9): a reader under one tenant sees no row of another, even when a query forgets its where-clause.
// First line are the queries themselves; services write as the owner of their tables, whom the policies do not bind.
import type { Database, QueryResult, Sql } from '#ports';

/** Without login and without any right but to read rows of tenants. Shared by all databases of a server. */
export const READER = 'joulestream_reader';
const NAMED_BY: Readonly<Record<string, string>> = { parked_records: `split_part(stream_key, '/', 1)` };

const TENANT_TABLES = `
  select format('%I.%I', n.nspname, c.relname) as name, c.relname, c.relkind
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'analytics') and c.relkind in ('r', 'p', 'v')
    and (c.relname = 'parked_records' or exists (
      select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped))
    and (case when c.relkind = 'v' then not coalesce(c.reloptions && array['security_invoker=true', 'security_barrier=true'], false)
      else not exists (select from pg_policy where polrelid = c.oid and polname = 'tenant_isolation') end)`;

/**
 * Within the migration's transaction: whatever has a tenant gets its policy, new tables by themselves. PostgreSQL 15 or newer.
 * A view with a barrier shows tenants by itself, and a table whose policy was put to rest is behind one (ADR 0090).
 */
export async function secureTenants(tx: Sql): Promise<void> {
  await narrowOldPolicies(tx);
  const { rows } = await tx.query<{ name: string; relname: string; relkind: string }>(TENANT_TABLES);
  if (rows.length === 0) return;
  await tx.query(`do $$ begin
    if not exists (select 1 from pg_roles where rolname = '${READER}') then create role ${READER} nologin; end if;
    if not pg_has_role(current_user, '${READER}', 'member') then execute format('grant ${READER} to %I', current_user); end if;
    exception when duplicate_object or unique_violation then null;
  end $$`);
  for (const schema of new Set(rows.map(({ name }) => name.split('.')[0]))) await tx.query(`grant usage on schema ${schema} to ${READER}`);
  for (const { name, relname, relkind } of rows) {
    if (relkind === 'v') await tx.query(`alter view ${name} set (security_invoker = true)`);
    else {
      await tx.query(`alter table ${name} enable row level security`);
      await tx.query(
        `create policy tenant_isolation on ${name} for select to ${READER} using (${NAMED_BY[relname] ?? 'tenant_id'} = current_setting('app.tenant', true))`,
      );
    }
    await tx.query(`grant select on ${name} to ${READER}`);
  }
}

/** Policies of before were for everybody, who then could name any tenant. */
async function narrowOldPolicies(tx: Sql): Promise<void> {
  const { rows } = await tx.query<{ name: string }>(
    `select polrelid::regclass::text as name from pg_policy where polname = 'tenant_isolation' and polroles = '{0}'`,
  );
  for (const { name } of rows) await tx.query(`alter policy tenant_isolation on ${name} to ${READER}`);
}

/** One query as a reader of one tenant. */
export const queryAsTenant = <Row>(
  database: Database,
  tenantId: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<QueryResult<Row>> =>
  database.inTransaction(async (tx) => {
    await tx.query(`select set_config('role', '${READER}', true), set_config('app.tenant', $1, true)`, [tenantId]);
    return tx.query<Row>(text, values);
  });
