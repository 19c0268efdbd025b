// The tables of DER controls and alarms, as migrations/0048-der.sql creates them.
import type { ColumnType, TableSpec } from '#service';

const of = <Type extends ColumnType>(type: Type, ...names: readonly string[]): Record<string, ColumnType> =>
  Object.fromEntries(names.map((name) => [name, type]));

export const DER_CONTROLS: TableSpec = {
  name: 'der_controls',
  columns: {
    ...of('text', 'tenant_id', 'site_id', 'station_id', 'control_id', 'control_type', 'wanted_by', 'state', 'reason'),
    ...of('boolean', 'is_default', 'is_wanted', 'matches', 'is_superseded', 'is_active'),
    ...of('jsonb', 'wanted', 'reported'),
    ...of('timestamptz', 'wanted_at', 'told_at', 'reported_at', 'active_at'),
  },
  key: ['tenant_id', 'site_id', 'station_id', 'control_id'],
};
export const DER_ALARMS: TableSpec = {
  name: 'der_alarms',
  columns: {
    ...of('text', 'tenant_id', 'site_id', 'station_id', 'control_type', 'fault', 'info'),
    ...of('timestamptz', 'since', 'ended_at'),
  },
  key: ['tenant_id', 'site_id', 'station_id', 'control_type', 'since'],
};
