// What is known of ports as rows have it: of a station that moved, and words of people in order, wherever their rows lie.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { RULE_SETS, uptimeKnownAt } from '#domain/uptime';
import type { EmbeddedDatabase } from '#embedded';
import { migrate } from '#service';
import { scratchDatabase } from '#testing';
import type { Answer } from './http.js';
import { outageRoutes } from './outages.js';
import { uptimeQuestions } from './uptime-questions.js';
import { portsOf, uptimeReads } from './uptime-reads.js';
import { outageIdOf } from './uptime-report.js';

const START = Date.parse('2026-05-01T12:00:00Z');
const at = (minute: number): number => START + minute * 60_000;
const iso = (minute: number): string => new Date(at(minute)).toISOString();
let database: EmbeddedDatabase;
beforeAll(async () => {
  database = await scratchDatabase();
  for (const app of ['session', 'load-balancing']) await migrate(database, app, join(import.meta.dirname, '..', app, 'migrations'));
});
afterAll(() => database?.close());

it('a station that moved is one, heard at its new site though the old one misses it', async () => {
  await database.query(
    `insert into site_stations (tenant_id, station_id, site_id, assignment_seq, removed) values ('t', 'A', 'old', 1, true), ('t', 'A', 'new', 2, false)`,
  );
  const fact = (siteId: string, offset: number, minute: number, heard: number, kind: string, evseId: number, more: string) =>
    database.query(
      `insert into port_facts (tenant_id, site_id, station_id, record_offset, index, evse_id, connector_id, kind, at, received_at, event_id, status, grace_ms, flags)
       values ('t', $1, 'A', $2, 0, $3, 0, $4, $5, $6, $7, ${more}, '[]')`,
      [siteId, offset, evseId, kind, iso(minute), iso(heard), `${siteId}/${offset}`],
    );
  await fact('old', 1, 0, 0, 'online', 0, 'null, null');
  await fact('old', 2, 1, 1, 'status', 1, `'Available', null`);
  await fact('old', 3, 30, 30, 'removed', 0, 'null, null');
  await fact('old', 4, 29, 33, 'offline', 0, 'null, 120000');
  await fact('new', 1, 31, 31, 'configured', 1, 'null, null');
  await fact('new', 2, 32, 32, 'online', 0, 'null, null');
  const declared = (offset: number, minute: number, cause: string) =>
    database.query(
      `insert into outage_declarations (tenant_id, site_id, record_offset, station_id, evse_id, event_id, declaration_id, cause, from_at, evidence, declared_by, declared_at)
       values ('t', 'new', $1, 'A', 1, $2, 'd', $3, $4, 'ticket', 'op', $5)`,
      [offset, `d${offset}`, cause, iso(40), iso(minute)],
    );
  await declared(9, 51, 'withdrawn');
  await declared(8, 50, 'startsFail');
  const [station] = await uptimeReads({ database }).histories('t', { stationId: 'A' }, at(0), at(100));
  const [port] = station === undefined ? [] : portsOf(station);
  expect(port).toMatchObject({ portId: 'A-1', siteId: 'new' });
  expect(port?.history.declarations.map(({ cause }) => cause)).toEqual(['startsFail', 'withdrawn']);
  const figure = port && uptimeKnownAt(port.history, { evseId: 1 }, { fromMs: at(0), toMs: at(100) }, RULE_SETS.nevi, at(100));
  expect(figure).toMatchObject({ inServiceMs: 98 * 60_000, outageMs: 0 });
});

