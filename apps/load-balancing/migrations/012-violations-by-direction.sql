-- Above limits on what is fed back, beside those on what is drawn.
alter table limit_violations add column direction text not null default 'import';
alter table limit_violations drop constraint limit_violations_pkey;
alter table limit_violations add primary key (tenant_id, site_id, node_id, phase, direction, since);
comment on column limit_violations.direction is 'import: more was drawn than allowed; export: more was fed back by cars';
alter table limit_violations_15m add column direction text not null default 'import';
alter table limit_violations_15m drop constraint limit_violations_15m_pkey;
alter table limit_violations_15m add primary key (tenant_id, site_id, node_id, phase, direction, bucket);
comment on column limit_violations_15m.direction is 'import: more was drawn than allowed; export: more was fed back by cars';
