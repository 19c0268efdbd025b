// What docs/analytics.md asks, and what the rows of analytics-rows.sql answer; worked out by hand from the rows.

export const ANSWERS: Readonly<Record<string, readonly object[]>> = {
  '1. How much energy did each site deliver by day?': [
    { site_id: 'depot', day: '2026-03-02T00:00:00.000Z', energy_kwh: 35 },
    { site_id: 'depot', day: '2026-03-03T00:00:00.000Z', energy_kwh: 5 },
  ],
  '2. How many sessions began, and how many of them delivered nothing?': [
    { day: '2026-03-02T00:00:00.000Z', sessions: 2, zero_energy_sessions: 0, drivers: 2 },
    { day: '2026-03-03T00:00:00.000Z', sessions: 2, zero_energy_sessions: 1, drivers: 2 },
  ],
  '3. Which sessions cost most?': [
    { session_id: 's2', port_id: 'CP2-1', energy_kwh: 15, cost_gross: 9.075, currency: 'EUR' },
    { session_id: 's1', port_id: 'CP1-1', energy_kwh: 20, cost_gross: 7.26, currency: 'EUR' },
  ],
  '4. What was the highest power of each port?': [
    { port_id: 'CP2-1', peak_w: 50_000 },
    { port_id: 'CP1-1', peak_w: 13_000 },
  ],
  '5. How close did each site come to its limit, by hour?': [
    { bucket: '2026-03-02T08:00:00.000Z', max_measured_w: 13_000, min_limit_w: 69_000, percent: 18.8 },
    { bucket: '2026-03-02T09:00:00.000Z', max_measured_w: 61_000, min_limit_w: 40_000, percent: 97.5 },
  ],
  '6. In which quarters of an hour was more measured than nine tenths of the limit?': [
    { site_id: 'depot', bucket: '2026-03-02T09:15:00.000Z' },
  ],
  '7. What did we earn by day and currency?': [
    { day: '2026-03-02T00:00:00.000Z', currency: 'EUR', net: 12.5, gross: 15.125 },
    { day: '2026-03-03T00:00:00.000Z', currency: 'EUR', net: 1, gross: 1.21 },
  ],
  '8. What is it made of?': [
    { dimension: 'ENERGY', quantity: 35, unit: 'kWh', net: 13, currency: 'EUR' },
    { dimension: 'FLAT', quantity: 1, unit: 'session', net: 0.5, currency: 'EUR' },
  ],
  '9. Which records were corrected?': [
    { session_id: 's1', was: 'd1', became: 'd2', difference: 1.21, currency: 'EUR' },
    { session_id: 's1', was: 'd2', became: 'd4', difference: 0, currency: 'EUR' },
  ],
  '10. When were ports out of order or out of reach, and for how long?': [
    { port_id: 'CP1-1', started_at: '2026-03-02T12:05:00.000Z', duration_min: 60, cause: 'offline' },
    { port_id: 'CP1-1', started_at: '2026-03-02T14:00:00.000Z', duration_min: 10, cause: 'unavailable' },
  ],
  '11. Which part of a day was each port up?': [
    { port_id: 'CP1-1', up_percent: 88.33 },
    { port_id: 'CP2-1', up_percent: 100 },
  ],
  '12. What state was a port in, by quarter of an hour?': [
    { bucket: '2026-03-02T12:00:00.000Z', available_s: 300, down_s: 0, offline_s: 600 },
    { bucket: '2026-03-02T12:15:00.000Z', available_s: 0, down_s: 0, offline_s: 900 },
    { bucket: '2026-03-02T12:30:00.000Z', available_s: 0, down_s: 900, offline_s: 0 },
    { bucket: '2026-03-02T12:45:00.000Z', available_s: 0, down_s: 900, offline_s: 0 },
    { bucket: '2026-03-02T13:00:00.000Z', available_s: 600, down_s: 300, offline_s: 0 },
  ],
  '13. How busy are ports by hour of the day, in local time?': [
    { local_hour: 8, occupied_min: 10 },
    { local_hour: 9, occupied_min: 60 },
    { local_hour: 10, occupied_min: 120 },
  ],
  '14. Who charges most?': [
    { token_hash: 'ann', sessions: 2, energy_wh: 20_000 },
    { token_hash: 'bob', sessions: 1, energy_wh: 15_000 },
    { token_hash: 'cyd', sessions: 1, energy_wh: 5000 },
  ],
  '15. How long did the network pause cars?': [
    {
      session_id: 's1',
      port_id: 'CP1-1',
      suspended_by_network_s: 900,
      idle_s: null,
      charging_s: 6300,
      charging_ended_at: '2026-03-02T10:00:00.000Z',
      duration_s: 7200,
      outcome: 'delivered',
    },
  ],
  '16. Which limits were sent, why, and what was answered?': [
    { cause: 'lower', outcome: 'accepted', commands: 1, lowest_a: 0 },
    { cause: 'lower', outcome: 'unanswered', commands: 1, lowest_a: 58 },
    { cause: 'raise', outcome: 'accepted', commands: 1, lowest_a: 16 },
    { cause: 'setup', outcome: 'accepted', commands: 1, lowest_a: 32 },
  ],
  '17. Did a site keep what the grid asked for?': [
    // It was withdrawn before more was drawn.
    {
      ...{ signal_id: 'dso-0', started_at: '2026-03-02T08:00:00.000Z', ended_at: '2026-03-02T08:07:00.000Z' },
      ...{ asked_w: 12_000, highest_w: 11_000, is_kept: true },
    },
    {
      ...{ signal_id: 'dso-1', started_at: '2026-03-02T09:15:00.000Z', ended_at: '2026-03-02T09:30:00.000Z' },
      ...{ asked_w: 40_000, highest_w: 39_000, is_kept: true },
    },
  ],
  '18. How much does each model deliver?': [
    { vendor: 'Acme', model: 'Wall', sessions: 3, energy_wh: 25_000 },
    { vendor: 'Volt', model: 'Fast', sessions: 1, energy_wh: 15_000 },
  ],
  '19. How far do cars charge at fast chargers?': [
    { session_id: 's2', soc_start_percent: 20, soc_end_percent: 60, peak_power_w: 50_000, avg_power_w: 45_000 },
  ],
  '20. What voltage did the meters see, and whose clock was wrong?': [
    { session_id: 's1', lowest_v: 227, highest_v: 231.5, odd_clocks: 0 },
    { session_id: 's3', lowest_v: 230, highest_v: 230, odd_clocks: 1 },
  ],
  '21. Where was more drawn than a limit allows, how long, and why?': [
    { node_id: 'grid', phase: 'L1', above_s: 90, above_kwh: 0.069, reasons: 'cut,disobedient', station_ids: 'CP2' },
    { node_id: 'grid', phase: 'L2', above_s: 30, above_kwh: 0.002, reasons: 'tolerance', station_ids: null },
  ],
  '22. Which ports miss their uptime, by how much, and what was taken off for which reason?': [
    { port_id: 'CP1-1', uptime_percent: 96.99, minutes_left: 0, excluded_min: 10, reasons: 'utilityInterruption' },
  ],
  "23. Did each day's energy and money add up, as it was told at night?": [
    { day: '2026-03-02', is_even: false, energy_difference_wh: 2000, without_record: 1, what: 'invoices', difference: 0, open: 9.08 },
    { day: '2026-03-02', is_even: false, energy_difference_wh: 2000, without_record: 1, what: 'ratings', difference: 1.21, open: 0 },
    { day: '2026-03-03', is_even: true, energy_difference_wh: 0, without_record: 0, what: null, difference: null, open: null },
  ],
  '24. How do sessions go by connector, payment and tariff, and how many waited offline?': [
    { connector_type: 'cCCS2', payment_method: 'account', tariff_version_id: null, sessions: 1, offline: 0, energy_wh: 5000 },
    { connector_type: 'cCCS2', payment_method: 'plug_and_charge', tariff_version_id: 1, sessions: 1, offline: 1, energy_wh: 15_000 },
    { connector_type: 'sType2', payment_method: 'account', tariff_version_id: 1, sessions: 1, offline: 0, energy_wh: 20_000 },
    { connector_type: 'sType2', payment_method: 'account', tariff_version_id: null, sessions: 1, offline: 0, energy_wh: 0 },
  ],
  '25. What was billed of each site, and how much of it was taken back?': [
    { site_id: 'depot', currency: 'EUR', energy_wh: 35_000, gross: 16.335, credits: 2, credited_gross: 13.31 },
  ],
  '26. What did stations tell of transactions that no session could take?': [
    { site_id: 'depot', station_id: 'CP1', action: 'StopTransaction', reason: 'noSession', facts: 1, transactions: 1 },
  ],
};
