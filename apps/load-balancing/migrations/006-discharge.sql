-- What may flow back out of cars, who lets it, and what did.
alter table evse_limits add column discharge_ma bigint;
alter table limit_commands add column discharge_ma bigint;
alter table session_plans add column discharge_reserve_wh numeric, add column fed_back_wh numeric;
comment on column evse_limits.discharge_ma is 'The most that might flow back out of its car under any profile that may be in force [mA per phase]';
comment on column limit_commands.discharge_ma is 'What its first period lets the car feed back [mA per phase]; null = nothing';
comment on column session_plans.discharge_reserve_wh is 'The driver lets the car feed back down to this, counted as energy_wh; null = not, or not any more';
comment on column session_plans.fed_back_wh is 'What had flowed back by its own register when the plan was made; never taken off what was delivered';
