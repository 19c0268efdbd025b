// The rules of costing, one by one, and the properties that hold for every tariff and session.
// Public worked examples are in rating-case.spec.ts.
import { describe, expect, it } from '@jest/globals';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { type Charged, chargeOf } from './charge.js';
import { rate } from './rate.js';
import type { RatingInput } from './rating.js';
import type { RatingPeriod } from './segments.js';
import { compacted, ratingPeriodsOf, type SessionPeriod } from './session-periods.js';
import { type PricingTariff, PricingTariffSchema, problemsOf, TariffSchema } from './tariff.js';

type Component = PricingTariff['elements'][number]['price_components'][number];
type Restrictions = NonNullable<PricingTariff['elements'][number]['restrictions']>;

const component = (type: Component['type'], price: number, rest: Partial<Component> = {}): Component => ({
  type,
  price,
  step_size: 1,
  ...rest,
});
const element = (components: Component[], restrictions?: Restrictions) => ({
  price_components: components,
  ...(restrictions && { restrictions }),
});
const tariff = (...elements: PricingTariff['elements']): PricingTariff => ({ id: 't', currency: 'EUR', elements });
const at = (minute: number, day = '2026-02-03T10:00:00Z'): string => new Date(Date.parse(day) + minute * 60_000).toISOString();
const charging = (fromMin: number, toMin: number, energyWh = 0, day?: string): RatingPeriod => ({
  from: at(fromMin, day),
  to: at(toMin, day),
  energyWh,
  chargingS: (toMin - fromMin) * 60,
});
const parking = (fromMin: number, toMin: number, day?: string): RatingPeriod => ({
  from: at(fromMin, day),
  to: at(toMin, day),
  parkingS: (toMin - fromMin) * 60,
});
const cost = (given: PricingTariff | undefined, periods: RatingPeriod[], rest: Partial<RatingInput> = {}) =>
  rate({ tariff: given, timeZone: 'UTC', periods, ...rest }).totals;

describe('elements and tiers', () => {
  it('cuts one period at an energy tier and prices each part', () =>
    expect(
      cost(tariff(element([component('ENERGY', 0)], { max_kwh: 1 }), element([component('ENERGY', 0.2)], { min_kwh: 1 })), [
        charging(0, 60, 20_000),
      ]).cost.exclVat,
    ).toBe('3.8000'));

  it('lets different dimensions come from different elements, and one without a match be free', () => {
    const given = tariff(element([component('ENERGY', 0.3)], { max_duration: 1800 }), element([component('TIME', 2)]));
    const { energyCost, timeCost } = cost(given, [charging(0, 60, 10_000)]);
    expect([energyCost.exclVat, timeCost.exclVat]).toEqual(['1.5000', '2.0000']);
  });

  it('follows the power of each stretch', () => {
    const given = tariff(
      element([component('ENERGY', 0.2)], { max_power: 16 }),
      element([component('ENERGY', 0.35)], { max_power: 32 }),
      element([component('ENERGY', 0.5)]),
    );
    expect(cost(given, [charging(0, 10, 1000), charging(10, 60, 40_000), charging(60, 67.5, 500)]).cost.exclVat).toBe('20.3000');
  });

  it('does not apply a current band to a current nobody measured', () =>
    expect(
      cost(tariff(element([component('TIME', 1)], { max_current: 32 }), element([component('TIME', 2)])), [charging(0, 60)]).cost.exclVat,
    ).toBe('2.0000'));
});

describe('wall clock', () => {
  it('does not carry Saturday night into Sunday', () => {
    const saturdayNight = tariff(element([component('TIME', 6)], { start_time: '22:00', end_time: '06:00', day_of_week: ['SATURDAY'] }));
    expect(cost(saturdayNight, [charging(-60, 120, 0, '2026-02-08T00:00:00Z')]).timeCost.exclVat).toBe('6.0000');
  });

  it('charges the repeated hour of autumn twice', () => {
    const twoToThree = tariff(element([component('TIME', 1)], { start_time: '02:00', end_time: '03:00' }));
    expect(cost(twoToThree, [charging(0, 300, 0, '2026-10-24T23:00:00Z')], { timeZone: 'Europe/Amsterdam' }).cost.exclVat).toBe('2.0000');
  });

  it('never meets the missing hour of spring', () => {
    const twoToThree = tariff(element([component('TIME', 1)], { start_time: '02:00', end_time: '03:00' }));
    expect(cost(twoToThree, [charging(0, 300, 0, '2026-03-28T23:00:00Z')], { timeZone: 'Europe/Amsterdam' }).cost.exclVat).toBe('0.0000');
  });

  it('ends a date range before its end date', () => {
    const oneDay = tariff(element([component('TIME', 1)], { start_date: '2026-02-04', end_date: '2026-02-05' }));
    expect(cost(oneDay, [charging(0, 72 * 60)]).cost.exclVat).toBe('24.0000');
  });
});

