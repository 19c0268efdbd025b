-- What analysts read: stable views over the tables of metering.
create schema if not exists analytics;
create view analytics.meter_samples as
  select time, received_at, tenant_id, site_id, station_id, port_id, transaction_id, measurand, phase, context, location, unit, value, is_signed
  from meter_samples;
create view analytics.power_samples as
  select time, tenant_id, site_id, station_id, port_id, transaction_id, power_w, energy_register_wh, current_a, voltage_v, soc_percent, offered_w
  from power_samples;
create view analytics.power_15m as
  select tenant_id, site_id, station_id, port_id, date_bin('15 minutes', time, timestamptz '2000-01-01 00:00:00+00') as bucket,
    avg(power_w) as avg_power_w, max(power_w) as max_power_w, count(power_w) as samples
  from power_samples where power_w is not null group by 1, 2, 3, 4, 5;
comment on view analytics.power_15m is 'Mean and highest power of each port in quarters of an hour, over the samples there were';
