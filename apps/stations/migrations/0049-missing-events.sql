-- Transactions that ended with events in between not heard, and what their station said of its queue.
create table missing_events (
  tenant_id text not null, site_id text not null, station_id text not null, transaction_id text not null,
  missing integer, told_at timestamptz, messages_in_queue boolean, is_ongoing boolean, answered_at timestamptz,
  primary key (tenant_id, site_id, station_id, transaction_id));
