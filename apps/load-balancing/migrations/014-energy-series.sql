-- What somebody outside said of prices and carbon for times ahead.
create table energy_series (
  tenant_id text not null, site_id text not null, record_offset bigint not null, step integer not null, source text not null, received_at timestamptz not null,
  starts_at timestamptz not null, ends_at timestamptz not null, price_per_kwh double precision, feed_in_per_kwh double precision, carbon_kg_per_kwh double precision,
  primary key (tenant_id, site_id, record_offset, step));
create index energy_series_by_time on energy_series (tenant_id, site_id, starts_at);
comment on table energy_series is 'Prices and carbon as they were received for times ahead, one row for each of these; of the same time the latest word counts';
