-- What is odd about how a station tells its meter values, and how often it was put right.
create table station_quirks (
  tenant_id text not null, site_id text not null, station_id text not null,
  quirk text not null, times bigint not null, first_at timestamptz not null, last_at timestamptz not null,
  primary key (tenant_id, site_id, station_id, quirk));
comment on table station_quirks is 'One row for each oddity seen in messages of a station: the values are put right, the record of the message is as it came';
