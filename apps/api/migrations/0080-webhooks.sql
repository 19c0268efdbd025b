-- Where tenants want to be told of what happens, and of which alerts they were (ADR 0080).
create table webhooks (
  tenant_id text not null, webhook_id text not null, target text, kinds jsonb, severity text, description text, secret text,
  previous_secret text, previous_until timestamptz, is_enabled boolean, disabled_reason text,
  changed_at timestamptz, changed_by text, removed_at timestamptz,
  primary key (tenant_id, webhook_id));
create table alerts_told (
  tenant_id text not null, alert_id text not null, kind text, severity text, site_id text, station_id text, evse_id integer, since timestamptz, detail jsonb,
  opened_at timestamptz, closed_at timestamptz,
  primary key (tenant_id, alert_id));
create index alerts_told_open on alerts_told (tenant_id) where closed_at is null;
-- Transport, like the feed: how far each has been told, and how that went. Not part of a replay.
create table webhook_cursors (
  tenant_id text not null, webhook_id text not null, xid xid8 not null, seq bigint not null,
  failures integer not null default 0, failing_since timestamptz, next_at timestamptz, last_error text,
  primary key (tenant_id, webhook_id));
create table webhook_deliveries (
  tenant_id text not null, webhook_id text not null, delivery_id bigint generated always as identity, message_id text not null, kind text not null,
  position text, subject text, attempt integer not null, at timestamptz not null, is_delivered boolean not null, status integer, error text, duration_ms integer not null,
  primary key (tenant_id, webhook_id, delivery_id));
comment on table alerts_told is 'Alerts that somebody was told of, as they were told last; closed_at once they are over';
