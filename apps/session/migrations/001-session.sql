-- Rows of the session service: stations and outlets as they are now, sessions with their timeline, commands and their outcomes.
-- A station that moves leaves rows at both sites, each written by its own site's stream; the views show where it is.
create table site_stations (
  tenant_id text not null, station_id text not null, site_id text not null,
  assignment_seq integer not null default 0, removed boolean not null default false,
  online boolean not null default false, connection_id text, ocpp_version text,
  connected_at timestamptz, disconnected_at timestamptz, last_seen_at timestamptz,
  vendor text, model text, serial_number text, firmware_version text, security_profile integer, config jsonb,
  primary key (tenant_id, station_id, site_id));
create view stations as
  select * from site_stations s where not s.removed and not exists (
    select 1 from site_stations o where o.tenant_id = s.tenant_id and o.station_id = s.station_id and o.site_id <> s.site_id
      and not o.removed and (o.assignment_seq, o.site_id) > (s.assignment_seq, s.site_id));
create table site_evses (
  tenant_id text not null, station_id text not null, evse_id integer not null, site_id text not null,
  removed boolean not null default false, status text not null default 'Unknown', status_at timestamptz, error_code text,
  power_w double precision, current_a double precision, register_wh numeric, measured_at timestamptz,
  session_id text, charging_state text, paused_by text,
  primary key (tenant_id, station_id, evse_id, site_id));
create view evses as
  select e.* from site_evses e join stations s on s.tenant_id = e.tenant_id and s.station_id = e.station_id and s.site_id = e.site_id
  where not e.removed;
create table sessions (
  tenant_id text not null, session_id text not null, site_id text not null, station_id text not null,
  evse_id integer not null, connector_id integer, transaction_id text not null, ocpp_version text not null,
  token_hash text, token_type text, id_token text,
  status text not null, started_at timestamptz not null, ended_at timestamptz, last_heard_at timestamptz,
  energy_wh numeric not null, meter_start_wh numeric, meter_stop_wh numeric,
  power_w double precision, current_a double precision, charging_state text, paused_by text,
  reason text, provisional boolean not null default false, amendment integer not null default 0, flags jsonb not null,
  tariff jsonb, time_zone text,
  primary key (tenant_id, session_id));
create index sessions_by_start on sessions (tenant_id, started_at desc, session_id desc);
create index sessions_by_station on sessions (tenant_id, station_id, started_at desc);
create index sessions_active on sessions (tenant_id, started_at) where status = 'active';
create table session_timeline (
  tenant_id text not null, session_id text not null,
  topic text not null, partition integer not null, record_offset bigint not null, index integer not null,
  at timestamptz not null, kind text not null, event_id text not null, detail jsonb not null,
  primary key (tenant_id, session_id, topic, partition, record_offset, index));
create table unmatched_facts (
  tenant_id text not null, topic text not null, partition integer not null, record_offset bigint not null,
  site_id text not null, station_id text not null, transaction_id text not null,
  action text not null, reason text not null, event_id text not null, at timestamptz not null,
  primary key (tenant_id, topic, partition, record_offset));
create table commands (
  tenant_id text not null, command_id text not null, site_id text not null, station_id text,
  action text, payload jsonb, requested_by text, requested_at timestamptz, not_after timestamptz,
  state text not null, sent_at timestamptz, ended_at timestamptz, answer jsonb, reason text,
  primary key (tenant_id, command_id));
create index commands_by_station on commands (tenant_id, station_id, requested_at desc);
