-- The door: API keys as keyed hashes with their role, and answers by Idempotency-Key.
create table api_keys (
  tenant_id text not null, key_id text not null, name text, role text, key_hash text, created_at timestamptz, created_by text, revoked_at timestamptz,
  primary key (tenant_id, key_id));
create index api_keys_by_hash on api_keys (key_hash);
create table idempotency_keys (
  tenant_id text not null, key text not null, fingerprint text not null, answer jsonb, at timestamptz not null default now(),
  primary key (tenant_id, key));
create index idempotency_keys_by_age on idempotency_keys (at);
