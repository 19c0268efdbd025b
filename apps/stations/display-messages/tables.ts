// The table of messages on displays, as migrations/0046-display-messages.sql creates it.
import type { ColumnType, TableSpec } from '#service';

const text = (...names: readonly string[]): Record<string, ColumnType> => Object.fromEntries(names.map((name) => [name, 'text']));

export const DISPLAY_MESSAGES: TableSpec = {
  name: 'display_messages',
  columns: {
    ...text('tenant_id', 'site_id', 'station_id', 'priority', 'while_state', 'transaction_id', 'format', 'language', 'content'),
    ...text('state', 'reason', 'requested_by'),
    message_id: 'integer',
    starts_at: 'timestamptz',
    ends_at: 'timestamptz',
    changed_at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'station_id', 'message_id'],
};
