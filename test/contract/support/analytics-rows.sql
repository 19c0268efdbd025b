-- Two days of a depot, by hand, for the queries of docs/analytics.md; and another tenant with the same names, whose figures must never be seen.
insert into site_versions values
  ('default', 'depot', 1, '2026-03-01T00:00:00Z', '{"name": "Depot", "timeZone": "Europe/Amsterdam", "voltageV": 230, "root": {"nodeId": "grid", "limitA": 100}}'),
  ('default', 'depot', 4, '2026-03-03T00:00:00Z', '{"name": "Depot", "timeZone": "Europe/Amsterdam", "voltageV": 230, "root": {"nodeId": "grid", "limitA": [80, 90, 80]}}'),
  ('other', 'depot', 1, '2026-03-01T00:00:00Z', '{"name": "Theirs", "timeZone": "UTC", "voltageV": 230, "root": {"nodeId": "grid", "limitA": 999}}');
insert into station_versions values
  ('default', 'depot', 'CP1', 2, '2026-03-01T01:00:00Z', false, '{"nodeId": "grid", "securityProfile": 1, "maxA": 32, "evses": [{"evseId": 1, "phases": 3, "minA": 6, "maxA": 32, "safeA": 6, "connectors": 2}]}'),
  ('default', 'depot', 'CP2', 3, '2026-03-01T02:00:00Z', false, '{"nodeId": "grid", "securityProfile": 2, "evses": [{"evseId": 1, "powerType": "DC", "phases": 3, "minA": 0, "maxA": 80, "safeA": 0, "connectors": [{"connectorId": 1, "type": "cCCS2"}]}]}'),
  ('default', 'depot', 'OLD', 3, '2026-03-01T02:00:00Z', false, '{"nodeId": "grid", "securityProfile": 0, "evses": [{"evseId": 1, "phases": 1, "minA": 6, "maxA": 16, "safeA": 0}]}'),
  ('default', 'depot', 'OLD', 4, '2026-03-03T00:00:00Z', true, null),
  ('other', 'depot', 'CP1', 2, '2026-03-01T01:00:00Z', false, '{"nodeId": "grid", "securityProfile": 1, "evses": [{"evseId": 1, "phases": 3, "minA": 6, "maxA": 32, "safeA": 6}]}');
insert into site_stations (tenant_id, station_id, site_id, vendor, model, firmware_version, ocpp_version) values
  ('default', 'CP1', 'depot', 'Acme', 'Wall', '1.0', 'ocpp1.6'), ('default', 'CP2', 'depot', 'Volt', 'Fast', '2.1', 'ocpp2.0.1'),
  ('other', 'CP1', 'depot', 'Theirs', 'X', '9', 'ocpp1.6');
insert into sessions (tenant_id, session_id, site_id, station_id, evse_id, connector_id, transaction_id, ocpp_version, token_hash, token_type, id_token,
    status, started_at, ended_at, last_heard_at, energy_wh, reason, provisional, flags, tariff, time_zone) values
  ('default', 's1', 'depot', 'CP1', 1, 1, '7', 'ocpp1.6', 'ann', 'Central', 'sealed', 'ended', '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', '2026-03-02T10:00:00Z',
    20000, 'EVDisconnected', false, '[]', '{"id": "day"}', 'Europe/Amsterdam'),
  ('default', 's2', 'depot', 'CP2', 1, 1, 'T2', 'ocpp2.0.1', 'bob', 'eMAID', 'sealed', 'ended', '2026-03-02T09:00:00Z', '2026-03-02T09:20:00Z', '2026-03-02T09:20:00Z',
    15000, 'Local', false, '[]', '{"id": "day"}', 'Europe/Amsterdam'),
  ('default', 's3', 'depot', 'CP1', 1, 1, '7', 'ocpp1.6', 'ann', 'Central', 'sealed', 'ended', '2026-03-03T07:00:00Z', '2026-03-03T07:10:00Z', '2026-03-03T07:10:00Z',
    0, 'Available', true, '[]', null, null),
  ('default', 's4', 'depot', 'CP1', 1, 2, '8', 'ocpp1.6', 'cyd', 'Central', 'sealed', 'active', '2026-03-03T09:00:00Z', null, '2026-03-03T09:40:00Z',
    5000, null, false, '[]', null, null),
  ('other', 's1', 'depot', 'CP1', 1, 1, '7', 'ocpp1.6', 'eve', 'Central', 'sealed', 'ended', '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', '2026-03-02T10:00:00Z',
    99999000, 'Local', false, '[]', null, null);
