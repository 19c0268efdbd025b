-- Rows of metering: series of samples and of power readings, and messages that held no readable value.
create table meter_samples (
  time timestamptz not null, received_at timestamptz not null,
  tenant_id text not null, site_id text not null, station_id text not null, port_id text not null, transaction_id text,
  measurand text not null, phase text, context text not null, location text not null, unit text not null, value double precision not null,
  raw_value text not null, raw_unit text, station_time text, is_signed boolean not null, flags text not null,
  record_offset bigint not null, sample integer not null,
  primary key (tenant_id, site_id, time, record_offset, sample));
create table power_samples (
  time timestamptz not null,
  tenant_id text not null, site_id text not null, station_id text not null, port_id text not null, transaction_id text,
  power_w double precision, energy_register_wh double precision, current_a double precision, voltage_v double precision,
  soc_percent double precision, offered_w double precision, flags text not null, record_offset bigint not null,
  primary key (tenant_id, site_id, time, record_offset, port_id));
create index power_samples_of_port on power_samples (tenant_id, port_id, time desc);
create table meter_doubts (
  tenant_id text not null, site_id text not null, record_offset bigint not null, station_id text not null,
  received_at timestamptz not null, action text not null, flags text not null,
  primary key (tenant_id, site_id, record_offset));
comment on table meter_samples is 'Every meter value, in its canonical unit beside how it was sent; one row for each sampled value';
comment on column meter_samples.time is 'The station''s time when plausible, else when we received it; flags say which';
comment on column meter_samples.port_id is 'station-EVSE; -0 is the station''s own meter and contains those of its EVSEs';
comment on column meter_samples.flags is 'What was odd about it, separated by commas; empty when nothing was';
comment on table power_samples is 'What a port drew at an instant: power, register, current summed over the phases, voltage to neutral';
comment on table meter_doubts is 'Messages in which something held no readable value, with the reason';
