-- What held when: accepted configurations, and limits of the grid step by step.
create table site_versions (
  tenant_id text not null, site_id text not null, version bigint not null, valid_from timestamptz not null, config jsonb not null,
  primary key (tenant_id, site_id, version));
create table station_versions (
  tenant_id text not null, site_id text not null, station_id text not null, version bigint not null, valid_from timestamptz not null,
  is_removed boolean not null, config jsonb,
  primary key (tenant_id, site_id, station_id, version));
create table grid_limits (
  tenant_id text not null, site_id text not null, record_offset bigint not null, step integer not null,
  limit_id text not null, node_id text, source text not null, received_at timestamptz not null,
  starts_at timestamptz not null, ends_at timestamptz, limit_a double precision, limit_w double precision, is_fallback boolean not null,
  primary key (tenant_id, site_id, record_offset, step));
comment on table grid_limits is 'Limits of the grid as they were received, one row for each step of a schedule; the fallback has no end';
