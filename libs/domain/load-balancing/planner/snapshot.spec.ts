import { describe, expect, it } from '@jest/globals';
import { compileNetwork, installedCapacity } from '../network.js';
import { routeOf } from '../routes.js';
import { networkRows } from './network-rows.js';
import { slotsFrom } from './snapshot.js';

const HOUR = 3_600_000;

describe('slotsFrom', () => {
  it('covers the time without gaps, fine at first and whole hours later', () => {
    const now = 7.4 * HOUR;
    const slots = slotsFrom(now, 20 * HOUR);
    for (const [index, { fromMs, hours }] of slots.entries())
      expect(slots[index + 1]?.fromMs ?? 20 * HOUR).toBeCloseTo(fromMs + hours * HOUR, 3);
    expect(slots[0]).toEqual({ fromMs: now, hours: 5 / 60 });
    expect(slots.at(-1)).toEqual({ fromMs: 19 * HOUR, hours: 1 });
  });

  it('has one slot at least, and no more than a day', () => {
    expect(slotsFrom(0, -1)).toHaveLength(1);
    expect(slotsFrom(0, 100 * HOUR).at(-1)?.fromMs).toBeLessThan(24 * HOUR);
  });
});

describe('networkRows', () => {
  it('is one exact row for each line of a European panel, none for totals nobody limits', () => {
    const network = compileNetwork({ nodeId: 'grid', limitA: [40, 50, 60] }, 230);
    const routes = [routeOf(network, 'grid', 3), routeOf(network, 'grid', ['L2'])];
    const rows = networkRows(network, routes, [installedCapacity(network), installedCapacity(network)]);
    expect(rows.map(({ factor, limitA }) => [[...factor], [...limitA]])).toEqual([
      [
        [1, 0],
        [40, 40],
      ],
      [
        [1, 1],
        [50, 50],
      ],
      [
        [1, 0],
        [60, 60],
      ],
    ]);
  });

  it('bounds a delta by polygons inside its lines', () => {
    const network = compileNetwork({ nodeId: 'panel', limitA: 80 }, 120);
    const routes = (['L1-L2', 'L2-L3', 'L3-L1'] as const).map((pair) => routeOf(network, 'panel', pair));
    const rows = networkRows(network, routes, [installedCapacity(network)]);
    // Balanced currents of I make lines of √3 I.
    const allowed = Math.min(...rows.map(({ factor, limitA }) => (limitA[0] ?? 0) / factor.reduce((sum, value) => sum + value, 0)));
    expect(allowed * Math.sqrt(3)).toBeLessThanOrEqual(80);
    expect(allowed * Math.sqrt(3)).toBeGreaterThan(79.6);
  });
});
