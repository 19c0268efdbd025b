-- Frames of stations that nobody could read, with their reason. A replayed one names the record it became.
create table parked_frames (
  tenant_id text not null, event_id text not null, site_id text, station_id text, at timestamptz,
  connection_id text, ocpp_version text, kind text, reason text, bytes integer,
  frame_hash text, redacted text, sealed text, truncated boolean, unparked_before integer, replayed_as text,
  primary key (tenant_id, event_id));
create index parked_frames_by_station on parked_frames (tenant_id, station_id, at desc, event_id desc);
