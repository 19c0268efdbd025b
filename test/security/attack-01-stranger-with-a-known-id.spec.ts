// Attack 1: station ids are public knowledge; whoever knows one and has no credentials gets nothing, and leaves no trace in the log.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
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

it('is never accepted, while the station itself is online or not', async () => {
  const knock = () => RawStation.attempt({ port: edge.port, path: '/ocpp/CP1' });
  expect(await knock()).toMatchObject({ status: 401 });
  const station = await system.connect(edge, 'CP1');
  expect(await knock()).toMatchObject({ status: 401 });
  expect(await system.attempt(edge, 'CP1', { user: 'CP2' })).toMatchObject({ status: 401 });
  expect(await system.attempt(edge, 'CP1', { password: '' })).toMatchObject({ status: 401 });
  expect(await station.call('Heartbeat', {}, 'hb')).toMatchObject([3, 'hb', {}]);
  expect(await system.records('StationConnected')).toHaveLength(1);
});
