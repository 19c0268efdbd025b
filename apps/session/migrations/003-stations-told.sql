-- Whether a station is taken, what it was last told, and what it reported of itself: its variables (2.x) or configuration keys (1.6).
alter table site_stations add column boot_status text;
alter table site_stations add column boot_answer text;
alter table site_stations add column heartbeat_interval_s integer;
alter table site_stations add column inventory_state text;
alter table site_stations add column inventory_at timestamptz;
alter table site_stations add column inventory_from timestamptz;
create or replace view stations as
  select * from site_stations s where not s.removed and not exists (
    select 1 from site_stations o where o.tenant_id = s.tenant_id and o.station_id = s.station_id and o.site_id <> s.site_id
      and not o.removed and (o.assignment_seq, o.site_id) > (s.assignment_seq, s.site_id));
create table station_variables (
  tenant_id text not null, site_id text not null, station_id text not null,
  component text not null, component_instance text not null, evse_id integer not null, connector_id integer not null,
  variable text not null, variable_instance text not null, attribute text not null,
  value text, mutability text, data_type text, unit text, values_list text, min_limit double precision, max_limit double precision,
  reported_at timestamptz,
  primary key (tenant_id, site_id, station_id, component, component_instance, evse_id, connector_id, variable, variable_instance, attribute));
