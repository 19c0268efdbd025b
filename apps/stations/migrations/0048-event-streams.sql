-- Periodic event streams (OCPP 2.1): which a station has opened, and the values they brought.
create table event_streams (
  tenant_id text not null, site_id text not null, station_id text not null, stream_id integer not null,
  monitoring_id integer, interval_s integer, batch integer, state text, pending integer,
  opened_at timestamptz, closed_at timestamptz, heard_at timestamptz,
  primary key (tenant_id, site_id, station_id, stream_id));
comment on column event_streams.state is 'open, closed, unannounced (values came of a stream nobody opened)';
comment on column event_streams.batch is 'Values that may wait before they are sent together';
comment on column event_streams.pending is 'Values that waited at the station when it last sent some';
create table event_stream_values (
  tenant_id text not null, site_id text not null, station_id text not null, stream_id integer not null, at timestamptz not null,
  monitoring_id integer, value text,
  primary key (tenant_id, site_id, station_id, stream_id, at));
create index event_stream_values_monitor on event_stream_values (tenant_id, site_id, station_id, monitoring_id, at);
