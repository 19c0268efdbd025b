// Reconciliation leaves nothing out and hides no difference.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type EnergySum, type MoneySum, reconciled } from './reconciliation.js';

const days = ['2026-02-01', '2026-02-02', '2026-02-03'];
const place = { siteId: fc.constantFrom('a', 'b', 'c'), day: fc.constantFrom(...days) };
const tenThousandths = fc.integer({ min: 0, max: 10 ** 9 });
const decimal = (value: number): string => (value / 10_000).toFixed(4);
const both = tenThousandths.map((value) => ({ net: decimal(value), gross: decimal(value) }));

const energies = fc.uniqueArray(
  fc.record<EnergySum>({
    ...place,
    sessions: fc.nat(9),
    withoutRecord: fc.constant(0),
    withoutRegisters: fc.constant(0),
    registerWh: tenThousandths.map(decimal),
    recordedWh: tenThousandths.map(decimal),
  }),
  { selector: ({ siteId, day }) => siteId + day },
);
const moneys = fc.uniqueArray(
  fc.record<MoneySum>({
    ...place,
    currency: fc.constantFrom('EUR', 'USD'),
    records: fc.nat(9),
    credits: fc.nat(9),
    charged: both,
    credited: both,
    rated: both,
  }),
  { selector: ({ siteId, day, currency }) => siteId + day + currency },
);
const whole = (text: string): number => Math.round(Number(text) * 10_000);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('reconciliation', () => {
  it('has a row of zeros where nothing happened', () => {
    expect(reconciled(['a'], ['2026-02-01'], [], [])).toEqual([
      {
        siteId: 'a',
        day: '2026-02-01',
        sessions: 0,
        withoutRecord: 0,
        withoutRegisters: 0,
        registerWh: '0',
        recordedWh: '0',
        energyDifferenceWh: '0',
        amounts: [],
      },
    ]);
  });

  it('writes a difference of nothing out', () => {
    const at = { siteId: 'a', day: '2026-02-01' };
    const energy = { ...at, sessions: 1, withoutRecord: 0, withoutRegisters: 0, registerWh: '12000.000', recordedWh: '12000.0' };
    const money = {
      ...at,
      currency: 'EUR',
      records: 2,
      credits: 1,
      charged: { net: '7.3333', gross: '8.8733' },
      credited: { net: '3.3333', gross: '4.0333' },
      rated: { net: '4.0000', gross: '4.8400' },
    };
    expect(reconciled(['a'], [at.day], [energy], [money])).toMatchObject([
      { energyDifferenceWh: '0', amounts: [{ currency: 'EUR', difference: { net: '0.0000', gross: '0.0000' } }] },
    ]);
  });

  it('has one row for each site and day, whose differences add up to the difference of the sums, in any order', () => {
    fc.assert(
      fc.property(energies, moneys, (energy, money) => {
        const rows = reconciled(['a', 'b', 'c'], days, energy, money);
        expect(rows.map(({ siteId, day }) => day + siteId)).toEqual(days.flatMap((day) => ['a', 'b', 'c'].map((siteId) => day + siteId)));
        expect(sum(rows.map(({ energyDifferenceWh }) => whole(energyDifferenceWh)))).toBe(
          sum(energy.map(({ registerWh, recordedWh }) => whole(registerWh) - whole(recordedWh))),
        );
        expect(sum(rows.flatMap(({ amounts }) => amounts.map(({ difference }) => whole(difference.gross))))).toBe(
          sum(money.map(({ charged, credited, rated }) => whole(charged.gross) - whole(credited.gross) - whole(rated.gross))),
        );
        expect(reconciled(['c', 'b', 'a'], days.toReversed(), energy.toReversed(), money.toReversed())).toEqual(rows);
      }),
    );
  });

  it('loses nothing when a window is split', () => {
    fc.assert(
      fc.property(energies, moneys, fc.nat(3), (energy, money, cut) => {
        const within = (some: readonly string[]) =>
          reconciled(
            ['a', 'b', 'c'],
            some,
            energy.filter(({ day }) => some.includes(day)),
            money.filter(({ day }) => some.includes(day)),
          );
        expect([...within(days.slice(0, cut)), ...within(days.slice(cut))]).toEqual(within(days));
      }),
    );
  });

  it('refuses two sums of one place rather than lose one', () => {
    const twice = { siteId: 'a', day: '2026-02-01', sessions: 1, withoutRecord: 0, withoutRegisters: 0, registerWh: '1', recordedWh: '1' };
    expect(() => reconciled(['a'], ['2026-02-01'], [twice, twice], [])).toThrow('two sums');
  });
});
