// A night's report adds up what its sites have, names those that differ, and says in one word whether anything does.
import { describe, expect, it } from '@jest/globals';
import { comparisonsOf, nightlyReport } from './nightly-report.js';
import type { Reconciled } from './reconciliation.js';

const none = { net: '0.0000', gross: '0.0000' };
const amount = (gross: string) => ({ net: '0.0000', gross });
const site = (siteId: string, more: Partial<Reconciled> = {}): Reconciled => ({
  ...{ siteId, day: '2026-02-01', sessions: 1, withoutRecord: 0, withoutRegisters: 0 },
  ...{ registerWh: '1000', recordedWh: '1000', energyDifferenceWh: '0', amounts: [], ...more },
});
const eur = (charged: string, rated: string, difference: string) => ({
  ...{ currency: 'EUR', records: 1, credits: 0, credited: none },
  ...{ charged: amount(charged), rated: amount(rated), difference: amount(difference) },
});
const invoice = {
  currency: 'EUR',
  records: 1,
  credits: 0,
  charged: amount('5.0000'),
  credited: amount('1.0000'),
  invoiced: amount('3.0000'),
};
const payment = {
  currency: 'EUR',
  sessions: 2,
  paidSessions: 1,
  charged: '4.0000',
  captured: '2.5000',
  refunded: '0.5000',
  refundedOnRequest: '0.5000',
};

describe('a night’s report', () => {
  it('is even where nothing differs, also where there is nothing', () => {
    expect(nightlyReport('2026-02-01', [], [], [])).toMatchObject({ sites: 0, energyDifferenceWh: '0', isEven: true, differing: [] });
    const all = nightlyReport(
      '2026-02-01',
      [site('a', { amounts: [eur('2', '2', '0')] }), site('b', { amounts: [eur('3', '3', '0')] })],
      [],
      [],
    );
    expect(all).toMatchObject({ sites: 2, sessions: 2, registerWh: '2000', isEven: true, differingSites: 0 });
    expect(all.amounts).toMatchObject([{ currency: 'EUR', records: 2, charged: { gross: '5.0000' }, difference: none }]);
  });

  it.each([
    ['energy differs', [site('a', { energyDifferenceWh: '0.06' })]],
    ['a session has no record', [site('a', { withoutRecord: 1 })]],
    ['money differs', [site('a', { amounts: [eur('2', '2.0001', '-0.0001')] })]],
  ])('names the site where %s, even where another one’s difference hides it', (_, [odd]) => {
    const other = site('z', { energyDifferenceWh: '-0.06', amounts: [eur('2', '1.9999', '0.0001')] });
    expect(nightlyReport('2026-02-01', [site('b'), odd as Reconciled], [], [])).toMatchObject({
      isEven: false,
      differing: [{ siteId: 'a' }],
    });
    expect(nightlyReport('2026-02-01', [odd as Reconciled, other], [], [])).toMatchObject({ isEven: false, differingSites: 2 });
  });

  it('takes what charge records round for no difference', () =>
    expect(nightlyReport('2026-02-01', [site('a', { sessions: 2, energyDifferenceWh: '-0.1' })], [], []).isEven).toBe(true));

  it('compares records with invoices, and what is paid by a method with payments', () => {
    const notCharged = { records: 0, ...none };
    const of = (open: string, difference: string) => ({ ...invoice, open: amount(open), notCharged, difference: amount(difference) });
    const paid = { ...payment, open: '0.5000', withoutMethod: '1.0000', difference: '0.0000' };
    const even = nightlyReport('2026-02-01', [], [of('1.0000', '0.0000')], [paid]);
    expect(even.isEven).toBe(true);
    expect(comparisonsOf(even)).toEqual([
      { currency: 'EUR', what: 'invoices', expected: '4.0000', found: '3.0000', open: '1.0000', difference: '0.0000' },
      { currency: 'EUR', what: 'payments', expected: '3.0000', found: '2.5000', open: '0.5000', difference: '0.0000' },
    ]);
    expect(nightlyReport('2026-02-01', [], [of('0.5000', '0.5000')], [paid]).isEven).toBe(false);
    expect(nightlyReport('2026-02-01', [], [{ ...of('1.0000', '0.0000'), notCharged: { ...none, records: 1 } }], []).isEven).toBe(false);
    expect(nightlyReport('2026-02-01', [], [], [{ ...paid, difference: '0.0100' }]).isEven).toBe(false);
  });
});
