-- What stations were asked of drivers and told of them, in parts; data are sealed under the driver's own key where he was named by a token.
create table customer_requests (
  tenant_id text not null, site_id text not null, station_id text not null, request_id integer not null, command_id text not null,
  token_hash text, is_report boolean not null, is_clear boolean not null, state text not null, reason text,
  requested_by text not null, requested_at timestamptz not null, changed_at timestamptz not null,
  primary key (tenant_id, site_id, station_id, request_id));
create table customer_data (
  tenant_id text not null, site_id text not null, station_id text not null, request_id integer not null, seq_no integer not null,
  data text not null, generated_at timestamptz,
  primary key (tenant_id, site_id, station_id, request_id, seq_no));
