// Attack 17: ids that are paths, encodings, twins in other letters, or endless. Decoded once, bounded, and compared exactly.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import { EdgeWorld, PASSWORD } from '../scenario/support/edge-world.js';
import { RawStation } from '../scenario/support/raw-station.js';

let system: EdgeWorld;
let edge: Edge;
beforeAll(async () => {
  system = await EdgeWorld.open();
  edge = await system.edge();
  await system.station('CP1');
});
afterAll(() => system.close());

it.each([
  '/ocpp/cp1',
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
  expect(await system.records()).toEqual([]);
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
