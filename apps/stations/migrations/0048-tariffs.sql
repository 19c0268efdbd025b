-- Tariffs that stations hold to calculate costs themselves (OCPP 2.1, local cost calculation): of their EVSEs, and of single transactions.
create table station_tariffs (
  tenant_id text not null, site_id text not null, station_id text not null, evse_id integer not null, tariff_id text not null,
  kind text, state text, reason text, tariff jsonb, sent_by text, valid_from timestamptz, at timestamptz, reported_at timestamptz,
  primary key (tenant_id, site_id, station_id, evse_id, tariff_id));
comment on column station_tariffs.state is 'sent, held (confirmed or reported), refused, unanswered, gone';
comment on column station_tariffs.tariff is 'As it was sent; null = only reported';
create table transaction_tariffs (
  tenant_id text not null, site_id text not null, station_id text not null, transaction_id text not null,
  tariff_id text, state text, reason text, tariff jsonb, sent_by text, at timestamptz,
  primary key (tenant_id, site_id, station_id, transaction_id));
