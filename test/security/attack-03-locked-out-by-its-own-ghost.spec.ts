// Attack 3: the old connection keeps winning. A station whose link dropped unnoticed comes back at once; its ghost refuses nobody.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import { EdgeWorld } from '../scenario/support/edge-world.js';

let system: EdgeWorld;
const edges: Edge[] = [];
beforeAll(async () => {
  system = await EdgeWorld.open();
  for (const edgeId of ['edge-1', 'edge-2']) edges.push(await system.edge({ edgeId, pingIntervalS: 3600 }));
  await system.station('CP1');
});
afterAll(() => system.close());

it('is let in while the half-open socket is still held, by the same edge and by another', async () => {
  const [first, second] = edges as [Edge, Edge];
  const ghost = await system.connect(first, 'CP1');
  ghost.socket.pause(); // the peer is gone and nobody told us
  const back = await system.connect(first, 'CP1');
  expect(await back.call('Heartbeat', {}, 'hb')).toMatchObject([3, 'hb', {}]);
  const elsewhere = await system.connect(second, 'CP1');
  expect(await elsewhere.call('Heartbeat', {}, 'hb')).toMatchObject([3, 'hb', {}]);
  expect((await system.world.directory.lookup('default', 'CP1'))?.edgeId).toBe('edge-2');
});

it('is let in when the directory names an edge that died with it', async () => {
  const [first] = edges as [Edge];
  const generation = { assignmentSeq: 1, offset: 1_000_000 };
  await system.world.directory.claim({ tenantId: 'default', stationId: 'CP1', edgeId: 'dead', connectionId: 'ghost', generation });
  const back = await system.connect(first, 'CP1');
  expect(await back.call('Heartbeat', {}, 'hb')).toMatchObject([3, 'hb', {}]);
});
