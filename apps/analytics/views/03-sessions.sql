-- Sessions: one row each, their periods, and what they add up to by hour and day.
create or replace view analytics.charging_periods as
  select t.tenant_id, s.site_id, s.station_id, s.station_id || '-' || s.evse_id as port_id, t.session_id,
    (t.detail ->> 'seq')::integer as seq, (t.detail ->> 'from')::timestamptz as started_at, (t.detail ->> 'to')::timestamptz as ended_at,
    extract(epoch from (t.detail ->> 'to')::timestamptz - (t.detail ->> 'from')::timestamptz) as duration_s,
    (t.detail ->> 'energyWh')::numeric as energy_wh, t.detail ->> 'state' as state, t.detail ->> 'pausedBy' as paused_by,
    (t.detail ->> 'powerW')::double precision as power_w, (t.detail ->> 'currentA')::double precision as current_a
  from session_timeline t join sessions s on s.tenant_id = t.tenant_id and s.session_id = t.session_id
  where t.kind = 'ChargingPeriodRecorded';
comment on view analytics.charging_periods is 'Stretches of sessions between two readings or changes of state, without gap or overlap; what a tariff is applied to';
comment on column analytics.charging_periods.seq is 'Number of the period within its session';
comment on column analytics.charging_periods.energy_wh is 'Difference of the register [Wh]';
comment on column analytics.charging_periods.state is 'Charging, SuspendedEV, SuspendedEVSE, EVConnected or Idle';
comment on column analytics.charging_periods.paused_by is 'Who paused: network or vehicle; null = nobody. What the network paused is never billed as idle';
comment on column analytics.charging_periods.power_w is 'Mean import power where measured [W]';
comment on column analytics.charging_periods.current_a is 'Current summed over the phases where measured [A]';

create or replace view analytics.sessions as
  select s.tenant_id, s.session_id, s.site_id, s.station_id, s.station_id || '-' || s.evse_id as port_id, s.connector_id, s.transaction_id,
    s.ocpp_version, s.token_hash, s.token_type, s.status, s.started_at, s.ended_at, extract(epoch from s.ended_at - s.started_at) as duration_s,
    (select sum(p.duration_s) from analytics.charging_periods p
      where p.tenant_id = s.tenant_id and p.session_id = s.session_id and p.state = 'Charging') as charging_s,
    (select sum(p.duration_s) from analytics.charging_periods p
      where p.tenant_id = s.tenant_id and p.session_id = s.session_id and p.paused_by = 'network') as suspended_by_network_s,
    s.energy_wh, (s.energy_wh * 3600 / nullif(extract(epoch from s.ended_at - s.started_at), 0))::double precision as avg_power_w,
    (select max(p.power_w) from analytics.power_samples p where p.tenant_id = s.tenant_id and p.port_id = s.station_id || '-' || s.evse_id
      and p.transaction_id = s.transaction_id and p.time between s.started_at and coalesce(s.ended_at, 'infinity')) as peak_power_w,
    (select p.soc_percent from analytics.power_samples p where p.tenant_id = s.tenant_id and p.port_id = s.station_id || '-' || s.evse_id
      and p.transaction_id = s.transaction_id and p.soc_percent is not null and p.time >= s.started_at order by p.time limit 1) as soc_start_percent,
    (select p.soc_percent from analytics.power_samples p where p.tenant_id = s.tenant_id and p.port_id = s.station_id || '-' || s.evse_id
      and p.transaction_id = s.transaction_id and p.soc_percent is not null and p.time <= coalesce(s.ended_at, 'infinity')
      order by p.time desc limit 1) as soc_end_percent,
    s.reason as stop_reason, s.provisional as is_provisional, s.amendment, s.tariff ->> 'id' as tariff_id, s.time_zone,
    c.amount_net as cost_net, c.amount_gross as cost_gross, c.currency, c.is_final as is_cost_final, s.exported_wh,
    (select min(p.started_at) from analytics.charging_periods p
      where p.tenant_id = s.tenant_id and p.session_id = s.session_id and p.state = 'Charging') as charging_started_at,
    (select max(p.ended_at) from analytics.charging_periods p
      where p.tenant_id = s.tenant_id and p.session_id = s.session_id and p.state = 'Charging') as charging_ended_at,
    (select sum(p.duration_s) from analytics.charging_periods p where p.tenant_id = s.tenant_id and p.session_id = s.session_id
      and p.state <> 'Charging' and p.paused_by is distinct from 'network') as idle_s,
    case when s.status = 'active' then 'running' when s.provisional then 'endNotTold' when s.energy_wh = 0 then 'noEnergy' else 'delivered' end as outcome,
    coalesce(
      (select min(v.value) from device_variables v where v.tenant_id = s.tenant_id and v.station_id = s.station_id and v.site_id = s.site_id
        and v.component = 'Connector' and v.variable = 'ConnectorType' and v.attribute = 'Actual' and v.evse_id = s.evse_id
        and (s.connector_id is null or v.connector_id = s.connector_id) having count(distinct v.value) = 1),
      (select min(c ->> 'type') from (select config from station_versions v where v.tenant_id = s.tenant_id and v.station_id = s.station_id
          and v.site_id = s.site_id order by (v.valid_from <= s.started_at) desc, v.version desc limit 1) w, jsonb_array_elements(w.config -> 'evses') e,
          jsonb_array_elements(case jsonb_typeof(e -> 'connectors') when 'array' then e -> 'connectors' else '[]' end) c
        where (e ->> 'evseId')::integer = s.evse_id and (s.connector_id is null or (c ->> 'connectorId')::integer = s.connector_id)
        having count(distinct c ->> 'type') = 1)) as connector_type,
    case s.token_type when 'Central' then 'account' when 'eMAID' then 'plug_and_charge' when 'ISO14443' then 'rfid' when 'ISO15693' then 'rfid'
      when 'KeyCode' then 'code' when 'Local' then 'local' when 'MacAddress' then 'autocharge' when 'VIN' then 'autocharge' when 'EVCCID' then 'autocharge'
      when 'DirectPayment' then 'card' when 'NoAuthorization' then 'none' else s.token_type end as payment_method,
    (select v.tariff_version_id from tariff_versions v where v.tenant_id = s.tenant_id and v.tariff_id = s.tariff ->> 'id' and v.tariff = s.tariff
      order by (v.valid_from <= s.started_at) desc, v.tariff_version_id desc limit 1) as tariff_version_id,
    s.was_offline
  from sessions s left join session_costs c on c.tenant_id = s.tenant_id and c.session_id = s.session_id;
