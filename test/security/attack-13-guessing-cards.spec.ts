// Attack 13: cards are guessed by Authorize. Each question beyond a station's budget waits, and an unknown card is answered like a blocked one.
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import { EdgeWorld } from '../scenario/support/edge-world.js';
import { HeldClock } from '../scenario/support/held-clock.js';

let clock: HeldClock;
let system: EdgeWorld;
let edge: Edge;
beforeEach(async () => {
  clock = new HeldClock();
  system = await EdgeWorld.open(clock);
  edge = await system.edge({ pingIntervalS: 3600, tokensPerStation: { burst: 3, perS: 1 } });
  for (const stationId of ['CP1', 'CP2']) await system.station(stationId);
  await system.token('BLOCKED', { status: 'Blocked' });
});
afterEach(() => system.close());

it('makes a guesser wait, and no driver at another station', async () => {
  const guesser = await system.connect(edge, 'CP1');
  for (let n = 0; n < 3; n++) expect((await guesser.call('Authorize', { idTag: `G${n}` }))[0]).toBe(3);
  guesser.send([2, 'fourth', 'Authorize', { idTag: 'G3' }]);
  const driver = await system.connect(edge, 'CP2');
  expect((await driver.call('Authorize', { idTag: 'D' }, 'd'))[0]).toBe(3);
  expect(guesser.received).toEqual([]);
  clock.advance(1_000);
  expect((await guesser.next())[1]).toBe('fourth');
});

it('tells a guesser of a card nothing but that it may not charge', async () => {
  const guesser = await system.connect(edge, 'CP1');
  const unknown = (await guesser.call('Authorize', { idTag: 'NOBODY' }))[2];
  const blocked = (await guesser.call('Authorize', { idTag: 'BLOCKED' }))[2];
  expect(Object.keys(unknown as object)).toEqual(Object.keys(blocked as object));
  expect(unknown).toEqual({ idTagInfo: { status: 'Invalid' } });
  expect(blocked).toEqual({ idTagInfo: { status: 'Blocked' } });
});