describe('step_size', () => {
  it('rounds energy once, at the price of the last stretch', () =>
    expect(
      cost(
        tariff(
          element([component('ENERGY', 0.2, { step_size: 500 })], { max_duration: 3600 }),
          element([component('ENERGY', 0.27, { step_size: 500 })]),
        ),
        [charging(0, 60, 4300), charging(60, 80, 1100)],
      ).cost.exclVat,
    ).toBe('1.1840'));

  it('rounds the total although an earlier stretch had the same price', () =>
    expect(
      cost(
        tariff(
          element([component('ENERGY', 5, { step_size: 10_000 })], { min_duration: 3600, max_duration: 7200 }),
          element([component('ENERGY', 2, { step_size: 10_000 })]),
        ),
        [charging(0, 60, 3000), charging(60, 120, 3000), charging(120, 180, 3000)],
      ).cost.exclVat,
    ).toBe('29.0000'));

  it('does not count a free end, and rounds the priced parking before it', () => {
    const given = tariff(
      element([component('TIME', 2.4, { step_size: 900 }), component('PARKING_TIME', 1, { step_size: 900 })], { max_duration: 1200 }),
    );
    expect(cost(given, [charging(0, 12), parking(12, 32)]).cost.exclVat).toBe('0.7300');
  });
});

