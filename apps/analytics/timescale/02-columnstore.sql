-- Chunks in columns once they are a week old, by what queries name: a site and a port, over time.
alter table meter_samples set (timescaledb.enable_columnstore, timescaledb.segmentby = 'tenant_id, site_id, port_id, measurand', timescaledb.orderby = 'time desc, record_offset desc, sample desc');
alter table power_samples set (timescaledb.enable_columnstore, timescaledb.segmentby = 'tenant_id, site_id, port_id', timescaledb.orderby = 'time desc, record_offset desc');
alter table port_status set (timescaledb.enable_columnstore, timescaledb.segmentby = 'tenant_id, site_id, port_id', timescaledb.orderby = 'time desc, record_offset desc');
alter table site_load set (timescaledb.enable_columnstore, timescaledb.segmentby = 'tenant_id, site_id', timescaledb.orderby = 'at desc');
call add_columnstore_policy('meter_samples', after => interval '7 days', if_not_exists => true);
call add_columnstore_policy('power_samples', after => interval '7 days', if_not_exists => true);
call add_columnstore_policy('port_status', after => interval '7 days', if_not_exists => true);
call add_columnstore_policy('site_load', after => interval '7 days', if_not_exists => true);
