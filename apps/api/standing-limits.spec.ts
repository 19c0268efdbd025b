// Limits from the grid as they are read back: what was said, and what of it is in force.
import { describe, expect, it } from '@jest/globals';
import { limitsOf } from './standing-limits.js';

const at = (minute: number): Date => new Date(Date.parse('2026-03-01T12:00:00Z') + minute * 60_000);
const step = (offset: number, starts: number, ends: number | null, more: object = {}) => ({
  site_id: 's',
  record_offset: offset,
  limit_id: `l${offset}`,
  source: 'dso',
  node_id: 'grid',
  direction: 'import',
  is_share: false,
  received_at: at(0),
  starts_at: at(starts),
  ends_at: ends === null ? null : at(ends),
  limit_a: null,
  lines_a: null,
  limit_w: null,
  is_fallback: ends === null,
  ...more,
});

describe('a limit that stands', () => {
  const rows = [
    step(1, 0, 10, { limit_a: 16, lines_a: [20, 16, 20] }),
    step(1, 10, 20, { limit_w: 4_000 }),
    step(1, 20, null, { limit_a: 8 }),
    step(2, 5, 30, { limit_a: 10, is_share: true }),
  ];

  it('has its schedule line by line, its expiry, its fallback, and the step in force with its end', () => {
    const [first, share] = limitsOf(rows, at(1).getTime());
    expect(first).toEqual({
      limitId: 'l1',
      source: 'dso',
      siteIds: ['s'],
      nodeId: 'grid',
      direction: 'import',
      isShare: false,
      receivedAt: at(0),
      schedule: [
        { startsAt: at(0), limitA: [20, 16, 20] },
        { startsAt: at(10), limitW: 4_000 },
      ],
      expiresAt: at(20),
      fallback: { limitA: 8 },
      inForce: { startsAt: at(0), endsAt: at(10), isFallback: false, limitA: [20, 16, 20] },
    });
    expect(share).toMatchObject({ isShare: true, fallback: null, inForce: null });
  });

  it('has a floor where its node has one against its source, and a share has none', () => {
    const grid_floor = { source: '14a', floorW: 12_600 };
    const told = [
      step(1, 0, 10, { limit_w: 0, source: '14a', grid_floor }),
      step(2, 0, 10, { limit_w: 0, grid_floor }),
      step(3, 0, 10, { limit_w: 0, source: '14a', is_share: true, grid_floor }),
      step(4, 0, 10, { limit_w: 0, source: '14a', direction: 'export', grid_floor }),
    ];
    expect(limitsOf(told, at(1).getTime()).map(({ floorW, inForce }) => [floorW, inForce?.limitW])).toEqual([
      [12_600, 0],
      [undefined, 0],
      [undefined, 0],
      [undefined, 0],
    ]);
  });

  it('goes on with its fallback, which has no end', () => {
    expect(limitsOf(rows, at(25).getTime()).map(({ inForce }) => inForce)).toEqual([
      { startsAt: at(20), endsAt: null, isFallback: true, limitA: 8 },
      { startsAt: at(5), endsAt: at(30), isFallback: false, limitA: 10 },
    ]);
  });
});
