// After a fault: everybody leaves, and what the stations know is what the log, the sessions and the bills say.
import { expect } from '@jest/globals';
import { answeredButNotOnce, billsThatDiffer, sessionsThatDiffer } from './audit.js';
import type { ChargingNetwork } from './charging-network.js';

export async function expectWholeBooks(charging: ChargingNetwork, limitA: number): Promise<void> {
  await charging.allDepart();
  await charging.network.settled();
  const totals = charging.fleet.totals();
  const sessions = await charging.network.records('session-events');
  expect(answeredButNotOnce(await charging.network.records('site-events'), totals)).toEqual([]);
  expect(sessionsThatDiffer(sessions, totals)).toEqual([]);
  expect(billsThatDiffer(await charging.network.records('billing-events'), sessions, totals)).toEqual([]);
  expect(charging.network.deaths).toEqual([]);
  expect(charging.draws.above(limitA * 1000)).toEqual([]);
}
