// Reconciliation of invoices: charge records less credits against what is on invoices and what is still open, in what is paid.
// Every difference is written out, also that of nothing. Where the sums come from is the reader's business.
import { Exact, inFour, ZERO } from './decimal.js';
import type { NetAndGross } from './reconciliation.js';

/** Sums over the charge records of a day (UTC, when they were issued) in one currency; amounts are payable ones, decimal strings. */
export interface InvoicedSum {
  readonly day: string;
  readonly currency: string;
  readonly records: number;
  readonly credits: number;
  readonly charged: NetAndGross;
  /** What credits take back, above 0. */
  readonly credited: NetAndGross;
  /** Lines of invoices, credits subtracted. */
  readonly invoiced: NetAndGross;
  /** Of accounts, on no invoice yet. */
  readonly open: NetAndGross;
  /** Records that no account has: on their way there, or of before there were accounts. */
  readonly notCharged: NetAndGross & { readonly records: number };
}

export interface InvoicesReconciled extends InvoicedSum {
  /** charged − credited − invoiced − open − notCharged, four decimals. */
  readonly difference: NetAndGross;
}

/** In order of days, then currencies. */
export const invoicesReconciled = (sums: readonly InvoicedSum[]): readonly InvoicesReconciled[] =>
  sums
    .toSorted((a, b) => (a.day === b.day ? (a.currency < b.currency ? -1 : 1) : a.day < b.day ? -1 : 1))
    .map((sum) => ({ ...sum, difference: { net: left(sum, 'net'), gross: left(sum, 'gross') } }));

/** Of all days of one currency. */
export function inCurrencies(rows: readonly InvoicesReconciled[]): readonly Omit<InvoicesReconciled, 'day'>[] {
  const total = (of: readonly NetAndGross[]): NetAndGross => ({ net: added(of, 'net'), gross: added(of, 'gross') });
  const count = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0);
  return [...Map.groupBy(rows, ({ currency }) => currency)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, all]) => ({
      currency,
      records: count(all.map(({ records }) => records)),
      credits: count(all.map(({ credits }) => credits)),
      charged: total(all.map(({ charged }) => charged)),
      credited: total(all.map(({ credited }) => credited)),
      invoiced: total(all.map(({ invoiced }) => invoiced)),
      open: total(all.map(({ open }) => open)),
      notCharged: {
        records: count(all.map(({ notCharged }) => notCharged.records)),
        ...total(all.map(({ notCharged }) => notCharged)),
      },
      difference: total(all.map(({ difference }) => difference)),
    }));
}

const added = (of: readonly NetAndGross[], side: keyof NetAndGross): string =>
  inFour(of.reduce((sum: Exact, amount) => sum.plus(amount[side]), ZERO));

const left = ({ charged, credited, invoiced, open, notCharged }: InvoicedSum, side: keyof NetAndGross): string =>
  inFour(new Exact(charged[side]).minus(credited[side]).minus(invoiced[side]).minus(open[side]).minus(notCharged[side]));
