// Alerts asked of rows on a real database: they are there while it is so, once, and gone when it is over.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { EmbeddedDatabase } from '#embedded';
import type { World } from '#ports';
import { migrate } from '#service';
import { scratchDatabase } from '#testing';
import { alertRoutes } from './alerts.js';
import type { Answer, Route } from './http.js';
import { noteUptime } from './uptime-watch.js';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();
let database: EmbeddedDatabase;
beforeAll(async () => {
  database = await scratchDatabase();
  for (const app of ['session', 'stations', 'load-balancing', 'billing', 'grid', 'api'])
    await migrate(database, app, join(import.meta.dirname, '..', app, 'migrations'));
});
afterAll(() => database?.close());

const run = (text: string, ...values: readonly unknown[]) => database.query(text, values);
async function alerts(query: object = {}, tenantId = 't') {
  const [{ query: shape, handle }] = alertRoutes({ database, clock: { now: () => NOW } } as unknown as World) as [Route];
  const { body } = (await handle({ caller: { tenantId, name: 'op' }, query: shape.parse(query) } as never)) as Answer;
  return body as { items: readonly Record<string, unknown>[]; counts: object };
}
const station = (id: string, online: boolean, minutes: number) =>
  run(
    `insert into site_stations (tenant_id, station_id, site_id, online, disconnected_at, last_seen_at, config) values ('t', $1, 's', $2, $3, $3, '{}')`,
    id,
    online,
    ago(minutes),
  );
const session = (id: string, evseId: number, status: string, startedMin: number, endedMin: number | null, energyWh: number) =>
  run(
    `insert into sessions (tenant_id, session_id, site_id, station_id, evse_id, transaction_id, ocpp_version, status, started_at, ended_at, last_heard_at, energy_wh, flags)
     values ('t', $1, 's', 'CP-1', $2, $1, 'ocpp1.6', $3, $4, $5, $4, $6, '[]')`,
    id,
    evseId,
    status,
    ago(startedMin),
    endedMin === null ? null : ago(endedMin),
    energyWh,
  );

it('tells what is so, the most severe first, and no longer once it is over', async () => {
  expect(await alerts()).toEqual({ items: [], counts: { critical: 0, warning: 0, info: 0 }, total: 0 });
  await station('CP-1', true, 0);
  await station('CP-2', false, 60);
  await station('CP-3', false, 2);
  await run(
    `insert into site_evses (tenant_id, station_id, evse_id, site_id, status, status_at) values ('t', 'CP-1', 1, 's', 'Available', $1), ('t', 'CP-1', 2, 's', 'Faulted', $1)`,
    ago(9),
  );
  await run(
    `insert into limit_alarms (tenant_id, site_id, station_id, evse_id, kind, since, ended_at, allowed_ma, drawn_ma) values
     ('t', 's', 'CP-1', 1, 'ignores', $1, null, 10000, 32000), ('t', 's', 'CP-1', 1, 'silent', $1, $2, 10000, null)`,
    ago(30),
    ago(20),
  );
  await session('stuck', 2, 'active', 300, null, 4_000);
  await session('empty', 2, 'ended', 100, 80, 3);
  // Twelve sessions, three hours apart, the last a day and a half ago.
  for (let index = 0; index < 12; index++)
    await session(`usual-${index}`, 1, 'ended', 36 * 60 + index * 180, 36 * 60 + index * 180 - 60, 9_000);

  const { items, counts } = await alerts();
  expect(items.map(({ alertId, severity }) => [alertId, severity])).toEqual([
    ['faulted/s/CP-1/2', 'critical'],
    ['limitNotFollowed/s/CP-1/1/ignores', 'critical'],
    ['offline/s/CP-2', 'warning'],
    ['stuckSession/s/CP-1/2/stuck', 'warning'],
    ['silentOutlet/s/CP-1/1', 'warning'],
    ['emptySession/s/CP-1/2/empty', 'info'],
  ]);
  expect(items[1]).toMatchObject({ detail: { how: 'ignores', allowedA: 10, drawnA: 32 }, stationId: 'CP-1', evseId: 1 });
  expect(counts).toEqual({ critical: 2, warning: 3, info: 1 });
  expect((await alerts({ severity: 'critical' })).items.length).toBe(2);
  expect((await alerts({ siteId: 'other' })).items).toEqual([]);

  await run(`update limit_alarms set ended_at = $1`, ago(1));
  await run(`update site_evses set status = 'Available' where evse_id = 2`);
  expect((await alerts({ severity: 'critical' })).items).toEqual([]);
  expect((await alerts({}, 'other-tenant')).items).toEqual([]);
});

