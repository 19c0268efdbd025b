// The one price of a session (P8): OCPI 2.2.1 tariff elements over its periods, exact until the end.
// Where periods come from is the session's business, what is made of the price the CDR's.
import { NO_CURRENCY, roundToMinor } from './currency.js';
import { Exact, fixed, inFour, plain, ZERO } from './decimal.js';
import { type Amount, add, amountOf, type Entry, Ledger, type LineKind, minus, NOTHING, type Pricing } from './ledger.js';
import { zoneOf } from './local-time.js';
import { adjustments, limited } from './price-limits.js';
import type { Money, RatedPeriod, Rating, RatingInput, RatingLine } from './rating.js';
import { applies, boundariesOf, type Conditions, conditionsOf, type Moment } from './restrictions.js';
import { namedTaxes } from './sales-taxes.js';
import { type Segment, segmentsOf } from './segments.js';
import { type PriceComponent, type PricingTariff, taxPercentOf } from './tariff.js';

const FREE: PricingTariff = { currency: NO_CURRENCY, elements: [] };

/** Pure and total for valid input; throws RangeError on an unreadable instant or time zone. A session without any period costs nothing. */
export function rate({ tariff: given, timeZone, periods, reservationExpired = false }: RatingInput): Rating {
  const tariff = given ?? FREE;
  const zone = zoneOf(timeZone);
  const currency = tariff.currency ?? NO_CURRENCY;
  const segments = segmentsOf(periods, tariff, zone, reservationExpired);
  const { entries, rated } = price(segments);
  const sum = sumOf(entries, () => true);
  // A reservation that nobody used is no session that has to come to a least price.
  const isSession = segments.some(({ moment }) => moment.reservation === 'none');
  const { min_price: _, ...unbound } = tariff;
  const total = segments.length === 0 ? sum : limited(sum, isSession ? tariff : unbound);
  const lines = entries.map(lineOf);
  lines.push(...adjustmentLines(entries, sum, total, tariff, segments));
  return {
    currency,
    ...(tariff.id !== undefined && { tariffId: tariff.id }),
    lines,
    periods: rated,
    totals: {
      cost: money(total),
      ...(tariff.sales_taxes !== undefined && { taxes: namedTaxes(money(total), tariff.sales_taxes.map(named), 4) }),
      payable: { exclVat: roundToMinor(total.net.div(3600), currency), inclVat: roundToMinor(total.gross.div(3600), currency) },
      cents: { exclVat: fixed(total.net.div(3600), 2), inclVat: fixed(total.gross.div(3600), 2) },
      fixedCost: money(sumOf(entries, (kind) => kind === 'FLAT')),
      energyCost: money(sumOf(entries, (kind) => kind === 'ENERGY')),
      timeCost: money(sumOf(entries, (kind) => kind === 'TIME')),
      parkingCost: money(sumOf(entries, (kind) => kind === 'PARKING_TIME')),
      reservationCost: money(sumOf(entries, (kind) => kind === 'RESERVATION_TIME' || kind === 'RESERVATION_FLAT')),
      energyKwh: plain(totalOf(segments, ({ energyWh }) => energyWh).div(1000), 6),
      timeH: hours(
        totalOf(segments, ({ moment, fromMs, toMs }) => (moment.reservation === 'none' ? new Exact(toMs - fromMs).div(1000) : ZERO)),
      ),
      parkingTimeH: hours(totalOf(segments, ({ parkingS }) => parkingS)),
      reservationTimeH: hours(totalOf(segments, ({ reservationS }) => reservationS)),
    },
  };
}

const totalOf = (segments: readonly Segment[], of: (segment: Segment) => Exact): Exact =>
  segments.reduce((sum, segment) => sum.plus(of(segment)), ZERO);
const hours = (seconds: Exact): string => plain(seconds.div(3600), 8);
const money = ({ net, gross }: Amount): Money => ({ exclVat: inFour(net.div(3600)), inclVat: inFour(gross.div(3600)) });
const sumOf = (entries: readonly Entry[], wanted: (kind: LineKind) => boolean): Amount =>
  entries.filter(({ kind }) => wanted(kind)).reduce((sum, entry) => add(sum, amountOf(entry)), NOTHING);

function price(segments: readonly Segment[]): { readonly entries: readonly Entry[]; readonly rated: readonly RatedPeriod[] } {
  const ledger = new Ledger();
  const pricings = new Map<PricingTariff, Pricings>();
  const charged = { session: false, reservation: false };
  const stretches: Stretch[] = [];
  for (const segment of segments) {
    const { moment, fromMs, toMs } = segment;
    const ofTariff = pricings.get(segment.tariff) ?? pricingsOf(segment.tariff);
    pricings.set(segment.tariff, ofTariff);
    const [energy, time, parking, flat] = TYPES.map((type) => firstOf(ofTariff[type], moment));
    const reserved = moment.reservation !== 'none';
    if (flat !== undefined && !charged[reserved ? 'reservation' : 'session']) {
      ledger.flat(reserved ? 'RESERVATION_FLAT' : 'FLAT', flat, fromMs);
      charged[reserved ? 'reservation' : 'session'] = true;
    }
    ledger.measured('ENERGY', energy, segment.energyWh, fromMs, toMs);
    ledger.measured('RESERVATION_TIME', time, segment.reservationS, fromMs, toMs);
    ledger.measured('TIME', time, segment.chargingS, fromMs, toMs);
    ledger.measured('PARKING_TIME', parking, segment.parkingS, fromMs, toMs);
    const kind = segment.parkingS.gt(0) ? 'parking' : moment.reservation;
    const elements = [energy, time, parking, flat].map((pricing) => pricing?.element ?? '');
    extend(stretches, segment, [kind, segment.tariff.id ?? '', ...elements, segment.band].join('/'));
  }
  return { entries: ledger.close(), rated: stretches.map(ratedPeriod) };
}

