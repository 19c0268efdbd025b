-- Rows of billing: tariffs with their history, running cost, charge records and their lines.
create table tariffs (
  tenant_id text not null, tariff_id text not null, currency text not null, tariff jsonb not null, changed_at timestamptz not null,
  primary key (tenant_id, tariff_id));
create table tariff_versions (
  tenant_id text not null, tariff_id text not null, tariff_version_id bigint not null,
  currency text not null, tariff jsonb not null, valid_from timestamptz not null,
  primary key (tenant_id, tariff_id, tariff_version_id));
create table site_tariffs (
  tenant_id text not null, site_id text not null, tariff_id text not null, assigned_at timestamptz not null,
  primary key (tenant_id, site_id));
create table session_costs (
  tenant_id text not null, session_id text not null, site_id text not null,
  rating_seq integer not null, is_final boolean not null, tariff_id text, currency text not null,
  amount_net numeric(19,4) not null, amount_gross numeric(19,4) not null,
  payable_net numeric(19,4) not null, payable_gross numeric(19,4) not null,
  energy_kwh numeric(15,6) not null, rated_at timestamptz not null,
  primary key (tenant_id, session_id));
create table cdrs (
  tenant_id text not null, cdr_id text not null, session_id text not null, site_id text not null,
  rating_seq integer not null, credit_of text, issued_at timestamptz not null, currency text not null,
  amount_net numeric(19,4) not null, amount_gross numeric(19,4) not null, energy_wh numeric(15,3) not null, cdr jsonb not null,
  primary key (tenant_id, cdr_id));
create index cdrs_of_session on cdrs (tenant_id, session_id, rating_seq);
create index cdrs_newest on cdrs (tenant_id, issued_at desc, cdr_id desc);
create table cdr_lines (
  tenant_id text not null, cdr_id text not null, line integer not null, session_id text not null,
  rating_seq integer not null, credit_of text, dimension text not null, tariff_id text, tariff_element integer,
  started_at timestamptz not null, ended_at timestamptz not null,
  quantity numeric(19,8) not null, unit text not null, step_added numeric(19,8) not null,
  unit_price numeric(12,6) not null, vat_percent numeric(7,4),
  amount_net numeric(19,4) not null, amount_gross numeric(19,4) not null, currency text not null, issued_at timestamptz not null,
  primary key (tenant_id, cdr_id, line));
create index cdr_lines_of_session on cdr_lines (tenant_id, session_id, rating_seq, line);
comment on table session_costs is 'What each session costs so far (is_final = false) or in the end, by the pinned tariff';
comment on table cdrs is 'OCPI 2.2.1 charge detail records; a credit is a row of its own with negative amounts and credit_of set';
comment on table cdr_lines is 'What a charge record is made of, one row for each price that applied; sums over credits and CDRs are revenue';
comment on column cdr_lines.dimension is 'ENERGY, TIME, PARKING_TIME, FLAT, RESERVATION_TIME, RESERVATION_FLAT, MIN_PRICE or MAX_PRICE';
comment on column cdr_lines.step_added is 'Part of quantity that rounding up to the tariff''s step_size added';
comment on table tariff_versions is 'Every tariff as it was published, with the time it was valid from';