it('puts together what repeats, until somebody has seen it', async () => {
  for (const id of ['a', 'b', 'c']) {
    await run(
      `insert into connection_refusals (tenant_id, site_id, station_id, event_id, at, reason, security_profile, encrypted, has_password, unrecorded)
       values ('t', 's', 'CP-2', $1, $2, 'wrongPassword', 1, false, true, 0)`,
      id,
      ago(10),
    );
    await run(
      `insert into security_events (tenant_id, site_id, station_id, event_id, type, criticality, received_at) values ('t', 's', 'CP-2', $1, 'InvalidMessages', 'critical', $2)`,
      id,
      ago(10),
    );
  }
  const told = (await alerts({ stationId: 'CP-2' })).items.filter(({ kind }) => kind !== 'offline');
  expect(told).toMatchObject([
    { alertId: 'securityEvent/s/CP-2/InvalidMessages', detail: { times: 3 } },
    { alertId: 'refusedConnections/s/CP-2/wrongPassword', severity: 'warning', detail: { times: 3 } },
  ]);
  await run('update security_events set acknowledged_at = $1', ago(0));
  expect((await alerts({ kind: 'securityEvent' })).items).toEqual([]);
});

it('tells of a grid program that cannot be heard, the more once what was heard ran out, and of one that is not followed', async () => {
  await run(
    `insert into grid_programs (tenant_id, program_id, source, valid_for_s, heard_at, trouble, events, refusals, unheeded, changed_at, removed_at) values
     ('t', 'late', 'grid:late', 3600, $1, 'it answered 503', 1, '[]', '[]', $2, null), ('t', 'lost', 'grid:lost', 3600, $3, 'it answered 503', 1, '[]', '[]', $2, null),
     ('t', 'odd', 'grid:odd', 3600, $2, null, 1, '[{"path":"intervals","message":"no unit"}]', '[]', $2, null), ('t', 'over', 'grid:over', 3600, $3, 'gone', 0, '[]', '[]', $2, $2)`,
    ...[ago(50), ago(1), ago(90)],
  );
  expect((await alerts({ kind: 'gridUnheard' })).items).toMatchObject([
    { alertId: 'gridUnheard/lost', severity: 'critical', detail: { programId: 'lost', reason: 'it answered 503' } },
    { alertId: 'gridUnheard/late', severity: 'warning' },
  ]);
  expect((await alerts({ kind: 'gridRefused' })).items).toMatchObject([
    { alertId: 'gridRefused/odd', detail: { times: 1, reason: 'no unit' } },
  ]);
});

it('a webhook that takes nothing is told after a while, and one that was disabled at once', async () => {
  const webhook = (id: string, isEnabled: boolean, reason: string | null) =>
    run(
      `insert into webhooks (tenant_id, webhook_id, kinds, is_enabled, disabled_reason, changed_at) values ('hooked', $1, '[]', $2, $3, $4)`,
      id,
      isEnabled,
      reason,
      ago(5),
    );
  const cursor = (id: string, failingMin: number | null) =>
    run(
      `insert into webhook_cursors (tenant_id, webhook_id, xid, seq, failing_since, last_error) values ('hooked', $1, '1', 1, $2, 'answered 500')`,
      id,
      failingMin === null ? null : ago(failingMin),
    );
  await webhook('fine', true, null);
  await webhook('slow', true, null);
  await webhook('failing', true, null);
  await webhook('gone', false, 'its server answered 410: gone');
  await webhook('off', false, null);
  await cursor('fine', null);
  await cursor('slow', 14);
  await cursor('failing', 16);
  const { items } = await alerts({}, 'hooked');
  expect(items.map(({ alertId, severity, detail }) => [alertId, severity, detail])).toEqual([
    ['webhookFailing/gone', 'critical', { webhookId: 'gone', reason: 'its server answered 410: gone' }],
    ['webhookFailing/failing', 'warning', { webhookId: 'failing', reason: 'answered 500' }],
  ]);
});

