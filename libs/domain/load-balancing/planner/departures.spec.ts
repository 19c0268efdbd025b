import { describe, expect, it } from '@jest/globals';
import { comparable, departureQuantile, learnStays, stayChance, usualEnergyWh } from './departures.js';

const HOUR = 3_600_000;
/** A hundred stays of 1..100 tenths of an hour, stated as five hours each. */
const past = Array.from({ length: 100 }, (_, index) => ({ arrivalMs: 0, departureMs: ((index + 1) / 10) * HOUR, statedMs: 5 * HOUR }));
const learned = learnStays(past);

describe('departureQuantile', () => {
  it('corrects a statement by how early or late others were', () => {
    expect(departureQuantile(learned, { arrivalMs: 0, statedMs: 8 * HOUR }, 0, 0.25)).toBeCloseTo((8 - 5 + 2.6) * HOUR, 3);
  });

  it('goes by the length of stays where nothing was stated', () => {
    expect(departureQuantile(learned, { arrivalMs: 2 * HOUR }, 2 * HOUR, 0.5)).toBeCloseTo((2 + 5.1) * HOUR, 3);
  });

  it('counts only those who were still there', () => {
    const now = 9 * HOUR;
    expect(departureQuantile(learned, { arrivalMs: 0 }, now, 0.5)).toBeCloseTo(9.6 * HOUR, 3);
  });

  it('never lies in the past, even for a car that outstays everybody', () => {
    const now = 50 * HOUR;
    expect(departureQuantile(learned, { arrivalMs: 0, statedMs: 5 * HOUR }, now, 0.5)).toBeGreaterThan(now);
  });

  it('believes the driver, or assumes a few hours, while there is nothing to learn from', () => {
    const nothing = learnStays([]);
    expect(departureQuantile(nothing, { arrivalMs: 0, statedMs: 3 * HOUR }, HOUR)).toBe(3 * HOUR);
    expect(departureQuantile(nothing, { arrivalMs: 0 }, HOUR)).toBe(4 * HOUR);
  });

  it('rises with the quantile', () => {
    const times = [0, 0.1, 0.5, 0.9, 1].map((quantile) => departureQuantile(learned, { arrivalMs: 0 }, 0, quantile));
    expect([...times].sort((a, b) => a - b)).toEqual(times);
  });
});

describe('stayChance', () => {
  it('is the share of those still there now that is still there then', () => {
    expect(stayChance(learned, { arrivalMs: 0 }, 0, 2.5 * HOUR)).toBeCloseTo(0.75, 3);
    expect(stayChance(learned, { arrivalMs: 0 }, 5 * HOUR, 7.5 * HOUR)).toBeCloseTo(0.5, 3);
    expect(stayChance(learned, { arrivalMs: 0 }, 5 * HOUR, 5 * HOUR)).toBe(1);
  });

  it('is certainty while there is nothing to learn from, and for a car that outstayed everybody', () => {
    expect(stayChance(learnStays([]), { arrivalMs: 0 }, 0, 9 * HOUR)).toBe(1);
    expect(stayChance(learned, { arrivalMs: 0 }, 50 * HOUR, 60 * HOUR)).toBe(1);
  });
});

describe('comparable', () => {
  const stay = (day: number, hour: number, statedHours?: number) => {
    const arrivalMs = (day * 24 + hour) * HOUR;
    return { arrivalMs, departureMs: arrivalMs + HOUR, ...(statedHours !== undefined && { statedMs: arrivalMs + statedHours * HOUR }) };
  };
  const mornings = Array.from({ length: 60 }, (_, day) => stay(day, 8, 9));
  const evenings = Array.from({ length: 60 }, (_, day) => stay(day, 18, 2));

  it('goes by the time of day and by how long a stay was stated', () => {
    expect(comparable([...evenings, ...mornings], stay(90, 9, 8))).toEqual(mornings);
    expect(comparable([...mornings, ...evenings], stay(90, 23))).toEqual(evenings);
  });

  it('knows that midnight is near', () => {
    const [late, noon] = [stay(1, 23.5), stay(1, 12)];
    expect(comparable([noon, late], stay(9, 0.5))).toEqual([late, noon]);
  });

  it('asks only those who stated something about one that did', () => {
    expect(comparable([stay(1, 8), ...mornings], stay(90, 8, 9))).toEqual(mornings);
  });
});

describe('usualEnergyWh', () => {
  const taken = learnStays(past.map((stay, index) => ({ ...stay, energyWh: (index + 1) * 100 })));

  it('goes by those who took more than this car has', () => {
    expect(usualEnergyWh(taken, 0)).toBe(9_100);
    expect(usualEnergyWh(taken, 5_000, 0.5)).toBe(7_600);
  });

  it('knows nothing of a car that took more than all others, nor where too few were metered', () => {
    expect(usualEnergyWh(taken, 10_000)).toBeUndefined();
    expect(usualEnergyWh(learned, 0)).toBeUndefined();
  });
});
