// The tables of the device model, as migrations/0045-device-model.sql creates them.
import type { ColumnType, TableSpec } from '#service';

const text = (...names: readonly string[]): Record<string, ColumnType> => Object.fromEntries(names.map((name) => [name, 'text']));

/** What stations of a site are to be set to. */
export const DEVICE_TEMPLATES: TableSpec = {
  name: 'device_templates',
  columns: {
    ...text('tenant_id', 'site_id', 'template_id', 'requested_by'),
    applies_to: 'jsonb',
    settings: 'jsonb',
    at: 'timestamptz',
    withdrawn: 'boolean',
  },
  key: ['tenant_id', 'site_id', 'template_id'],
};
/** Each report somebody asked for, with how far it has come. */
export const DEVICE_REPORT_REQUESTS: TableSpec = {
  name: 'device_report_requests',
  columns: {
    ...text('tenant_id', 'site_id', 'station_id', 'action', 'state', 'requested_by'),
    request_id: 'bigint',
    parts: 'integer',
    asked_at: 'timestamptz',
    at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'station_id', 'request_id'],
};
export const DEVICE_REPORTS: TableSpec = {
  name: 'device_reports',
  columns: { ...text('tenant_id', 'site_id', 'station_id', 'state'), at: 'timestamptz', from_at: 'timestamptz' },
  key: ['tenant_id', 'site_id', 'station_id'],
};
export const DEVICE_VARIABLES: TableSpec = {
  name: 'device_variables',
  columns: {
    ...text('tenant_id', 'site_id', 'station_id', 'component', 'component_instance', 'variable', 'variable_instance', 'attribute'),
    ...text('value', 'mutability', 'data_type', 'unit', 'values_list'),
    evse_id: 'integer',
    connector_id: 'integer',
    min_limit: 'double precision',
    max_limit: 'double precision',
    reported_at: 'timestamptz',
    set_status: 'text',
    set_value: 'text',
    set_at: 'timestamptz',
  },
  key: [
    ...['tenant_id', 'site_id', 'station_id', 'component', 'component_instance', 'evse_id', 'connector_id'],
    ...['variable', 'variable_instance', 'attribute'],
  ],
};