insert into session_timeline (tenant_id, session_id, topic, partition, record_offset, index, at, kind, event_id, detail) values
  ('default', 's1', 'site-events', 0, 1, 0, '2026-03-02T08:30:00Z', 'ChargingPeriodRecorded', 'e1', '{"seq": 1, "from": "2026-03-02T08:00:00Z", "to": "2026-03-02T08:30:00Z", "energyWh": 6000, "state": "Charging", "powerW": 12000}'),
  ('default', 's1', 'site-events', 0, 2, 0, '2026-03-02T09:30:00Z', 'ChargingPeriodRecorded', 'e2', '{"seq": 2, "from": "2026-03-02T08:30:00Z", "to": "2026-03-02T09:30:00Z", "energyWh": 10000, "state": "Charging", "powerW": 10000}'),
  ('default', 's1', 'site-events', 0, 3, 0, '2026-03-02T09:45:00Z', 'ChargingPeriodRecorded', 'e3', '{"seq": 3, "from": "2026-03-02T09:30:00Z", "to": "2026-03-02T09:45:00Z", "energyWh": 0, "state": "SuspendedEVSE", "pausedBy": "network"}'),
  ('default', 's1', 'site-events', 0, 4, 0, '2026-03-02T10:00:00Z', 'ChargingPeriodRecorded', 'e4', '{"seq": 4, "from": "2026-03-02T09:45:00Z", "to": "2026-03-02T10:00:00Z", "energyWh": 4000, "state": "Charging", "powerW": 16000}'),
  ('default', 's2', 'site-events', 0, 5, 0, '2026-03-02T09:20:00Z', 'ChargingPeriodRecorded', 'e5', '{"seq": 1, "from": "2026-03-02T09:00:00Z", "to": "2026-03-02T09:20:00Z", "energyWh": 15000, "state": "Charging", "powerW": 45000}'),
  ('default', 's4', 'site-events', 0, 6, 0, '2026-03-03T09:30:00Z', 'ChargingPeriodRecorded', 'e6', '{"seq": 1, "from": "2026-03-03T09:00:00Z", "to": "2026-03-03T09:30:00Z", "energyWh": 5000, "state": "Charging", "powerW": 10000}'),
  ('other', 's1', 'site-events', 0, 1, 0, '2026-03-02T10:00:00Z', 'ChargingPeriodRecorded', 'o1', '{"seq": 1, "from": "2026-03-02T08:00:00Z", "to": "2026-03-02T10:00:00Z", "energyWh": 99999000, "state": "Charging"}');
insert into power_samples (time, tenant_id, site_id, station_id, port_id, transaction_id, power_w, energy_register_wh, soc_percent, offered_w, flags, record_offset) values
  ('2026-03-02T08:05:00Z', 'default', 'depot', 'CP1', 'CP1-1', '7', 11000, 100900, null, null, '', 1),
  ('2026-03-02T08:10:00Z', 'default', 'depot', 'CP1', 'CP1-1', '7', 13000, 102000, null, null, '', 2),
  ('2026-03-02T08:20:00Z', 'default', 'depot', 'CP1', 'CP1-1', '7', 12000, 104000, null, null, '', 3),
  ('2026-03-02T09:01:00Z', 'default', 'depot', 'CP2', 'CP2-1', 'T2', 50000, null, 20, 60000, '', 4),
  ('2026-03-02T09:19:00Z', 'default', 'depot', 'CP2', 'CP2-1', 'T2', 40000, null, 60, 60000, '', 5),
  ('2026-03-02T08:05:00Z', 'other', 'depot', 'CP1', 'CP1-1', '7', 999999, null, null, null, '', 1);
