// The tables of profiles that stations report, as migrations/0055-charging-profiles.sql creates them.
import type { ColumnType, TableSpec } from '#service';

const of = <Type extends ColumnType>(type: Type, ...names: readonly string[]): Record<string, ColumnType> =>
  Object.fromEntries(names.map((name) => [name, type]));

const STATION = ['tenant_id', 'site_id', 'station_id'] as const;

export const PROFILE_REPORTS: TableSpec = {
  name: 'profile_reports',
  columns: {
    ...of('text', ...STATION, 'command_id', 'state', 'requested_by'),
    request_id: 'bigint',
    criteria: 'jsonb',
    ...of('timestamptz', 'since', 'at'),
  },
  key: [...STATION, 'request_id'],
};
export const REPORTED_PROFILES: TableSpec = {
  name: 'reported_profiles',
  columns: {
    ...of('text', ...STATION, 'limit_source', 'purpose'),
    request_id: 'bigint',
    ...of('integer', 'evse_id', 'profile_id', 'stack_level'),
    profile: 'jsonb',
    reported_at: 'timestamptz',
  },
  key: [...STATION, 'request_id', 'evse_id', 'profile_id'],
};
