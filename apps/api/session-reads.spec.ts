// Sessions as they are read, of a station that counts its transactions anew: nothing of another one under the same id.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { EmbeddedDatabase } from '#embedded';
import type { World } from '#ports';
import { migrate } from '#service';
import { scratchDatabase } from '#testing';
import type { Answer, Route } from './http.js';
import { type Reads, readsFrom } from './reads.js';
import { stationPaymentRoutes } from './station-payments.js';

const at = (minute: number): string => new Date(Date.parse('2026-05-01T12:00:00Z') + minute * 60_000).toISOString();
let database: EmbeddedDatabase;
let reads: Reads;
const run = (text: string, ...values: readonly unknown[]) => database.query(text, values);

beforeAll(async () => {
  database = await scratchDatabase();
  for (const app of ['session', 'stations', 'load-balancing', 'billing', 'metering'])
    await migrate(database, app, join(import.meta.dirname, '..', app, 'migrations'));
  reads = readsFrom({ database, clock: { now: () => 0 } } as unknown as World);
  for (const [id, siteId, minute] of [
    ['first', 'yard', 0],
    ['second', 'depot', 60],
    ['third', 'depot', 120],
  ] as const)
    await run(
      `insert into sessions (tenant_id, session_id, site_id, station_id, evse_id, transaction_id, ocpp_version, status, started_at, ended_at, energy_wh, flags)
       values ('t', $1, $2, 'cs', 1, '1', 'ocpp2.0.1', 'ended', $3, $3, 0, '[]')`,
      id,
      siteId,
      at(minute),
    );
  for (const minute of [-1, 1, 61, 121]) {
    await run(
      `insert into limit_commands (tenant_id, command_id, site_id, station_id, evse_id, slot, transaction_id, requested_at) values ('t', $1, 'depot', 'cs', 1, 'plan', '1', $2)`,
      `sent at ${minute}`,
      at(minute),
    );
    await run(
      `insert into power_samples (time, tenant_id, site_id, station_id, port_id, transaction_id, soc_percent, flags, record_offset) values ($1, 't', 'depot', 'cs', 'cs-1', '1', $2, '', 0)`,
      at(minute),
      minute + 1,
    );
  }
  for (const siteId of ['yard', 'depot'])
    await run(
      `insert into missing_events (tenant_id, site_id, station_id, transaction_id, missing, told_at) values ('t', $1, 'cs', '1', 1, $2)`,
      ...[siteId, at(62)],
    );
  await run(
    `insert into session_plans (tenant_id, site_id, station_id, transaction_id, priority, energy_wh, plan_id, planned_at) values ('t', 'depot', 'cs', '1', 'asked', 9000, 'p', $1)`,
    at(125),
  );
  await run(
    `insert into told_costs (tenant_id, site_id, station_id, transaction_id, total_cost, told_by, told_at) values ('t', 'depot', 'cs', '1', 3, 'answer', $1)`,
    at(126),
  );
});
afterAll(() => database?.close());

it('each is listed once, wherever its station was', async () => {
  const { items } = await reads.sessions('t', { limit: 10 });
  expect(items.map(({ sessionId }) => sessionId)).toEqual(['third', 'second', 'first']);
});

it('each is explained by what was sent and told while it ran', async () => {
  const of = async (id: string) => {
    const { limits, soc } = (await reads.explain('t', id)) as { limits: { commandId: string }[]; soc: { socPercent: number }[] };
    return [limits.map(({ commandId }) => commandId), soc.map(({ socPercent }) => socPercent)];
  };
  expect(await of('first')).toEqual([['sent at -1', 'sent at 1'], []]);
  expect(await of('second')).toEqual([['sent at 61'], [62]]);
  expect(await of('third')).toEqual([['sent at 121'], [122]]);
});

it('each has what a terminal settled between its beginning and that of the next', async () => {
  for (const minute of [-5, 30, 70, 119])
    await run(
      `insert into settlements (tenant_id, site_id, station_id, transaction_id, settled_at, status) values ('t', 'depot', 'cs', '1', $1, 'Settled')`,
      at(minute),
    );
  const world = { database, keys: {}, clock: { now: () => 0 } } as unknown as World;
  const settlements = stationPaymentRoutes(world, reads, {} as never).find(({ path }) => path === '/v1/sessions/{id}/settlements');
  const of = async (id: string) => {
    const { body } = (await (settlements as Route).handle({ caller: { tenantId: 't' }, params: { id } } as never)) as Answer;
    return (body as { items: readonly { settledAt: Date }[] }).items.map(({ settledAt }) => settledAt.toISOString());
  };
  expect(await of('first')).toEqual([at(30)]);
  expect(await of('second')).toEqual([at(119), at(70)]);
  // One from before all of them is nobody's: it goes to the latest.
  expect(await of('third')).toEqual([at(-5)]);
});

it('the latest has what was planned and told since it began, and those before it nothing of that', async () => {
  const { items } = await reads.sessions('t', { limit: 10 });
  expect(
    items.map(({ sessionId, plan, priority, needs, costTold, missingEvents }) => [
      sessionId,
      plan,
      priority,
      needs,
      costTold,
      missingEvents,
    ]),
  ).toMatchObject([
    ['third', { planId: 'p' }, 'asked', { energyWh: 9000 }, { totalCost: 3 }, null],
    ['second', null, null, null, null, null],
    ['first', null, null, null, null, { missing: 1 }],
  ]);
});
