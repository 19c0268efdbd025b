-- Monitors of variables at stations, and the events they and stations tell.
create table device_monitoring (
  tenant_id text not null, site_id text not null, station_id text not null,
  base text, base_at timestamptz, level integer, level_at timestamptz,
  report_state text, report_at timestamptz, report_from timestamptz,
  primary key (tenant_id, site_id, station_id));
create table device_monitors (
  tenant_id text not null, site_id text not null, station_id text not null, monitor_id integer not null,
  component text, component_instance text, evse_id integer, connector_id integer, variable text, variable_instance text,
  type text, value double precision, severity integer, in_transactions boolean, notification text,
  removed boolean not null, told_at timestamptz not null,
  primary key (tenant_id, site_id, station_id, monitor_id));
-- What an older complete report told and the newest one does not is not there any more.
create view monitors as
  select m.* from device_monitors m
  left join device_monitoring d on d.tenant_id = m.tenant_id and d.site_id = m.site_id and d.station_id = m.station_id
  where not m.removed and (d.report_from is null or m.told_at >= d.report_from);
create table device_events (
  tenant_id text not null, site_id text not null, station_id text not null, event_id text not null,
  station_event_id integer, at timestamptz, received_at timestamptz, trigger text, notification text, cause integer,
  component text, component_instance text, evse_id integer, connector_id integer, variable text, variable_instance text,
  actual_value text, tech_code text, tech_info text, transaction_id text, monitor_id integer, severity integer,
  is_clear boolean, cleared_at timestamptz, acknowledged_at timestamptz, acknowledged_by text, note text,
  primary key (tenant_id, site_id, station_id, event_id));
create index device_events_by_time on device_events (tenant_id, received_at desc, event_id desc);
create index device_events_of_station on device_events (tenant_id, station_id, received_at desc, event_id desc);
