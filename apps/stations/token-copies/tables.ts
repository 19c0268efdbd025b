// Tables of what stations keep of tokens, as migrations/0046-token-copies.sql creates them.
import type { ColumnType, TableSpec } from '#service';

const text = (...names: readonly string[]): Record<string, ColumnType> => Object.fromEntries(names.map((name) => [name, 'text']));

export const LOCAL_LISTS: TableSpec = {
  name: 'local_lists',
  columns: {
    ...text('tenant_id', 'site_id', 'station_id', 'state', 'reason'),
    version: 'integer',
    entries: 'integer',
    is_cut: 'boolean',
    max_entries: 'integer',
    items_per_message: 'integer',
    failures: 'integer',
    changed_at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'station_id'],
};
export const TOKEN_CACHES: TableSpec = {
  name: 'token_caches',
  columns: {
    ...text('tenant_id', 'site_id', 'station_id', 'answer'),
    is_kept: 'boolean',
    is_stale: 'boolean',
    changed_at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'station_id'],
};
