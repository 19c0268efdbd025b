-- Certificates of stations: asked for and signed (`signed`), told or installed (`held`), shown by the station and signed elsewhere (`shown`).
create table station_certificates (
  tenant_id text not null, site_id text not null, station_id text not null, certificate_id text not null,
  origin text not null, type text not null, state text not null, reason text, serial_number text, subject text, issuer text,
  hash_algorithm text, issuer_name_hash text, issuer_key_hash text, not_before timestamptz, not_after timestamptz,
  alarm text, changed_at timestamptz not null,
  primary key (tenant_id, site_id, station_id, certificate_id));
create index on station_certificates (tenant_id, not_after);
-- Handshakes of known stations that were refused; what came too fast is only counted.
create table connection_refusals (
  tenant_id text not null, site_id text not null, station_id text not null, event_id text not null,
  at timestamptz not null, reason text not null, security_profile integer not null, encrypted boolean not null, has_password boolean not null,
  serial_number text, unrecorded integer not null,
  primary key (tenant_id, site_id, station_id, event_id));
