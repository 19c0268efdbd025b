// Attack 2: a second authenticated socket beside the first. The newest wins at once, and what the old one still does harms nobody.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import { EdgeWorld } from '../scenario/support/edge-world.js';

let system: EdgeWorld;
let edge: Edge;
beforeAll(async () => {
  system = await EdgeWorld.open();
  edge = await system.edge({ edgeId: 'edge-1' });
  await system.station('CP1');
});
afterAll(() => system.close());

it('ends the older connection, and its late end takes no route from the newer one', async () => {
  const boot = { chargePointVendor: 'v', chargePointModel: 'm' };
  const older = await system.connect(edge, 'CP1');
  await older.call('BootNotification', boot);
  const newer = await system.connect(edge, 'CP1');
  expect(await older.closed).toMatchObject({ code: 1000 });
  await newer.call('BootNotification', boot);
  const holder = await system.world.directory.lookup('default', 'CP1');
  const connected = await system.records('StationConnected');
  expect(holder?.connectionId).toBe(connected.at(-1)?.id);
  const command = system.command('CP1', 'ClearCache', {});
  await system.world.router.send('edge-1', { kind: 'command', command });
  expect((await newer.next())[1]).toBe(command.commandId);
});
