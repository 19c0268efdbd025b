-- Reservations at stations and what became of them. evse_id 0 = any outlet of the station.
create table reservations (
  tenant_id text not null, site_id text not null, station_id text not null, reservation_id integer not null,
  evse_id integer not null, connector_type text, token_hash text, token_type text, id_token text,
  expires_at timestamptz, state text not null, reason text, transaction_id text,
  requested_by text not null, command_id text not null, requested_at timestamptz not null, changed_at timestamptz not null,
  primary key (tenant_id, site_id, station_id, reservation_id));
create index reservations_by_time on reservations (tenant_id, requested_at desc, reservation_id);