it('tells of a capacity provider that was not heard for as long as was agreed, or takes nothing', async () => {
  const provider = (id: string, offlineAt: string | null, heardAt: string | null, configuredAt: string, trouble: string | null = null) =>
    run(
      `insert into grid_oscp_providers (tenant_id, provider_id, source, is_acknowledged, offline_at, heard_at, configured_at, trouble, trouble_since, forecasts, changed_at)
       values ('t', $1, $2, true, $3, $4, $5, $6, $7, '{}', $5)`,
      ...[id, `oscp:${id}`, offlineAt, heardAt, configuredAt, trouble, trouble === null ? null : ago(3)],
    );
  const day = 24 * 60;
  await provider('there', ago(-1), ago(5), ago(9 * day));
  await provider('gone', ago(1), ago(5), ago(9 * day));
  await provider('plain', null, ago(day - 5), ago(9 * day));
  await provider('plain-gone', null, ago(day + 5), ago(9 * day));
  await provider('new', null, null, ago(5));
  await provider('never', null, null, ago(15));
  await provider('deaf', ago(-1), ago(5), ago(9 * day), 'it answered 503');
  const ids = async (kind: string) => (await alerts({ kind })).items.map(({ alertId }) => alertId);
  expect((await ids('capacityProviderGone')).toSorted()).toEqual(['gone', 'never', 'plain-gone'].map((id) => `capacityProviderGone/${id}`));
  expect((await alerts({ kind: 'capacityProviderUntold' })).items).toMatchObject([
    {
      alertId: 'capacityProviderUntold/deaf',
      severity: 'warning',
      since: new Date(ago(3)),
      detail: { providerId: 'deaf', reason: 'it answered 503' },
    },
  ]);
});

it('tells of the tariff of a site that ends or has ended, until another is there', async () => {
  const day = 24 * 60;
  let version = 0;
  const tariff = async (id: string, end?: string, start?: string, published = ago(90 * day)) => {
    const text = JSON.stringify({
      id,
      ...(end !== undefined && { end_date_time: end }),
      ...(start !== undefined && { start_date_time: start }),
    });
    await run(
      `insert into tariffs (tenant_id, tariff_id, currency, tariff, changed_at) values ('priced', $1, 'EUR', $2, $3)
       on conflict (tenant_id, tariff_id) do update set tariff = excluded.tariff`,
      ...[id, text, published],
    );
    await run(
      `insert into tariff_versions (tenant_id, tariff_id, tariff_version_id, currency, tariff, valid_from) values ('priced', $1, $2, 'EUR', $3, $4)`,
      ...[id, ++version, text, published],
    );
  };
  const assigned = (siteId: string, id: string, former?: string, at = ago(90 * day)) =>
    run(
      `insert into site_tariffs (tenant_id, site_id, tariff_id, assigned_at, former_tariff_id) values ('priced', $1, $2, $3, $4)
       on conflict (tenant_id, site_id) do update set tariff_id = excluded.tariff_id`,
      ...[siteId, id, at, former ?? null],
    );
  await tariff('over', ago(day));
  await tariff('soon', ago(-6 * day).replace('.000Z', ''));
  await tariff('later', ago(-8 * day));
  await tariff('open');
  for (const [siteId, id] of [
    ['a', 'over'],
    ['b', 'soon'],
    ['c', 'later'],
    ['d', 'open'],
  ] as const)
    await assigned(siteId, id);
  expect((await alerts({}, 'priced')).items).toMatchObject([
    { alertId: 'tariffEnds/a/over', severity: 'critical', since: new Date(ago(day)), detail: { how: 'ended', tariffId: 'over' } },
    { alertId: 'tariffEnds/b/soon', severity: 'warning', since: new Date(ago(day)), detail: { how: 'soon', tariffId: 'soon' } },
  ]);
  await assigned('a', 'open');
  expect((await alerts({ severity: 'critical' }, 'priced')).items).toEqual([]);

  // A version that begins later than the one before it ends, one that begins as it ends, and one that takes the end back; another tariff that begins later.
  await tariff('gap', ago(-2 * day));
  await tariff('gap', undefined, ago(-3 * day), ago(20 * day));
  await tariff('close', ago(-2 * day));
  await tariff('close', undefined, ago(-2 * day), ago(20 * day));
  await tariff('longer', ago(-2 * day));
  await tariff('longer', undefined, undefined, ago(20 * day));
  await tariff('next', undefined, ago(-day), ago(20 * day));
  for (const siteId of ['gap', 'close', 'longer']) await assigned(siteId, siteId);
  await assigned('late', 'next', 'over', ago(10 * day));
  await assigned('meanwhile', 'next', 'open', ago(10 * day));
  await assigned('first', 'next', undefined, ago(10 * day));
  const detail = { how: 'gap', tariffId: 'gap', endsAt: expect.anything(), nextAt: expect.anything() };
  expect((await alerts({ kind: 'tariffEnds' }, 'priced')).items).toMatchObject([
    { alertId: 'tariffEnds/late/over', severity: 'critical', since: new Date(ago(day)), detail: { ...detail, tariffId: 'over' } },
    { alertId: 'tariffEnds/b/soon', severity: 'warning', detail: { how: 'soon' } },
    { alertId: 'tariffEnds/gap/gap', severity: 'warning', since: new Date(ago(5 * day)), detail },
  ]);
});