it('a port has the power it was configured with last, of its nameplate or by its current; its station since when it serves', async () => {
  await database.query(
    `insert into site_versions (tenant_id, site_id, version, valid_from, config) values ('t', 'p', 1, $1, '{"voltageV": 240}'), ('t', 'p', 4, $1, '{"voltageV": 230}')`,
    [iso(0)],
  );
  await database.query(
    `insert into site_stations (tenant_id, station_id, site_id, assignment_seq, removed) values ('t', 'P', 'p', 1, false)`,
  );
  const configure = (version: number, config: object | null) =>
    database.query(`insert into station_versions values ('t', 'p', 'P', $1, $2, $3, $4)`, [version, iso(version), config === null, config]);
  const dc = { evseId: 1, powerType: 'DC', phases: 3, minA: 8, maxA: 75, safeA: 0 };
  await configure(2, {
    evses: [
      { ...dc, maxA: 32 },
      { ...dc, evseId: 3, ratedW: 150_000 },
    ],
  });
  await configure(3, {
    operationalSince: '2021-03-01',
    evses: [
      { ...dc, efficiency: 0.95 },
      { ...dc, evseId: 2, phases: 'L1-L2' },
    ],
  });
  await configure(5, null);
  for (const evseId of [1, 2, 3, 4]) await said('P', evseId, 0, 10, 1, 'Available', evseId);
  const [station] = await uptimeReads({ database }).histories('t', { stationId: 'P' }, at(0), at(100));
  const ports = station === undefined ? [] : portsOf(station);
  expect(ports.map(({ ratedW, operationalSince }) => [ratedW, operationalSince])).toEqual([
    [51_300, '2021-03-01'],
    [31_177, '2021-03-01'],
    [150_000, '2021-03-01'],
    [undefined, '2021-03-01'],
  ]);
});

const said = (stationId: string, offset: number, index: number, minute: number, connectorId: number, status: string, evseId = 1) =>
  database.query(
    `insert into port_facts (tenant_id, site_id, station_id, record_offset, index, evse_id, connector_id, kind, at, received_at, event_id, status, flags)
     values ('t', $1, $1, $2, $3, $8, $4, 'status', $5, $5, $6, $7, '[]')`,
    [stationId, offset, index, connectorId, iso(minute), `${stationId}/${offset}`, status, evseId],
  );
const exists = (stationId: string) =>
  database.query(`insert into site_stations (tenant_id, station_id, site_id, assignment_seq, removed) values ('t', $1, $1, 1, false)`, [
    stationId,
  ]);

it('what one record says of a connector counts in the order it says it, however its rows lie', async () => {
  await exists('B');
  for (const [index, status] of [
    [2, 'Available'],
    [0, 'Unavailable'],
    [1, 'Faulted'],
  ] as const)
    await said('B', 1, index, 0, 1, status);
  for (const way of ['indexscan', 'bitmapscan']) await database.query(`set enable_${way} = off`); // as they lie
  const [station] = await uptimeReads({ database }).histories('t', { stationId: 'B' }, at(0), at(100));
  for (const way of ['indexscan', 'bitmapscan']) await database.query(`reset enable_${way}`);
  expect(station?.facts).toMatchObject([{ status: 'Unavailable' }, { status: 'Faulted' }, { status: 'Available' }]);
});

it('an outage may be judged from where it goes on for who asks for all connectors only, and not from after that', async () => {
  await exists('C');
  await said('C', 1, 0, 0, 1, 'Available');
  await said('C', 2, 0, 0, 2, 'Available');
  await said('C', 3, 0, 10, 1, 'Faulted');
  await said('C', 4, 0, 10, 2, 'Faulted');
  await said('C', 5, 0, 20, 1, 'Available');
  await said('C', 6, 0, 40, 2, 'Available');
  const recorded: object[] = [];
  const log = {
    append: async (_: string, [{ value }]: readonly [{ readonly value: string }]) => {
      recorded.push(JSON.parse(value));
      throw new Error('recorded, which is all that is asked here');
    },
  };
  const world = { database, log, clock: { now: () => at(100) }, ids: { next: () => 'id' } } as never;
  const judge = outageRoutes(world, uptimeQuestions(world)).find(({ path }) => path.endsWith('/classifications'));
  const outageId = outageIdOf({ portId: 'C-1' }, { startedMs: at(10) });
  const from = (minute: number) =>
    judge?.handle({
      caller: { tenantId: 't', name: 'op' },
      params: { outageId },
      body: { cause: 'vandalism', evidence: 'ticket', from: iso(minute) },
    } as never) as Promise<Answer>;
  await expect(from(30)).rejects.toThrow('recorded');
  await expect(from(40)).rejects.toMatchObject({ status: 400, errors: [{ path: 'from' }] });
  expect(recorded).toMatchObject([{ from: iso(30), cause: 'vandalism' }]);
});
