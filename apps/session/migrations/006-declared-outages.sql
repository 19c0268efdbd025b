-- Outages that no station tells of and people found out; the last word under an id counts.
create table outage_declarations (
  tenant_id text not null, site_id text not null, record_offset bigint not null,
  station_id text not null, evse_id integer not null, event_id text not null,
  declaration_id text not null, cause text not null, from_at timestamptz not null, to_at timestamptz,
  evidence text not null, declared_by text not null, declared_at timestamptz not null,
  primary key (tenant_id, site_id, record_offset));
create index outage_declarations_of_station on outage_declarations (tenant_id, station_id, declared_at);
