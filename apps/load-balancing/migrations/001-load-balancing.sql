-- Rows of the load balancer: sites as accepted, what each EVSE may draw, the load of sites, and every limit sent.
create table sites (
  tenant_id text not null, site_id text not null, name text not null, version bigint not null, config jsonb not null,
  primary key (tenant_id, site_id));
create table evse_limits (
  tenant_id text not null, station_id text not null, evse_id integer not null, site_id text not null,
  limit_ma bigint not null, committed_ma bigint not null, reason jsonb, at timestamptz not null,
  primary key (tenant_id, station_id, evse_id));
create table site_load (
  tenant_id text not null, site_id text not null, at timestamptz not null,
  measured_w double precision, limit_w double precision not null, allocated_w double precision not null,
  primary key (tenant_id, site_id, at));
create table limit_commands (
  tenant_id text not null, command_id text not null, site_id text, station_id text, evse_id integer,
  slot text, transaction_id text, limit_ma bigint, lease_ends_at timestamptz, requested_at timestamptz,
  outcome text, answered_at timestamptz,
  primary key (tenant_id, command_id));
comment on table site_load is 'Measured load of stations, effective limit and what stations might draw at most, per second in which something was heard';
comment on column evse_limits.committed_ma is 'The most this EVSE might draw under any profile that may be in force [mA per phase]';
