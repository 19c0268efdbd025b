-- Payments at stations (OCPP 2.1): what their terminals settled, and payments in a browser that stations were told of.
create table settlements (
  tenant_id text not null, site_id text not null, station_id text not null, transaction_id text not null, settled_at timestamptz not null, status text not null,
  amount numeric, psp_ref text, receipt_id text, receipt_url text, vat_number text, detail text, at timestamptz,
  primary key (tenant_id, site_id, station_id, transaction_id, settled_at, status));
comment on column settlements.psp_ref is 'Sealed, as the receipt and the VAT number are';
create table web_payments (
  tenant_id text not null, site_id text not null, station_id text not null, command_id text not null,
  evse_id integer, state text, reason text, requested_by text, started_at timestamptz, expires_at timestamptz,
  primary key (tenant_id, site_id, station_id, command_id));
comment on column web_payments.state is 'sent, told (the station blocks the EVSE for it until it expires), failed';
