-- Load in buckets.
create or replace view analytics.power_15m as
  select tenant_id, site_id, station_id, port_id, date_bin('15 minutes', time, timestamptz '2000-01-01 00:00:00+00') as bucket,
    avg(power_w) as avg_power_w, max(power_w) as max_power_w, count(power_w) as samples
  from analytics.power_samples where power_w is not null group by 1, 2, 3, 4, 5;
comment on view analytics.power_15m is 'Power of each port in quarters of an hour, over the samples there were';
comment on column analytics.power_15m.avg_power_w is 'Mean of the samples [W]';
comment on column analytics.power_15m.max_power_w is 'Highest sample [W]';

create or replace view analytics.site_load_1m as
  select tenant_id, site_id, date_bin('1 minute', time, timestamptz '2000-01-01 00:00:00+00') as bucket,
    avg(measured_w) as avg_measured_w, max(measured_w) as max_measured_w, min(limit_w) as min_limit_w, max(allocated_w) as max_allocated_w, count(*) as samples
  from analytics.site_load group by 1, 2, 3;
comment on view analytics.site_load_1m is 'Load of each site in minutes, over the rows there were';
comment on column analytics.site_load_1m.avg_measured_w is 'Mean of what stations measured [W]';
comment on column analytics.site_load_1m.max_measured_w is 'Highest of it [W]';
comment on column analytics.site_load_1m.min_limit_w is 'Lowest limit in force [W]';
comment on column analytics.site_load_1m.max_allocated_w is 'Most that stations might have drawn [W]';

create or replace view analytics.site_load_15m as
  select tenant_id, site_id, date_bin('15 minutes', time, timestamptz '2000-01-01 00:00:00+00') as bucket,
    avg(measured_w) as avg_measured_w, max(measured_w) as max_measured_w, min(limit_w) as min_limit_w, max(allocated_w) as max_allocated_w, count(*) as samples
  from analytics.site_load group by 1, 2, 3;
comment on view analytics.site_load_15m is 'Load of each site in quarters of an hour, over the rows there were';
comment on column analytics.site_load_15m.avg_measured_w is 'Mean of what stations measured [W]';
comment on column analytics.site_load_15m.max_measured_w is 'Highest of it [W]';
comment on column analytics.site_load_15m.min_limit_w is 'Lowest limit in force [W]';
comment on column analytics.site_load_15m.max_allocated_w is 'Most that stations might have drawn [W]';

create or replace view analytics.site_load_1h as
  select tenant_id, site_id, date_bin('1 hour', time, timestamptz '2000-01-01 00:00:00+00') as bucket,
    avg(measured_w) as avg_measured_w, max(measured_w) as max_measured_w, min(limit_w) as min_limit_w, max(allocated_w) as max_allocated_w, count(*) as samples
  from analytics.site_load group by 1, 2, 3;
comment on view analytics.site_load_1h is 'Load of each site in hours, over the rows there were';
comment on column analytics.site_load_1h.avg_measured_w is 'Mean of what stations measured [W]';
comment on column analytics.site_load_1h.max_measured_w is 'Highest of it [W]';
comment on column analytics.site_load_1h.min_limit_w is 'Lowest limit in force [W]';
comment on column analytics.site_load_1h.max_allocated_w is 'Most that stations might have drawn [W]';
