-- Cars that charge with priority.
alter table session_plans add column priority text;
comment on column session_plans.priority is 'The car has the first place among those of its site: asked (of the owner of the site), station (it charges with priority by its station''s word, and counts as the worst case)';
