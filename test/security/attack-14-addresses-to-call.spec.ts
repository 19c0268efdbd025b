// Attack 14: a station names an address for us to call (an OCSP responder, its own host). Nothing of ours ever calls an address that only a station wrote:
// responders are asked where an operator named them, and nowhere else.

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
let responderURL: string;
const hashes = () => ({ hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '1', responderURL });
beforeAll(async () => {
  system = await EdgeWorld.open();
  edge = await system.edge();
  await system.station('CP1');
  bait = createServer((_, response) => {
    called++;
    response.writeHead(302, { location: `${responderURL}/elsewhere` }).end();
  });
  bait.listen(0, '127.0.0.1');
  await once(bait, 'listening');
  responderURL = `http://127.0.0.1:${(bait.address() as AddressInfo).port}/ocsp`;
});
afterAll(async () => {
  await system.close();
  await new Promise((resolve) => bait.close(resolve));
});

it('asks no responder, and answers that the status is not known', async () => {
  const station = await system.connect(edge, 'CP1', { protocols: 'ocpp2.0.1' });
  expect(await station.call('GetCertificateStatus', { ocspRequestData: hashes() }, 'a')).toEqual([3, 'a', { status: 'Failed' }]);
  const idToken = { idToken: 'DE-ABC-123', type: 'eMAID' };
  const authorized = await station.call('Authorize', { idToken, iso15118CertificateHashData: [hashes()] }, 'b');
  expect(authorized).toMatchObject([3, 'b', { idTokenInfo: { status: 'Invalid' } }]);
  expect(await station.call('Heartbeat', {}, 'c')).toMatchObject([3, 'c', {}]);
  expect(called).toBe(0);
});
it('asks a responder that an operator named, and does not follow it elsewhere', async () => {
  const { host } = new URL(responderURL);
  const certificates = { authority: 'none', validityDays: 1, responders: [host], iso15118Files: [] } as const;
  const asking = await system.edge({ edgeId: 'asking', certificates });
  const station = await system.connect(asking, 'CP1', { protocols: 'ocpp2.0.1' });
  const elsewhere = { ...hashes(), responderURL: responderURL.replace('127.0.0.1', 'localhost') };
  expect(await station.call('GetCertificateStatus', { ocspRequestData: elsewhere }, 'a')).toEqual([3, 'a', { status: 'Failed' }]);
  expect(called).toBe(0);
  expect(await station.call('GetCertificateStatus', { ocspRequestData: hashes() }, 'b')).toEqual([3, 'b', { status: 'Failed' }]);
  expect(called).toBe(1);
});
