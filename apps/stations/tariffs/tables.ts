// The tables of tariffs that stations hold, as migrations/0048-tariffs.sql and 0055-wanted-tariffs.sql create them.
import type { ColumnType, TableSpec } from '#service';

const of = <Type extends ColumnType>(type: Type, ...names: readonly string[]): Record<string, ColumnType> =>
  Object.fromEntries(names.map((name) => [name, type]));

/** `evse_id` 0: every EVSE. */
export const STATION_TARIFFS: TableSpec = {
  name: 'station_tariffs',
  columns: {
    ...of('text', 'tenant_id', 'site_id', 'station_id', 'tariff_id', 'kind', 'state', 'reason', 'sent_by'),
    evse_id: 'integer',
    tariff: 'jsonb',
    ...of('timestamptz', 'valid_from', 'at', 'reported_at'),
  },
  key: ['tenant_id', 'site_id', 'station_id', 'evse_id', 'tariff_id'],
};
/** The tariff of its site, in its words: what is wanted beside what it confirmed. */
export const WANTED_TARIFFS: TableSpec = {
  name: 'wanted_tariffs',
  columns: { ...of('text', 'tenant_id', 'site_id', 'station_id', 'tariff_id', 'state', 'reason'), problems: 'jsonb', at: 'timestamptz' },
  key: ['tenant_id', 'site_id', 'station_id'],
};
export const TRANSACTION_TARIFFS: TableSpec = {
  name: 'transaction_tariffs',
  columns: {
    ...of('text', 'tenant_id', 'site_id', 'station_id', 'transaction_id', 'tariff_id', 'state', 'reason', 'sent_by'),
    tariff: 'jsonb',
    at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'station_id', 'transaction_id'],
};
