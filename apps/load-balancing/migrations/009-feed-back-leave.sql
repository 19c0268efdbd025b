-- What is in the way of a car whose driver lets it feed back, and what its station made of the leave.
alter table session_plans add column discharge_obstacles jsonb, add column discharge_leave text;
comment on column session_plans.discharge_obstacles is 'What is in the way of feeding back, the most lasting first; empty = nothing, null = the driver did not agree';
comment on column session_plans.discharge_leave is 'What its station was last told, allowed or withdrawn, and what it answered (NotifyAllowedEnergyTransfer); null = not told';
