-- Series in chunks of a week. Nobody but their owner reads them: the fence (timescale.ts) comes after.
select create_hypertable('meter_samples', by_range('time', interval '7 days'), migrate_data => true, if_not_exists => true);
select create_hypertable('power_samples', by_range('time', interval '7 days'), migrate_data => true, if_not_exists => true);
select create_hypertable('port_status', by_range('time', interval '7 days'), migrate_data => true, if_not_exists => true);
select create_hypertable('site_load', by_range('at', interval '7 days'), migrate_data => true, if_not_exists => true);
