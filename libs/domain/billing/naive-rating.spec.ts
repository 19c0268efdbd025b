// The rating against a second implementation that reads the rules word by word: to the last of four decimals, for any tariff, over clock changes.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type NaivePeriod, naiveCost } from './naive-rating.fixture.js';
import { rate } from './rate.js';
import type { RatingPeriod } from './segments.js';
import type { PricingTariff } from './tariff.js';

/** Clocks go forward, go back, both at midnight too, a Saturday night, the turn of a month and of a year; and a zone of three quarters of an hour. */
const places = fc.constantFrom(
  ['Europe/Amsterdam', '2026-03-29T00:10:30Z'],
  ['Europe/Amsterdam', '2026-10-25T00:15:00Z'],
  ['America/New_York', '2026-11-01T04:50:10Z'],
  ['UTC', '2026-02-07T22:45:00Z'],
  ['Asia/Kathmandu', '2026-02-28T17:40:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T14:20:00Z'],
  ['UTC', '2026-12-31T23:20:20Z'],
  ['Africa/Cairo', '2026-04-23T21:25:00Z'],
  ['Africa/Cairo', '2026-10-29T20:10:00Z'],
  ['America/Santiago', '2026-09-06T03:30:10Z'],
);
const time = fc.constantFrom('00:00', '00:30', '01:45', '02:15', '02:30', '03:00', '22:00', '23:30');
const restrictions = fc
  .record(
    {
      clock: fc.tuple(time, time).filter(([from, to]) => from !== to),
      start_date: fc.constantFrom('2026-02-08', '2026-04-24', '2026-09-06', '2026-03-01', '2026-03-29', '2026-11-01', '2027-01-01'),
      day_of_week: fc.constantFrom(['SATURDAY' as const], ['SUNDAY' as const, 'MONDAY' as const]),
      min_kwh: fc.constantFrom(0.5, 1, 2.001),
      max_kwh: fc.constantFrom(3, 5.5),
      min_duration: fc.constantFrom(60, 1801),
      max_duration: fc.constantFrom(3600, 5000),
      min_power: fc.constantFrom(3.6, 5),
      max_power: fc.constantFrom(7.2, 8),
    },
    { requiredKeys: [] },
  )
  .map(({ clock, ...rest }) => ({ ...rest, ...(clock !== undefined && { start_time: clock[0], end_time: clock[1] }) }));
const component = fc.record({
  type: fc.constantFrom('ENERGY' as const, 'TIME' as const, 'PARKING_TIME' as const, 'FLAT' as const),
  price: fc.integer({ min: 0, max: 50_000 }).map((value) => value / 10_000),
  vat: fc.constantFrom(0, 5.5, 7, 19, 21),
  step_size: fc.constantFrom(0, 1, 60, 300, 500),
});
const tariff: fc.Arbitrary<PricingTariff> = fc
  .record({
    elements: fc.array(
      fc.record(
        { price_components: fc.uniqueArray(component, { selector: ({ type }) => type, minLength: 1 }), restrictions },
        { requiredKeys: ['price_components'] },
      ),
      { minLength: 1, maxLength: 5 },
    ),
    limits: fc.option(fc.tuple(fc.nat(400), fc.nat(400), fc.boolean())),
    isTaxIncluded: fc.boolean(),
  })
  .map(({ elements, limits, isTaxIncluded }) => ({
    currency: 'EUR',
    elements: elements as unknown as PricingTariff['elements'],
    ...(limits !== null && {
      min_price: { excl_vat: limits[0] / 100, incl_vat: (limits[0] + 7) / 100 },
      max_price: {
        excl_vat: (limits[0] + limits[1]) / 100,
        ...(limits[2] && { incl_vat: (limits[0] + limits[1] + 9) / 100 }),
      },
    }),
    ...(isTaxIncluded && { tax_included: 'YES' as const }),
  }));
const period: fc.Arbitrary<NaivePeriod> = fc
  .record({
    seconds: fc.integer({ min: 1, max: 3_000 }),
    whPerSecond: fc.constantFrom(0 as const, 1 as const, 2 as const),
    isParked: fc.boolean(),
  })
  .map((each) => (each.isParked ? { ...each, whPerSecond: 0 } : each));

function ratingPeriods(startMs: number, periods: readonly NaivePeriod[]): readonly RatingPeriod[] {
  let ms = startMs;
  return periods.map(({ seconds, whPerSecond, isParked }) => {
    const from = new Date(ms).toISOString();
    ms += seconds * 1000;
    const common = { from, to: new Date(ms).toISOString(), energyWh: seconds * whPerSecond };
    return isParked ? { ...common, parkingS: seconds } : { ...common, chargingS: seconds };
  });
}

describe('the rating', () => {
  it('comes to what the rules say, half a second at a time', () =>
    fc.assert(
      fc.property(tariff, places, fc.array(period, { minLength: 1, maxLength: 5 }), (given, [timeZone, start], periods) => {
        const startMs = Date.parse(start);
        const { cost } = rate({ tariff: given, timeZone, periods: ratingPeriods(startMs, periods) }).totals;
        expect(cost).toEqual(naiveCost(given, timeZone, startMs, periods));
      }),
      { numRuns: 150 },
    ));

  it('and the rules word by word know the published figures', () => {
    const of = (...elements: PricingTariff['elements']): PricingTariff => ({ currency: 'EUR', elements });
    const start = Date.parse('2026-02-03T10:00:00Z');
    const twenty = [{ seconds: 10_000, whPerSecond: 2 as const, isParked: false }];
    const simple = of({
      price_components: [
        { type: 'FLAT', price: 0.5, vat: 20, step_size: 1 },
        { type: 'ENERGY', price: 0.25, vat: 10, step_size: 1 },
      ],
    });
    expect(naiveCost(simple, 'UTC', start, twenty)).toEqual({ exclVat: '5.5000', inclVat: '6.1000' });
    const parked = of(
      { price_components: [{ type: 'TIME', price: 2.4, step_size: 300 }] },
      { price_components: [{ type: 'PARKING_TIME', price: 1, step_size: 900 }], restrictions: { max_duration: 1200 } },
    );
    const stay = [
      { seconds: 720, whPerSecond: 1 as const, isParked: false },
      { seconds: 1200, whPerSecond: 0 as const, isParked: true },
    ];
    expect(naiveCost(parked, 'UTC', start, stay)).toEqual({ exclVat: '0.7300', inclVat: '0.7300' });
  });
});
