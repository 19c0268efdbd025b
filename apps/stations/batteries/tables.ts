// The tables of a battery swap station, as migrations/0048-batteries.sql creates them.
import type { ColumnType, TableSpec } from '#service';

const of = <Type extends ColumnType>(type: Type, ...names: readonly string[]): Record<string, ColumnType> =>
  Object.fromEntries(names.map((name) => [name, type]));

/** One row for each slot (an EVSE); serial numbers are sealed. */
export const BATTERIES: TableSpec = {
  name: 'batteries',
  columns: {
    ...of('text', 'tenant_id', 'site_id', 'station_id', 'serial_number', 'vendor_info'),
    evse_id: 'integer',
    is_in: 'boolean',
    ...of('double precision', 'soc', 'soh'),
    ...of('timestamptz', 'produced_at', 'at'),
  },
  key: ['tenant_id', 'site_id', 'station_id', 'evse_id'],
};
export const BATTERY_SWAPS: TableSpec = {
  name: 'battery_swaps',
  columns: {
    ...of('text', 'tenant_id', 'site_id', 'station_id', 'state', 'reason', 'requested_by', 'id_token'),
    request_id: 'bigint',
    ...of('jsonb', 'batteries_in', 'batteries_out'),
    ...of('timestamptz', 'requested_at', 'in_at', 'out_at', 'at'),
  },
  key: ['tenant_id', 'site_id', 'station_id', 'request_id'],
};
