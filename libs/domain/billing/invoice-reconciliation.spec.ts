// Reconciliation of invoices hides no difference, also none of nothing.
import { expect, it } from '@jest/globals';
import { type InvoicedSum, inCurrencies, invoicesReconciled } from './invoice-reconciliation.js';

const amount = (net: string, gross: string) => ({ net, gross });
const sum = (day: string, currency: string, change: Partial<InvoicedSum> = {}): InvoicedSum => ({
  day,
  currency,
  records: 3,
  credits: 1,
  charged: amount('30.00', '36.30'),
  credited: amount('10.00', '12.10'),
  invoiced: amount('15.00', '18.15'),
  open: amount('4.00', '4.84'),
  notCharged: { records: 1, ...amount('1.00', '1.21') },
  ...change,
});
const NONE = amount('0.0000', '0.0000');

it('writes a difference of nothing out, in order of days and currencies', () =>
  expect(
    invoicesReconciled([sum('2026-02-02', 'EUR'), sum('2026-02-01', 'USD'), sum('2026-02-01', 'EUR')]).map((row) => [
      row.day,
      row.currency,
      row.difference,
    ]),
  ).toEqual([
    ['2026-02-01', 'EUR', NONE],
    ['2026-02-01', 'USD', NONE],
    ['2026-02-02', 'EUR', NONE],
  ]));

it('shows a record invoiced twice, and one that is nowhere', () =>
  expect(
    invoicesReconciled([
      sum('2026-02-01', 'EUR', { invoiced: amount('25.00', '30.25') }),
      sum('2026-02-02', 'EUR', { notCharged: { records: 0, ...amount('0', '0') } }),
    ]).map(({ difference }) => difference),
  ).toEqual([amount('-10.0000', '-12.1000'), amount('1.0000', '1.2100')]));

it('adds days of one currency, and never currencies', () => {
  const rows = invoicesReconciled([sum('2026-02-01', 'EUR'), sum('2026-02-02', 'EUR'), sum('2026-02-02', 'USD')]);
  expect(
    inCurrencies(rows).map(({ currency, records, charged, notCharged, difference }) => [
      currency,
      records,
      charged,
      notCharged,
      difference,
    ]),
  ).toEqual([
    ['EUR', 6, amount('60.0000', '72.6000'), { records: 2, ...amount('2.0000', '2.4200') }, NONE],
    ['USD', 3, amount('30.0000', '36.3000'), { records: 1, ...amount('1.0000', '1.2100') }, NONE],
  ]);
});
