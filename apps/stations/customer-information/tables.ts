// Tables of what stations told of drivers, as migrations/0046-customer-information.sql creates them.
import type { ColumnType, TableSpec } from '#service';

const text = (...names: readonly string[]): Record<string, ColumnType> => Object.fromEntries(names.map((name) => [name, 'text']));

export const CUSTOMER_REQUESTS: TableSpec = {
  name: 'customer_requests',
  columns: {
    ...text('tenant_id', 'site_id', 'station_id', 'command_id', 'token_hash', 'state', 'reason', 'requested_by'),
    request_id: 'integer',
    is_report: 'boolean',
    is_clear: 'boolean',
    requested_at: 'timestamptz',
    changed_at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'station_id', 'request_id'],
};
export const CUSTOMER_DATA: TableSpec = {
  name: 'customer_data',
  columns: { ...text('tenant_id', 'site_id', 'station_id', 'data'), request_id: 'integer', seq_no: 'integer', generated_at: 'timestamptz' },
  key: ['tenant_id', 'site_id', 'station_id', 'request_id', 'seq_no'],
};