comment on view analytics.sessions is 'Charging sessions; one row each, running ones included';
comment on column analytics.sessions.connector_id is 'Connector of the EVSE, where told';
comment on column analytics.sessions.ocpp_version is 'Subprotocol the station spoke: ocpp1.6, ocpp2.0.1, ocpp2.1';
comment on column analytics.sessions.token_hash is 'Keyed hash of who charged: the same driver has the same one, and it tells nothing else';
comment on column analytics.sessions.token_type is 'OCPP type of the token, e.g. ISO14443, Central, eMAID';
comment on column analytics.sessions.status is 'active or ended';
comment on column analytics.sessions.duration_s is 'Seconds from start to end; null = it runs';
comment on column analytics.sessions.charging_s is 'Seconds in which it charged; null = none recorded';
comment on column analytics.sessions.suspended_by_network_s is 'Seconds the network paused it; null = none';
comment on column analytics.sessions.charging_started_at is 'When it first charged; null = not yet';
comment on column analytics.sessions.charging_ended_at is 'When it last charged, as far as recorded; null = not yet';
comment on column analytics.sessions.idle_s is 'Seconds in which it did not charge and the network had not paused it; null = none recorded';
comment on column analytics.sessions.outcome is 'running, delivered, noEnergy, or endNotTold: no stop was heard';
comment on column analytics.sessions.connector_type is 'OCPP type of the connector, e.g. cCCS2, as the station told it or it is configured; null = neither, or several on the port';
comment on column analytics.sessions.payment_method is 'How the driver identified to pay: account, plug_and_charge, rfid, code, local, autocharge, card, none, or the token''s own type; null = no token';
comment on column analytics.sessions.tariff_version_id is 'Version of the tariff it was priced by, as in dim_tariffs; null = none, or one published elsewhere';
comment on column analytics.sessions.was_offline is 'Something of it waited in the station while that was offline; null = of before this was kept';
comment on column analytics.sessions.energy_wh is 'Energy by the registers [Wh]';
comment on column analytics.sessions.exported_wh is 'Fed back by the car, by its own register [Wh]; null = not metered. Not part of energy_wh, and of no bill';
comment on column analytics.sessions.avg_power_w is 'Energy over duration [W]';
comment on column analytics.sessions.peak_power_w is 'Highest power sampled [W]; null = never measured';
comment on column analytics.sessions.soc_start_percent is 'First state of charge the car told [%]';
comment on column analytics.sessions.soc_end_percent is 'Last state of charge the car told [%]';
comment on column analytics.sessions.stop_reason is 'OCPP reason, or Available, Boot, NewStart where the end was concluded';
comment on column analytics.sessions.is_provisional is 'No stop was heard; a later one amends the row';
comment on column analytics.sessions.amendment is 'How often it was amended after its end';
comment on column analytics.sessions.time_zone is 'IANA zone the tariff''s times of day are read in; null = UTC';
comment on column analytics.sessions.cost_net is 'What it costs so far, or in the end, before tax; null = not rated';
comment on column analytics.sessions.cost_gross is 'The same with tax';
comment on column analytics.sessions.is_cost_final is 'The cost is that of the charge record';