describe('limits, VAT, reservations', () => {
  const limited: PricingTariff = {
    ...tariff(element([component('FLAT', 0.5, { vat: 20 }), component('ENERGY', 0.25, { vat: 10 })])),
    max_price: { excl_vat: 10, incl_vat: 11 },
  };

  it('caps net and gross apart, and says so in lines: 11 with the tax of 10 at 10 % leave nothing under 20 %', () => {
    const { totals, lines } = rate({ tariff: limited, timeZone: 'UTC', periods: [charging(0, 60, 50_000)] });
    expect(totals.cost).toEqual({ exclVat: '10.0000', inclVat: '11.0000' });
    expect(lines.slice(2)).toMatchObject([
      { kind: 'MAX_PRICE', vatPercent: '20', amount: { exclVat: '-0.5000', inclVat: '-0.6000' } },
      { kind: 'MAX_PRICE', vatPercent: '10', amount: { exclVat: '-2.5000', inclVat: '-2.7500' } },
    ]);
  });

  describe('the tax of what a limit adds', () => {
    const least = (min_price: object, ...vats: readonly (number | undefined)[]) => {
      const components = vats.map((vat) => component(vat === 20 ? 'FLAT' : 'ENERGY', 0.5, vat === undefined ? {} : { vat }));
      const given: PricingTariff = { ...tariff(element(components)), min_price: min_price as never };
      const { totals, lines } = rate({ tariff: given, timeZone: 'UTC', periods: [charging(0, 60, 1000)] });
      const added = lines
        .filter(({ kind }) => kind === 'MIN_PRICE')
        .map(({ vatPercent, amount }) => [vatPercent, amount.exclVat, amount.inclVat]);
      return { added, groups: chargeOf({} as Charged, { currency: 'EUR', lines, totals })?.taxes };
    };
    it('is under the rate of the session, so that no invoice has tax without a rate', () =>
      expect(least({ excl_vat: 1, incl_vat: 1.21 }, 21)).toEqual({
        added: [['21', '0.5000', '0.6050']],
        groups: [{ vatPercent: '21', exclVat: '1.00', inclVat: '1.21' }],
      }));
    it('is shared by several rates as the session is', () =>
      expect(least({ excl_vat: 2 }, 20, 10)).toEqual({
        added: [
          ['20', '0.5000', '0.6000'],
          ['10', '0.5000', '0.5500'],
        ],
        groups: [
          { vatPercent: '10', exclVat: '1.00', inclVat: '1.10' },
          { vatPercent: '20', exclVat: '1.00', inclVat: '1.20' },
        ],
      }));
    it.each([
      [{ excl_vat: 2, incl_vat: 2.26 }, ['1.40', '0.60']],
      // Beyond what the session has of either, and rounded up beyond both.
      [{ excl_vat: 2, incl_vat: 2.2 }, ['2.00', '0.00']],
      [{ excl_vat: 1.98, incl_vat: 2.38 }, ['0.00', '1.98']],
    ])('is divided over the rates as its own gross figure says: %j', (limit, [ten, twenty]) => {
      const net = Object.fromEntries((least(limit, 20, 10).groups ?? []).map(({ vatPercent, exclVat }) => [vatPercent, exclVat]));
      expect(net).toEqual({ 10: ten, 20: twenty });
    });
    it('goes to another rate of the tariff where those of the session do not reach', () => {
      const given = {
        ...tariff(element([component('ENERGY', 0.5, { vat: 20 }), component('PARKING_TIME', 6, { vat: 0 })])),
        min_price: { excl_vat: 2, incl_vat: 2.3 },
      };
      const { lines } = rate({ tariff: given, timeZone: 'UTC', periods: [charging(0, 60, 1000)] });
      expect(lines.map(({ vatPercent, amount }) => [vatPercent, amount.exclVat, amount.inclVat])).toEqual([
        ['20', '0.5000', '0.6000'],
        ['20', '1.0000', '1.2000'],
        ['0', '0.5000', '0.5000'],
      ]);
      const unused = rate({ tariff: given, timeZone: 'UTC', periods: [charging(0, 60, 0)] }).lines;
      expect(unused.map(({ vatPercent, amount }) => [vatPercent, amount.exclVat])).toEqual([
        ['20', '1.5000'],
        ['0', '0.5000'],
      ]);
    });
    it('has no rate where its figures are those of none', () =>
      expect(least({ excl_vat: 2, incl_vat: 3 }, 20, 10).added).toEqual([[undefined, '1.0000', '1.8500']]));
    it('adds up to the limit, each line with the tax of its rate, whatever the rates and the session', () =>
      fc.assert(
        fc.property(
          fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 4 }),
          fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 4, maxLength: 4 }),
          fc.integer({ min: 1, max: 100_000 }),
          fc.nat(100),
          (vats, prices, cents, part) => {
            const [least, most] = [Math.min(...vats), Math.max(...vats)];
            const net = new Decimal(cents).div(100);
            const limit = {
              excl_vat: net.toNumber(),
              incl_vat: net
                .times(least + ((most - least) * part) / 100 + 100)
                .div(100)
                .toNumber(),
            };
            const types = ['ENERGY', 'FLAT', 'TIME', 'PARKING_TIME'] as const;
            const elements = [element(vats.map((vat, index) => component(types[index] ?? 'FLAT', (prices[index] ?? 0) / 100, { vat })))];
            for (const limits of [{ min_price: limit }, { max_price: limit }, { min_price: limit, max_price: limit }]) {
              const given = { ...tariff(...elements), ...limits };
              const { lines, totals } = rate({ tariff: given, timeZone: 'UTC', periods: [charging(0, 60, 1000), parking(60, 90)] });
              const sum = (side: 'exclVat' | 'inclVat') => lines.reduce((total, { amount }) => total.plus(amount[side]), new Decimal(0));
              for (const side of ['exclVat', 'inclVat'] as const)
                expect(sum(side).minus(totals.cost[side]).abs().toNumber()).toBeLessThanOrEqual(0.0005);
              for (const { vatPercent, amount } of lines) {
                const tax = new Decimal(amount.exclVat).times(vatPercent ?? Number.NaN).div(100);
                expect(new Decimal(amount.inclVat).minus(amount.exclVat).minus(tax).abs().toNumber()).toBeLessThanOrEqual(0.006);
              }
            }
          },
        ),
      ));
    it('is that of the only rate of the tariff, where nothing was used and the limit has no gross figure', () => {
      const given = { ...tariff(element([component('ENERGY', 0.5, { vat: 21 })])), min_price: { excl_vat: 1 } };
      expect(cost(given, [charging(0, 60, 0)]).cost).toEqual({ exclVat: '1.0000', inclVat: '1.2100' });
    });
    it('is that of energy, where nothing was used and the tariff has several', () => {
      const given = {
        ...tariff(element([component('ENERGY', 0.5, { vat: 10 }), component('PARKING_TIME', 6, { vat: 20 })])),
        min_price: { excl_vat: 5 },
      };
      const { lines, totals } = rate({ tariff: given, timeZone: 'UTC', periods: [charging(0, 60, 0)] });
      expect(totals.payable).toEqual({ exclVat: '5.00', inclVat: '5.50' });
      expect(lines).toMatchObject([{ kind: 'MIN_PRICE', vatPercent: '10', amount: { exclVat: '5.0000', inclVat: '5.5000' } }]);
    });
    it('is under the rate of the tariff where nothing was used', () => {
      const given = { ...tariff(element([component('ENERGY', 0.5, { vat: 21 })])), min_price: { excl_vat: 1, incl_vat: 1.21 } };
      expect(rate({ tariff: given, timeZone: 'UTC', periods: [charging(0, 60, 0)] }).lines).toMatchObject([
        { kind: 'MIN_PRICE', vatPercent: '21' },
      ]);
    });
  });

  it('keeps the mean VAT where a limit has no gross figure', () =>
    expect(
      cost({ ...tariff(element([component('ENERGY', 0.25, { vat: 10 })])), min_price: { excl_vat: 3 } }, [charging(0, 60, 4000)]).cost,
    ).toEqual({ exclVat: '3.0000', inclVat: '3.3000' }));

  it('pays half a cent up, also where a mean tax that no decimals say comes to it', () => {
    const given = { ...tariff(element([component('ENERGY', 0.59, { vat: 5.5 })])), tax_included: 'YES' as const };
    for (const [most, gross] of [
      [7, '7.39'],
      [9, '9.50'],
    ] as const)
      expect(cost({ ...given, max_price: { excl_vat: most } }, [charging(0, 60, 87_654)]).payable.inclVat).toBe(gross);
  });

  it('leaves the gross least price as it is under a highest price that is not reached and has no gross figure', () => {
    const rates = element([component('ENERGY', 0.5, { vat: 10 }), component('FLAT', 0, { vat: 20 })]);
    const given = { ...tariff(rates), min_price: { excl_vat: 5, incl_vat: 6 }, max_price: { excl_vat: 50 } };
    expect(cost(given, [charging(0, 60, 4000)]).cost).toEqual({ exclVat: '5.0000', inclVat: '6.0000' });
    expect(cost(given, [charging(0, 60, 400_000)]).cost).toEqual({ exclVat: '50.0000', inclVat: '55.0000' });
  });

  it('takes the tax out of prices that include it', () =>
    expect(cost({ ...tariff(element([component('TIME', 2.4, { vat: 20 })])), tax_included: 'YES' }, [charging(0, 60)]).cost).toEqual({
      exclVat: '2.0000',
      inclVat: '2.4000',
    }));

  describe('taxes by name', () => {
    const quebec = [
      { name: 'GST', account_number: '123 RT', percentage: 5 },
      { name: 'QST', percentage: 9.975 },
    ];
    const taxed = { ...tariff(element([component('ENERGY', 0.4)])), sales_taxes: quebec };
    const totalsOf = (given: PricingTariff) => rate({ tariff: given, timeZone: 'UTC', periods: [charging(0, 60, 10_010)] }).totals;

    it('are added together on every price, and told each for itself', () => {
      const { cost: both, taxes } = totalsOf({ ...taxed, tax_included: 'NO' });
      expect(both).toEqual({ exclVat: '4.0040', inclVat: '4.6036' });
      expect(taxes).toEqual([
        { name: 'GST', accountNumber: '123 RT', percentage: '5', amount: '0.2002' },
        { name: 'QST', percentage: '9.975', amount: '0.3994' },
      ]);
    });

    it('are taken out of prices that include them', () =>
      expect(totalsOf({ ...taxed, tax_included: 'YES' })).toMatchObject({
        cost: { exclVat: '3.4825', inclVat: '4.0040' },
        taxes: [{ amount: '0.1741' }, { amount: '0.3474' }],
      }));

    it('take the place of VAT, and go with no tariff that says taxes do not apply', () => {
      const problems = (given: object) => PricingTariffSchema.safeParse(given).error?.issues.map(({ path }) => path.join('.'));
      expect(problems(taxed)).toBeUndefined();
      expect(problems({ ...taxed, tax_included: 'N/A' })).toEqual(['sales_taxes']);
      expect(problems({ ...tariff(element([component('ENERGY', 1, { vat: 5 })])), tax_included: 'N/A' })).toEqual(['tax_included']);
      expect(problems({ ...taxed, elements: [element([component('ENERGY', 1, { vat: 5 })])] })).toEqual(['sales_taxes']);
    });
  });

  it('reads limits in the words of OCPI 2.3.0', () => {
    const body = { ...tariff(element([component('ENERGY', 1, { vat: 21 })])), max_price: { before_taxes: 5, after_taxes: 6 } };
    const read = PricingTariffSchema.parse(body);
    expect(read.max_price).toEqual({ excl_vat: 5, incl_vat: 6 });
    expect(cost(read, [charging(0, 60, 20_000)]).cost).toEqual({ exclVat: '5.0000', inclVat: '6.0000' });
    expect(PricingTariffSchema.parse({ ...body, max_price: { before_taxes: 5 } }).max_price).toEqual({ excl_vat: 5 });
    expect(PricingTariffSchema.safeParse({ ...body, max_price: { before_taxes: 'five' } }).success).toBe(false);
  });

  it('adds the fee of an expired reservation to its time, and prefers its own time price', () => {
    const reserved: RatingPeriod = { from: at(0), to: at(60), reservationS: 3600 };
    const time = element([component('TIME', 2, { vat: 20, step_size: 600 })], { reservation: 'RESERVATION' });
    const fee = element([component('FLAT', 4, { vat: 20 })], { reservation: 'RESERVATION_EXPIRES' });
    const expiredTime = element([component('TIME', 6, { vat: 20, step_size: 600 })], { reservation: 'RESERVATION_EXPIRES' });
    expect(cost(tariff(time, fee), [reserved], { reservationExpired: true }).reservationCost).toEqual({
      exclVat: '6.0000',
      inclVat: '7.2000',
    });
    expect(cost(tariff(time, expiredTime), [reserved], { reservationExpired: true }).cost.exclVat).toBe('6.0000');
    expect(cost(tariff(time, fee), [reserved]).cost.exclVat).toBe('2.0000');
  });

  it('costs nothing without a tariff or without any time', () => {
    expect(rate({ tariff: undefined, timeZone: 'UTC', periods: [charging(0, 60, 5000)] })).toMatchObject({
      currency: 'XXX',
      totals: { cost: { exclVat: '0.0000' }, energyKwh: '5' },
    });
    expect(cost(limited, []).cost.exclVat).toBe('0.0000');
  });

  it('pays in the minor unit of the currency', () => {
    const yen = { ...tariff(element([component('ENERGY', 35.35)])), currency: 'JPY' };
    expect(cost(yen, [charging(0, 60, 10_000)]).payable.exclVat).toBe('354');
  });
});

