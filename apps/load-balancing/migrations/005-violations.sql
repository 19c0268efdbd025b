-- When more flowed somewhere than a limit allowed, by what was measured: episodes with their reasons, and quarter hours.
create table limit_violations (
  tenant_id text not null, site_id text not null, node_id text not null, phase text not null, since timestamptz not null,
  ended_at timestamptz, counted_at timestamptz not null, limit_ma bigint not null, flow_ma bigint not null,
  seconds double precision not null, energy_above_wh double precision not null, reasons jsonb not null,
  primary key (tenant_id, site_id, node_id, phase, since));
comment on table limit_violations is 'Episodes in which a node of a site was above its limit by what was measured, each with its reasons';
comment on column limit_violations.flow_ma is 'The most above its limit: stations and other loads, with limit_ma the limit then';
comment on column limit_violations.counted_at is 'Up to when seconds and energy are counted; one that is not over goes on';
create table limit_violations_15m (
  tenant_id text not null, site_id text not null, node_id text not null, phase text not null, bucket timestamptz not null,
  seconds double precision not null, energy_above_wh double precision not null, flow_ma bigint not null, limit_ma bigint not null,
  primary key (tenant_id, site_id, node_id, phase, bucket));
comment on table limit_violations_15m is 'The same by quarter hours; none = never above';
