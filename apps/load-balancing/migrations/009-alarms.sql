-- Outlets that do not follow their limits, and what else keeps one from more.
create table limit_alarms (
  tenant_id text not null, site_id text not null, station_id text not null, evse_id integer not null, kind text not null, since timestamptz not null,
  ended_at timestamptz, allowed_ma bigint, drawn_ma bigint, reason text,
  primary key (tenant_id, site_id, station_id, evse_id, kind, since));
create index limit_alarms_open on limit_alarms (tenant_id, site_id) where ended_at is null;
comment on table limit_alarms is 'Outlets that do not follow their limits; evse_id 0 = the whole station';
comment on column limit_alarms.kind is 'ignores (is or may be clearly above what it was allowed), rejects (the latest limit), silent (to the latest limit, while connected)';
comment on column limit_alarms.allowed_ma is 'What it was allowed, or told, when that began [mA per phase]';
comment on column limit_alarms.drawn_ma is 'What it was last seen to draw meanwhile, or said it may draw [mA per phase]; null = not known';
comment on column limit_alarms.reason is 'How an outlet that ignores its limit was found: samples, schedule, priority';
-- Who has what a waiting car waits for, and caps of others.
alter table evse_limits add column behind jsonb, add column cap jsonb;
comment on column evse_limits.behind is 'It waits at the node and phase of the reason: station/EVSE of those who have the share, in the order of admission, the first few';
comment on column evse_limits.cap is 'What somebody else caps it at: by profile (asked for) or chargingLimit (something at the site, with its source) [mA per phase]';
