-- What was reported to servers of grid operators, and what sites would like to reserve.
create table grid_reports (
  tenant_id text not null, program_id text not null, report_name text not null, event_id text not null, payload_type text not null, reading_type text, units text,
  from_at timestamptz not null, until_at timestamptz not null, site_ids jsonb not null, resources jsonb, refusal text, sent_at timestamptz not null,
  primary key (tenant_id, program_id, report_name));
create index grid_reports_by_time on grid_reports (tenant_id, sent_at);
comment on table grid_reports is 'Reports that servers of grid operators wanted, as they were sent; resources are absent where one record does not hold them';
alter table grid_programs add column reservations jsonb not null default '{}';
comment on column grid_programs.reservations is 'By site: capacity it would like to have beside what is subscribed';
