// Whether a car means to take more than its station was told.
import { describe, expect, it } from '@jest/globals';
import { meansMore } from './ev-schedule.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const MINUTE = 60_000;
const plan = {
  steps: [
    { fromMs: NOW, limitMa: 16_000 },
    { fromMs: NOW + 5 * MINUTE, limitMa: 8_000 },
    { fromMs: NOW + 15 * MINUTE, limitMa: 0 },
  ],
  voltageV: 230,
};
/** Periods as minutes from now and limit. */
const says = (unit: 'A' | 'W', ...periods: readonly (readonly [minute: number, limit: number])[]) =>
  meansMore(
    {
      evseId: 1,
      timeBase: new Date(NOW).toISOString(),
      chargingSchedule: {
        id: 1,
        chargingRateUnit: unit,
        chargingSchedulePeriod: periods.map(([minute, limit]) => ({ startPeriod: minute * 60, limit })),
      },
    },
    plan,
    NOW,
  );

describe('what a car says it will draw', () => {
  it('is no more where it follows the plan, in amperes and in watts', () => {
    expect(says('A', [0, 16], [5, 8])).toBe(false);
    expect(says('W', [0, 11_040], [5, 5_520])).toBe(false);
    expect(says('A', [0, 6])).toBe(false);
  });

  it('is more where it goes above now, or fails to come down when the plan does', () => {
    expect(says('A', [0, 32], [5, 8])).toBe(true);
    expect(says('A', [0, 16])).toBe(true);
    expect(says('W', [0, 22_000])).toBe(true);
    expect(says('A', [0, 8], [2, 20], [4, 8])).toBe(true);
  });

  it('is not held against what was not promised yet: the time after the lease', () => {
    expect(says('A', [0, 16], [5, 8], [15, 32])).toBe(false);
  });

  it('may be off by a rounding, or by a clock', () => {
    expect(says('A', [0, 16.5], [5, 8.9])).toBe(false);
    expect(says('A', [0, 16], [5.4, 8])).toBe(false);
    expect(says('A', [0, 16], [6, 8])).toBe(true);
    expect(says('A', [0, 8], [4.9, 8])).toBe(false);
  });

  it('says nothing where it cannot be read', () => {
    expect(meansMore({ evseId: 1 }, plan, NOW)).toBe(false);
    expect(says('A', [0, Number.NaN])).toBe(false);
  });
});
