// Days of an auction and lines of CSV as times.
import { describe, expect, it } from '@jest/globals';
import { dayOf, linesOf } from './energy-prices.js';

const day = (date: string, count: number) =>
  dayOf({ date, timeZone: 'Europe/Berlin', pricesPerKwh: Array.from({ length: count }, (_, hour) => hour / 100) }, 0);

describe('dayOf', () => {
  it('knows days of 23, 24 and 25 hours, by the hour and by the quarter', () => {
    expect(day('2026-07-01', 24).at(-1)).toEqual({
      startsAt: '2026-07-01T21:00:00.000Z',
      endsAt: '2026-07-01T22:00:00.000Z',
      pricePerKwh: 0.23,
    });
    expect(day('2026-03-29', 23)[2]?.startsAt).toBe('2026-03-29T01:00:00.000Z');
    const autumn = day('2026-10-25', 25);
    expect([autumn[2], autumn[3]].map((each) => each?.startsAt)).toEqual(['2026-10-25T00:00:00.000Z', '2026-10-25T01:00:00.000Z']);
    expect(day('2026-10-25', 100).at(-1)?.endsAt).toBe('2026-10-25T23:00:00.000Z');
  });
  it('refuses what the day does not have', () => {
    expect(() => day('2026-10-25', 24)).toThrow(/has 25 hours in Europe\/Berlin: 25, 50 or 100 prices were expected, not 24/);
  });
});

describe('linesOf', () => {
  it('reads lines in any order, with a head, and lets each hold until the next', () => {
    expect(linesOf('starts_at,price_per_kwh,carbon\n2026-10-25T02:00+01:00;0.2;0.4\n2026-10-25T02:00+02:00,0.1\n')).toEqual([
      { startsAt: '2026-10-25T00:00:00.000Z', endsAt: '2026-10-25T01:00:00.000Z', pricePerKwh: 0.1 },
      { startsAt: '2026-10-25T01:00:00.000Z', endsAt: '2026-10-25T02:00:00.000Z', pricePerKwh: 0.2, carbonKgPerKwh: 0.4 },
    ]);
  });
  it('names the line it cannot read', () => {
    expect(() => linesOf('2026-10-25T02:00,0.1')).toThrow(/line 1: a time with its offset/);
    expect(() => linesOf('2026-10-25T02:00Z,0.1\n2026-10-25T03:00Z,dear')).toThrow(/line 2: a price/);
    expect(() => linesOf('2026-10-25T02:00Z,')).toThrow(/line 1: a price/);
  });
});
