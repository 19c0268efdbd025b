// What one night's reconciliation says of a day: registers, charge records, invoices and payments of all sites together, and the sites that differ.
// Written out also where nothing differs. When it runs, and where its sums come from, is the api's business.
import { Exact, inFour, ZERO } from './decimal.js';
import type { InvoicesReconciled } from './invoice-reconciliation.js';
import type { NetAndGross, Reconciled } from './reconciliation.js';

/** What the sessions first charged on the day owe, against what payments have; decimal strings. */
export interface PaymentSum {
  readonly currency: string;
  readonly sessions: number;
  readonly paidSessions: number;
  readonly charged: string;
  readonly captured: string;
  readonly refunded: string;
  readonly refundedOnRequest: string;
  readonly open: string;
  readonly withoutMethod: string;
  readonly difference: string;
}

type Amounts = Reconciled['amounts'][number];

export interface NightlyReport {
  /** UTC; sessions by their end, records by when they were issued. */
  readonly day: string;
  readonly sites: number;
  readonly sessions: number;
  readonly withoutRecord: number;
  readonly withoutRegisters: number;
  /** Wh, decimal strings. */
  readonly registerWh: string;
  readonly recordedWh: string;
  readonly energyDifferenceWh: string;
  readonly amounts: readonly Amounts[];
  readonly invoices: readonly Omit<InvoicesReconciled, 'day'>[];
  readonly payments: readonly PaymentSum[];
  /** Nothing differs by more than charge records round energy, and nothing is missing. */
  readonly isEven: boolean;
  readonly differingSites: number;
  /** Of these the first hundred. */
  readonly differing: readonly {
    readonly siteId: string;
    readonly energyDifferenceWh: string;
    readonly withoutRecord: number;
    readonly amounts: readonly Pick<Amounts, 'currency' | 'difference'>[];
  }[];
}

const MOST_NAMED = 100;
/** A charge record has energy in steps of 0.1 Wh. */
const ROUNDING_WH = new Exact('0.05');

/** `sites`: a row for each site of the day. */
export function nightlyReport(
  day: string,
  sites: readonly Reconciled[],
  invoices: readonly Omit<InvoicesReconciled, 'day'>[],
  payments: readonly PaymentSum[],
): NightlyReport {
  const differing = sites.filter((site) => !isSiteEven(site));
  const count = (of: 'sessions' | 'withoutRecord' | 'withoutRegisters'): number => sites.reduce((sum, site) => sum + site[of], 0);
  const energy = (of: 'registerWh' | 'recordedWh' | 'energyDifferenceWh'): string => added(sites.map((site) => site[of])).toString();
  return {
    day,
    sites: sites.length,
    sessions: count('sessions'),
    withoutRecord: count('withoutRecord'),
    withoutRegisters: count('withoutRegisters'),
    registerWh: energy('registerWh'),
    recordedWh: energy('recordedWh'),
    energyDifferenceWh: energy('energyDifferenceWh'),
    amounts: [
      ...Map.groupBy(
        sites.flatMap(({ amounts }) => amounts),
        ({ currency }) => currency,
      ),
    ]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, all]) => together(currency, all)),
    invoices,
    payments,
    isEven:
      differing.length === 0 &&
      invoices.every(({ difference, notCharged }) => isNothing(difference) && notCharged.records === 0) &&
      payments.every(({ difference }) => ZERO.eq(difference)),
    differingSites: differing.length,
    differing: differing.slice(0, MOST_NAMED).map(({ siteId, energyDifferenceWh, withoutRecord, amounts }) => ({
      ...{ siteId, energyDifferenceWh, withoutRecord },
      amounts: amounts.map(({ currency, difference }) => ({ currency, difference })),
    })),
  };
}

function isSiteEven({ energyDifferenceWh, sessions, withoutRecord, amounts }: Reconciled): boolean {
  const isRounding = new Exact(energyDifferenceWh).abs().lte(ROUNDING_WH.times(sessions));
  return isRounding && withoutRecord === 0 && amounts.every(({ difference }) => isNothing(difference));
}

function together(currency: string, all: readonly Amounts[]): Amounts {
  const both = (of: 'charged' | 'credited' | 'rated' | 'difference'): NetAndGross => ({
    net: inFour(added(all.map((each) => each[of].net))),
    gross: inFour(added(all.map((each) => each[of].gross))),
  });
  return {
    currency,
    records: all.reduce((sum, { records }) => sum + records, 0),
    credits: all.reduce((sum, { credits }) => sum + credits, 0),
    charged: both('charged'),
    credited: both('credited'),
    rated: both('rated'),
    difference: both('difference'),
  };
}

const added = (values: readonly string[]): Exact => values.reduce((sum: Exact, value) => sum.plus(value), ZERO);
const isNothing = ({ net, gross }: NetAndGross): boolean => ZERO.eq(net) && ZERO.eq(gross);

/** Gross; difference = expected − found − open. */
export interface Comparison {
  readonly currency: string;
  readonly what: 'ratings' | 'invoices' | 'payments';
  readonly expected: string;
  readonly found: string;
  readonly open: string;
  readonly difference: string;
}

/** Records less credits against last ratings and against invoices, and what is paid by a method against payments. */
export function comparisonsOf({ amounts, invoices, payments }: NightlyReport): readonly Comparison[] {
  const less = (from: string, ...each: readonly string[]): string =>
    inFour(each.reduce((left: Exact, one) => left.minus(one), new Exact(from)));
  return [
    ...amounts.map(({ currency, charged, credited, rated, difference }): Comparison => {
      const expected = less(charged.gross, credited.gross);
      return { currency, what: 'ratings', expected, found: rated.gross, open: '0.0000', difference: difference.gross };
    }),
    ...invoices.map(({ currency, charged, credited, invoiced, open, notCharged, difference }): Comparison => {
      const expected = less(charged.gross, credited.gross);
      const waiting = inFour(new Exact(open.gross).plus(notCharged.gross));
      return { currency, what: 'invoices', expected, found: invoiced.gross, open: waiting, difference: difference.gross };
    }),
    ...payments.map(({ currency, charged, withoutMethod, captured, refunded, refundedOnRequest, open, difference }): Comparison => {
      const found = inFour(new Exact(captured).minus(refunded).plus(refundedOnRequest));
      return { currency, what: 'payments', expected: less(charged, withoutMethod), found, open, difference };
    }),
  ];
}
