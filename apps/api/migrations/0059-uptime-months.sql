-- Uptime of ports by month and rule set, as a report told it last; a note of an answer, not a source of one (ADR 0059).
create table uptime_months (
  tenant_id text not null, month date not null, rule_set text not null, port_id text not null,
  station_id text not null, site_id text not null, window_from timestamptz not null, window_to timestamptz not null,
  in_service_min numeric(12,2) not null, outage_min numeric(12,2) not null, excluded_min numeric(12,2) not null,
  uptime_percent numeric(5,2), is_met boolean, minutes_left numeric(12,2), computed_at timestamptz not null, log_offset bigint,
  primary key (tenant_id, month, rule_set, port_id));
