import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LoadPoint } from '../api/network-shapes.js';
import { columnsOf, mergePoints, STALE_MS, summarise, WINDOW_MS } from './load-series.js';

const now = Date.UTC(2026, 5, 1, 12);
const point = (
  secondsAgo: number,
  measuredW: number | null,
  limitW: number | null = null,
  allocatedW: number | null = null,
): LoadPoint => ({
  atMs: now - secondsAgo * 1000,
  measuredW,
  allocatedW,
  limitW,
});

describe('mergePoints', () => {
  it('is in order, has one point per instant and keeps one point before the window, in whatever order the points come', () => {
    const anyPoint = fc.record({ s: fc.integer({ min: -5, max: 2_000 }), w: fc.option(fc.nat(50_000)) }).map(({ s, w }) => point(s, w));
    fc.assert(
      fc.property(fc.array(anyPoint), fc.array(anyPoint), (held, incoming) => {
        const merged = mergePoints(mergePoints([], held, now), incoming, now);
        const times = merged.map(({ atMs }) => atMs);
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
        expect(times.filter((atMs) => atMs < now - WINDOW_MS).length).toBeLessThanOrEqual(1);
        expect(mergePoints(merged, incoming, now)).toEqual(merged);
      }),
    );
  });

  it('completes a point from two sources and never forgets what it knew', () => {
    expect(mergePoints([point(5, 100, 200)], [point(5, null, null, 150)], now)).toEqual([point(5, 100, 200, 150)]);
  });
});

describe('columnsOf', () => {
  it('carries limit and allocation to now, and draws through a short hole', () => {
    const columns = columnsOf([point(30, 10_000, 22_000, 20_000), point(20, null), point(10, 12_000)], now);
    expect(columns.measuredKw).toEqual([10, undefined, 12, null]);
    expect(columns.limitKw).toEqual([22, 22, 22, 22]);
    expect(columns.allocatedKw).toEqual([20, 20, 20, 20]);
    expect(columns.atS.at(-1)).toBe(now / 1000);
  });

  it('leaves a gap where nothing was measured for longer than a minute', () => {
    const columns = columnsOf([point(300, 10_000, 22_000), point(200, null), point(10, 12_000)], now);
    expect(columns.measuredKw).toEqual([10, null, null, 12, null]);
    expect(columns.atS).toEqual([...columns.atS].sort((a, b) => a - b));
  });
});

it('marks only what was above the limit in force then', () => {
  const columns = columnsOf([point(30, 20_000, 22_000), point(20, 23_000), point(10, 20_000, 15_000)], now);
  expect(columns.aboveKw).toEqual([null, 23, 20, null]);
});

describe('summarise', () => {
  it('names the latest value, its peak and the time above the limit', () => {
    const summary = summarise([point(60, 20_000, 22_000), point(50, 23_000), point(40, 21_000), point(5, 18_000)], now);
    expect(summary).toMatchObject({ measuredW: 18_000, ageMs: 5_000, stale: false, limitW: 22_000, peakW: 23_000, aboveLimitMs: 10_000 });
    expect(summary.peakAtMs).toBe(now - 50_000);
  });

  it('counts against the limit in force at the time, not against today’s', () => {
    expect(summarise([point(60, 20_000, 22_000), point(30, 20_000, 10_000), point(0, 9_000)], now).aboveLimitMs).toBe(30_000);
  });

  it('is stale when the meter has been silent, and when it never spoke', () => {
    expect(summarise([point(STALE_MS / 1000 + 1, 5_000)], now).stale).toBe(true);
    expect(summarise([point(1, null, 22_000)], now)).toMatchObject({ measuredW: null, ageMs: null, stale: true, limitW: 22_000 });
  });
});
