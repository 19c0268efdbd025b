// Many cars share a panel: whoever comes is made room for by few of them, and nobody is told of less than an ampere but with his next lease.
// Which decreases safety asks for is never-exceed.spec's.
import { describe, expect, it } from '@jest/globals';
import { type Site, site } from './site.fixture.js';

const MINUTE = 60_000;
const MANY = Array.from({ length: 15 }, (_, index) => `S${index}`);
/** What each of them was told last [A]. */
const held = (it: Site, stationIds: readonly string[]): readonly number[] => stationIds.map((stationId) => it.plan(stationId)?.limitA ?? 0);
const sum = (values: readonly number[]): number => Math.round(values.reduce((total, value) => total + value, 0) * 10) / 10;
const toldIn = (it: Site, pass: () => void): readonly string[] => {
  const before = MANY.map((stationId) => it.changes(stationId).commands);
  pass();
  return MANY.filter((stationId, index) => it.changes(stationId).commands > (before[index] ?? 0));
};

describe('fifteen cars that share 150 A', () => {
  const full = (): Site => {
    const it = site([...MANY, 'LATE'], 150);
    for (const [index, stationId] of MANY.entries()) it.start(stationId, index + 1);
    it.pass(3 * MINUTE);
    return it;
  };

  it('make room for one more: few of them by an ampere, and all stay within an ampere of what is fair', () => {
    const it = full();
    expect(held(it, MANY)).toEqual(MANY.map(() => 10));
    const told = toldIn(it, () => {
      it.start('LATE', 99);
      it.pass(2 * MINUTE);
    });
    expect(told.length).toBeGreaterThan(5);
    expect(told.length).toBeLessThan(12);
    const all = held(it, [...MANY, 'LATE']);
    const fairA = 150 / 16;
    expect(all.every((ampere) => Math.abs(ampere - fairA) <= 1)).toBe(true);
    expect(sum(all)).toBeLessThanOrEqual(150);
    expect(sum(all)).toBeGreaterThan(149);
  });

  it('have less than an ampere more with their next leases, and at once where more is to be had', () => {
    const it = full();
    const limit = (limitA: number): void =>
      it.put('GridLimitReceived', {
        limitId: `${limitA}`,
        schedule: [{ startsAt: new Date(it.nowMs).toISOString(), limitA }],
        expiresAt: new Date(it.nowMs + 600 * MINUTE).toISOString(),
        source: 'dso',
      });
    const told = (limitA: number): readonly string[] =>
      toldIn(it, () => {
        limit(limitA);
        it.pass(2 * MINUTE);
      });
    expect(told(120)).toEqual(MANY);
    expect(held(it, MANY)).toEqual(MANY.map(() => 8));
    expect(told(132)).toEqual([]);
    it.pass(13 * MINUTE);
    expect(held(it, MANY)).toEqual(MANY.map(() => 8.8));
    expect(told(150)).toEqual(MANY);
    expect(held(it, MANY)).toEqual(MANY.map(() => 10));
  });
});
