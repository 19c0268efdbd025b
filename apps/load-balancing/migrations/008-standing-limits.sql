-- Which limits from the grid stand: line by line, until when really, and those over several sites.
alter table grid_limits add column lines_a jsonb, add column is_share boolean default false, add column superseded_at timestamptz;
comment on column grid_limits.lines_a is 'Where it is not the same on all lines: L1, L2, L3 [A]; limit_a is the lowest';
comment on column grid_limits.is_share is 'The share of the site in a limit over several sites';
comment on column grid_limits.superseded_at is 'When a later limit of the same source at the same node took its place, or it was withdrawn; null = it holds as long as it says';
-- A later write to a row brings only what is new.
alter table grid_limits alter column limit_id drop not null, alter column source drop not null, alter column received_at drop not null,
  alter column starts_at drop not null, alter column is_fallback drop not null;
create index grid_limits_standing on grid_limits (tenant_id, site_id) where superseded_at is null;
create index grid_limits_by_id on grid_limits (tenant_id, limit_id);
create table network_limits (
  tenant_id text not null, source text not null, limit_id text, site_ids jsonb, schedule jsonb, fallback jsonb,
  expires_at timestamptz, received_at timestamptz, withdrawn_at timestamptz,
  primary key (tenant_id, source));
comment on table network_limits is 'The latest limit over several sites of each source, as it was received; the shares of sites are in grid_limits';
