// The weekly table by the wall clock of the site.
import { describe, expect, it } from '@jest/globals';
import type { EnergyCosts } from '../site-model.js';
import { energyCostsAt } from './energy-costs.js';

const table: EnergyCosts = {
  prices: [
    { daysOfWeek: ['FRIDAY'], startTime: '22:00', endTime: '06:00', pricePerKwh: 0.05, carbonKgPerKwh: 0.1 },
    { daysOfWeek: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'], startTime: '07:00', endTime: '23:00', pricePerKwh: 0.3 },
    { pricePerKwh: 0.2 },
  ],
  feedInPerKwh: 0.08,
};
const priceAt = (iso: string, timeZone = 'UTC'): number | undefined => energyCostsAt(table, timeZone, Date.parse(iso)).pricePerKwh;

describe('energyCostsAt', () => {
  it('takes the first line that holds, the start included and the end not', () => {
    expect(priceAt('2026-03-02T06:59:59Z')).toBe(0.2);
    expect(priceAt('2026-03-02T07:00:00Z')).toBe(0.3);
    expect(priceAt('2026-03-02T22:59:59Z')).toBe(0.3);
    expect(priceAt('2026-03-02T23:00:00Z')).toBe(0.2);
  });

  it('goes on over midnight into a day that is not named', () => {
    expect(priceAt('2026-03-06T22:00:00Z')).toBe(0.05);
    expect(priceAt('2026-03-07T05:59:59Z')).toBe(0.05);
    expect(priceAt('2026-03-07T06:00:00Z')).toBe(0.2);
    expect(priceAt('2026-03-06T05:00:00Z')).toBe(0.2);
  });

  it('goes by local time, also on the day the clocks change', () => {
    expect(priceAt('2026-03-27T06:00:00Z', 'Europe/Amsterdam')).toBe(0.3);
    expect(priceAt('2026-03-30T05:00:00Z', 'Europe/Amsterdam')).toBe(0.3);
    expect(priceAt('2026-03-30T04:59:59Z', 'Europe/Amsterdam')).toBe(0.2);
  });

  it('costs nothing where no line holds', () => {
    expect(energyCostsAt({ prices: [] }, 'UTC', 0)).toEqual({ pricePerKwh: 0 });
    expect(energyCostsAt(table, 'UTC', Date.parse('2026-03-06T23:00:00Z'))).toEqual({
      pricePerKwh: 0.05,
      carbonKgPerKwh: 0.1,
      feedInPerKwh: 0.08,
    });
  });
});
