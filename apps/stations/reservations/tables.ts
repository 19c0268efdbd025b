// The table of reservations, as migrations/0046-reservations.sql creates it.
import type { ColumnType, TableSpec } from '#service';

const text = (...names: readonly string[]): Record<string, ColumnType> => Object.fromEntries(names.map((name) => [name, 'text']));

export const RESERVATIONS: TableSpec = {
  name: 'reservations',
  columns: {
    ...text('tenant_id', 'site_id', 'station_id', 'connector_type', 'token_hash', 'token_type', 'id_token', 'state', 'reason'),
    ...text('transaction_id', 'requested_by', 'command_id'),
    reservation_id: 'integer',
    evse_id: 'integer',
    expires_at: 'timestamptz',
    requested_at: 'timestamptz',
    changed_at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'station_id', 'reservation_id'],
};
