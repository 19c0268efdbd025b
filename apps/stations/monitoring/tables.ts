// The tables of monitoring, as migrations/0045-monitoring.sql creates them.
import type { ColumnType, TableSpec } from '#service';
import { NAMED_COLUMNS } from '../named-variable.js';

const text = (...names: readonly string[]): Record<string, ColumnType> => Object.fromEntries(names.map((name) => [name, 'text']));

export const DEVICE_MONITORING: TableSpec = {
  name: 'device_monitoring',
  columns: {
    ...text('tenant_id', 'site_id', 'station_id', 'base', 'report_state'),
    level: 'integer',
    base_at: 'timestamptz',
    level_at: 'timestamptz',
    report_at: 'timestamptz',
    report_from: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'station_id'],
};
export const DEVICE_MONITORS: TableSpec = {
  name: 'device_monitors',
  columns: {
    ...text('tenant_id', 'site_id', 'station_id', 'type', 'notification'),
    monitor_id: 'integer',
    ...NAMED_COLUMNS,
    value: 'double precision',
    severity: 'integer',
    in_transactions: 'boolean',
    removed: 'boolean',
    told_at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'station_id', 'monitor_id'],
};
export const DEVICE_EVENTS: TableSpec = {
  name: 'device_events',
  columns: {
    ...text('tenant_id', 'site_id', 'station_id', 'event_id', 'trigger', 'notification', 'actual_value', 'tech_code', 'tech_info'),
    ...text('transaction_id', 'acknowledged_by', 'note'),
    ...NAMED_COLUMNS,
    station_event_id: 'integer',
    cause: 'integer',
    monitor_id: 'integer',
    severity: 'integer',
    is_clear: 'boolean',
    at: 'timestamptz',
    received_at: 'timestamptz',
    cleared_at: 'timestamptz',
    acknowledged_at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'station_id', 'event_id'],
};