describe('for every tariff and session', () => {
  const minutes = fc.integer({ min: 1, max: 600 });
  const anyTariff = fc
    .array(
      fc.record({
        type: fc.constantFrom('ENERGY', 'TIME', 'PARKING_TIME', 'FLAT'),
        cents: fc.integer({ min: 0, max: 500 }),
        step_size: fc.constantFrom(0, 1, 60, 900),
        vat: fc.constantFrom(undefined, 0, 7.5, 19),
        restrictions: fc.constantFrom<Restrictions | undefined>(
          undefined,
          { max_kwh: 3 },
          { min_duration: 1200 },
          { start_time: '09:30', end_time: '11:15' },
          { day_of_week: ['TUESDAY'] },
          { max_power: 11 },
          { min_power: 2, max_power: 6 },
        ),
      }),
      { minLength: 1, maxLength: 6 },
    )
    .map((parts) =>
      tariff(
        ...parts.map(({ type, cents, step_size, vat, restrictions }) =>
          element([component(type as Component['type'], cents / 100, { step_size, ...(vat !== undefined && { vat }) })], restrictions),
        ),
      ),
    );
  const anySession = fc
    .array(fc.record({ minutes, wh: fc.integer({ min: 0, max: 20_000 }), parked: fc.boolean() }), { minLength: 1, maxLength: 8 })
    .map((parts) => {
      let minute = 0;
      return parts.map(({ minutes: lasts, wh, parked }) => {
        minute += lasts;
        return parked ? parking(minute - lasts, minute) : charging(minute - lasts, minute, wh);
      });
    });

  it('splitting a period changes nothing', () =>
    fc.assert(
      fc.property(anyTariff, anySession, fc.nat(), fc.integer({ min: 1, max: 99 }), (given, periods, pick, percent) => {
        const index = pick % periods.length;
        const whole = periods[index] as RatingPeriod;
        const [from, to] = [Date.parse(whole.from), Date.parse(whole.to)];
        const middle = new Date(Math.round(from + ((to - from) * percent) / 100)).toISOString();
        const ratio = new Decimal(Date.parse(middle) - from).div(to - from);
        const part = (share: Decimal, start: string, end: string): RatingPeriod => ({
          from: start,
          to: end,
          energyWh: share.times(whole.energyWh ?? 0).toString(),
          ...(whole.parkingS === undefined
            ? { chargingS: new Decimal(Date.parse(end) - Date.parse(start)).div(1000).toString() }
            : { parkingS: new Decimal(Date.parse(end) - Date.parse(start)).div(1000).toString() }),
        });
        const split = [
          ...periods.slice(0, index),
          part(ratio, whole.from, middle),
          part(new Decimal(1).minus(ratio), middle, whole.to),
          ...periods.slice(index + 1),
        ];
        const [one, two] = [cost(given, periods), cost(given, split)];
        for (const side of ['exclVat', 'inclVat'] as const)
          expect(new Decimal(one.cost[side]).minus(two.cost[side]).abs().toNumber()).toBeLessThanOrEqual(0.0001);
      }),
    ));

  it('putting neighbours together again changes nothing', () =>
    fc.assert(
      fc.property(
        anyTariff,
        fc.array(
          fc.record({
            minutes: fc.integer({ min: 1, max: 60 }),
            wh: fc.integer({ min: 0, max: 2000 }),
            state: fc.constantFrom('Charging' as const, 'SuspendedEV' as const),
          }),
          { minLength: 1, maxLength: 20 },
        ),
        (given, parts) => {
          let minute = 0;
          const periods: SessionPeriod[] = parts.map(({ minutes: lasts, wh, state }) => {
            minute += lasts;
            return { from: at(minute - lasts), to: at(minute), energyWh: wh, state, powerW: (wh * 60) / lasts };
          });
          const before = rate({ tariff: given, timeZone: 'UTC', periods: ratingPeriodsOf(periods) });
          const fewer = compacted(
            periods,
            before.periods.map(({ from }) => from),
          );
          const after = rate({ tariff: given, timeZone: 'UTC', periods: ratingPeriodsOf(fewer) });
          expect(after.totals).toEqual(before.totals);
          expect(fewer.length).toBeLessThanOrEqual(
            3 * before.periods.length + 2 * parts.filter(({ state }, index) => state !== parts[index + 1]?.state).length,
          );
        },
      ),
    ));

  it('putting neighbours together leaves apart what costs the same on both sides of a band of power', () => {
    const given = tariff(element([component('ENERGY', 0.5)], { min_power: 10, max_power: 20 }), element([component('ENERGY', 0.3)]));
    const periods: readonly SessionPeriod[] = [5, 25].map((kw, index) => ({
      from: at(index * 60),
      to: at(index * 60 + 60),
      energyWh: kw * 1000,
      state: 'Charging',
      powerW: kw * 1000,
    }));
    const rated = (some: readonly SessionPeriod[]) => rate({ tariff: given, timeZone: 'UTC', periods: ratingPeriodsOf(some) });
    const cuts = rated(periods).periods.map(({ from }) => from);
    expect(rated(compacted(periods, cuts)).totals.cost.exclVat).toBe('9.0000');
  });

  it('ten times the price is ten times the cost', () =>
    fc.assert(
      fc.property(anyTariff, anySession, (given, periods) => {
        const dearer = {
          ...given,
          elements: given.elements.map((one) => ({
            ...one,
            price_components: one.price_components.map((part) => ({ ...part, price: new Decimal(part.price).times(10).toNumber() })),
          })),
        };
        const [one, ten] = [new Decimal(cost(given, periods).cost.exclVat), new Decimal(cost(dearer, periods).cost.exclVat)];
        expect(ten.minus(one.times(10)).abs().toNumber()).toBeLessThanOrEqual(0.0005);
      }),
    ));

  /** Nothing in it depends on when, how long or how much: no restrictions, no steps. */
  const steady = anyTariff.map((given) => ({
    ...given,
    elements: given.elements.map(({ price_components }) => element(price_components.map((part) => ({ ...part, step_size: 0 })))),
  }));
  /** The same stretches one after the other, in this order. */
  const inOrder = (periods: readonly RatingPeriod[]): RatingPeriod[] => {
    let ms = Date.parse(periods[0]?.from ?? '');
    return periods.map((period) => {
      const from = new Date(ms).toISOString();
      ms += Date.parse(period.to) - Date.parse(period.from);
      return { ...period, from, to: new Date(ms).toISOString() };
    });
  };
  const costs = (given: PricingTariff, periods: RatingPeriod[]) => {
    const { cost: both } = cost(given, periods);
    return [new Decimal(both.exclVat), new Decimal(both.inclVat)] as const;
  };

  it('the order of periods changes nothing where no price depends on when or how much', () =>
    fc.assert(
      fc.property(
        steady,
        anySession.chain((periods) => fc.tuple(fc.constant(periods), fc.shuffledSubarray(periods, { minLength: periods.length }))),
        (given, [periods, shuffled]) => expect(costs(given, inOrder(shuffled))).toEqual(costs(given, inOrder(periods))),
      ),
    ));

  it('three times as long and as much is three times the cost, but for what is paid once', () =>
    fc.assert(
      fc.property(steady, anySession, (given, periods) => {
        const longer = periods.map(({ energyWh, chargingS, parkingS, ...period }) => ({
          ...period,
          to: new Date(Date.parse(period.from) + 3 * (Date.parse(period.to) - Date.parse(period.from))).toISOString(),
          ...(energyWh !== undefined && { energyWh: Number(energyWh) * 3 }),
          ...(chargingS !== undefined && { chargingS: Number(chargingS) * 3 }),
          ...(parkingS !== undefined && { parkingS: Number(parkingS) * 3 }),
        }));
        const { totals: one } = rate({ tariff: given, timeZone: 'UTC', periods: inOrder(periods) });
        const { totals: three } = rate({ tariff: given, timeZone: 'UTC', periods: inOrder(longer) });
        expect(three.fixedCost).toEqual(one.fixedCost);
        for (const kind of ['energyCost', 'timeCost', 'parkingCost'] as const)
          for (const side of ['exclVat', 'inclVat'] as const)
            expect(new Decimal(three[kind][side]).minus(new Decimal(one[kind][side]).times(3)).abs().toNumber()).toBeLessThanOrEqual(
              0.0002,
            );
      }),
    ));

  it('lines and dimension totals add up to the cost, and used quantities to the session', () =>
    fc.assert(
      fc.property(anyTariff, anySession, (given, periods) => {
        const { lines, totals, periods: rated } = rate({ tariff: given, timeZone: 'UTC', periods });
        const close = (a: Decimal, b: Decimal.Value, by: number): void => expect(a.minus(b).abs().toNumber()).toBeLessThanOrEqual(by);
        const sum = (texts: readonly string[]): Decimal => texts.reduce((total, text) => total.plus(text), new Decimal(0));
        close(sum(lines.map(({ amount }) => amount.inclVat)), totals.cost.inclVat, 0.0005);
        close(
          sum([totals.fixedCost, totals.energyCost, totals.timeCost, totals.parkingCost].map(({ exclVat }) => exclVat)),
          totals.cost.exclVat,
          0.0003,
        );
        close(sum(rated.map(({ energyKwh }) => energyKwh)), sum(periods.map(({ energyWh }) => String(energyWh ?? 0))).div(1000), 0.00001);
        close(sum(rated.map(({ parkingH }) => parkingH)), totals.parkingTimeH, 0.0000001);
      }),
    ));
});