insert into meter_samples (time, received_at, tenant_id, site_id, station_id, port_id, transaction_id, measurand, phase, context, location, unit, value, raw_value, is_signed, flags, record_offset, sample) values
  ('2026-03-02T08:05:00Z', '2026-03-02T08:05:01Z', 'default', 'depot', 'CP1', 'CP1-1', '7', 'Voltage', 'L1-N', 'Sample.Periodic', 'Outlet', 'V', 231.5, '231.5', false, '', 1, 0),
  ('2026-03-02T08:10:00Z', '2026-03-02T08:10:01Z', 'default', 'depot', 'CP1', 'CP1-1', '7', 'Voltage', 'L1-N', 'Sample.Periodic', 'Outlet', 'V', 227, '227', false, '', 2, 0),
  ('2026-03-03T07:05:00Z', '2026-03-03T08:05:00Z', 'default', 'depot', 'CP1', 'CP1-1', '7', 'Voltage', 'L1-N', 'Sample.Periodic', 'Outlet', 'V', 230, '230', false, 'clockBehind', 3, 0),
  ('2026-03-02T08:05:00Z', '2026-03-02T08:05:01Z', 'other', 'depot', 'CP1', 'CP1-1', '7', 'Voltage', 'L1-N', 'Sample.Periodic', 'Outlet', 'V', 999, '999', false, '', 1, 0);
insert into port_status (time, tenant_id, site_id, station_id, port_id, status, error_code, is_online, record_offset) values
  ('2026-03-02T06:00:00Z', 'default', 'depot', 'CP1', 'CP1-1', 'Available', null, true, 1),
  ('2026-03-02T08:00:00Z', 'default', 'depot', 'CP1', 'CP1-1', 'Charging', null, true, 2),
  ('2026-03-02T10:00:00Z', 'default', 'depot', 'CP1', 'CP1-1', 'Available', null, true, 3),
  ('2026-03-02T12:05:00Z', 'default', 'depot', 'CP1', 'CP1-1', 'Available', null, false, 4),
  ('2026-03-02T12:30:00Z', 'default', 'depot', 'CP1', 'CP1-1', 'Faulted', 'GroundFailure', true, 5),
  ('2026-03-02T13:05:00Z', 'default', 'depot', 'CP1', 'CP1-1', 'Available', null, true, 6),
  ('2026-03-02T14:00:00Z', 'default', 'depot', 'CP1', 'CP1-1', 'Unavailable', null, true, 7),
  ('2026-03-02T14:10:00Z', 'default', 'depot', 'CP1', 'CP1-1', 'Available', null, true, 8),
  ('2026-03-02T06:00:00Z', 'default', 'depot', 'CP2', 'CP2-1', 'Available', null, true, 9),
  ('2026-03-02T06:00:00Z', 'other', 'depot', 'CP1', 'CP1-1', 'Faulted', null, true, 1),
  ('2026-03-03T06:00:00Z', 'other', 'depot', 'CP1', 'CP1-1', 'Available', null, true, 2);
insert into site_load (tenant_id, site_id, at, measured_w, limit_w, allocated_w) values
  ('default', 'depot', '2026-03-02T08:05:00Z', 11000, 69000, 22000), ('default', 'depot', '2026-03-02T08:10:00Z', 13000, 69000, 22000),
  ('default', 'depot', '2026-03-02T09:01:00Z', 61000, 69000, 68000), ('default', 'depot', '2026-03-02T09:16:00Z', 36000, 40000, 40000),
  ('default', 'depot', '2026-03-02T09:19:00Z', 39000, 40000, 40000), ('other', 'depot', '2026-03-02T08:05:00Z', 999999, 1, 999999);