const TYPES = ['ENERGY', 'TIME', 'PARKING_TIME', 'FLAT'] as const;

/** Of each dimension the components that may price it, in the order of their elements. */
type Pricings = Readonly<Record<PriceComponent['type'], readonly (Pricing & { readonly conditions: Conditions })[]>>;

function pricingsOf(tariff: PricingTariff): Pricings {
  const boundaries = boundariesOf(tariff);
  const all = tariff.elements.flatMap(({ price_components, restrictions }, element) => {
    const conditions = conditionsOf(restrictions, boundaries);
    return price_components.map((component) => ({ tariff, element, component, conditions }));
  });
  const of = (type: PriceComponent['type']) => all.filter(({ component }) => component.type === type);
  return { ENERGY: of('ENERGY'), TIME: of('TIME'), PARKING_TIME: of('PARKING_TIME'), FLAT: of('FLAT') };
}

/** The first that applies; of an expired reservation, those for that come first. */
function firstOf(pricings: Pricings[PriceComponent['type']], moment: Moment): Pricing | undefined {
  const isExpiry = ({ restrictions }: Conditions): boolean => restrictions.reservation === 'RESERVATION_EXPIRES';
  const expired =
    moment.reservation === 'expired' && pricings.find((each) => isExpiry(each.conditions) && applies(each.conditions, moment));
  return expired || pricings.find(({ conditions }) => applies(conditions, moment));
}

const named = ({ account_number: accountNumber, ...tax }: NonNullable<PricingTariff['sales_taxes']>[number]) => ({
  ...tax,
  ...(accountNumber !== undefined && { accountNumber }),
});

const UNITS = { ENERGY: 'kWh', FLAT: 'session', RESERVATION_FLAT: 'session', MIN_PRICE: 'session', MAX_PRICE: 'session' } as const;
const iso = (ms: number): string => new Date(ms).toISOString();

function lineOf(entry: Entry): RatingLine {
  const unit = entry.kind in UNITS ? UNITS[entry.kind as keyof typeof UNITS] : 'h';
  const percent = taxPercentOf(entry.tariff, entry.component);
  const perUnit = unit === 'kWh' ? 1000 : unit === 'h' ? 3600 : 1;
  return {
    kind: entry.kind,
    element: entry.element,
    ...(entry.tariff.id !== undefined && { tariffId: entry.tariff.id }),
    from: iso(entry.fromMs),
    to: iso(entry.toMs),
    quantity: plain(entry.used.plus(entry.stepAdded).div(perUnit), 8),
    unit,
    stepAdded: plain(entry.stepAdded.div(perUnit), 8),
    unitPrice: new Exact(entry.component.price).toString(),
    ...(percent !== undefined && { vatPercent: percent.toString() }),
    amount: money(amountOf(entry)),
  };
}

/** How far a least or highest price moves the session, in the lines of the kind it is. */
function adjustmentLines(entries: readonly Entry[], sum: Amount, total: Amount, tariff: PricingTariff, segments: readonly Segment[]) {
  const whole = minus(total, sum);
  const raises = whole.net.isZero() ? whole.gross.gt(0) : whole.net.gt(0);
  return adjustments(entries, sum, whole, tariff).map(
    ({ percent, amount }): RatingLine => ({
      kind: raises ? 'MIN_PRICE' : 'MAX_PRICE',
      from: iso(segments[0]?.fromMs ?? 0),
      to: iso(segments.at(-1)?.toMs ?? 0),
      quantity: '1',
      unit: 'session',
      stepAdded: '0',
      unitPrice: money(amount).exclVat,
      ...(percent !== undefined && { vatPercent: percent.toString() }),
      amount: money(amount),
    }),
  );
}

/** Neighbouring segments with equal prices, within the same limits of power and current, put together again. */
interface Stretch {
  readonly key: string;
  readonly segments: Segment[];
}

function extend(stretches: Stretch[], segment: Segment, key: string): void {
  const last = stretches.at(-1);
  if (last?.key === key) last.segments.push(segment);
  else stretches.push({ key, segments: [segment] });
}

function ratedPeriod({ segments }: Stretch): RatedPeriod {
  const first = segments[0] as Segment;
  const ranges = (of: (moment: Moment) => { min: number; max: number } | undefined): { min: number; max: number } | undefined => {
    const known = segments.flatMap(({ moment }) => of(moment) ?? []);
    return known.length === 0
      ? undefined
      : { min: Math.min(...known.map(({ min }) => min)), max: Math.max(...known.map(({ max }) => max)) };
  };
  const powerKw = ranges(({ powerKw }) => powerKw);
  const currentA = ranges(({ currentA }) => currentA);
  return {
    from: iso(first.fromMs),
    ...(first.tariff.id !== undefined && { tariffId: first.tariff.id }),
    energyKwh: plain(totalOf(segments, ({ energyWh }) => energyWh).div(1000), 6),
    chargingH: hours(totalOf(segments, ({ chargingS }) => chargingS)),
    parkingH: hours(totalOf(segments, ({ parkingS }) => parkingS)),
    reservationH: hours(totalOf(segments, ({ reservationS }) => reservationS)),
    ...(powerKw !== undefined && { powerKw }),
    ...(currentA !== undefined && { currentA }),
  };
}
