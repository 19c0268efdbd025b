-- How setting a variable was last answered, what stations of a site are wanted to be set to, and reports somebody asked for.
alter table device_variables add column set_status text;
alter table device_variables add column set_value text;
alter table device_variables add column set_at timestamptz;
drop view variables;
create view variables as
  select v.* from device_variables v
  left join device_reports r on r.tenant_id = v.tenant_id and r.site_id = v.site_id and r.station_id = v.station_id
  where r.from_at is null or v.reported_at >= r.from_at or v.set_at >= r.from_at;
create table device_templates (
  tenant_id text not null, site_id text not null, template_id text not null,
  applies_to jsonb not null, settings jsonb not null, withdrawn boolean not null, at timestamptz not null, requested_by text not null,
  primary key (tenant_id, site_id, template_id));
create table device_report_requests (
  tenant_id text not null, site_id text not null, station_id text not null, request_id bigint not null,
  action text, state text, parts integer, requested_by text, asked_at timestamptz, at timestamptz,
  primary key (tenant_id, site_id, station_id, request_id));
