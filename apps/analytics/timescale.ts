// Series where TimescaleDB is: chunks, columns and buckets of its own (timescale/*.sql), and a fence in place of the row-level security it refuses there
// (ADR 0090). The views keep their names, columns and rows.
import type { Sql } from '#ports';
import { splitStatements, TENANT_READER } from '#service';

/** The files of `timescale/`: the first is of its Apache licence, the others are not. */
export async function chunkSeries(tx: Sql, [hypertables = '', ...community]: readonly string[]): Promise<void> {
  const run = async (text: string): Promise<void> => {
    for (const statement of splitStatements(text)) await tx.query(statement);
  };
  await run(hypertables);
  for (const series of SERIES) await fence(tx, series);
  if (!(await isCommunity(tx))) return;
  for (const text of community) await run(text);
  const { rows } = await tx.query<{ name: string }>(
    `select view_name as name from timescaledb_information.continuous_aggregates where view_schema = 'buckets'`,
  );
  for (const { name } of rows) await showTenantsOf(tx, name, `buckets.${name}`);
}

/** From then on samples of meters go once they are older, in whole chunks: no other view stands on them, and the log has them for ever. */
export async function retainMeterSamples(tx: Sql, days: number): Promise<void> {
  if (!(await isCommunity(tx))) return;
  const asWished = await tx.query(`select ${RETENTION} and (config ->> 'drop_after')::interval = make_interval(days => $1)`, [days]);
  if (asWished.rowCount === 1) return;
  await tx.query(`select remove_retention_policy('meter_samples', if_exists => true)`);
  await tx.query(`select add_retention_policy('meter_samples', drop_after => make_interval(days => $1))`, [days]);
}

/** From when on the table has what the log has of it; undefined: from the beginning. */
export async function meterSamplesFrom(database: Sql): Promise<Date | undefined> {
  if (!(await hasTimescale(database)) || (await database.query(`select ${RETENTION}`)).rowCount === 0) return undefined;
  const { rows } = await database.query<{ from: Date | null }>(
    `select min(range_start) as from from timescaledb_information.chunks where hypertable_schema = 'public' and hypertable_name = 'meter_samples'`,
  );
  return rows[0]?.from ?? new Date();
}

const RETENTION = `from timescaledb_information.jobs where proc_name = 'policy_retention' and hypertable_schema = 'public' and hypertable_name = 'meter_samples'`;

export async function hasTimescale(tx: Sql): Promise<boolean> {
  return (await tx.query(`select from pg_extension where extname = 'timescaledb'`)).rowCount === 1;
}

/** Hypertables, each with a view of its name in `analytics` through which all others read it. */
const SERIES = ['meter_samples', 'power_samples', 'port_status', 'site_load'];

/** With the statements of `timescale/`, in the licence that has columns and continuous aggregates. */
async function isCommunity(tx: Sql): Promise<boolean> {
  const { rows } = await tx.query<{ is: boolean }>(
    `select current_setting('timescaledb.license') = 'timescale' and string_to_array(split_part(extversion, '-', 1), '.')::int[] >= '{2,20}' as is
     from pg_extension where extname = 'timescaledb'`,
  );
  return rows[0]?.is === true;
}

/** Nobody but its owner reads the table or a chunk of it, whatever was granted before; its view shows each reader the rows of their tenants. */
async function fence(tx: Sql, series: string): Promise<void> {
  if ((await tx.query('select from pg_class where oid = $1::regclass and relrowsecurity', [series])).rowCount === 1)
    await tx.query(`alter table ${series} disable row level security`); // refused once it has columns, even where there is none
  const { rows } = await tx.query<{ grantee: string }>(
    `select distinct case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as grantee
     from (select c.relowner, (aclexplode(c.relacl)).grantee from pg_class c where c.oid = $1::regclass
       union select c.relowner, (aclexplode(a.attacl)).grantee from pg_class c join pg_attribute a on a.attrelid = c.oid where c.oid = $1::regclass) granted
     where grantee <> relowner`,
    [series],
  );
  for (const { grantee } of rows) await tx.query(`revoke all on ${series} from ${grantee}`);
  const definition = await tx.query<{ text: string }>(`select rtrim(pg_get_viewdef($1::regclass), ';') as text`, [`analytics.${series}`]);
  await showTenantsOf(tx, series, `(${definition.rows[0]?.text})`);
}

/** What the policies of libs/service and analysts.ts say of a table: the owner sees everything, the api one tenant, an analyst those of their role. */
export const SEEN = `(select pg_has_role(current_user, relowner, 'usage') from pg_class where oid = 'public.site_load'::regclass)
  or tenant_id = any (array(
    select current_setting('app.tenant', true) where current_user = '${TENANT_READER}'
    union all select a.tenant_id from public.analyst_tenants a where a.role_name = current_user))`;

const showTenantsOf = (tx: Sql, view: string, source: string): Promise<unknown> =>
  tx.query(`create or replace view analytics.${view} with (security_barrier) as select * from ${source} each where ${SEEN}`);
