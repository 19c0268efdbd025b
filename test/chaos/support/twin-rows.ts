// Everything there is about a station after a run, without what differs between two that lived through the same: names, ids, certificates and times.
// How often its line went down, and what was sent on which connection, is left out: that is what differs.
import type { Recorded } from '#contracts';
import type { ProcessNetwork } from '../../cluster/support/process-network.js';

export interface Twin {
  readonly rows: Readonly<Record<string, readonly string[]>>;
  /** Types of the derived facts, in their order. */
  readonly facts: readonly string[];
}

/** A request for a certificate that is repeated is another one, which leaves the first behind (ADR 0047). */
const isLeftBehind = (table: string, row: object): boolean =>
  table === 'station_certificates' && (row as { readonly state?: unknown }).state === 'replaced';

/** What a session costs so far is told by the answer or by CostUpdated (ADR 0046). Of lines, of commands one by one, and of limits, which move with time. */
const OTHER = new Set([
  'site_stations',
  'port_facts',
  'port_status',
  'commands',
  'limit_commands',
  'limit_alarms',
  'feed',
  'command_handovers',
  'evse_limits',
  'station_versions',
  'session_timeline',
  'told_costs',
  'web_payments',
]);

const columns = new Map<ProcessNetwork, Promise<ReadonlyMap<string, readonly string[]>>>();

/** Tables with a station, each with the columns that are compared: no times, no places in the log. */
async function columnsOf(network: ProcessNetwork): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await network.database.query<{ table_name: string; column_name: string; data_type: string }>(
    "select table_name, column_name, data_type from information_schema.columns where table_schema = 'public' order by 1, 2",
  );
  const tables = new Map<string, string[]>();
  for (const { table_name, column_name, data_type } of rows) {
    if (OTHER.has(table_name) || table_name.startsWith('service_')) continue;
    if (/^timestamp/.test(data_type) || /offset|event_id|command_id|connection_id|assignment_seq/.test(column_name)) continue;
    tables.set(table_name, [...(tables.get(table_name) ?? []), column_name]);
  }
  return new Map([...tables].filter(([, names]) => names.includes('station_id')));
}

export const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
const alike = (text: string, stationId: string): string =>
  text
    .replaceAll(stationId, 'STATION')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    .replace(/\b(01|4A)[0-9A-F]{30}\b/g, 'SERIAL')
    .replace(/sealed:v1:[^"]+/g, 'SEALED')
    .replace(TIME, 'TIME')
    .replace(/"transaction_id":"\d+"/g, '"transaction_id":"N"');

export async function twinRows(network: ProcessNetwork, stationId: string): Promise<Twin> {
  const known = columns.get(network) ?? columnsOf(network);
  columns.set(network, known);
  const rows: Record<string, readonly string[]> = {};
  for (const [table, names] of await known) {
    const found = await network.database.query(
      `select ${names.map((name) => `"${name}"`).join(', ')} from ${table} where station_id = $1`,
      [stationId],
    );
    const there = found.rows.filter((row) => !isLeftBehind(table, row));
    if (there.length > 0) rows[table] = there.map((row) => alike(JSON.stringify(row), stationId)).sort();
  }
  const facts = (await derivedFacts(network)).filter((record) => record.stationId === stationId).map(({ type }) => type);
  return { rows, facts };
}

const derived = new Map<ProcessNetwork, Promise<readonly Recorded[]>>();
function derivedFacts(network: ProcessNetwork): Promise<readonly Recorded[]> {
  const known = derived.get(network) ?? network.records('session-events');
  derived.set(network, known);
  return known;
}
