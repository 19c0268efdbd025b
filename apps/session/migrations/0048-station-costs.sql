-- What stations calculate of a transaction themselves (OCPP 2.1 costDetails).
create table station_costs (
  tenant_id text not null, site_id text not null, station_id text not null, transaction_id text not null, is_final boolean not null,
  currency text, type_of_cost text, net numeric, gross numeric, failure text, details jsonb, at timestamptz,
  primary key (tenant_id, station_id, transaction_id, is_final));
comment on table station_costs is 'By the station''s own calculation; what a session costs is in session_costs';
