-- Signed readings as they came, sealed, with what their signature is worth; and the keys of meters they are judged by (ADR 0069).
create table meter_keys (
  tenant_id text not null, meter_serial text not null, valid_from timestamptz not null, valid_until timestamptz,
  public_key text not null, stated_at timestamptz not null, stated_by text not null,
  primary key (tenant_id, meter_serial, valid_from));
create table signed_readings (
  tenant_id text not null, site_id text not null, record_offset bigint not null, reading integer not null,
  station_id text, port_id text, transaction_id text, received_at timestamptz, document text,
  verdict text, meter_serial text, pagination text, judged_at timestamptz,
  primary key (tenant_id, site_id, record_offset, reading));
create index signed_readings_of_transaction on signed_readings (tenant_id, station_id, transaction_id);
create index signed_readings_unsettled on signed_readings (tenant_id, site_id) where verdict is null or verdict = 'keyUnknown';
comment on table meter_keys is 'Public keys of meters, as the operator stated them';
comment on table signed_readings is 'Readings that came signed: the document byte for byte, sealed, and the verdict on its signature';
comment on column signed_readings.verdict is 'genuine, wrong, keyUnknown, otherFormat, erased; null = nobody looked yet';
