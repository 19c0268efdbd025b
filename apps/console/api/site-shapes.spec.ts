import { expect, it } from '@jest/globals';
import { hoursAhead, limitAddress, readSignal, shortLimitBody } from './site-shapes.js';

const at = (hour: number): string => new Date(Date.UTC(2026, 4, 1, hour)).toISOString();

it('reads a limit from outside: its steps end where the next begins, or with it', () => {
  const signal = readSignal({
    limitId: 'l',
    source: 'dso',
    nodeId: 'grid',
    schedule: [
      { startsAt: at(10), limitA: [20, 20, 16] },
      { startsAt: at(12), limitW: 11_000 },
    ],
    expiresAt: at(14),
    inForce: { startsAt: at(10), endsAt: at(12), isFallback: false, limitA: [20, 20, 16] },
  });
  expect(signal.steps.map(({ limitA, limitW, toMs }) => [limitA, limitW, toMs])).toEqual([
    [[20, 20, 16], null, Date.parse(at(12))],
    [null, 11_000, Date.parse(at(14))],
  ]);
  expect(signal.inForce).toMatchObject({ limitA: [20, 20, 16], isFallback: false });
});

it('tells the hours ahead by what changes, from now on', () => {
  const ms = (hour: number) => Date.parse(at(hour));
  const limits = [8, 12, 40].map((hour, index) => ({ atMs: ms(hour), limitW: 1_000 * (index + 1) }));
  const plan = [9, 12, 13].map((hour) => ({ atMs: ms(hour), powerW: hour === 13 ? 700 : 500 }));
  expect(hoursAhead({ limits, plan, plannedAtMs: null, expiresAtMs: null }, ms(10), 24 * 3_600_000)).toEqual([
    { atMs: ms(10), limitW: 1_000, planW: 500 },
    { atMs: ms(12), limitW: 2_000, planW: 500 },
    { atMs: ms(13), limitW: 2_000, planW: 700 },
  ]);
});

it('a short limit begins now, and says that it is meant where it stops cars', () => {
  const nowMs = Date.parse('2026-01-01T12:00:00Z');
  const limit = { siteId: 'depot', nodeId: null, limitA: 16, minutes: 30 };
  expect(shortLimitBody(limit, nowMs)).toEqual({
    siteIds: ['depot'],
    source: 'operator',
    schedule: [{ startsAt: '2026-01-01T12:00:00.000Z', limitA: 16 }],
    expiresAt: '2026-01-01T12:30:00.000Z',
  });
  expect(shortLimitBody({ ...limit, nodeId: 'CP-1', limitA: 0 }, nowMs)).toMatchObject({ nodeId: 'CP-1', stopsCharging: true });
  expect(limitAddress('depot', { limitId: 'a/b', source: 'dso', nodeId: 'L 1' })).toBe(
    '/v1/grid/limits/a%2Fb?siteId=depot&source=dso&nodeId=L+1',
  );
});
