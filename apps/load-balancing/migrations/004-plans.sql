-- What cars need, what the look ahead has for them, and why a plan holds a limit back.
alter table evse_limits add column held_by text;
alter table limit_commands add column held_by text;
comment on column evse_limits.held_by is 'Why the planner wants it to have no more: cheaperHour, laterDeparture, needMet; null where only the network holds it';
comment on column limit_commands.held_by is 'As in evse_limits, when the limit was sent';
create table session_plans (
  tenant_id text not null, station_id text not null, transaction_id text not null, site_id text, evse_id integer,
  departs_at timestamptz, energy_wh numeric, min_energy_wh numeric,
  plan_id text, planned_at timestamptz, expected_until timestamptz, delivered_wh numeric,
  planned_wh numeric, shortfall_wh numeric, promise_shortfall_wh numeric, next_at timestamptz,
  primary key (tenant_id, station_id, transaction_id));
comment on table session_plans is 'What cars or their drivers said they need, and what the latest plan has for them';
comment on column session_plans.energy_wh is 'Asked for, counted from the start of the transaction';
comment on column session_plans.expected_until is 'When the planner takes the car to leave';
comment on column session_plans.shortfall_wh is 'What it asked for and cannot get until then';
comment on column session_plans.promise_shortfall_wh is 'What it cannot get of what it named until the time it named';
comment on column session_plans.next_at is 'When it gets current next by the plan';
