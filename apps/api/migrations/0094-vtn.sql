-- Our own OpenADR 3 server (ADR 0094): who may speak to it, what they wrote, and what was refused.
create table vtn_clients (
  tenant_id text not null, client_id text not null, kind text, secret_hash text, made_by text,
  made_at timestamptz, removed_at timestamptz,
  primary key (tenant_id, client_id));
create table vtn_objects (
  tenant_id text not null, object_id text not null, object_type text, client_id text, content jsonb, targets jsonb,
  ends_at timestamptz, created_at timestamptz, changed_at timestamptz, changed_by text, removed_at timestamptz,
  primary key (tenant_id, object_id));
create index vtn_objects_by_time on vtn_objects (tenant_id, object_type, created_at, object_id) where removed_at is null;
create table vtn_refusals (
  tenant_id text not null, record_offset bigint not null, status integer not null, reason text not null,
  primary key (tenant_id, record_offset));
comment on table vtn_clients is 'Clients of our own OpenADR 3 server; their secrets are kept as keyed hashes';
comment on table vtn_objects is 'Programs, events, reports, subscriptions, vens and resources as their clients wrote them; one that is gone stays with its end';
comment on table vtn_refusals is 'What a client of the OpenADR 3 server asked for and did not get, by the record it asked with';
