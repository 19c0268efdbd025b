import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { phasorRows } from './phasor-rows.js';

const unit = (degrees: number, size = 1) => ({
  re: size * Math.cos((degrees * Math.PI) / 180),
  im: size * Math.sin((degrees * Math.PI) / 180),
});
const currents = (count: number) =>
  fc.array(
    fc.integer({ min: 0, max: 100_000 }).map((ma) => ma / 1000),
    { minLength: count, maxLength: count },
  );

describe('phasorRows', () => {
  it('is one exact row where all currents are in phase', () => {
    expect(phasorRows([unit(0), unit(0), unit(0, 2)])).toEqual([{ factor: Float64Array.of(1, 1, 2), share: 1 }]);
  });

  it('has no row where nothing flows', () => {
    expect(phasorRows([{ re: 0, im: 0 }])).toEqual([]);
  });

  // A delta secondary (60° apart), a delta primary (120°, one of them double), and a line that currents of all directions reach.
  it.each([
    ['a delta secondary', [unit(30), unit(-30)], 6],
    ['a delta primary', [unit(30), unit(-30, 2), unit(-90)], 12],
    ['every direction', [unit(0), unit(120), unit(240)], 36],
  ] as const)('keeps the sum inside its circle and gives away at most 0.4 %%: %s', (_, members, count) => {
    const rows = phasorRows([...members]);
    expect(rows).toHaveLength(count);
    fc.assert(
      fc.property(currents(members.length), (amps) => {
        const re = members.reduce((sum, member, index) => sum + member.re * (amps[index] ?? 0), 0);
        const im = members.reduce((sum, member, index) => sum + member.im * (amps[index] ?? 0), 0);
        // The smallest limit the rows would allow this sum under.
        const needed = Math.max(
          ...rows.map(({ factor, share }) => factor.reduce((sum, value, index) => sum + value * (amps[index] ?? 0), 0) / share),
        );
        const size = Math.hypot(re, im);
        expect(needed).toBeGreaterThanOrEqual(size * (1 - 1e-9));
        expect(needed * 0.9961).toBeLessThanOrEqual(size + 1e-9);
      }),
    );
  });
});
