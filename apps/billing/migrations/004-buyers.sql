-- Who buys, as invoices name them.
create table buyers (
  tenant_id text not null, account_id text not null, buyer text not null, stated_at timestamptz not null, stated_by text not null,
  primary key (tenant_id, account_id));
comment on table buyers is 'Name and address of who an account is, sealed under the key of its driver';
