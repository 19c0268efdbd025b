-- When more flowed somewhere than a limit allowed.
create or replace view analytics.limit_violations as
  select v.tenant_id, v.site_id, v.node_id, v.phase, v.since as started_at, v.ended_at, v.seconds as duration_s, v.energy_above_wh,
    v.limit_ma / 1000.0 as limit_a, v.flow_ma / 1000.0 as flow_a,
    (select string_agg(distinct r ->> 'kind', ',' order by r ->> 'kind') from jsonb_array_elements(v.reasons) r) as reasons,
    (select string_agg(distinct r ->> 'stationId', ',' order by r ->> 'stationId') from jsonb_array_elements(v.reasons) r) as station_ids, v.direction
  from limit_violations v;
comment on view analytics.limit_violations is 'Episodes in which more was measured at a node of a site than it might carry; none = never';
comment on column analytics.limit_violations.node_id is 'Node of the site';
comment on column analytics.limit_violations.phase is 'L1, L2, L3, or total = the sum over all lines';
comment on column analytics.limit_violations.direction is 'import = more was drawn than allowed, export = more was fed back by cars';
comment on column analytics.limit_violations.started_at is 'When it was first seen';
comment on column analytics.limit_violations.ended_at is 'When it was no longer seen; null = it goes on';
comment on column analytics.limit_violations.duration_s is 'Seconds above the limit, counted up to the last look';
comment on column analytics.limit_violations.energy_above_wh is 'Energy above the limit at nominal voltage [Wh]';
comment on column analytics.limit_violations.limit_a is 'Limit where it was furthest above [A]';
comment on column analytics.limit_violations.flow_a is 'What flowed then: stations and other loads [A]';
comment on column analytics.limit_violations.reasons is 'Why, separated by commas: disobedient, following, unconfirmed, unheard, cut, configuration, unconfigured, unmanaged, tolerance, unknown';
comment on column analytics.limit_violations.station_ids is 'Stations among the reasons, separated by commas; null = none';

create or replace view analytics.limit_violations_15m as
  select tenant_id, site_id, node_id, phase, bucket, seconds as above_s, energy_above_wh, limit_ma / 1000.0 as limit_a, flow_ma / 1000.0 as flow_a,
    direction
  from limit_violations_15m;
comment on view analytics.limit_violations_15m is 'Time and energy above limits by node, phase and quarter of an hour; no row = never above';
comment on column analytics.limit_violations_15m.node_id is 'Node of the site';
comment on column analytics.limit_violations_15m.phase is 'L1, L2, L3, or total = the sum over all lines';
comment on column analytics.limit_violations_15m.direction is 'import = more was drawn than allowed, export = more was fed back by cars';
comment on column analytics.limit_violations_15m.above_s is 'Seconds above the limit';
comment on column analytics.limit_violations_15m.energy_above_wh is 'Energy above the limit at nominal voltage [Wh]';
comment on column analytics.limit_violations_15m.limit_a is 'Limit where it was furthest above [A]';
comment on column analytics.limit_violations_15m.flow_a is 'What flowed then: stations and other loads [A]';
