// Taxes by name (North America): what each has of a tax that was computed as a whole. Which apply, and to what, a tariff says.
import { Exact, ZERO } from './decimal.js';
import type { Money, NamedTax } from './rating.js';

/** As tariffs and ratings name them. */
type Named = Omit<NamedTax, 'percentage' | 'amount'> & { readonly percentage: number | string };

/**
 * Gross less net by the share of each, with so many decimals: the running sum is rounded, half-up, so that the parts add up, none is off by a whole unit,
 * and none has another sign than the whole.
 */
export function namedTaxes({ exclVat, inclVat }: Money, taxes: readonly Named[], decimals: number): readonly NamedTax[] {
  const whole = new Exact(inclVat).minus(exclVat);
  const percent = taxes.reduce((sum: Exact, { percentage }) => sum.plus(percentage), ZERO);
  let [shares, given] = [ZERO, ZERO];
  return taxes.map(({ name, accountNumber, percentage }) => {
    shares = shares.plus(percentage);
    const upToHere = percent.isZero() ? ZERO : whole.times(shares).div(percent).toDecimalPlaces(decimals);
    const amount = upToHere.minus(given);
    given = upToHere;
    return {
      name,
      ...(accountNumber !== undefined && { accountNumber }),
      percentage: new Exact(percentage).toString(),
      amount: amount.toFixed(decimals),
    };
  });
}
