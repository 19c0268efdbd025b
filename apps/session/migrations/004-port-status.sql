-- Status of ports over time: a row for each change of what an EVSE says of itself, or of whether its station is heard.
create table port_status (
  tenant_id text not null, site_id text not null, station_id text not null, port_id text not null,
  time timestamptz not null, status text not null, error_code text, is_online boolean not null, record_offset bigint not null,
  primary key (tenant_id, site_id, time, record_offset, port_id));
create index port_status_of_port on port_status (tenant_id, port_id, time desc, record_offset desc);
create index sessions_by_transaction on sessions (tenant_id, station_id, transaction_id, started_at desc);
create index periods_by_time on session_timeline (tenant_id, at) where kind = 'ChargingPeriodRecorded';
