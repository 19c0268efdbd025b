-- How accounts pay, and what was held, captured, released and refunded.
create table payment_methods (
  tenant_id text not null, account_id text not null, method_id text, state text not null, changed_at timestamptz not null, requested_by text not null,
  primary key (tenant_id, account_id));
create table session_payments (
  tenant_id text not null, session_id text not null, account_id text not null, site_id text not null, station_id text not null, currency text not null,
  owed numeric(19,4), on_request numeric(19,4) not null, paid numeric(19,4) not null, open numeric(19,4) not null, changed_at timestamptz not null,
  primary key (tenant_id, session_id, account_id));
create index session_payments_of_account on session_payments (tenant_id, account_id, changed_at desc, session_id);
create table payments (
  tenant_id text not null, payment_id text not null, session_id text not null, account_id text not null, currency text not null, state text not null,
  held numeric(19,4) not null, captured numeric(19,4) not null, refunded numeric(19,4) not null, reason text, changed_at timestamptz not null,
  primary key (tenant_id, payment_id));
create index payments_of_session on payments (tenant_id, session_id);
create table payment_orders (
  tenant_id text not null, order_id text not null, payment_id text not null, session_id text not null, account_id text not null, step text not null,
  amount numeric(19,4) not null, currency text not null, state text not null, reference text, reason text, ordered_at timestamptz, answered_at timestamptz,
  topic text, partition integer, record_offset bigint,
  primary key (tenant_id, order_id));
create index payment_orders_of_session on payment_orders (tenant_id, session_id);
create table refund_requests (
  tenant_id text not null, request_id text not null, session_id text not null, account_id text not null, amount numeric(19,4) not null, currency text not null,
  state text not null, reason text, requested_by text not null, requested_at timestamptz not null,
  primary key (tenant_id, request_id));
comment on table payment_methods is 'Accounts that pay by a provider: attached or detached; the token itself is sealed in the log alone';
comment on table session_payments is 'What a session with a payment method owes, less refunds on request, less what was paid: what is open';
comment on table payments is 'Payments as the provider has them: held, captured, refunded';
comment on table payment_orders is 'What the provider was asked, once under each id, and what it answered';
comment on table refund_requests is 'Refunds somebody asked for: granted, or refused because less was paid';
