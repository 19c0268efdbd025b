-- Commands asked for under an Idempotency-Key that were handed to an edge: at most once each, whoever asks again.
create table command_handovers (
  tenant_id text not null, command_id text not null, at timestamptz not null default now(),
  primary key (tenant_id, command_id));
create index command_handovers_by_age on command_handovers (at);
