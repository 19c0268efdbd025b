-- Tariffs that stations are to calculate with: that of their site, and whether they took it.
create table wanted_tariffs (
  tenant_id text not null, site_id text not null, station_id text not null,
  tariff_id text, state text, reason text, problems jsonb, at timestamptz,
  primary key (tenant_id, site_id, station_id));
comment on column wanted_tariffs.state is 'waiting (for the station), sent, held, refused (by the station), central (it would mean something else there)';
comment on column wanted_tariffs.problems is 'Central: the places of the tariff a station would calculate otherwise';
