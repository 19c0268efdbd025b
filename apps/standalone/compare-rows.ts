// Rows beside the same rows folded anew: where services stand, the tables to fold into, and what differs. Who folds, and what is said of it, is in replay.ts.
import { join } from 'node:path';
import { meterSamplesFrom, migrateAnalytics } from '#apps/analytics';
import { apiDefinition, auditDefinition, vtnDefinition } from '#apps/api';
import { billingDefinition, invoicingDefinition, paymentsDefinition } from '#apps/billing';
import { loadBalancingDefinition, networkLimitsDefinition } from '#apps/load-balancing';
import type { EmbeddedWorld } from '#embedded';
import { packageRoot } from '#nest';
import type { Database, EventLog, Sql, World } from '#ports';
import { migrate, type TableSpec } from '#service';
import { type Place, placesOf, SERVICES } from './rebuild.js';

/** How far each service has come in each of its inputs, by its own rows. */
export const placesWritten = (log: Pick<EventLog, 'partitionCount'>, database: Sql): Promise<readonly Place[]> =>
  placesOf(log, async ({ service, topic, partition }) => {
    const { rows } = await database.query<{ next_offset: number }>(
      'select next_offset from service_positions where service = $1 and topic = $2 and partition = $3',
      [service.name, topic, partition],
    );
    return Number(rows[0]?.next_offset ?? 0);
  });

const WHAT_TO_DO = 'start the network once, and stop it so that it says `stopped`, or make them anew with `npm run replay`';

/** Why there are none although the log has records, and what to do. */
export function whyNoRows(world: Pick<World, 'kind'>): string {
  if (world.kind === 'cluster') return `no service has written to this database, or it was emptied; ${WHAT_TO_DO}`;
  const { origin } = (world as EmbeddedWorld).database;
  return origin === 'kept'
    ? `the services wrote none yet; ${WHAT_TO_DO}`
    : `another version wrote them, or the network was ended as soon as it had begun. Nothing is lost: ${WHAT_TO_DO}`;
}

/** Services that run in an app of another name: their tables are among those of that app. */
const APPS: Readonly<Record<string, string>> = {
  [networkLimitsDefinition.name]: loadBalancingDefinition.name,
  [invoicingDefinition.name]: billingDefinition.name,
  [paymentsDefinition.name]: billingDefinition.name,
  [auditDefinition.name]: apiDefinition.name,
  [vtnDefinition.name]: apiDefinition.name,
};
const appOf = ({ name }: { readonly name: string }): string => APPS[name] ?? name;

export async function migrateAll(database: Database): Promise<void> {
  const apps = SERVICES.filter(({ tables }) => tables.length > 0).map(appOf);
  for (const app of new Set(apps)) await migrate(database, app, join(packageRoot(), `apps/${app}/migrations`));
  await migrateAnalytics(database);
}

/** With `from`, the rows of a series from then on. */
async function dump(database: Sql, table: TableSpec, from?: Date): Promise<ReadonlyMap<string, string>> {
  const columns = Object.keys(table.columns).sort();
  const { rows } = await database.query<{ key: string; content: string }>(
    `select json_build_array(${table.key.join(', ')})::text as key, json_build_array(${columns.join(', ')})::text as content from ${table.name}
     ${from === undefined ? '' : 'where time >= $1'}`,
    from === undefined ? [] : [from.toISOString()],
  );
  return new Map(rows.map(({ key, content }) => [key, content]));
}

export interface ComparedTable {
  readonly table: string;
  readonly rows: number;
  /** One text for each row that differs, with both of its contents. */
  readonly differences: readonly string[];
}

export async function compareRows(live: Sql, rebuilt: Sql): Promise<readonly ComparedTable[]> {
  const compared: ComparedTable[] = [];
  const samplesFrom = await meterSamplesFrom(live);
  for (const table of SERVICES.flatMap(({ tables }) => tables)) {
    const from = table.name === 'meter_samples' ? samplesFrom : undefined;
    const [a, b] = [await dump(live, table, from), await dump(rebuilt, table, from)];
    const different = [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key));
    const told = (key: string): string =>
      `${table.name} ${key}\n  now:     ${a.get(key) ?? '(no row)'}\n  rebuilt: ${b.get(key) ?? '(no row)'}`;
    compared.push({ table: table.name, rows: a.size, differences: different.map(told) });
  }
  return compared;
}