insert into limit_commands (tenant_id, command_id, site_id, station_id, evse_id, slot, transaction_id, limit_ma, lease_ends_at, requested_at, outcome, answered_at, cause, wanted_ma, tight) values
  ('default', 'c1', 'depot', 'CP1', 0, 'stationMax', null, 32000, null, '2026-03-02T06:00:00Z', 'accepted', '2026-03-02T06:00:01Z', 'setup', null, null),
  ('default', 'c2', 'depot', 'CP1', 1, 'plan', '7', 16000, '2026-03-02T08:15:00Z', '2026-03-02T08:00:02Z', 'accepted', '2026-03-02T08:00:03Z', 'raise', 16000, '{"nodeId": "grid", "phase": "L1", "limitMa": 100000, "committedMa": 100000}'),
  ('default', 'c3', 'depot', 'CP1', 1, 'plan', '7', 0, '2026-03-02T09:45:00Z', '2026-03-02T09:15:00Z', 'accepted', '2026-03-02T09:15:02Z', 'lower', 0, '{"nodeId": "grid", "phase": "L1", "limitMa": 58000, "committedMa": 58000}'),
  ('default', 'c4', 'depot', 'CP2', 1, 'plan', 'T2', 58000, '2026-03-02T09:30:00Z', '2026-03-02T09:15:00Z', 'unanswered', '2026-03-02T09:15:30Z', 'lower', 58000, null),
  ('other', 'c1', 'depot', 'CP1', 1, 'plan', '7', 999000, null, '2026-03-02T08:00:00Z', 'unanswered', null, 'raise', null, null);
insert into limit_violations values
  ('default', 'depot', 'grid', 'L1', '2026-03-02T09:14:50Z', '2026-03-02T09:16:20Z', '2026-03-02T09:16:20Z', 58000, 70000, 90, 69, '[{"kind": "disobedient", "stationId": "CP2", "evseId": 1, "allowedMa": 16000, "drawnMa": 32000}, {"kind": "cut", "limitId": "dso-1", "source": "dso", "announcedMs": 0, "bindsFromMs": 0}]'),
  ('default', 'depot', 'grid', 'L2', '2026-03-02T09:15:00Z', null, '2026-03-02T09:15:30Z', 58000, 59000, 30, 2, '[{"kind": "tolerance", "aboveMa": 1000}]'),
  ('other', 'depot', 'grid', 'L1', '2026-03-02T09:00:00Z', null, '2026-03-02T09:15:30Z', 1, 999999, 930, 99999, '[{"kind": "unknown"}]');
insert into limit_violations_15m values
  ('default', 'depot', 'grid', 'L1', '2026-03-02T09:00:00Z', 10, 8, 70000, 58000), ('default', 'depot', 'grid', 'L1', '2026-03-02T09:15:00Z', 80, 61, 70000, 58000),
  ('default', 'depot', 'grid', 'L2', '2026-03-02T09:15:00Z', 30, 2, 59000, 58000), ('other', 'depot', 'grid', 'L1', '2026-03-02T09:00:00Z', 900, 99999, 999999, 1);
insert into grid_limits values
  ('default', 'depot', 20, 0, 'dso-1', null, 'dso', '2026-03-02T09:00:00Z', '2026-03-02T09:15:00Z', '2026-03-02T09:30:00Z', null, 40000, false),
  ('default', 'depot', 20, 1, 'dso-1', null, 'dso', '2026-03-02T09:00:00Z', '2026-03-02T09:30:00Z', null, 50, null, true),
  ('other', 'depot', 20, 0, 'theirs', null, 'theirs', '2026-03-02T08:00:00Z', '2026-03-02T08:00:00Z', '2026-03-02T18:00:00Z', 1, null, false);
insert into grid_limits (tenant_id, site_id, record_offset, step, limit_id, source, received_at, starts_at, ends_at, limit_w, is_fallback, superseded_at) values
  ('default', 'depot', 5, 0, 'dso-0', 'dso', '2026-03-02T07:00:00Z', '2026-03-02T08:00:00Z', '2026-03-02T18:00:00Z', 12000, false, '2026-03-02T08:07:00Z');
insert into tariff_versions values
  ('default', 'day', 1, 'EUR', '{"id": "day"}', '2026-03-01T00:00:00Z'), ('default', 'day', 9, 'EUR', '{}', '2026-03-03T00:00:00Z'), ('other', 'day', 1, 'USD', '{}', '2026-03-01T00:00:00Z');
