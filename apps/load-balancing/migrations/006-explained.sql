-- What was known when a limit was sent, and what lies ahead of a site.
alter table limit_commands add column seen jsonb;
comment on column limit_commands.seen is 'What the outlet might have drawn before, what its meter last said, how many cars shared, who waited [mA]';
create index limit_commands_of_sites on limit_commands (tenant_id, site_id, requested_at);
create index limit_commands_of_stations on limit_commands (tenant_id, station_id, requested_at);
create table site_outlooks (
  tenant_id text not null, site_id text not null, limits_at timestamptz, limits jsonb, plan_at timestamptz, plan jsonb,
  primary key (tenant_id, site_id));
comment on table site_outlooks is 'Limits announced for the next day, and the power the latest plan has for the cars of a site';
