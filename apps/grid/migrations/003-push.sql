-- Servers that tell by themselves that there is something new.
alter table grid_programs add column introduce boolean, add column push jsonb, add column push_trouble text;
comment on column grid_programs.push_trouble is 'Why its server does not tell by itself that there is something new; null = it does, or is only asked';