insert into session_costs values
  ('default', 's1', 'depot', 2, true, 'day', 'EUR', 6, 7.26, 6, 7.26, 20, '2026-03-02T10:00:00Z'),
  ('default', 's2', 'depot', 1, true, 'day', 'EUR', 7.5, 9.075, 7.5, 9.075, 15, '2026-03-02T09:20:00Z');
insert into cdrs values
  ('default', 'd1', 's1', 'depot', 1, null, '2026-03-02T10:00:00Z', 'EUR', 5, 6.05, 18000, '{}'),
  ('default', 'd1-C', 's1', 'depot', 1, 'd1', '2026-03-03T11:00:00Z', 'EUR', -5, -6.05, 18000, '{}'),
  ('default', 'd2', 's1', 'depot', 2, null, '2026-03-03T11:00:00Z', 'EUR', 6, 7.26, 20000, '{}'),
  ('default', 'd2-C', 's1', 'depot', 2, 'd2', '2026-03-03T12:00:00Z', 'EUR', -6, -7.26, 20000, '{}'),
  ('default', 'd4', 's1', 'depot', 4, null, '2026-03-03T12:00:00Z', 'EUR', 6, 7.26, 20000, '{}'),
  ('default', 'd3', 's2', 'depot', 1, null, '2026-03-02T09:20:00Z', 'EUR', 7.5, 9.075, 15000, '{}'),
  ('other', 'd1', 's1', 'depot', 1, null, '2026-03-02T10:00:00Z', 'USD', 99999, 99999, 99999000, '{}');
insert into cdr_lines values
  ('default', 'd1', 1, 's1', 1, null, 'ENERGY', 'day', 0, '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', 18, 'kWh', 0, 0.25, 21, 4.5, 5.445, 'EUR', '2026-03-02T10:00:00Z'),
  ('default', 'd1', 2, 's1', 1, null, 'FLAT', 'day', 0, '2026-03-02T08:00:00Z', '2026-03-02T08:00:00Z', 1, 'session', 0, 0.5, 21, 0.5, 0.605, 'EUR', '2026-03-02T10:00:00Z'),
  ('default', 'd1-C', 1, 's1', 1, 'd1', 'ENERGY', 'day', 0, '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', -18, 'kWh', 0, 0.25, 21, -4.5, -5.445, 'EUR', '2026-03-03T11:00:00Z'),
  ('default', 'd1-C', 2, 's1', 1, 'd1', 'FLAT', 'day', 0, '2026-03-02T08:00:00Z', '2026-03-02T08:00:00Z', -1, 'session', 0, 0.5, 21, -0.5, -0.605, 'EUR', '2026-03-03T11:00:00Z'),
  ('default', 'd2', 1, 's1', 2, null, 'ENERGY', 'day', 0, '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', 20, 'kWh', 0, 0.275, 21, 5.5, 6.655, 'EUR', '2026-03-03T11:00:00Z'),
  ('default', 'd2', 2, 's1', 2, null, 'FLAT', 'day', 0, '2026-03-02T08:00:00Z', '2026-03-02T08:00:00Z', 1, 'session', 0, 0.5, 21, 0.5, 0.605, 'EUR', '2026-03-03T11:00:00Z'),
  ('default', 'd2-C', 1, 's1', 2, 'd2', 'ENERGY', 'day', 0, '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', -20, 'kWh', 0, 0.275, 21, -5.5, -6.655, 'EUR', '2026-03-03T12:00:00Z'),
  ('default', 'd4', 1, 's1', 4, null, 'ENERGY', 'day', 0, '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', 20, 'kWh', 0, 0.275, 21, 5.5, 6.655, 'EUR', '2026-03-03T12:00:00Z'),
  ('default', 'd2-C', 2, 's1', 2, 'd2', 'FLAT', 'day', 0, '2026-03-02T08:00:00Z', '2026-03-02T08:00:00Z', -1, 'session', 0, 0.5, 21, -0.5, -0.605, 'EUR', '2026-03-03T12:00:00Z'),
  ('default', 'd4', 2, 's1', 4, null, 'FLAT', 'day', 0, '2026-03-02T08:00:00Z', '2026-03-02T08:00:00Z', 1, 'session', 0, 0.5, 21, 0.5, 0.605, 'EUR', '2026-03-03T12:00:00Z'),
  ('default', 'd3', 1, 's2', 1, null, 'ENERGY', 'day', 0, '2026-03-02T09:00:00Z', '2026-03-02T09:20:00Z', 15, 'kWh', 0, 0.5, 21, 7.5, 9.075, 'EUR', '2026-03-02T09:20:00Z'),
  ('other', 'd1', 1, 's1', 1, null, 'ENERGY', 'day', 0, '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', 99999, 'kWh', 0, 1, 0, 99999, 99999, 'USD', '2026-03-02T10:00:00Z');
