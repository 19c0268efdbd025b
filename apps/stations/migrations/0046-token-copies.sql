-- What stations keep of tokens: their local list and how it stands to the network's, and their authorization cache.
create table local_lists (
  tenant_id text not null, site_id text not null, station_id text not null,
  state text not null, version integer, entries integer, is_cut boolean not null, max_entries integer, items_per_message integer not null,
  failures integer not null, reason text, changed_at timestamptz not null,
  primary key (tenant_id, site_id, station_id));
create table token_caches (
  tenant_id text not null, site_id text not null, station_id text not null,
  is_kept boolean, is_stale boolean not null, answer text, changed_at timestamptz not null,
  primary key (tenant_id, site_id, station_id));