it('tells of a limit that leaves no car anything, while sessions run under it', async () => {
  await run(
    `insert into grid_limits (tenant_id, site_id, record_offset, step, limit_id, source, received_at, starts_at, ends_at, limit_a, limit_w, is_fallback) values
     ('t', 's', 1, 0, 'cut', 'dso', $1, $2, $3, 0, null, false), ('t', 's', 2, 0, 'later', 'other', $1, $3, null, 0, null, false), ('t', 's', 3, 0, 'enough', 'third', $1, $2, null, 6, 1380, false),
     ('t', 's', 4, 0, 'dimmed', 'enwg', $1, $2, null, null, 0, false), ('t', 'free', 5, 0, 'nobody', 'dso', $1, $2, null, 0, null, false)`,
    ...[ago(20), ago(10), ago(-30)],
  );
  const config = { root: { nodeId: 'grid', gridFloor: { source: 'enwg', floorW: 4_200 } } };
  for (const siteId of ['s', 'free'])
    await run(`insert into sites (tenant_id, site_id, version, config) values ('t', $1, 1, $2)`, siteId, JSON.stringify(config));
  const told = { alertId: 'chargingStopped/s/dso/', severity: 'critical', detail: { limitId: 'cut', source: 'dso', charging: 1 } };
  expect((await alerts({ kind: 'chargingStopped' })).items).toMatchObject([{ ...told, since: new Date(ago(10)) }]);
  await run(`update grid_limits set superseded_at = $1 where limit_id = 'cut'`, ago(0));
  expect((await alerts({ kind: 'chargingStopped' })).items).toEqual([]);
});

