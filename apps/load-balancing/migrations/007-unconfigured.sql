-- What is measured at a station where nothing is configured.
create table unconfigured_loads (
  tenant_id text not null, site_id text not null, station_id text not null, outlet_id integer not null, since timestamptz not null,
  line_ma bigint not null, ended_at timestamptz,
  primary key (tenant_id, station_id, outlet_id, since));
comment on table unconfigured_loads is 'Current at a connector (1.6) or an EVSE (2.x) that the site does not list: it counts beside what is promised';
comment on column unconfigured_loads.line_ma is 'The most that one line may have carried since then [mA]';
create index unconfigured_loads_of_sites on unconfigured_loads (tenant_id, site_id, since);
