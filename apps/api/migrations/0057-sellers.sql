-- Who sells, as invoices name them.
create table sellers (
  tenant_id text not null, seller jsonb not null, stated_at timestamptz not null, stated_by text not null,
  primary key (tenant_id));
comment on table sellers is 'Name and address of who sells, for the invoices issued from then on';
