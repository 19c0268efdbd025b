-- What stations report of themselves: variables (2.x) or configuration keys (1.6), and how far asking for all of them has come.
create table device_reports (
  tenant_id text not null, site_id text not null, station_id text not null,
  state text not null, at timestamptz not null, from_at timestamptz,
  primary key (tenant_id, site_id, station_id));
create table device_variables (
  tenant_id text not null, site_id text not null, station_id text not null,
  component text not null, component_instance text not null, evse_id integer not null, connector_id integer not null,
  variable text not null, variable_instance text not null, attribute text not null,
  value text, mutability text, data_type text, unit text, values_list text, min_limit double precision, max_limit double precision,
  reported_at timestamptz,
  primary key (tenant_id, site_id, station_id, component, component_instance, evse_id, connector_id, variable, variable_instance, attribute));
-- What an older complete report told and the newest one does not is not there any more.
create or replace view variables as
  select v.* from device_variables v
  left join device_reports r on r.tenant_id = v.tenant_id and r.site_id = v.site_id and r.station_id = v.station_id
  where r.from_at is null or v.reported_at >= r.from_at;
