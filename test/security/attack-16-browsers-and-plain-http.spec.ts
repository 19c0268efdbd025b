// Attack 16: a page in somebody's browser, or plain HTTP, at the OCPP port. There is no page, no permission across origins, and no way in without credentials.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import { EdgeWorld } from '../scenario/support/edge-world.js';
import { RawStation } from '../scenario/support/raw-station.js';

let system: EdgeWorld;
let edge: Edge;
beforeAll(async () => {
  system = await EdgeWorld.open();
  edge = await system.edge();
  await system.station('CP1');
});
afterAll(() => system.close());

describe('plain HTTP', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/ocpp/CP1'],
    ['OPTIONS', '/ocpp/CP1'],
    ['POST', '/ocpp/CP1'],
  ])('%s %s is told to upgrade, and nothing more', async (method, path) => {
    const response = await fetch(`http://127.0.0.1:${edge.port}${path}`, { method, headers: { origin: 'https://evil.example' } });
    expect(response.status).toBe(426);
    expect(await response.text()).toBe('');
    expect(
      [...response.headers.keys()].filter((name) => name.startsWith('access-control') || name === 'set-cookie' || name === 'server'),
    ).toEqual([]);
    expect(response.headers.get('content-type')).toBeNull();
  });
});

it('a page cannot open a socket: it has no credentials to send, and none are remembered', async () => {
  const origin = { origin: 'https://evil.example', cookie: 'session=1' };
  expect(await RawStation.attempt({ port: edge.port, path: '/ocpp/CP1', headers: origin })).toMatchObject({ status: 401 });
  expect(await RawStation.attempt({ port: edge.port, path: '/ocpp/CP1', protocols: [], headers: origin })).toMatchObject({ status: 401 });
  const refused = ['ConnectionRefused', { reason: 'badCredentials', hasPassword: false }];
  expect((await system.records()).map(({ type, data }) => [type, data])).toMatchObject([refused, refused]);
});
