-- Profiles that stations hold, as they report them in parts (GetChargingProfiles, ReportChargingProfiles).
create table profile_reports (
  tenant_id text not null, site_id text not null, station_id text not null, request_id bigint not null,
  command_id text, state text, criteria jsonb, requested_by text, since timestamptz, at timestamptz,
  primary key (tenant_id, site_id, station_id, request_id));
comment on column profile_reports.state is 'asked, arriving (more is to come), complete, empty (it holds none of these), refused, lost (no answer)';
comment on column profile_reports.requested_by is 'Null = the station reports what nobody asked for';
comment on column profile_reports.since is 'When it was asked for, or began: what was reported before under the same number is of another report';
create table reported_profiles (
  tenant_id text not null, site_id text not null, station_id text not null, request_id bigint not null,
  evse_id integer not null, profile_id integer not null, limit_source text, purpose text, stack_level integer, profile jsonb,
  reported_at timestamptz,
  primary key (tenant_id, site_id, station_id, request_id, evse_id, profile_id));
comment on column reported_profiles.evse_id is '0 = the whole station';
