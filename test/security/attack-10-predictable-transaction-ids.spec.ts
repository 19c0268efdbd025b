// Attack 10: transaction ids that can be guessed, or occur twice in the fleet. They are keyed hashes: positive, spread, and the same only for the same start.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import { EdgeWorld } from '../scenario/support/edge-world.js';

let system: EdgeWorld;
let edge: Edge;
beforeAll(async () => {
  system = await EdgeWorld.open();
  edge = await system.edge();
});
afterAll(() => system.close());

it('gives every start of a fleet an id of its own, in no order anybody could foresee', async () => {
  const ids: number[] = [];
  for (let n = 0; n < 10; n++) {
    await system.station(`CP${n}`);
    const station = await system.connect(edge, `CP${n}`);
    for (let start = 0; start < 10; start++) {
      // The very same words from every station, as a fleet switched on at one instant sends them.
      const payload = { connectorId: 1, idTag: 'A', meterStart: start, timestamp: '2026-11-01T12:00:00Z' };
      ids.push(((await station.call('StartTransaction', payload))[2] as { transactionId: number }).transactionId);
    }
  }
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => Number.isInteger(id) && id > 0 && id < 2 ** 31)).toBe(true);
  const steps = ids.slice(1).map((id, index) => id - (ids[index] ?? 0));
  expect(steps.filter((step) => Math.abs(step) < 1_000).length).toBeLessThan(2);
  expect(steps.filter((step) => step > 0).length).toBeGreaterThan(20);
  expect(steps.filter((step) => step < 0).length).toBeGreaterThan(20);
});
