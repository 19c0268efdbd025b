-- Dimensions, with the time each version was valid: sites, stations, ports, tariffs; and days.
create or replace view analytics.dim_sites as
  select tenant_id, site_id, version, config ->> 'name' as name, config ->> 'timeZone' as time_zone, (config ->> 'voltageV')::double precision as voltage_v,
    coalesce((config ->> 'leaseSeconds')::integer, 900) as lease_s,
    case jsonb_typeof(config -> 'root' -> 'limitA') when 'number' then (config -> 'root' ->> 'limitA')::double precision
      when 'array' then (select min(each::double precision) from jsonb_array_elements_text(config -> 'root' -> 'limitA') each) end as limit_a,
    valid_from, valid_to
  from (select *, lead(valid_from) over (partition by tenant_id, site_id order by version) as valid_to from site_versions) v
  where not coalesce(is_removed, false);
comment on view analytics.dim_sites is 'Sites as configured; one row for each version';
comment on column analytics.dim_sites.version is 'Version of the site''s configuration, stations included';
comment on column analytics.dim_sites.name is 'Name of the site';
comment on column analytics.dim_sites.time_zone is 'IANA time zone';
comment on column analytics.dim_sites.voltage_v is 'Nominal voltage to neutral [V]';
comment on column analytics.dim_sites.lease_s is 'How long a station may hold a raised limit without hearing from us; up to eight times as long where nobody can take that away [s]';
comment on column analytics.dim_sites.limit_a is 'Limit of the grid connection, of its lowest phase [A]';

create or replace view analytics.dim_stations as
  select v.tenant_id, v.station_id, v.site_id, v.node_id, v.security_profile, v.max_a, v.ports, s.vendor, s.model, s.firmware_version, s.ocpp_version,
    v.valid_from, v.valid_to
  from (select tenant_id, station_id, site_id, is_removed, config ->> 'nodeId' as node_id, (config ->> 'securityProfile')::integer as security_profile,
      (config ->> 'maxA')::double precision as max_a, jsonb_array_length(config -> 'evses') as ports, valid_from,
      lead(valid_from) over (partition by tenant_id, site_id, station_id order by version) as valid_to from station_versions) v
    left join site_stations s on s.tenant_id = v.tenant_id and s.site_id = v.site_id and s.station_id = v.station_id
  where not v.is_removed;
comment on view analytics.dim_stations is 'Stations as configured; one row for each version and site they belonged to';
comment on column analytics.dim_stations.node_id is 'Node of the site that feeds it';
comment on column analytics.dim_stations.security_profile is 'OCPP security profile';
comment on column analytics.dim_stations.max_a is 'Limit of the whole station [A per phase]; null = none';
comment on column analytics.dim_stations.ports is 'Number of its ports';
comment on column analytics.dim_stations.vendor is 'Vendor, as last told at this site';
comment on column analytics.dim_stations.model is 'Model, as last told';
comment on column analytics.dim_stations.firmware_version is 'Firmware, as last told';
comment on column analytics.dim_stations.ocpp_version is 'Subprotocol, as last spoken';

create or replace view analytics.dim_ports as
  select v.tenant_id, v.station_id || '-' || (e ->> 'evseId') as port_id, v.station_id, v.site_id, (e ->> 'evseId')::integer as evse_id,
    coalesce(e ->> 'powerType', 'AC') as power_type, e ->> 'phases' as phases, (e ->> 'minA')::double precision as min_a,
    (e ->> 'maxA')::double precision as max_a, (e ->> 'safeA')::double precision as safe_a,
    case jsonb_typeof(e -> 'connectors') when 'number' then (e ->> 'connectors')::integer when 'array' then jsonb_array_length(e -> 'connectors') else 1 end
      as connectors,
    v.valid_from, v.valid_to
  from (select tenant_id, station_id, site_id, is_removed, config, valid_from,
      lead(valid_from) over (partition by tenant_id, site_id, station_id order by version) as valid_to from station_versions) v,
    jsonb_array_elements(v.config -> 'evses') e
  where not v.is_removed;
comment on view analytics.dim_ports is 'Ports as configured; one row for each version. A port serves one vehicle at a time (an EVSE)';
comment on column analytics.dim_ports.evse_id is 'Number of the EVSE in its station';
comment on column analytics.dim_ports.power_type is 'AC or DC';
comment on column analytics.dim_ports.phases is 'Lines it is wired to: 1, 3, or names';
comment on column analytics.dim_ports.min_a is 'Smallest current other than 0 [A per phase]';
comment on column analytics.dim_ports.max_a is 'Rating [A per phase]';
comment on column analytics.dim_ports.safe_a is 'What it falls back to when nobody can reach it [A per phase]';
comment on column analytics.dim_ports.connectors is 'Connectors that share it';

create or replace view analytics.dim_tariffs as
  with own as (
    select v.tenant_id, v.tariff_id, v.tariff_version_id, v.currency, v.valid_from as published_at, greatest(v.valid_from, t.starts_at) as holds_from, t.ends_at
    from tariff_versions v,
      -- OCPI: without a zone it is UTC.
      lateral (select max(at) filter (where key = 'start_date_time') as starts_at, max(at) filter (where key = 'end_date_time') as ends_at
        from (select key, (value || case when value ~ '(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)$' then '' else 'Z' end)::timestamptz as at
          from jsonb_each_text(v.tariff) where key in ('start_date_time', 'end_date_time')) told) t),
  ended as (
    select *, least(ends_at, min(holds_from) over (partition by tenant_id, tariff_id order by tariff_version_id rows between 1 following and unbounded following)) as over_at
    from own)
  select tenant_id, tariff_id, tariff_version_id, currency, holds_from as valid_from,
    case when over_at < holds_from then holds_from else over_at end as valid_to, published_at
  from ended;
comment on view analytics.dim_tariffs is 'Tariffs as published; one row for each version. One that was taken back before it held ends as it begins';
comment on column analytics.dim_tariffs.published_at is 'When it was published; it may hold later';
comment on column analytics.dim_tariffs.tariff_version_id is 'Place of the version in the log, rising';

create or replace view analytics.dim_date as
  select d::date as date, extract(year from d)::integer as year, extract(quarter from d)::integer as quarter, extract(month from d)::integer as month,
    extract(day from d)::integer as day_of_month, extract(isoyear from d)::integer as iso_year, extract(week from d)::integer as iso_week,
    extract(isodow from d)::integer as iso_day_of_week, extract(isodow from d) > 5 as is_weekend
  from generate_series(timestamp '2020-01-01', timestamp '2040-12-31', interval '1 day') d;
comment on view analytics.dim_date is 'Days from 2020 to 2040';
comment on column analytics.dim_date.date is 'The day';
comment on column analytics.dim_date.year is 'Calendar year';
comment on column analytics.dim_date.quarter is 'Quarter of the year, 1 to 4';
comment on column analytics.dim_date.month is 'Month, 1 to 12';
comment on column analytics.dim_date.day_of_month is 'Day of the month';
comment on column analytics.dim_date.iso_year is 'Year of the ISO week';
comment on column analytics.dim_date.iso_week is 'ISO 8601 week';
comment on column analytics.dim_date.iso_day_of_week is 'Monday = 1 to Sunday = 7';
comment on column analytics.dim_date.is_weekend is 'Saturday or Sunday';
