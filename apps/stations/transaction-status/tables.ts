// The table of what is missing of transactions, as migrations/0049-missing-events.sql creates it.
import type { TableSpec } from '#service';

export const MISSING_EVENTS: TableSpec = {
  name: 'missing_events',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    station_id: 'text',
    transaction_id: 'text',
    missing: 'integer',
    told_at: 'timestamptz',
    messages_in_queue: 'boolean',
    is_ongoing: 'boolean',
    answered_at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'station_id', 'transaction_id'],
};
