-- What the night's reconciliation of each day came to, also where nothing differs (ADR 0070).
create table reconciliations (
  tenant_id text not null, day text not null, computed_at timestamptz not null, is_even boolean not null,
  sites integer not null, differing_sites integer not null, sessions integer not null, without_record integer not null, without_registers integer not null,
  register_wh numeric not null, recorded_wh numeric not null, energy_difference_wh numeric not null, report jsonb not null,
  primary key (tenant_id, day));
create table reconciliation_amounts (
  tenant_id text not null, day text not null, currency text not null, what text not null,
  expected numeric(19,4) not null, found numeric(19,4) not null, open numeric(19,4) not null, difference numeric(19,4) not null,
  primary key (tenant_id, day, currency, what));
comment on table reconciliations is 'One row for each day that was reconciled: registers against charge records, and what the whole report said';
comment on table reconciliation_amounts is 'Its gross amounts by currency: records less credits against ratings and invoices, what is paid by a method against payments; difference = expected - found - open';
