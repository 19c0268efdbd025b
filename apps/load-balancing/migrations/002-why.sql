-- Why a limit was sent, and limits that might be exceeded for a while.
alter table limit_commands add column cause text, add column wanted_ma bigint, add column tight jsonb;
comment on column limit_commands.cause is 'setup, lower, raise, renew, withdraw (ours), asked or clear (an operator''s)';
comment on column limit_commands.wanted_ma is 'What the fair split gives the EVSE at that time [mA per phase]';
comment on column limit_commands.tight is 'The node and phase that keep it from more, with the limit and what might be drawn there [mA]';
comment on column evse_limits.limit_ma is 'What the fair split gives this EVSE [mA per phase]';
create table limit_shortfalls (
  tenant_id text not null, site_id text not null, node_id text not null, phase text not null,
  is_over boolean not null, limit_ma bigint, committed_ma bigint, since timestamptz, ended_at timestamptz,
  primary key (tenant_id, site_id, node_id, phase));
comment on table limit_shortfalls is 'Columns of the site tree where more might be drawn than is allowed: the latest time this began, and when it was over';
