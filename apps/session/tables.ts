// The tables of the session service, as migrations/ creates them.
// What is written into them is in rows.ts.
import type { ColumnType, TableSpec } from '#service';
import { STATION_COSTS } from './station-costs.js';

const text = (...names: readonly string[]): Record<string, ColumnType> => Object.fromEntries(names.map((name) => [name, 'text']));

export const SITE_STATIONS: TableSpec = {
  name: 'site_stations',
  columns: {
    ...text('tenant_id', 'station_id', 'site_id', 'connection_id', 'ocpp_version', 'vendor', 'model', 'serial_number', 'firmware_version'),
    assignment_seq: 'integer',
    removed: 'boolean',
    online: 'boolean',
    connected_at: 'timestamptz',
    disconnected_at: 'timestamptz',
    last_seen_at: 'timestamptz',
    security_profile: 'integer',
    config: 'jsonb',
    ...text('boot_status', 'boot_answer'),
    heartbeat_interval_s: 'integer',
  },
  key: ['tenant_id', 'station_id', 'site_id'],
};
export const SITE_EVSES: TableSpec = {
  name: 'site_evses',
  columns: {
    ...text('tenant_id', 'station_id', 'site_id', 'status', 'error_code', 'session_id', 'charging_state', 'paused_by'),
    evse_id: 'integer',
    removed: 'boolean',
    status_at: 'timestamptz',
    power_w: 'double precision',
    current_a: 'double precision',
    register_wh: 'numeric',
    measured_at: 'timestamptz',
  },
  key: ['tenant_id', 'station_id', 'evse_id', 'site_id'],
};
export const PORT_STATUS: TableSpec = {
  name: 'port_status',
  columns: {
    ...text('tenant_id', 'site_id', 'station_id', 'port_id', 'status', 'error_code'),
    time: 'timestamptz',
    is_online: 'boolean',
    record_offset: 'bigint',
  },
  key: ['tenant_id', 'site_id', 'time', 'record_offset', 'port_id'],
  isSeries: true,
};
export const PORT_FACTS: TableSpec = {
  name: 'port_facts',
  columns: {
    ...text('tenant_id', 'site_id', 'station_id', 'event_id', 'kind', 'status', 'error_code'),
    record_offset: 'bigint',
    index: 'integer',
    evse_id: 'integer',
    connector_id: 'integer',
    at: 'timestamptz',
    received_at: 'timestamptz',
    grace_ms: 'bigint',
    flags: 'jsonb',
  },
  key: ['tenant_id', 'site_id', 'record_offset', 'index'],
  isSeries: true,
};
export const OUTAGE_CLASSIFICATIONS: TableSpec = {
  name: 'outage_classifications',
  columns: {
    ...text('tenant_id', 'site_id', 'station_id', 'event_id', 'outage_id', 'cause', 'evidence', 'note', 'classified_by'),
    record_offset: 'bigint',
    evse_id: 'integer',
    from_at: 'timestamptz',
    to_at: 'timestamptz',
    classified_at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'record_offset'],
};
export const OUTAGE_DECLARATIONS: TableSpec = {
  name: 'outage_declarations',
  columns: {
    ...text('tenant_id', 'site_id', 'station_id', 'event_id', 'declaration_id', 'cause', 'evidence', 'declared_by'),
    record_offset: 'bigint',
    evse_id: 'integer',
    from_at: 'timestamptz',
    to_at: 'timestamptz',
    declared_at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'record_offset'],
};
export const SESSIONS: TableSpec = {
  name: 'sessions',
  columns: {
    ...text('tenant_id', 'session_id', 'site_id', 'station_id', 'transaction_id', 'ocpp_version', 'token_hash', 'token_type', 'id_token'),
    ...text('status', 'charging_state', 'paused_by', 'reason', 'time_zone'),
    evse_id: 'integer',
    connector_id: 'integer',
    started_at: 'timestamptz',
    ended_at: 'timestamptz',
    last_heard_at: 'timestamptz',
    energy_wh: 'numeric',
    exported_wh: 'numeric',
    was_offline: 'boolean',
    meter_start_wh: 'numeric',
    meter_stop_wh: 'numeric',
    power_w: 'double precision',
    current_a: 'double precision',
    provisional: 'boolean',
    amendment: 'integer',
    flags: 'jsonb',
    tariff: 'jsonb',
  },
  key: ['tenant_id', 'session_id'],
};
export const SESSION_TIMELINE: TableSpec = {
  name: 'session_timeline',
  columns: {
    ...text('tenant_id', 'session_id', 'topic', 'kind', 'event_id'),
    partition: 'integer',
    record_offset: 'bigint',
    index: 'integer',
    at: 'timestamptz',
    detail: 'jsonb',
  },
  key: ['tenant_id', 'session_id', 'topic', 'partition', 'record_offset', 'index'],
};
export const UNMATCHED_FACTS: TableSpec = {
  name: 'unmatched_facts',
  columns: {
    ...text('tenant_id', 'topic', 'site_id', 'station_id', 'transaction_id', 'action', 'reason', 'event_id'),
    partition: 'integer',
    record_offset: 'bigint',
    at: 'timestamptz',
  },
  key: ['tenant_id', 'topic', 'partition', 'record_offset'],
};
export const PARKED_FRAMES: TableSpec = {
  name: 'parked_frames',
  columns: {
    ...text('tenant_id', 'event_id', 'site_id', 'station_id', 'connection_id', 'ocpp_version', 'kind', 'reason'),
    ...text('frame_hash', 'redacted', 'sealed', 'replayed_as'),
    at: 'timestamptz',
    bytes: 'integer',
    truncated: 'boolean',
    unparked_before: 'integer',
  },
  key: ['tenant_id', 'event_id'],
};
export const COMMANDS: TableSpec = {
  name: 'commands',
  columns: {
    ...text('tenant_id', 'command_id', 'site_id', 'station_id', 'action', 'requested_by', 'state', 'reason'),
    payload: 'jsonb',
    answer: 'jsonb',
    requested_at: 'timestamptz',
    not_after: 'timestamptz',
    sent_at: 'timestamptz',
    ended_at: 'timestamptz',
  },
  key: ['tenant_id', 'command_id'],
};

export const TABLES = [
  SITE_STATIONS,
  SITE_EVSES,
  PORT_STATUS,
  PORT_FACTS,
  OUTAGE_CLASSIFICATIONS,
  OUTAGE_DECLARATIONS,
  SESSIONS,
  SESSION_TIMELINE,
  UNMATCHED_FACTS,
  COMMANDS,
  PARKED_FRAMES,
  STATION_COSTS,
] as const;
