-- DER controls (OCPP 2.1 block R): what is wanted of each station, what it made of that, what it reports, and what it raised alarms about.
create table der_controls (
  tenant_id text not null, site_id text not null, station_id text not null, control_id text not null,
  control_type text, is_default boolean, is_wanted boolean, wanted jsonb, wanted_by text, wanted_at timestamptz,
  state text, reason text, told_at timestamptz,
  reported jsonb, reported_at timestamptz, matches boolean, is_superseded boolean, is_active boolean, active_at timestamptz,
  primary key (tenant_id, site_id, station_id, control_id));
comment on column der_controls.state is 'wanted, sent, set, rejected, notSupported, unanswered, clearing, cleared; null = only reported';
comment on column der_controls.matches is 'The station reported what is wanted; null = nothing reported since';
create table der_alarms (
  tenant_id text not null, site_id text not null, station_id text not null, control_type text not null, since timestamptz not null,
  ended_at timestamptz, fault text, info text,
  primary key (tenant_id, site_id, station_id, control_type, since));
create index der_alarms_open on der_alarms (tenant_id, site_id) where ended_at is null;
