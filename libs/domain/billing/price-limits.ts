// The least and the highest price of a session (OCPI 2.2.1 Tariff min_price, max_price), and under which tax rates the difference falls (ADR 0110, 0118).
// What the session costs without them is the rating's.
import { minorUnits, NO_CURRENCY } from './currency.js';
import { Exact, ZERO } from './decimal.js';
import { type Amount, add, amountOf, type Entry, minus, NOTHING } from './ledger.js';
import { type PricingTariff, taxPercentOf } from './tariff.js';

/** Net and gross apart; the tax that follows from the mean gives way to a limit that has a gross figure. */
export function limited(sum: Amount, tariff: PricingTariff): Amount {
  const { min_price, max_price } = tariff;
  const grossOf = (net: Exact): Exact => (sum.net.isZero() ? withTax(net, rateOfNothing(tariff)) : net.times(sum.gross).div(sum.net));
  const atLeast = (amount: Amount): Amount => (min_price === undefined ? amount : bounded(amount, min_price, 'max', grossOf));
  const atMost = (amount: Amount): Amount => (max_price === undefined ? amount : bounded(amount, max_price, 'min', grossOf));
  return max_price?.incl_vat === undefined ? atLeast(atMost(sum)) : atMost(atLeast(sum));
}

/** Whichever of the two is larger or smaller. A limit without a gross figure has the mean VAT of the session; of one that costs nothing, that of energy. */
function bounded({ net, gross }: Amount, { excl_vat, incl_vat }: Limit, of: 'max' | 'min', grossOf: (net: Exact) => Exact): Amount {
  const limit = new Exact(excl_vat).times(3600);
  return { net: Exact[of](net, limit), gross: Exact[of](gross, incl_vat === undefined ? grossOf(limit) : new Exact(incl_vat).times(3600)) };
}
type Limit = NonNullable<PricingTariff['min_price']>;

/** In percent; undefined = no tax applies. */
type Rate = Exact | undefined;

interface Part {
  readonly percent?: Rate;
  readonly amount: Amount;
}

/**
 * `whole`, what a limit adds to `sum` or takes off, by tax rate: each has its part in what the session costs, a session that costs nothing the only rate
 * of its tariff; where a limit's gross figure is not what that makes, as it says. Undivided and without a rate where that figure is, by more than half a
 * minor unit, what no rates of the tariff make.
 */
export function adjustments(entries: readonly Entry[], sum: Amount, whole: Amount, tariff: PricingTariff): readonly Part[] {
  if (whole.net.isZero() && whole.gross.isZero()) return [];
  const half = new Exact(10).pow(-minorUnits(tariff.currency ?? NO_CURRENCY)).times(1800);
  const isTrue = ({ percent, amount: { net, gross } }: Part): boolean => gross.minus(withTax(net, percent)).abs().lte(half);
  const [parts, rates] = [partsOf(entries), ratesOf(tariff, entries)];
  const inProportionToParts = sum.net.isZero()
    ? (rates.length === 1 ? rates : []).map((percent) => ({ percent, amount: whole }))
    : parts.map(({ percent, amount: { net, gross } }) => ({
        percent,
        amount: { net: whole.net.times(net).div(sum.net), gross: whole.gross.times(gross).div(sum.gross) },
      }));
  const ways = [inProportionToParts, asTheLimitSays(parts, add(sum, whole), rates)];
  return ways.find((way) => way.length > 0 && way.every(isTrue)) ?? [{ amount: whole }];
}

const numberOf = (rate: Rate): Exact => rate ?? ZERO;
const withTax = (net: Exact, rate: Rate): Exact => net.times(numberOf(rate).plus(100)).div(100);
const percentIn = ({ net, gross }: Amount): Exact => gross.div(net).minus(1).times(100);

/** What a session costs under each rate. */
function partsOf(entries: readonly Entry[]): readonly Part[] {
  const rates = Map.groupBy(entries, ({ tariff, component }) => taxPercentOf(tariff, component)?.toString());
  return [...rates]
    .map(([rate, of]) => ({ percent: rate === undefined ? undefined : new Exact(rate), amount: of.map(amountOf).reduce(add, NOTHING) }))
    .filter(({ amount }) => !amount.net.isZero());
}

/** Lowest first. */
function ratesOf(tariff: PricingTariff, entries: readonly Entry[]): readonly Rate[] {
  const ofTariff = tariff.elements.flatMap(({ price_components }) => price_components.map((component) => taxPercentOf(tariff, component)));
  const all = [...ofTariff, ...entries.map((entry) => taxPercentOf(entry.tariff, entry.component))];
  return [...new Map(all.map((rate) => [String(rate), rate])).values()].sort((a, b) => numberOf(a).cmp(numberOf(b)));
}

/** Where nothing was sold it is energy that was offered: the highest of its rates, or of the tariff's where it asks nothing for energy. */
function rateOfNothing(tariff: PricingTariff): Rate {
  const elements = tariff.elements
    .map((each) => ({ ...each, price_components: each.price_components.filter(({ type }) => type === 'ENERGY') }))
    .filter(({ price_components }) => price_components.length > 0);
  return ratesOf(elements.length > 0 ? { ...tariff, elements } : tariff, []).at(-1);
}

/**
 * Takes the parts of a session to those of `total`, whose tax is a given one: its shares stay, but for what has to go to the rate at the end that the tax
 * moves to, which is one of the session if that is far enough. No share of the total is below zero. A tax just beyond the rates counts as that at their end.
 */
function asTheLimitSays(parts: readonly Part[], total: Amount, rates: readonly Rate[]): readonly Part[] {
  if (total.net.isZero()) return [];
  const wanted = Exact.max(numberOf(rates[0]), Exact.min(numberOf(rates.at(-1)), percentIn(total)));
  const before = parts.length > 0 ? parts : [{ percent: rates.find((rate) => numberOf(rate).gte(wanted)), amount: total }];
  const sum = before.reduce((all, { amount }) => add(all, amount), NOTHING);
  const mean = before === parts ? percentIn(sum) : numberOf(before[0]?.percent);
  const isUp = wanted.gt(mean);
  const ends = [before.map(({ percent }) => percent).sort((a, b) => numberOf(a).cmp(numberOf(b))), rates].map((each) =>
    each.at(isUp ? -1 : 0),
  );
  const end = ends.find((rate) => (isUp ? numberOf(rate).gte(wanted) : numberOf(rate).lte(wanted)));
  const moved = wanted.eq(mean) ? ZERO : wanted.minus(mean).div(numberOf(end).minus(mean));
  const shares = new Map<string, { percent: Rate; net: Exact }>();
  const give = (percent: Rate, net: Exact): void => {
    shares.set(String(percent), { percent, net: net.plus(shares.get(String(percent))?.net ?? ZERO) });
  };
  for (const { percent, amount } of before) give(percent, total.net.times(amount.net).div(sum.net).times(new Exact(1).minus(moved)));
  if (!moved.isZero()) give(end, total.net.times(moved));
  const beyond = total.gross.minus(withTax(total.net, wanted));
  return [...shares.values()].flatMap(({ percent, net }, index) => {
    const had = parts.find((part) => String(part.percent) === String(percent))?.amount ?? NOTHING;
    const amount = minus({ net, gross: index === 0 ? withTax(net, percent).plus(beyond) : withTax(net, percent) }, had);
    return amount.net.isZero() && amount.gross.isZero() ? [] : [{ percent, amount }];
  });
}
