-- Rows of federal reports that no station can tell, as they were stated last: costs, operators, programmes (EV-ChART modules 5 to 9).
create table reporting_rows (
  tenant_id text not null, module integer not null, year integer not null,
  rows jsonb not null, stated_at timestamptz not null, stated_by text not null,
  primary key (tenant_id, module, year));
