-- Firmware and logs: how far the last transfer of each kind has come at each station, and campaigns over many stations.
create table device_transfers (
  tenant_id text not null, site_id text not null, station_id text not null, kind text not null,
  command_id text, action text, request_id bigint, payload jsonb, requested_by text,
  status text, ended_as text, detail text, asked_at timestamptz, at timestamptz,
  primary key (tenant_id, site_id, station_id, kind));
create table campaigns (
  tenant_id text not null, site_id text not null, campaign_id text not null,
  kind text, messages jsonb, wave_size integer, attempts integer, retry_after_s integer, quiet_after_s integer, stop_after_failures integer,
  state text, requested_by text, requested_at timestamptz, ended_at timestamptz,
  primary key (tenant_id, site_id, campaign_id));
create table campaign_stations (
  tenant_id text not null, site_id text not null, campaign_id text not null, station_id text not null,
  action text, state text, attempts integer, status text, command_id text, at timestamptz,
  primary key (tenant_id, site_id, campaign_id, station_id));