insert into account_charges values
  ('default', 'd1', 'ann', null, 's1', 'depot', 'CP1', '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', 18, 'EUR', 5, 6.05, '2026-03-02T10:00:00Z', 'i1', 'billing-events', 0, 1),
  ('default', 'd1-C', 'ann', 'd1', 's1', 'depot', 'CP1', '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', -18, 'EUR', -5, -6.05, '2026-03-03T11:00:00Z', null, 'billing-events', 0, 4),
  ('other', 'd1', 'ann', null, 's1', 'depot', 'CP1', '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', 99999, 'USD', 99999, 99999, '2026-03-02T10:00:00Z', 'i1', 'billing-events', 0, 2);
insert into invoices values
  ('default', 'i1', 'A-000001', 1, 'ann', 'invoice', 'EUR', '2026-03-03T00:00:00Z', '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', 1, 5, 6.05, '{}', 'r1'),
  ('other', 'i1', 'B-000001', 1, 'ann', 'invoice', 'USD', '2026-03-03T00:00:00Z', '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', 1, 99999, 99999, '{}', 'r1');
insert into invoice_lines values
  ('default', 'i1', 1, 'ann', 'd1', null, 's1', 'depot', 'CP1', '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', 18, 'EUR', 5, 6.05, '2026-03-03T00:00:00Z'),
  ('other', 'i1', 1, 'ann', 'd1', null, 's1', 'depot', 'CP1', '2026-03-02T08:00:00Z', '2026-03-02T10:00:00Z', 99999, 'USD', 99999, 99999, '2026-03-03T00:00:00Z');
insert into payments values
  ('default', 'p1', 's1', 'ann', 'EUR', 'captured', 50, 6.05, 0, null, '2026-03-02T10:00:01Z'),
  ('other', 'p1', 's1', 'ann', 'USD', 'failed', 0, 0, 0, 'declined', '2026-03-02T10:00:01Z');
insert into session_payments values
  ('default', 's1', 'ann', 'depot', 'CP1', 'EUR', 6.05, 0, 6.05, 0, '2026-03-02T10:00:01Z'),
  ('other', 's1', 'ann', 'depot', 'CP1', 'USD', 99999, 0, 0, 99999, '2026-03-02T10:00:01Z');
insert into uptime_months values
  ('default', '2026-03-01', 'nevi', 'CP1-1', 'CP1', 'depot', '2025-04-01T00:00:00Z', '2026-04-01T00:00:00Z', 43000, 15800, 10, 96.99, false, 0, '2026-03-03T12:00:00Z', 8),
  ('default', '2026-03-01', 'nevi', 'CP2-1', 'CP2', 'depot', '2025-04-01T00:00:00Z', '2026-04-01T00:00:00Z', 43000, 0, 0, 100, true, 15768, '2026-03-03T12:00:00Z', 9),
  ('other', '2026-03-01', 'nevi', 'CP1-1', 'CP1', 'depot', '2025-04-01T00:00:00Z', '2026-04-01T00:00:00Z', 1, 1, 0, 0, false, 0, '2026-03-03T12:00:00Z', 2);
