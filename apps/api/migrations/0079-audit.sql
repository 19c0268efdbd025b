-- Who changed what over the HTTP interface, in a chain of hashes for each tenant (ADR 0079).
create table audit_entries (
  tenant_id text not null, seq bigint not null, event_id text not null, at timestamptz not null, actor jsonb not null, role text not null,
  method text not null, route text not null, subject jsonb not null, status integer not null, problem text, content jsonb,
  previous_hash text not null, hash text not null,
  primary key (tenant_id, seq));
create index audit_entries_by_subject on audit_entries (tenant_id, route, subject, seq);
comment on table audit_entries is 'One row for each change, or attempt at one, over the HTTP interface; each hash covers the entry and the hash before it';