describe('a tariff nobody should be billed by', () => {
  const known = { country_code: 'DE', party_id: 'ALL', id: 't', last_updated: '2026-01-01T00:00:00Z' };
  it.each([
    [{ elements: [element([component('ENERGY', 1)])] }, 'currency', 'is missing (string)'],
    [{ currency: 'EUR', elements: [] }, 'elements', 'at least one tariff element'],
    [
      { currency: 'EUR', elements: [element([component('ENERGY', 1)], { start_time: '24:00' })] },
      'elements.0.restrictions.start_time',
      'a local time HH:MM, 00:00 to 23:59 (00:00 as an end means the end of the day)',
    ],
    [
      { currency: 'EUR', elements: [element([component('ENERGY', 1)], { min_kwh: 5, max_kwh: 5 })] },
      'elements.0.restrictions.min_kwh',
      'min_kwh 5 is not below max_kwh 5: the element could never apply',
    ],
    [
      { currency: 'EUR', elements: [element([component('ENERGY', 1)], { reservation: 'RESERVATION' })] },
      'elements.0.price_components.0.type',
      'a reservation can cost FLAT and TIME only, not ENERGY',
    ],
    [
      { currency: 'EUR', elements: [element([component('ENERGY', 1)])], min_price: { excl_vat: 1.21, incl_vat: 1 } },
      'min_price.incl_vat',
      'is below excl_vat 1.21: no tax is below zero',
    ],
    [
      {
        currency: 'EUR',
        elements: [element([component('ENERGY', 1)])],
        min_price: { excl_vat: 4, incl_vat: 5 },
        max_price: { excl_vat: 4, incl_vat: 4 },
      },
      'min_price.incl_vat',
      '5 is above max_price 4',
    ],
    // A typing error must not make a price apply always, or without an end.
    [
      { currency: 'EUR', elements: [element([component('ENERGY', 1)], { start_tiem: '10:00' } as never)] },
      'elements.0.restrictions.start_tiem',
      'is not known here',
    ],
    [{ currency: 'EUR', elements: [element([component('ENERGY', 1)])], max_pirce: { excl_vat: 5 } }, 'max_pirce', 'is not known here'],
    [
      { currency: 'EUR', elements: [element([component('ENERGY', 1), component('ENERGY', 2)])] },
      'elements.0.price_components.1.type',
      'ENERGY has a price in this element already',
    ],
    [
      { currency: 'EUR', elements: [element([component('ENERGY', 1)], { start_time: '10:00', end_time: '10:00' })] },
      'elements.0.restrictions.end_time',
      'is start_time: leave both out for the whole day',
    ],
    [{ currency: 'XXX', elements: [element([component('ENERGY', 1)])] }, 'currency', 'an ISO 4217 code of three capitals'],
    // More than charge records have room for: they could not be written.
    [
      { currency: 'EUR', elements: [element([component('ENERGY', 1, { vat: 101 })])] },
      'elements.0.price_components.0.vat',
      'at most 100 %',
    ],
    [{ currency: 'EUR', elements: [element([component('FLAT', 1e6)])] }, 'elements.0.price_components.0.price', 'at most 999999'],
    [
      { currency: 'EUR', elements: [element([component('ENERGY', 0.1234567)])] },
      'elements.0.price_components.0.price',
      'at most 6 decimals',
    ],
  ])('is refused with the field and the reason: %#', (body, path, message) => {
    const { error } = TariffSchema.safeParse({ ...known, ...body });
    expect(error && problemsOf(error)).toEqual([{ path, message }]);
  });

  it('may leave out what prices do not depend on', () =>
    expect(PricingTariffSchema.safeParse({ elements: [element([component('ENERGY', 1)])] }).success).toBe(true));
});
