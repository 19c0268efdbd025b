-- Reconciliation and quarterly reports ask for sessions by the time they ended.
create index sessions_by_end on sessions (tenant_id, ended_at);
