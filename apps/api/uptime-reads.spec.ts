// What is known of ports as rows have it: of a station that moved, and words of people in order, wherever their rows lie.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { RULE_SETS, uptimeKnownAt } from '#domain/uptime';
import type { EmbeddedDatabase } from '#embedded';
import { migrate } from '#service';
import { scratchDatabase } from '#testing';
import { portsOf, uptimeReads } from './uptime-reads.js';

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
