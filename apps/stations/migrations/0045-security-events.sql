-- Security events as stations tell them, critical or not by the list of OCPP.
create table security_events (
  tenant_id text not null, site_id text not null, station_id text not null, event_id text not null,
  type text, criticality text, at timestamptz, received_at timestamptz, tech_info text,
  acknowledged_at timestamptz, acknowledged_by text, note text,
  primary key (tenant_id, site_id, station_id, event_id));
create index security_events_by_time on security_events (tenant_id, received_at desc, event_id desc);
create index security_events_of_station on security_events (tenant_id, station_id, received_at desc, event_id desc);
