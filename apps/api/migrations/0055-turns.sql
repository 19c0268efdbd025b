-- One after the other over all replicas: who looks before it writes, and whose write is seen only after a while.
create table turns (
  tenant_id text not null, subject text not null, holder text not null, until timestamptz not null,
  primary key (tenant_id, subject));
