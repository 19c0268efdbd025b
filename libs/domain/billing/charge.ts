// What an account owes for one charge record, or gets back by a credit: minor units, split by VAT rate so that the parts add up.
// When a record is issued or credited is the billing service's decision; what is put together on an invoice is invoice.ts's.
import { minorUnits, NO_CURRENCY, roundToMinor } from './currency.js';
import { Exact, ZERO } from './decimal.js';
import type { Money, NamedTax, Rating } from './rating.js';
import { namedTaxes } from './sales-taxes.js';

/** Net and gross of one VAT rate, decimal strings in the currency's minor unit. */
export interface TaxGroup {
  /** Percent without trailing zeros; absent where no VAT applies. */
  readonly vatPercent?: string;
  readonly exclVat: string;
  readonly inclVat: string;
}

/** Amounts are signed: below zero for a credit, so that a sum over charges is what is owed. */
export interface Charge {
  readonly cdrId: string;
  readonly sessionId: string;
  readonly siteId: string;
  readonly stationId: string;
  readonly evseId: number;
  /** ISO 4217. */
  readonly currency: string;
  /** Half-up to the minor unit from the exact amount, the one rounding there is. */
  readonly payable: Money;
  /** In order of the rate, lowest first; add up to `payable`, net and gross each. */
  readonly taxes: readonly TaxGroup[];
  /** Where its tariff names its taxes: they add up to what `payable` has of tax, in the minor unit. */
  readonly salesTaxes?: readonly NamedTax[];
  readonly energyKwh: string;
  /** Of the session, ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** Of the record. */
  readonly issuedAt: string;
  /** The record that this credit takes back. */
  readonly creditOf?: string;
}

/** The record a charge is for, and its place. */
export type Charged = Omit<Charge, 'currency' | 'payable' | 'taxes' | 'salesTaxes' | 'energyKwh' | 'creditOf'>;

/** Undefined where there was no tariff: nothing is owed, in no currency. */
export function chargeOf(record: Charged, { currency, lines, totals }: Pick<Rating, 'currency' | 'lines' | 'totals'>): Charge | undefined {
  if (currency === NO_CURRENCY) return undefined;
  const { payable, taxes, energyKwh } = totals;
  return {
    ...record,
    currency,
    payable,
    taxes: taxGroups(lines, payable, currency),
    ...(taxes !== undefined && { salesTaxes: namedTaxes(payable, taxes, minorUnits(currency)) }),
    energyKwh,
  };
}

/** The same with the opposite sign, under the id of the credit. */
export const chargeBack = (charge: Charge, credit: { readonly cdrId: string; readonly issuedAt: string }): Charge => ({
  ...charge,
  ...credit,
  creditOf: charge.cdrId,
  payable: negated(charge.payable),
  taxes: charge.taxes.map((tax) => ({ ...tax, ...negated(tax) })),
  ...(charge.salesTaxes !== undefined && { salesTaxes: charge.salesTaxes.map((tax) => ({ ...tax, amount: minus(tax.amount) })) }),
  energyKwh: minus(charge.energyKwh),
});

const minus = (amount: string): string => (new Exact(amount).isZero() ? amount : amount.startsWith('-') ? amount.slice(1) : `-${amount}`);
const negated = ({ exclVat, inclVat }: Money): Money => ({ exclVat: minus(exclVat), inclVat: minus(inclVat) });

/**
 * Each rate's amounts half-up to the minor unit; what is then missing to `payable` is put on the rate with the largest gross amount, the higher
 * rate of two equal ones. Net and gross are treated apart, as `payable` is.
 */
function taxGroups(lines: Rating['lines'], payable: Money, currency: string): readonly TaxGroup[] {
  const rates = Map.groupBy(lines, ({ vatPercent }) => (vatPercent === undefined ? '' : new Exact(vatPercent).toString()));
  const sum = (of: Rating['lines'], side: keyof Money): Exact => of.reduce((total, { amount }) => total.plus(amount[side]), ZERO);
  const groups = [...rates]
    .toSorted(([a], [b]) => (a === '' ? -1 : b === '' ? 1 : new Exact(a).cmp(b)))
    .map(([rate, of]) => ({ rate, exclVat: sum(of, 'exclVat'), inclVat: sum(of, 'inclVat') }));
  const largest = groups.reduce((best, { inclVat }, index) => {
    const known = groups[best]?.inclVat ?? ZERO;
    return inclVat.abs().gte(known.abs()) ? index : best;
  }, 0);
  const rounded = (side: keyof Money): readonly string[] => {
    const each = groups.map((group) => new Exact(roundToMinor(group[side], currency)));
    const missing = new Exact(payable[side]).minus(each.reduce((total, amount) => total.plus(amount), ZERO));
    return each.map((amount, index) => (index === largest ? amount.plus(missing) : amount).toFixed(minorUnits(currency)));
  };
  const [net, gross] = [rounded('exclVat'), rounded('inclVat')];
  return groups.map(({ rate }, index) => ({
    ...(rate !== '' && { vatPercent: rate }),
    exclVat: net[index] ?? '0',
    inclVat: gross[index] ?? '0',
  }));
}