it('tells of a port whose uptime budget runs out: missed, down now, or little left; and no longer once it was looked at again', async () => {
  const noted = (port: number, month: string, left: number, down: string | null = null, tight: string | null = null, computed = ago(30)) =>
    run(
      `insert into uptime_months (tenant_id, month, rule_set, window_from, window_to, computed_at, port_id, station_id, site_id, in_service_min, outage_min,
         excluded_min, uptime_percent, is_met, minutes_left, allowed_min, tight_since, down_since, log_offset)
       values ('watched', $1, 'nevi', $2, $2, $2, $3, 'CP-7', 's', 500000, $4, 0, 97.5, $5, $6, 15768, $7, $8, 1)`,
      ...[month, computed, `CP-7-${port}`, 15_768 - left, left > 0, left, tight, down],
    );
  await noted(1, '2026-05-01', 9_000, ago(600));
  await noted(2, '2026-05-01', 0, null, ago(900));
  await noted(3, '2026-05-01', 1_000, ago(60), ago(700));
  await noted(4, '2026-05-01', 3_000, ago(60), ago(800));
  await noted(5, '2026-05-01', 3_941, null, ago(850));
  await noted(6, '2026-05-01', 20, ago(60), ago(600));
  await noted(7, '2026-04-01', 0, null, ago(90_000));
  const told = (await alerts({ kind: 'uptimeBudget' }, 'watched')).items;
  expect(told.map(({ alertId, severity, detail }) => [alertId, severity, (detail as { how: string }).how])).toEqual([
    ['uptimeBudget/s/CP-7/6/nevi', 'critical', 'missed'],
    ['uptimeBudget/s/CP-7/3/nevi', 'critical', 'downNow'],
    ['uptimeBudget/s/CP-7/2/nevi', 'critical', 'missed'],
    ['uptimeBudget/s/CP-7/4/nevi', 'warning', 'downNow'],
    ['uptimeBudget/s/CP-7/5/nevi', 'warning', 'tight'],
  ]);
  // 1,000 minutes were left half an hour ago, and it has been down since.
  expect(told[1]).toMatchObject({ evseId: 3, since: new Date(ago(700)), detail: { leftMin: 970, allowedMin: 15_768, month: '2026-05' } });
  expect(told.map(({ detail }) => Date.parse(String((detail as { missesAt: unknown }).missesAt)))[1]).toBe(NOW + 970 * 60_000);
  await run(
    "update uptime_months set minutes_left = 9000, is_met = true, tight_since = null, down_since = null where tenant_id = 'watched'",
  );
  expect((await alerts({}, 'watched')).items).toEqual([]);
});

it('looks at the uptime of every port, so that one that was down for three weeks is an alert, and none once that was not its fault', async () => {
  const since = ago(21 * 24 * 60);
  await run(
    `insert into site_stations (tenant_id, station_id, site_id, online, assignment_seq, removed, config) values ('looked', 'CP-8', 's', true, 1, false, '{}')`,
  );
  for (const [index, kind, at, status] of [
    [0, 'configured', ago(200 * 24 * 60), null],
    [1, 'status', ago(200 * 24 * 60), 'Available'],
    [2, 'status', since, 'Faulted'],
  ])
    await run(
      `insert into port_facts (tenant_id, site_id, record_offset, index, station_id, evse_id, connector_id, kind, at, received_at, event_id, status, flags)
       values ('looked', 's', $1, 0, 'CP-8', 1, 1, $2, $3, $3, $5, $4, '[]')`,
      ...[index, kind, at, status, `e${index}`],
    );
  const world = { database, clock: { now: () => NOW } } as unknown as World;
  const noted = async (afterHours: number) => {
    await run(`delete from uptime_months where tenant_id = 'looked'`);
    await noteUptime({ ...world, clock: { ...world.clock, now: () => NOW + afterHours * 3_600_000 } });
    const { rows } = await run(`select month::text from uptime_months where tenant_id = 'looked' order by month`);
    return rows.map((row) => row.month);
  };
  // A month counts as reported a day after its end, and has its last note then.
  expect(await noted(13.5)).toEqual(['2026-05-01']);
  expect(await noted(0)).toEqual(['2026-04-01', '2026-05-01']);
  const [alert] = (await alerts({ kind: 'uptimeBudget' }, 'looked')).items;
  expect(alert).toMatchObject({ alertId: 'uptimeBudget/s/CP-8/1/nevi', severity: 'critical', detail: { how: 'missed', leftMin: 0 } });
  // Three quarters of what NEVI allows were spent 11,826 minutes after it went down.
  expect(alert?.since).toEqual(new Date(Date.parse(since) + 11_826 * 60_000));
  await run(
    `insert into outage_classifications (tenant_id, site_id, record_offset, station_id, evse_id, event_id, outage_id, cause, from_at, to_at, evidence, classified_by, classified_at)
     values ('looked', 's', 9, 'CP-8', 1, 'c', $1, 'utilityInterruption', $2, null, 'a notice', 'op', $3)`,
    ...[`CP-8-1:${Date.parse(since)}`, since, ago(1)],
  );
  await noteUptime(world);
  expect((await alerts({}, 'looked')).items).toEqual([]);
});
