-- What an alert needs of a noted month: how much a port may be down, since when less than a quarter of it is left, and since when it is down now (ADR 0065).
alter table uptime_months add column allowed_min numeric(12,2), add column tight_since timestamptz, add column down_since timestamptz;
