-- Series: samples of meters, power of ports, load of sites, limits sent and received.
create or replace view analytics.meter_samples as
  select m.time, m.received_at, m.tenant_id, m.site_id, m.station_id, m.port_id, m.transaction_id,
    (select s.session_id from sessions s where s.tenant_id = m.tenant_id and s.station_id = m.station_id and s.transaction_id = m.transaction_id
      order by (s.started_at <= m.time) desc, s.started_at desc limit 1) as session_id,
    m.measurand, m.phase, m.context, m.location, m.unit, m.value, m.is_signed, m.flags
  from meter_samples m;
comment on view analytics.meter_samples is 'Every meter value a station sent, in its canonical unit; one row for each sampled value';
comment on column analytics.meter_samples.time is 'When it was measured: the station''s time when plausible, else when it was received';
comment on column analytics.meter_samples.received_at is 'When the network received it';
comment on column analytics.meter_samples.measurand is 'OCPP measurand, e.g. Energy.Active.Import.Register';
comment on column analytics.meter_samples.phase is 'OCPP phase (L1, L1-N, …); null = not told, or the sum of all';
comment on column analytics.meter_samples.context is 'OCPP reading context, e.g. Sample.Periodic, Transaction.Begin';
comment on column analytics.meter_samples.location is 'OCPP location: Outlet, Inlet, Body, Cable, EV';
comment on column analytics.meter_samples.unit is 'Unit of value: Wh, W, A, V, var, varh, VA, Percent, Celsius, …';
comment on column analytics.meter_samples.value is 'The value in unit';
comment on column analytics.meter_samples.is_signed is 'It came with a signature of the meter';
comment on column analytics.meter_samples.flags is 'What was odd about it, separated by commas; empty when nothing was';

create or replace view analytics.power_samples as
  select p.time, p.tenant_id, p.site_id, p.station_id, p.port_id, p.transaction_id,
    (select s.session_id from sessions s where s.tenant_id = p.tenant_id and s.station_id = p.station_id and s.transaction_id = p.transaction_id
      order by (s.started_at <= p.time) desc, s.started_at desc limit 1) as session_id,
    p.power_w, p.energy_register_wh, p.current_a, p.voltage_v, p.soc_percent, p.offered_w, p.export_register_wh
  from power_samples p;
comment on view analytics.power_samples is 'What a port drew at an instant; one row for each port and instant something was measured';
comment on column analytics.power_samples.time is 'When it was measured: the station''s time when plausible, else when it was received';
comment on column analytics.power_samples.power_w is 'Active power, all phases [W]; negative while the car feeds back';
comment on column analytics.power_samples.energy_register_wh is 'Energy register of the port [Wh]';
comment on column analytics.power_samples.export_register_wh is 'Register of what cars fed back [Wh]; null = not told';
comment on column analytics.power_samples.current_a is 'Current, summed over the phases [A]';
comment on column analytics.power_samples.voltage_v is 'Voltage to neutral [V]';
comment on column analytics.power_samples.soc_percent is 'State of charge the car told [%]';
comment on column analytics.power_samples.offered_w is 'Power the station offered the car [W]';

create or replace view analytics.site_load as
  select at as time, tenant_id, site_id, measured_w, limit_w, allocated_w from site_load;
comment on view analytics.site_load is 'Load of a site against its limit; one row for each second in which something changed or was heard';
comment on column analytics.site_load.time is 'Second the row is about';
comment on column analytics.site_load.measured_w is 'What stations that charge measured [W]';
comment on column analytics.site_load.limit_w is 'The limit in force at the grid connection, over all phases at nominal voltage [W]; one given in watts is kept at 10 % more voltage too, and is 1.1 times what is here';
comment on column analytics.site_load.allocated_w is 'The most stations might draw under any limit they may hold [W]';

create or replace view analytics.limit_commands as
  select l.requested_at as time, l.tenant_id, l.command_id, l.site_id, l.station_id,
    case when l.evse_id > 0 then l.station_id || '-' || l.evse_id end as port_id, l.transaction_id,
    (select s.session_id from sessions s where s.tenant_id = l.tenant_id and s.station_id = l.station_id and s.transaction_id = l.transaction_id
      order by (s.started_at <= l.requested_at) desc, s.started_at desc limit 1) as session_id,
    l.slot, l.limit_ma / 1000.0 as limit_a, l.wanted_ma / 1000.0 as wanted_a, l.lease_ends_at, l.cause,
    l.tight ->> 'nodeId' as tight_node_id, l.tight ->> 'phase' as tight_phase, l.outcome, l.answered_at
  from limit_commands l where l.requested_at is not null;
comment on view analytics.limit_commands is 'Every limit sent to a station, with why and what the station answered';
comment on column analytics.limit_commands.time is 'When it was decided and recorded';
comment on column analytics.limit_commands.command_id is 'Id of the command in the log';
comment on column analytics.limit_commands.port_id is 'Station and EVSE; null = the whole station';
comment on column analytics.limit_commands.slot is 'plan (of a transaction), default, or stationMax';
comment on column analytics.limit_commands.limit_a is 'The limit sent [A per phase]';
comment on column analytics.limit_commands.wanted_a is 'What the fair split gave the port at that time [A per phase]';
comment on column analytics.limit_commands.lease_ends_at is 'When the station falls back to its safe level unless the limit is renewed; null = no lease';
comment on column analytics.limit_commands.cause is 'setup, lower, raise, renew, withdraw (ours), asked or clear (an operator''s)';
comment on column analytics.limit_commands.tight_node_id is 'Node of the site that kept it from more; null = its own maximum did';
comment on column analytics.limit_commands.tight_phase is 'Phase of that node';
comment on column analytics.limit_commands.outcome is 'requested, accepted, rejected, refused (never sent) or unanswered (may be in force)';
comment on column analytics.limit_commands.answered_at is 'When the outcome was known';

create or replace view analytics.grid_signals as
  select received_at as time, tenant_id, site_id, limit_id as signal_id, step, source, node_id, starts_at, ends_at, limit_a, limit_w, is_fallback, direction,
    superseded_at
  from grid_limits;
comment on view analytics.grid_signals is 'Limits received from the grid; one row for each step of a schedule, the fallback last';
comment on column analytics.grid_signals.time is 'When it was received';
comment on column analytics.grid_signals.signal_id is 'Id of the signal; one that comes again replaces what it said before';
comment on column analytics.grid_signals.step is 'Number of the step, from 0 in the order of starts_at';
comment on column analytics.grid_signals.source is 'Who sent it';
comment on column analytics.grid_signals.node_id is 'Node of the site it limits; null = the grid connection';
comment on column analytics.grid_signals.starts_at is 'When the step begins to bind';
comment on column analytics.grid_signals.ends_at is 'When it ends by what it says; null = until another signal comes';
comment on column analytics.grid_signals.limit_a is 'Limit, of the lowest phase [A]; null = given in watts';
comment on column analytics.grid_signals.limit_w is 'Limit over all phases [W]; null = given in amperes';
comment on column analytics.grid_signals.is_fallback is 'Binds once the signal has expired without another';
comment on column analytics.grid_signals.superseded_at is 'When another took its place, or it was withdrawn: it bound no longer than that; null = it was not';
comment on column analytics.grid_signals.direction is 'import: of what is drawn; export: of what cars feed back';
