// Attack 14: a station names an address for us to call (an OCSP responder, its own host). Nothing of ours ever calls an address a station wrote.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import { EdgeWorld } from '../scenario/support/edge-world.js';

let system: EdgeWorld;
let edge: Edge;
let bait: Server;
let called = 0;
beforeAll(async () => {
  system = await EdgeWorld.open();
  edge = await system.edge();
  await system.station('CP1');
  bait = createServer((_, response) => {
    called++;
    response.end();
  });
  bait.listen(0, '127.0.0.1');
  await once(bait, 'listening');
});
afterAll(async () => {
  await system.close();
  await new Promise((resolve) => bait.close(resolve));
});

it('asks no responder, and answers that the status is not known', async () => {
  const responderURL = `http://127.0.0.1:${(bait.address() as AddressInfo).port}/ocsp`;
  const hashes = { hashAlgorithm: 'SHA256', issuerNameHash: 'a', issuerKeyHash: 'b', serialNumber: '1', responderURL };
  const station = await system.connect(edge, 'CP1', { protocols: 'ocpp2.0.1' });
  expect(await station.call('GetCertificateStatus', { ocspRequestData: hashes }, 'a')).toEqual([3, 'a', { status: 'Failed' }]);
  const idToken = { idToken: 'DE-ABC-123', type: 'eMAID' };
  const authorized = await station.call('Authorize', { idToken, iso15118CertificateHashData: [hashes] }, 'b');
  expect(authorized).toMatchObject([3, 'b', { idTokenInfo: { status: 'Invalid' } }]);
  expect(await station.call('Heartbeat', {}, 'c')).toMatchObject([3, 'c', {}]);
  expect(called).toBe(0);
});
