-- Limits on what is fed back, beside those on what is drawn.
alter table grid_limits add column direction text not null default 'import';
comment on column grid_limits.direction is 'import: of what is drawn; export: of what cars feed back';
