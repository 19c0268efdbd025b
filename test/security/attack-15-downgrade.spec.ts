// Attack 15: a station of security profile 2 or 3 that comes back with less (A05.FR.07, A00.FR.002). It is refused, whatever it knows.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import { EdgeWorld, PASSWORD } from '../scenario/support/edge-world.js';
import { RawStation } from '../scenario/support/raw-station.js';

let system: EdgeWorld;
let edge: Edge;
beforeAll(async () => {
  system = await EdgeWorld.open();
  edge = await system.edge({ allowSecurityProfile0: true });
  await system.station('TWO', { securityProfile: 2 });
  await system.station('THREE', { securityProfile: 3 });
  await system.station('ONE', { securityProfile: 1 });
});
afterAll(() => system.close());

it.each(['TWO', 'THREE'])('%s does not come in without encryption, with its password or without', async (stationId) => {
  expect(await system.attempt(edge, stationId)).toMatchObject({ status: 403 });
  expect(await RawStation.attempt({ port: edge.port, path: `/ocpp/${stationId}` })).toMatchObject({ status: 403 });
});
it('a header does not make a connection encrypted', async () => {
  const headers = { 'x-forwarded-proto': 'https', 'client-cert': ':AAAA:' };
  for (const stationId of ['TWO', 'THREE'])
    expect(
      await RawStation.attempt({ port: edge.port, path: `/ocpp/${stationId}`, user: stationId, password: PASSWORD, headers }),
    ).toMatchObject({ status: 403 });
});
it('profile 1 does not become profile 0 where that is allowed', async () => {
  expect(await RawStation.attempt({ port: edge.port, path: '/ocpp/ONE' })).toMatchObject({ status: 401 });
  expect(await system.attempt(edge, 'ONE')).toBeInstanceOf(RawStation);
});
it('leaves no trace of a connection', async () =>
  expect((await system.records('StationConnected')).map(({ stationId }) => stationId)).toEqual(['ONE']));
it('is told, a few times a minute', async () => {
  const refused = await system.records('ConnectionRefused');
  const first = refused.find(({ stationId }) => stationId === 'TWO');
  expect(first?.data).toMatchObject({
    reason: 'insecureTransport',
    securityProfile: 2,
    isEncrypted: false,
    hasPassword: true,
    unrecorded: 0,
  });
  for (let n = 0; n < 10; n++) await system.attempt(edge, 'TWO');
  const all = (await system.records('ConnectionRefused')).filter(({ stationId }) => stationId === 'TWO');
  expect(all.length).toBeLessThanOrEqual(6);
});
