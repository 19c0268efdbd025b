// The tables of certificates, as migrations/0047-certificates.sql creates them.
import type { ColumnType, TableSpec } from '#service';

const text = (...names: readonly string[]): Record<string, ColumnType> => Object.fromEntries(names.map((name) => [name, 'text']));

export const STATION_CERTIFICATES: TableSpec = {
  name: 'station_certificates',
  columns: {
    ...text(
      'tenant_id',
      'site_id',
      'station_id',
      'certificate_id',
      'origin',
      'type',
      'state',
      'reason',
      'serial_number',
      'subject',
      'issuer',
    ),
    ...text('hash_algorithm', 'issuer_name_hash', 'issuer_key_hash', 'alarm'),
    not_before: 'timestamptz',
    not_after: 'timestamptz',
    changed_at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'station_id', 'certificate_id'],
};
export const CONNECTION_REFUSALS: TableSpec = {
  name: 'connection_refusals',
  columns: {
    ...text('tenant_id', 'site_id', 'station_id', 'event_id', 'reason', 'serial_number'),
    at: 'timestamptz',
    security_profile: 'integer',
    encrypted: 'boolean',
    has_password: 'boolean',
    unrecorded: 'integer',
  },
  key: ['tenant_id', 'site_id', 'station_id', 'event_id'],
};
