-- What accounts owe, and the invoices made of it.
alter table cdrs add column payable_net numeric(19,4), add column payable_gross numeric(19,4);
comment on column cdrs.payable_gross is 'What is invoiced: half-up to the minor unit of the currency; null = of before there were invoices';
create table account_charges (
  tenant_id text not null, cdr_id text not null, account_id text not null, credit_of text, session_id text not null, site_id text not null,
  station_id text not null, started_at timestamptz not null, ended_at timestamptz not null, energy_kwh numeric(15,6) not null, currency text not null,
  amount_net numeric(19,4) not null, amount_gross numeric(19,4) not null, charged_at timestamptz not null, invoice_id text,
  topic text, partition integer, record_offset bigint,
  primary key (tenant_id, cdr_id));
create index account_charges_open on account_charges (tenant_id, account_id, ended_at) where invoice_id is null;
create index account_charges_of_day on account_charges (tenant_id, charged_at);
create table invoice_requests (
  tenant_id text not null, request_id text not null, account_id text not null, until_at timestamptz not null, requested_by text not null,
  requested_at timestamptz not null, state text not null, topic text not null, partition integer not null, record_offset bigint not null,
  primary key (tenant_id, request_id));
create table invoices (
  tenant_id text not null, invoice_id text not null, number text not null, seq integer not null, account_id text not null, kind text not null,
  currency text not null, issued_at timestamptz not null, period_from timestamptz not null, period_to timestamptz not null, lines integer not null,
  amount_net numeric(19,4) not null, amount_gross numeric(19,4) not null, invoice jsonb not null, request_id text not null,
  primary key (tenant_id, invoice_id));
create unique index invoices_of_account on invoices (tenant_id, account_id, seq);
create index invoices_newest on invoices (tenant_id, issued_at desc, invoice_id desc);
create index invoices_of_request on invoices (tenant_id, request_id);
create table invoice_lines (
  tenant_id text not null, invoice_id text not null, line integer not null, account_id text not null, cdr_id text not null, credit_of text,
  session_id text not null, site_id text not null, station_id text not null, started_at timestamptz not null, ended_at timestamptz not null,
  energy_kwh numeric(15,6) not null, currency text not null, amount_net numeric(19,4) not null, amount_gross numeric(19,4) not null,
  issued_at timestamptz not null,
  primary key (tenant_id, invoice_id, line));
create index invoice_lines_of_record on invoice_lines (tenant_id, cdr_id);
comment on table account_charges is 'What accounts owe: a row for each charge record or credit; without an invoice_id it is open';
comment on table invoice_requests is 'Who asked for invoices, and how that ended: issued or refused (nothing was open)';
comment on table invoices is 'Invoices and credit notes as issued';
comment on table invoice_lines is 'Lines of invoices; credits are negative, so that sums are what is owed';