insert into outage_classifications values
  ('default', 'depot', 7, 'CP1', 1, 'j0', 'CP1-1:0', 'vehicleFault', '2024-03-02T12:05:00Z', '2024-03-02T12:15:00Z', 'long ago', null, 'api:ann', '2024-03-02T15:00:00Z'),
  ('default', 'depot', 21, 'CP1', 1, 'j1', 'CP1-1:1', 'vandalism', '2026-03-02T12:05:00Z', '2026-03-02T12:15:00Z', 'police 7', null, 'api:ann', '2026-03-02T15:00:00Z'),
  ('default', 'depot', 22, 'CP1', 1, 'j2', 'CP1-1:1', 'utilityInterruption', '2026-03-02T12:05:00Z', '2026-03-02T12:15:00Z', 'utility 9', null, 'api:ann', '2026-03-02T16:00:00Z'),
  ('other', 'depot', 21, 'CP1', 1, 'j1', 'CP1-1:1', 'vandalism', '2026-03-02T12:05:00Z', null, 'theirs', null, 'api:eve', '2026-03-02T15:00:00Z');
insert into outage_declarations values
  ('default', 'depot', 23, 'CP1', 1, 'f1', 'stuck', 'startsFail', '2026-03-02T15:00:00Z', null, 'ticket 4', 'api:ann', '2026-03-02T17:00:00Z'),
  ('other', 'depot', 23, 'CP1', 1, 'f1', 'stuck', 'startsFail', '2026-03-02T15:00:00Z', null, 'theirs', 'api:eve', '2026-03-02T17:00:00Z');
insert into device_variables (tenant_id, site_id, station_id, component, component_instance, evse_id, connector_id, variable, variable_instance, attribute, value) values
  ('default', 'depot', 'CP1', 'Connector', '', 1, 1, 'ConnectorType', '', 'Actual', 'sType2'),
  ('default', 'depot', 'CP1', 'Connector', '', 1, 2, 'ConnectorType', '', 'Actual', 'cCCS2');
update sessions set was_offline = session_id = 's2' where tenant_id = 'default' and session_id <> 's4';
insert into reconciliations values
  ('default', '2026-03-02', '2026-03-03T02:00:00Z', false, 1, 1, 2, 1, 0, 35000, 33000, 2000, '{}'),
  ('default', '2026-03-03', '2026-03-04T02:00:00Z', true, 1, 0, 1, 0, 0, 0, 0, 0, '{}'),
  ('other', '2026-03-02', '2026-03-03T02:00:00Z', true, 1, 0, 1, 0, 0, 1, 1, 0, '{}');
insert into reconciliation_amounts values
  ('default', '2026-03-02', 'EUR', 'ratings', 16.335, 15.125, 0, 1.21), ('default', '2026-03-02', 'EUR', 'invoices', 15.13, 6.05, 9.08, 0),
  ('other', '2026-03-02', 'USD', 'ratings', 1, 1, 0, 0);

insert into grid_reports (tenant_id, program_id, report_name, event_id, payload_type, reading_type, units, from_at, until_at, site_ids, resources, refusal, sent_at) values
  ('default', 'dso', 'USAGE 1', 'e', 'USAGE', null, 'KWH', '2026-03-02T08:00:00Z', '2026-03-02T09:00:00Z', '["depot"]', null, null, '2026-03-02T09:01:30Z'),
  ('other', 'dso', 'USAGE 1', 'e', 'USAGE', null, 'KWH', '2026-03-02T08:00:00Z', '2026-03-02T09:00:00Z', '["depot"]', null, 'it answered 400', '2026-03-02T09:01:30Z');
insert into grid_dimming_words (tenant_id, site_id, record_offset, heard_at, kind, asked_w, until_at, floor_w, applied_w, limit_id, said_by) values
  ('default', 'depot', 1, '2026-03-02T08:00:00Z', 'limit', 1000, null, 7560, 7560, 'd1', 'api:box'),
  ('other', 'depot', 1, '2026-03-02T08:00:00Z', 'lifted', null, null, 7560, null, 'd2', 'api:box');
insert into unmatched_facts (tenant_id, topic, partition, record_offset, site_id, station_id, transaction_id, action, reason, event_id, at) values
  ('default', 'site-events', 0, 90, 'depot', 'CP1', '-1', 'StopTransaction', 'noSession', 'u1', '2026-03-03T10:00:00Z'),
  ('other', 'site-events', 0, 90, 'depot', 'CP1', '0', 'StopTransaction', 'noSession', 'u2', '2026-03-03T10:00:00Z');
