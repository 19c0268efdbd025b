-- Buckets as continuous aggregates: the same columns as the ordinary views (views/06-load.sql), which then read these. What is not refreshed yet is computed
-- from the rows; a row that comes late shows after the next refresh.
create schema if not exists buckets;
create materialized view if not exists buckets.power_15m with (timescaledb.continuous, timescaledb.materialized_only = false) as
  select tenant_id, site_id, station_id, port_id, time_bucket('15 minutes', time) as bucket,
    avg(power_w) as avg_power_w, max(power_w) as max_power_w, count(power_w) as samples
  from power_samples where power_w is not null group by 1, 2, 3, 4, 5 with no data;
create materialized view if not exists buckets.site_load_1m with (timescaledb.continuous, timescaledb.materialized_only = false) as
  select tenant_id, site_id, time_bucket('1 minute', at) as bucket,
    avg(measured_w) as avg_measured_w, max(measured_w) as max_measured_w, min(limit_w) as min_limit_w, max(allocated_w) as max_allocated_w, count(*) as samples
  from site_load group by 1, 2, 3 with no data;
create materialized view if not exists buckets.site_load_15m with (timescaledb.continuous, timescaledb.materialized_only = false) as
  select tenant_id, site_id, time_bucket('15 minutes', at) as bucket,
    avg(measured_w) as avg_measured_w, max(measured_w) as max_measured_w, min(limit_w) as min_limit_w, max(allocated_w) as max_allocated_w, count(*) as samples
  from site_load group by 1, 2, 3 with no data;
create materialized view if not exists buckets.site_load_1h with (timescaledb.continuous, timescaledb.materialized_only = false) as
  select tenant_id, site_id, time_bucket('1 hour', at) as bucket,
    avg(measured_w) as avg_measured_w, max(measured_w) as max_measured_w, min(limit_w) as min_limit_w, max(allocated_w) as max_allocated_w, count(*) as samples
  from site_load group by 1, 2, 3 with no data;
select add_continuous_aggregate_policy('buckets.power_15m', null, interval '1 hour', interval '15 minutes', if_not_exists => true);
select add_continuous_aggregate_policy('buckets.site_load_1m', null, interval '1 hour', interval '15 minutes', if_not_exists => true);
select add_continuous_aggregate_policy('buckets.site_load_15m', null, interval '1 hour', interval '15 minutes', if_not_exists => true);
select add_continuous_aggregate_policy('buckets.site_load_1h', null, interval '3 hours', interval '15 minutes', if_not_exists => true);
