-- Status of ports: what was said, for how long, and when a port was out of order or out of reach.
create or replace view analytics.port_status as
  select time, tenant_id, site_id, station_id, port_id, status,
    case when status = 'Removed' then 'REMOVED' when not is_online then 'UNKNOWN' when status = 'Available' then 'AVAILABLE' when status = 'Reserved' then 'RESERVED'
      when status = 'Unavailable' then 'INOPERATIVE' when status = 'Faulted' then 'OUTOFORDER' when status = 'Unknown' then 'UNKNOWN'
      else 'CHARGING' end as ocpi_status,
    error_code, is_online, record_offset
  from port_status;
comment on view analytics.port_status is 'Changes of a port''s status or reachability; one row for each change, holding until the next';
comment on column analytics.port_status.time is 'When the network received what changed it';
comment on column analytics.port_status.status is 'Status in OCPP''s words; Unknown = not told yet, Removed = taken out of the configuration, or its station was';
comment on column analytics.port_status.error_code is 'Error code of OCPP 1.6; null = none';
comment on column analytics.port_status.record_offset is 'Place in the site''s stream; orders rows of one instant';

create or replace view analytics.port_status_intervals as
  select tenant_id, site_id, station_id, port_id, started_at, ended_at, extract(epoch from ended_at - started_at) as duration_s,
    status, ocpi_status, error_code, is_online
  from (select tenant_id, site_id, station_id, port_id, time as started_at,
      lead(time) over (partition by tenant_id, site_id, port_id order by time, record_offset) as ended_at,
      status, ocpi_status, error_code, is_online from analytics.port_status) each
  where ended_at is null or ended_at > started_at;
comment on view analytics.port_status_intervals is 'How long each status of a port lasted; half-open intervals without gap or overlap';
comment on column analytics.port_status_intervals.status is 'Status in OCPP''s words; Unknown = not told yet, Removed = taken out of the configuration, or its station was';
comment on column analytics.port_status_intervals.error_code is 'Error code of OCPP 1.6; null = none';

create or replace view analytics.outages as
  select tenant_id, site_id, station_id, port_id, started_at, ended_at, extract(epoch from ended_at - started_at) / 60 as duration_min, cause
  from (select tenant_id, site_id, station_id, port_id, started_at, cause,
      lead(started_at) over (partition by tenant_id, site_id, port_id order by started_at) as ended_at
    from (select i.*, lag(i.cause is not null, 1, false) over (partition by i.tenant_id, i.site_id, i.port_id order by i.started_at) as was_down
      from (select tenant_id, site_id, station_id, port_id, started_at,
          case when status = 'Removed' then null when not is_online then 'offline' when status = 'Faulted' then 'faulted' when status = 'Unavailable' then 'unavailable' end as cause
        from analytics.port_status_intervals) i) edges
    where was_down <> (cause is not null)) turns
  where cause is not null;
comment on view analytics.outages is 'When a port could not serve: out of reach, faulted or unavailable; causes that follow each other without a gap are one outage, which ends where the port is taken out';
comment on column analytics.outages.duration_min is 'Minutes it lasted; null = it still does';
comment on column analytics.outages.cause is 'What it began with: offline, faulted or unavailable';

create or replace view analytics.port_status_15m as
  select tenant_id, site_id, station_id, port_id, bucket,
    sum(seconds) filter (where ocpi_status = 'AVAILABLE') as available_s,
    sum(seconds) filter (where ocpi_status in ('CHARGING', 'RESERVED')) as occupied_s,
    sum(seconds) filter (where ocpi_status in ('INOPERATIVE', 'OUTOFORDER')) as down_s,
    sum(seconds) filter (where not is_online) as offline_s,
    sum(seconds) filter (where is_online and ocpi_status = 'UNKNOWN') as unknown_s
  from (select i.*, b.bucket,
      extract(epoch from least(coalesce(i.ended_at, now()), b.bucket + interval '15 minutes') - greatest(i.started_at, b.bucket)) as seconds
    from analytics.port_status_intervals i,
      generate_series(date_bin('15 minutes', i.started_at, timestamptz '2000-01-01 00:00:00+00'), coalesce(i.ended_at, now()), '15 minutes') as b(bucket)
    where b.bucket < coalesce(i.ended_at, now()) and i.status is distinct from 'Removed') pieces
  group by 1, 2, 3, 4, 5;
comment on view analytics.port_status_15m is 'Seconds of each quarter of an hour a port spent in each state; null = none. An interval that lasts counts up to now';
comment on column analytics.port_status_15m.available_s is 'Seconds available';
comment on column analytics.port_status_15m.occupied_s is 'Seconds occupied or reserved';
comment on column analytics.port_status_15m.down_s is 'Seconds faulted or unavailable while in reach';
comment on column analytics.port_status_15m.offline_s is 'Seconds out of reach';
comment on column analytics.port_status_15m.unknown_s is 'Seconds in reach without a word about it';
