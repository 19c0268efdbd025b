// Large sites: what many stations say within a moment is answered by one plan; a limit from the grid at once.
import { describe, expect, it } from '@jest/globals';
import { siteFold } from './decide.js';
import { site } from './site.fixture.js';

const IDS = Array.from({ length: 60 }, (_, index) => `S${index}`);
const PAUSE_MS = 5;

describe('a site of sixty stations', () => {
  const it60 = site(IDS, 100);
  const plansOf = (): number => it60.told.filter(({ data }) => (data as { grant?: { slot: string } }).grant?.slot === 'plan').length;

  it('gives what was asked for within a moment when the moment is over', () => {
    it60.pass(60_000);
    it60.start('S0', 1);
    const before = plansOf();
    it60.start('S1', 2);
    it60.start('S2', 3);
    expect(plansOf()).toBe(before);
    expect(siteFold.nextDue?.(it60.state)?.dueMs).toBe(it60.nowMs + PAUSE_MS);
    it60.pass(PAUSE_MS);
    expect(['S0', 'S1', 'S2'].map((id) => it60.plan(id)?.limitA)).toEqual([32, 32, 32]);
  });

  it('lowers at once when the grid says so', () => {
    it60.pass(60_000);
    it60.start('S3', 4);
    it60.put('GridLimitReceived', {
      limitId: 'g',
      source: 'dso',
      schedule: [{ startsAt: new Date(it60.nowMs).toISOString(), limitA: 30 }],
      expiresAt: new Date(it60.nowMs + 3_600_000).toISOString(),
    });
    expect(['S0', 'S1', 'S2'].map((id) => it60.plan(id)?.limitA)).toEqual([7.5, 7.5, 7.5]);
  });
});
