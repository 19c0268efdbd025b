// The tables of periodic event streams, as migrations/0048-event-streams.sql creates them.
import type { ColumnType, TableSpec } from '#service';

const of = <Type extends ColumnType>(type: Type, ...names: readonly string[]): Record<string, ColumnType> =>
  Object.fromEntries(names.map((name) => [name, type]));

export const EVENT_STREAMS: TableSpec = {
  name: 'event_streams',
  columns: {
    ...of('text', 'tenant_id', 'site_id', 'station_id', 'state'),
    ...of('integer', 'stream_id', 'monitoring_id', 'interval_s', 'batch', 'pending'),
    ...of('timestamptz', 'opened_at', 'closed_at', 'heard_at'),
  },
  key: ['tenant_id', 'site_id', 'station_id', 'stream_id'],
};
/** `monitoring_id` names the variable (its monitor); of a stream that was never announced it is -1. */
export const EVENT_STREAM_VALUES: TableSpec = {
  name: 'event_stream_values',
  columns: {
    ...of('text', 'tenant_id', 'site_id', 'station_id', 'value'),
    ...of('integer', 'stream_id', 'monitoring_id'),
    at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'station_id', 'stream_id', 'at'],
};
