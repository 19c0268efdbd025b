-- What a station was last told that a transaction costs, by the answer to an event or by a message of its own.
create table told_costs (
  tenant_id text not null, site_id text not null, station_id text not null, transaction_id text not null,
  total_cost numeric not null, told_by text not null, told_at timestamptz not null,
  primary key (tenant_id, site_id, station_id, transaction_id));
