-- Capacity providers that say nothing, or take nothing.
alter table grid_oscp_providers add column configured_at timestamptz, add column heard_at timestamptz, add column trouble text, add column trouble_since timestamptz;
comment on column grid_oscp_providers.trouble is 'Why it cannot be told anything; null = it can';
