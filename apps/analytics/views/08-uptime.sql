-- Uptime of ports as reports told it, and what people said of outages.
create or replace view analytics.uptime_months as
  select tenant_id, site_id, station_id, port_id, month, rule_set, outage_min, excluded_min, uptime_percent, is_met, minutes_left, in_service_min,
    window_from, window_to, computed_at, log_offset
  from uptime_months;
comment on view analytics.uptime_months is 'Uptime of ports by month and rule set, as GET /v1/reports/uptime last told it, and by nevi as it was looked at each hour; a month nobody asked for is not here by other rules';
comment on column analytics.uptime_months.month is 'First day of the month the report is of';
comment on column analytics.uptime_months.rule_set is 'nevi, california or uk (docs/uptime.md)';
comment on column analytics.uptime_months.outage_min is 'Minutes of outages in the window';
comment on column analytics.uptime_months.excluded_min is 'Minutes of these that were taken off';
comment on column analytics.uptime_months.uptime_percent is 'Uptime over the window, rounded down [%]; null = nothing to compare with';
comment on column analytics.uptime_months.is_met is 'The target of the rules is met, decided exactly; null = nothing to compare with';
comment on column analytics.uptime_months.minutes_left is 'Minutes it may still be down within the window';
comment on column analytics.uptime_months.in_service_min is 'Minutes in service in the window';
comment on column analytics.uptime_months.window_from is 'Start of the time the rules look at for this month';
comment on column analytics.uptime_months.window_to is 'Its end, also where that has not come yet';
comment on column analytics.uptime_months.computed_at is 'When it was told; what became known later is not in it';
comment on column analytics.uptime_months.log_offset is 'Place in the site''s stream of the last fact about the station it rests on';

create or replace view analytics.outage_judgements as
  select tenant_id, site_id, station_id, station_id || '-' || evse_id as port_id, outage_id, cause as excluded_reason, from_at as started_at, to_at as ended_at,
    evidence, note, classified_by, classified_at,
    row_number() over (partition by tenant_id, outage_id order by classified_at desc, record_offset desc) = 1 as is_in_force
  from outage_classifications;
comment on view analytics.outage_judgements is 'What people said of outages, one row for each word; a later one takes the place of an earlier one';
comment on column analytics.outage_judgements.outage_id is 'The outage, as /v1/outages names it';
comment on column analytics.outage_judgements.excluded_reason is 'Why it is not the operator''s (the six of 23 CFR 680.116(b)(3)), or counts: it is, after all';
comment on column analytics.outage_judgements.started_at is 'From when on it is meant';
comment on column analytics.outage_judgements.ended_at is 'To when; null = to the end of the outage';
comment on column analytics.outage_judgements.evidence is 'Where it can be looked up';
comment on column analytics.outage_judgements.note is 'A note; null = none';
comment on column analytics.outage_judgements.classified_by is 'Who said it';
comment on column analytics.outage_judgements.classified_at is 'When it was said';
comment on column analytics.outage_judgements.is_in_force is 'No later word about this outage';

create or replace view analytics.declared_outages as
  select tenant_id, site_id, station_id, station_id || '-' || evse_id as port_id, declaration_id, cause, from_at as started_at, to_at as ended_at,
    evidence, declared_by, declared_at,
    row_number() over (partition by tenant_id, station_id, evse_id, declaration_id order by declared_at desc, record_offset desc) = 1 as is_in_force
  from outage_declarations;
comment on view analytics.declared_outages is 'Outages that no station tells of and people found out, one row for each word';
comment on column analytics.declared_outages.declaration_id is 'Its id; the last word under it counts';
comment on column analytics.declared_outages.cause is 'startsFail, belowMinimumPower, or withdrawn: it was none';
comment on column analytics.declared_outages.evidence is 'Where it can be looked up';
comment on column analytics.declared_outages.declared_by is 'Who said it';
comment on column analytics.declared_outages.declared_at is 'When it was said';
comment on column analytics.declared_outages.is_in_force is 'No later word under this id';
