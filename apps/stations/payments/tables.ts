// The tables of settlements and web payments, as migrations/0048-payments.sql creates them.
import type { ColumnType, TableSpec } from '#service';

const of = <Type extends ColumnType>(type: Type, ...names: readonly string[]): Record<string, ColumnType> =>
  Object.fromEntries(names.map((name) => [name, type]));

/** What tells of a person or a payment is sealed. `transaction_id`: empty where there was none. */
export const SETTLEMENTS: TableSpec = {
  name: 'settlements',
  columns: {
    ...of(
      'text',
      'tenant_id',
      'site_id',
      'station_id',
      'transaction_id',
      'status',
      'psp_ref',
      'receipt_id',
      'receipt_url',
      'vat_number',
      'detail',
    ),
    amount: 'numeric',
    ...of('timestamptz', 'settled_at', 'at'),
  },
  key: ['tenant_id', 'site_id', 'station_id', 'transaction_id', 'settled_at', 'status'],
};
export const WEB_PAYMENTS: TableSpec = {
  name: 'web_payments',
  columns: {
    ...of('text', 'tenant_id', 'site_id', 'station_id', 'command_id', 'state', 'reason', 'requested_by'),
    evse_id: 'integer',
    ...of('timestamptz', 'started_at', 'expires_at'),
  },
  key: ['tenant_id', 'site_id', 'station_id', 'command_id'],
};
