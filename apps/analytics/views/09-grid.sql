-- What grid operators asked and got: each limit while it stood beside what was drawn, reports to their servers, and the words of control boxes.
create or replace view analytics.grid_evidence as
  with stood as (
    select g.tenant_id, g.site_id, g.limit_id as signal_id, g.source, g.node_id, g.direction, g.is_fallback,
      greatest(g.received_at, g.starts_at) as started_at, least(g.ends_at, g.superseded_at) as ended_at,
      least(g.limit_w, g.limit_a * 3 * coalesce((s.config ->> 'voltageV')::double precision, 230)) as asked_w
    from grid_limits g left join sites s on s.tenant_id = g.tenant_id and s.site_id = g.site_id
    where g.limit_w is not null or g.limit_a is not null)
  select stood.tenant_id, stood.site_id, stood.signal_id, stood.source, stood.node_id, stood.direction, stood.is_fallback, stood.started_at, stood.ended_at, stood.asked_w,
    drawn.avg_measured_w, drawn.max_measured_w, drawn.samples, drawn.samples_above
  from stood left join lateral (
    select avg(l.measured_w) as avg_measured_w, max(l.measured_w) as max_measured_w, count(l.measured_w) as samples,
      count(*) filter (where l.measured_w > stood.asked_w) as samples_above
    from analytics.site_load l where l.tenant_id = stood.tenant_id and l.site_id = stood.site_id and l.time >= stood.started_at and l.time < coalesce(stood.ended_at, 'infinity')
      and stood.direction = 'import' and stood.node_id is null) drawn on true
  where stood.started_at < coalesce(stood.ended_at, 'infinity');
comment on view analytics.grid_evidence is 'Limits from the grid while they stood, beside what was drawn; one row for each step that ever held';
comment on column analytics.grid_evidence.signal_id is 'Id of the signal; one that was renewed has several rows of one step';
comment on column analytics.grid_evidence.source is 'Who asked: grid:<program>, oscp:<provider>, enwg14a, or as the request said';
comment on column analytics.grid_evidence.node_id is 'Node of the site it limits; null = the grid connection';
comment on column analytics.grid_evidence.direction is 'import: of what is drawn; export: of what cars feed back';
comment on column analytics.grid_evidence.is_fallback is 'It held because nothing more was said';
comment on column analytics.grid_evidence.started_at is 'From when it held';
comment on column analytics.grid_evidence.ended_at is 'Until when, or when another took its place; null = until then';
comment on column analytics.grid_evidence.asked_w is 'The limit, over all phases at nominal voltage [W]';
comment on column analytics.grid_evidence.avg_measured_w is 'Mean of what stations measured meanwhile [W]; null = nothing, or of another place than the grid connection';
comment on column analytics.grid_evidence.max_measured_w is 'Highest of it [W]';
comment on column analytics.grid_evidence.samples is 'Rows of site_load it is from';
comment on column analytics.grid_evidence.samples_above is 'Of these above the limit, the time to follow it among them';

create or replace view analytics.grid_reports as
  select sent_at as time, tenant_id, program_id, report_name, event_id, payload_type, reading_type, units, from_at as started_at, until_at as ended_at,
    jsonb_array_length(site_ids) as sites, refusal
  from grid_reports;
comment on view analytics.grid_reports is 'Reports that servers of grid programs wanted (OpenADR 3), each once';
comment on column analytics.grid_reports.time is 'When it was sent';
comment on column analytics.grid_reports.program_id is 'The program';
comment on column analytics.grid_reports.report_name is 'Its name at the server, the same whoever makes it';
comment on column analytics.grid_reports.event_id is 'The event that asked for it';
comment on column analytics.grid_reports.payload_type is 'USAGE, DEMAND, READING, OPERATING_STATE and others, as the event says';
comment on column analytics.grid_reports.reading_type is 'MEAN, PEAK, FORECAST and others; null = not said';
comment on column analytics.grid_reports.units is 'Units it was told in; null = none';
comment on column analytics.grid_reports.started_at is 'Begin of its first interval';
comment on column analytics.grid_reports.ended_at is 'End of its last interval';
comment on column analytics.grid_reports.sites is 'Number of sites it is about';
comment on column analytics.grid_reports.refusal is 'Why the server did not take it; null = it did';

create or replace view analytics.dimming_words as
  select heard_at as time, tenant_id, site_id, kind, asked_w, until_at, floor_w, applied_w, limit_id as signal_id, said_by
  from grid_dimming_words;
comment on view analytics.dimming_words is 'Every word of a control box (§14a EnWG): asked, guaranteed, and what held';
comment on column analytics.dimming_words.time is 'When it was heard';
comment on column analytics.dimming_words.kind is 'limit, lifted, or heartbeat';
comment on column analytics.dimming_words.asked_w is 'Limit as it was asked for [W]; null = none';
comment on column analytics.dimming_words.until_at is 'Until when; null = until another word';
comment on column analytics.dimming_words.floor_w is 'Guaranteed to the devices together [W]';
comment on column analytics.dimming_words.applied_w is 'What held at once [W]; null = no limit';
comment on column analytics.dimming_words.signal_id is 'Id of the signal it became, as in grid_evidence';
comment on column analytics.dimming_words.said_by is 'Key that said it';
