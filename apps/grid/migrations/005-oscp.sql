-- Capacity providers (OSCP 2.0), what they forecast, and what they were told.
create table grid_oscp_providers (
  tenant_id text not null, provider_id text not null, source text not null, url text, own_url text, heartbeat_s integer, groups jsonb,
  registered_url text, handshake jsonb, is_acknowledged boolean not null, offline_at timestamptz, forecasts jsonb not null,
  changed_at timestamptz not null, removed_at timestamptz,
  primary key (tenant_id, provider_id));
create table grid_oscp_messages (
  tenant_id text not null, provider_id text not null, record_offset bigint not null, action text not null, subject text not null, group_id text,
  body jsonb not null, refusal text, sent_at timestamptz not null,
  primary key (tenant_id, provider_id, record_offset));
comment on table grid_oscp_providers is 'Capacity providers (OSCP 2.0) that sites follow, and how each stands; forecasts by type and group as they were said, OPTIMUM among them, which is a wish and limits nothing';
comment on table grid_oscp_messages is 'What capacity providers were told: registration, wishes, measurements, what could not be complied with; heartbeats are not kept';
