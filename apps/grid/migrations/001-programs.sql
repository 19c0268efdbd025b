-- Programs of grid operators, and how each stands with its server.
create table grid_programs (
  tenant_id text not null, program_id text not null, source text not null, server jsonb, profile text, poll_s integer, valid_for_s integer, sites jsonb,
  heard_at timestamptz, trouble text, events integer not null, refusals jsonb not null, unheeded jsonb not null, changed_at timestamptz not null, removed_at timestamptz,
  primary key (tenant_id, program_id));
comment on table grid_programs is 'Programs of grid operators that sites follow, and how each stands with its server; the secret is sealed in the log alone';
