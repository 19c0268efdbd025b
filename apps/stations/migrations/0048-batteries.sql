-- Battery swap stations (OCPP 2.1 block S): what is in each slot, and each swap.
create table batteries (
  tenant_id text not null, site_id text not null, station_id text not null, evse_id integer not null,
  is_in boolean, serial_number text, soc double precision, soh double precision, produced_at timestamptz, vendor_info text, at timestamptz,
  primary key (tenant_id, site_id, station_id, evse_id));
comment on table batteries is 'The battery in a slot, or the last one that was there; serial numbers are sealed';
create table battery_swaps (
  tenant_id text not null, site_id text not null, station_id text not null, request_id bigint not null,
  state text, reason text, requested_by text, id_token text, batteries_in jsonb, batteries_out jsonb,
  requested_at timestamptz, in_at timestamptz, out_at timestamptz, at timestamptz,
  primary key (tenant_id, site_id, station_id, request_id));
comment on column battery_swaps.state is 'requested, accepted, refused, batteryIn, swapped, timedOut (nobody took the batteries out)';