create or replace view analytics.energy_hourly as
  select tenant_id, site_id, station_id, port_id, bucket,
    sum(energy_wh * case when duration_s = 0 then 1
      else extract(epoch from least(ended_at, bucket + interval '1 hour') - greatest(started_at, bucket)) / duration_s end) as energy_wh
  from (select p.*, b.bucket from analytics.charging_periods p,
      generate_series(date_bin('1 hour', p.started_at, timestamptz '2000-01-01 00:00:00+00'), p.ended_at, '1 hour') as b(bucket)
    where b.bucket < p.ended_at or p.ended_at = p.started_at) pieces
  group by 1, 2, 3, 4, 5;
comment on view analytics.energy_hourly is 'Energy of each port by hour; a period over the turn of an hour counts in both by its time. Sums are those of the sessions'' periods';
comment on column analytics.energy_hourly.energy_wh is 'Energy delivered in the hour [Wh]';

create or replace view analytics.utilization_hourly as
  select tenant_id, site_id, station_id, port_id, bucket, sum(occupied_s) as occupied_s, sum(charging_s) as charging_s,
    sum(energy_wh) as energy_wh, max(peak_power_w) as peak_power_w
  from (
    select s.tenant_id, s.site_id, s.station_id, s.station_id || '-' || s.evse_id as port_id, b.bucket,
      extract(epoch from least(coalesce(s.ended_at, s.last_heard_at), b.bucket + interval '1 hour') - greatest(s.started_at, b.bucket)) as occupied_s,
      null::numeric as charging_s, null::numeric as energy_wh, null::double precision as peak_power_w
    from sessions s, generate_series(date_bin('1 hour', s.started_at, timestamptz '2000-01-01 00:00:00+00'),
      coalesce(s.ended_at, s.last_heard_at), '1 hour') as b(bucket)
    where b.bucket < coalesce(s.ended_at, s.last_heard_at)
    union all
    select p.tenant_id, p.site_id, p.station_id, p.port_id, b.bucket, null,
      extract(epoch from least(p.ended_at, b.bucket + interval '1 hour') - greatest(p.started_at, b.bucket)), null, null
    from analytics.charging_periods p,
      generate_series(date_bin('1 hour', p.started_at, timestamptz '2000-01-01 00:00:00+00'), p.ended_at, '1 hour') as b(bucket)
    where b.bucket < p.ended_at and p.state = 'Charging'
    union all
    select tenant_id, site_id, station_id, port_id, bucket, null, null, energy_wh, null from analytics.energy_hourly
    union all
    select tenant_id, site_id, station_id, port_id, date_bin('1 hour', time, timestamptz '2000-01-01 00:00:00+00'), null, null, null, power_w
    from analytics.power_samples where power_w > 0
  ) parts group by 1, 2, 3, 4, 5;
comment on view analytics.utilization_hourly is 'How much of each hour a port was occupied and charged; no row = nothing happened';
comment on column analytics.utilization_hourly.occupied_s is 'Seconds a session was open; null = none';
comment on column analytics.utilization_hourly.charging_s is 'Seconds in which energy flowed; null = none';
comment on column analytics.utilization_hourly.energy_wh is 'Energy delivered in the hour [Wh]';
comment on column analytics.utilization_hourly.peak_power_w is 'Highest power sampled [W]';

create or replace view analytics.sessions_daily as
  select tenant_id, site_id, date_bin('1 day', started_at, timestamptz '2000-01-01 00:00:00+00') as day, count(*) as sessions,
    count(*) filter (where status = 'ended') as ended_sessions, count(*) filter (where status = 'ended' and energy_wh = 0) as zero_energy_sessions,
    count(*) filter (where provisional) as provisional_sessions, count(distinct token_hash) as drivers, sum(energy_wh) as energy_wh,
    avg(extract(epoch from ended_at - started_at)) as avg_duration_s
  from sessions group by 1, 2, 3;
comment on view analytics.sessions_daily is 'Sessions by site and the UTC day they began';
comment on column analytics.sessions_daily.sessions is 'Sessions that began';
comment on column analytics.sessions_daily.ended_sessions is 'Of these, ended by now';
comment on column analytics.sessions_daily.zero_energy_sessions is 'Ended without energy';
comment on column analytics.sessions_daily.provisional_sessions is 'Ended without a stop of the station';
comment on column analytics.sessions_daily.drivers is 'Different tokens among them';
comment on column analytics.sessions_daily.energy_wh is 'Energy of these sessions, whenever it flowed [Wh]';
comment on column analytics.sessions_daily.avg_duration_s is 'Mean duration of those that ended [s]';

create or replace view analytics.unmatched_facts as
  select tenant_id, site_id, station_id, at as received_at, transaction_id, action, reason, event_id from unmatched_facts;
comment on view analytics.unmatched_facts is 'What stations told of transactions that no session could take, as a stop whose start was never heard: none of it is billed';
comment on column analytics.unmatched_facts.received_at is 'When it was heard';
comment on column analytics.unmatched_facts.action is 'The message, as StopTransaction';
comment on column analytics.unmatched_facts.reason is 'noSession (none is known by that id or at that place), ambiguous (it could be of several) or unreadable';
comment on column analytics.unmatched_facts.event_id is 'The record of the message, by which /v1/stations/{stationId}/messages shows its words';
