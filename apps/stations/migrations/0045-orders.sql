-- The last order of each kind and subject to a station: what was wanted, what the station answered, and whether it came about.
create table device_orders (
  tenant_id text not null, site_id text not null, station_id text not null, action text not null, subject text not null,
  command_id text, wanted jsonb, requested_by text, state text, answer text, told jsonb, asked_at timestamptz, at timestamptz,
  primary key (tenant_id, site_id, station_id, action, subject));
