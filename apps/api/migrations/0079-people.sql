-- People who are signed in to the console, by the hash of their cookie. Transport: should the rows be lost, people sign in again.
create table console_sessions (
  session_hash text primary key, tenant_id text not null, user_id text not null, name text not null, role text not null, sites jsonb, expires_at timestamptz not null);
-- Sites a key is limited to; null = all of its tenant.
alter table api_keys add column sites jsonb;
