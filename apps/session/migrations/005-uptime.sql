-- What bears on whether ports work: words of connectors, silence of stations, ports that come and go; and how outages were judged.
-- A fact has two times: when it was so, and when we came to know. Nothing here is changed once it is written.
create table port_facts (
  tenant_id text not null, site_id text not null, record_offset bigint not null, index integer not null,
  station_id text not null, evse_id integer not null, connector_id integer not null,
  kind text not null, at timestamptz not null, received_at timestamptz not null, event_id text not null,
  status text, error_code text, grace_ms bigint, flags jsonb not null,
  primary key (tenant_id, site_id, record_offset, index));
create index port_facts_of_station on port_facts (tenant_id, station_id, received_at);
create table outage_classifications (
  tenant_id text not null, site_id text not null, record_offset bigint not null,
  station_id text not null, evse_id integer not null, event_id text not null,
  outage_id text not null, cause text not null, from_at timestamptz not null, to_at timestamptz,
  evidence text not null, note text, classified_by text not null, classified_at timestamptz not null,
  primary key (tenant_id, site_id, record_offset));
create index outage_classifications_of_station on outage_classifications (tenant_id, station_id, classified_at);
