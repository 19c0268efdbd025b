// The least and the highest price of a session (OCPI 2.2.1 Tariff min_price, max_price), and under which tax rates the difference falls (ADR 0110).
// What the session costs without them is the rating's.
import { minorUnits, NO_CURRENCY } from './currency.js';
import { Exact, ZERO } from './decimal.js';
import { type Amount, add, amountOf, type Entry, NOTHING } from './ledger.js';
import { type PricingTariff, taxPercentOf } from './tariff.js';

/** Net and gross apart. */
export function limited(sum: Amount, { min_price, max_price }: PricingTariff): Amount {
  const atLeast = min_price === undefined ? sum : bounded(sum, sum, min_price, 'max');
  return max_price === undefined ? atLeast : bounded(sum, atLeast, max_price, 'min');
}

/** Whichever of the two is larger or smaller. A limit without a gross figure keeps the mean VAT of the session, which is `sum`. */
function bounded(sum: Amount, { net, gross }: Amount, { excl_vat, incl_vat }: Limit, of: 'max' | 'min'): Amount {
  const within = Exact[of](net, new Exact(excl_vat).times(3600));
  return { net: within, gross: Exact[of](gross, incl_vat === undefined ? inProportion(sum, within) : new Exact(incl_vat).times(3600)) };
}
type Limit = NonNullable<PricingTariff['min_price']>;

const inProportion = (sum: Amount, net: Exact): Exact => (sum.net.isZero() ? net : net.times(sum.gross).div(sum.net));

interface Adjustment {
  /** Absent: no rate, or figures of a limit that are those of no rate. */
  readonly percent?: Exact;
  readonly amount: Amount;
}

/**
 * `whole`, what a limit adds to `sum` or takes off, by tax rate: each has its part in what the session costs, a session that costs nothing the only rate
 * of its tariff. Undivided and without a rate where net and gross of the limit are, by more than half a minor unit, not those of the rates.
 */
export function adjustments(entries: readonly Entry[], sum: Amount, whole: Amount, tariff: PricingTariff): readonly Adjustment[] {
  if (whole.net.isZero() && whole.gross.isZero()) return [];
  const half = new Exact(10).pow(-minorUnits(tariff.currency ?? NO_CURRENCY)).times(1800);
  const parts = sum.net.isZero() ? soleRate(tariff, whole) : partsOf(entries, sum, whole);
  const isTrue = ({ percent = ZERO, amount: { net, gross } }: Adjustment): boolean =>
    gross
      .minus(net.times(percent.plus(100)).div(100))
      .abs()
      .lte(half);
  return parts.length > 0 && parts.every(isTrue) ? parts : [{ amount: whole }];
}

const rated = (percent: Exact | undefined, amount: Amount): Adjustment => ({ ...(percent !== undefined && { percent }), amount });

function partsOf(entries: readonly Entry[], sum: Amount, whole: Amount): readonly Adjustment[] {
  const rates = Map.groupBy(entries, ({ tariff, component }) => taxPercentOf(tariff, component)?.toString());
  return [...rates].flatMap(([rate, of]) => {
    const part = of.map(amountOf).reduce(add, NOTHING);
    if (part.net.isZero()) return [];
    const amount = { net: whole.net.times(part.net).div(sum.net), gross: whole.gross.times(part.gross).div(sum.gross) };
    return [rated(rate === undefined ? undefined : new Exact(rate), amount)];
  });
}

function soleRate(tariff: PricingTariff, amount: Amount): readonly Adjustment[] {
  const percents = tariff.elements.flatMap(({ price_components }) => price_components.map((component) => taxPercentOf(tariff, component)));
  const [percent] = percents;
  return new Set(percents.map(String)).size === 1 ? [rated(percent, amount)] : [];
}
