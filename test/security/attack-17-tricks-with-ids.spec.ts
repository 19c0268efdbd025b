// Attack 17: ids that are paths, encodings, twins in other letters, or endless. Decoded once, bounded, and compared exactly.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import { EdgeWorld, PASSWORD } from '../scenario/support/edge-world.js';
import { RawStation } from '../scenario/support/raw-station.js';

let system: EdgeWorld;
let edge: Edge;
/** Knows no station and lets everybody in: what is nobody there is no id at all. */
let open: Edge;
beforeAll(async () => {
  system = await EdgeWorld.open();
  edge = await system.edge();
  open = await system.edge({ edgeId: 'open', unknownStations: 'accept' });
  await system.station('CP1');
});
afterAll(() => system.close());

it.each([
  '/ocpp/CP1/',
  '/ocpp//CP1',
  '/ocpp/CP1%00',
  '/ocpp/CP1%0a',
  '/ocpp/%43P1%2F',
  '/ocpp/CP%2531',
  '/ocpp/..%2FCP1',
  '/ocpp/x%2f..%2fCP1',
  '/ocpp/CP1:x',
  '/ocpp/%D0%A1P1',
  '/ocpp/CP%EF%BC%91',
  '/ocpp/DEFAULT/CP1',
  '/ocpp/default%2FCP1',
  '/OCPP/CP1',
  '/ocpp/CP1;x=1',
  `/ocpp/${'C'.repeat(49)}`,
])('%s is nobody', async (path) => {
  expect(await RawStation.attempt({ port: edge.port, path, user: 'CP1', password: PASSWORD })).toMatchObject({ status: 404 });
  expect(await RawStation.attempt({ port: open.port, path })).toMatchObject({ status: 404 });
  expect(await system.records()).toEqual([]);
});

it('its id in other letters is not the station', async () => {
  expect(await RawStation.attempt({ port: edge.port, path: '/ocpp/cp1', user: 'CP1', password: PASSWORD })).toMatchObject({ status: 404 });
});

it('an id of ten thousand characters is nobody', async () => {
  expect(await RawStation.attempt({ port: edge.port, path: `/ocpp/${'C'.repeat(10_000)}` })).toMatchObject({ status: 404 });
});

it('a head beyond all measure is not read to its end', async () => {
  const outcome = await RawStation.attempt({ port: edge.port, path: `/ocpp/${'C'.repeat(100_000)}` }).catch((error: Error) => error);
  expect(outcome).not.toBeInstanceOf(RawStation);
});

it('the station itself comes in, however its id is encoded', async () => {
  for (const path of ['/ocpp/CP1', '/ocpp/%43%50%31', '/ocpp/default/CP1', '/ocpp/CP1?token=x'])
    expect(await RawStation.attempt({ port: edge.port, path, user: 'CP1', password: PASSWORD })).toBeInstanceOf(RawStation);
});
