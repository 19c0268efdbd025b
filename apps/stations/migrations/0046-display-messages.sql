-- Messages wanted on displays of stations, and what stations say they show; contents are sealed.
create table display_messages (
  tenant_id text not null, site_id text not null, station_id text not null, message_id integer not null,
  priority text, while_state text, starts_at timestamptz, ends_at timestamptz, transaction_id text,
  format text, language text, content text, state text not null, reason text, requested_by text not null, changed_at timestamptz not null,
  primary key (tenant_id, site_id, station_id, message_id));
