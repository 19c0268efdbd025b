// An OCPI tariff in the words of OCPP 2.1, for stations that calculate costs themselves, and what they calculate compared with our own rating.
// Only tariffs that mean the same there are converted; others keep the central calculation. The bill is ours in any case (P8).
import { canonicalJson, fail, ok, type Result, sha256 } from '#kernel';
import type { RequestOf } from '#ocpp';
import { minorUnits } from './currency.js';
import { Exact, jsonNumber } from './decimal.js';
import type { PriceComponent, Problem, Restrictions, Tariff, TariffElement } from './tariff.js';

export type StationTariff = RequestOf<'ocpp2.1', 'SetDefaultTariff'>['tariff'];
type Conditions = NonNullable<NonNullable<StationTariff['energy']>['prices'][number]['conditions']>;

/** Decimals a price per minute may have: more would be cut by stations that calculate with binary fractions. */
const MOST_DECIMALS = 6;
/** OCPP 2.1 TaxRateType: how many of them, and how long their type may be. */
const MOST_TAXES = 5;
const MOST_LETTERS = 20;

type Dimension = 'energy' | 'chargingTime' | 'idleTime' | 'fixedFee' | 'reservationTime' | 'reservationFixed';
const PRICED_AS = {
  energy: 'priceKwh',
  chargingTime: 'priceMinute',
  idleTime: 'priceMinute',
  fixedFee: 'priceFixed',
  reservationTime: 'priceMinute',
  reservationFixed: 'priceFixed',
} as const;
const DIMENSIONS: Readonly<Record<PriceComponent['type'], readonly [charging: Dimension, reserved: Dimension | undefined]>> = {
  ENERGY: ['energy', undefined],
  TIME: ['chargingTime', 'reservationTime'],
  PARKING_TIME: ['idleTime', undefined],
  FLAT: ['fixedFee', 'reservationFixed'],
};

interface Entry {
  readonly dimension: Dimension;
  readonly price: number;
  readonly vat: number | undefined;
  readonly conditions: Conditions;
}

/** The same tariff as a station takes it, under an id that changes with its content; or why it would mean something else there. */
export function stationTariff(tariff: Tariff): Result<StationTariff, readonly Problem[]> {
  const problems: Problem[] = [];
  const fault = (path: string, message: string): void => void problems.push({ path, message });
  if (tariff.tax_included === 'YES') fault('tax_included', 'prices that include tax: stations are told net prices');
  if (tariff.end_date_time !== undefined) fault('end_date_time', 'a station would go on with it after its end');
  const entries = tariff.elements.flatMap((element, index) => entriesOf(element, `elements.${index}`, fault));
  const taxRates = (vat: number | undefined) =>
    tariff.sales_taxes?.map(({ name, percentage }) => ({ type: name.slice(0, MOST_LETTERS), tax: percentage })) ??
    (vat === undefined ? undefined : [{ type: 'VAT', tax: vat }]);
  if ((tariff.sales_taxes ?? []).length > MOST_TAXES) fault('sales_taxes', `a station knows at most ${MOST_TAXES} taxes`);
  const parts: Partial<Record<Dimension, unknown>> = {};
  for (const [dimension, priced] of Map.groupBy(entries, (entry) => entry.dimension)) {
    const [vat, ...others] = [...new Set(priced.map((entry) => entry.vat))];
    if (others.length > 0) fault('elements', `${dimension} has prices with different VAT: a station knows one for all of them`);
    parts[dimension] = {
      prices: priced.map(({ price, conditions }) => ({
        [PRICED_AS[dimension]]: price,
        ...(Object.keys(conditions).length > 0 && { conditions }),
      })),
      ...(taxRates(vat) !== undefined && { taxRates: taxRates(vat) }),
    };
  }
  if (problems.length > 0) return fail(problems);
  const { min_price, max_price, start_date_time, tariff_alt_text = [] } = tariff;
  const limit = (price: NonNullable<Tariff['min_price']>) => ({
    exclTax: price.excl_vat,
    ...(price.incl_vat !== undefined && { inclTax: price.incl_vat }),
  });
  const description = tariff_alt_text.map(({ language, text }) => ({ format: 'UTF8' as const, language, content: text }));
  const content = {
    currency: tariff.currency,
    ...parts,
    ...(description.length > 0 && { description }),
    ...(start_date_time !== undefined && { validFrom: start_date_time }),
    ...(min_price && { minCost: limit(min_price) }),
    ...(max_price && { maxCost: limit(max_price) }),
  };
  return ok({ tariffId: `${tariff.id}/${sha256(canonicalJson(content)).slice(0, 8)}`, ...content } as StationTariff);
}

function entriesOf(
  { price_components, restrictions }: TariffElement,
  path: string,
  fault: (path: string, message: string) => void,
): readonly Entry[] {
  if (restrictions?.reservation === 'RESERVATION_EXPIRES')
    fault(`${path}.restrictions.reservation`, 'a station knows no price of a reservation that expires');
  const isReserved = restrictions?.reservation !== undefined;
  const conditions = conditionsOf(restrictions);
  return price_components.flatMap(({ type, price, vat, step_size }, index): readonly Entry[] => {
    const at = `${path}.price_components.${index}`;
    const dimension = DIMENSIONS[type][isReserved ? 1 : 0];
    if (dimension === undefined) return [];
    const isByTime = PRICED_AS[dimension] === 'priceMinute';
    const exact = isByTime ? new Exact(price).div(60) : new Exact(price);
    if (step_size > 1 && type !== 'FLAT') fault(`${at}.step_size`, 'stations bill what was used, without steps');
    if (exact.decimalPlaces() > MOST_DECIMALS) fault(`${at}.price`, `the price of a minute would have more than ${MOST_DECIMALS} decimals`);
    const isFixed = PRICED_AS[dimension] === 'priceFixed';
    if (isFixed && Object.keys(conditions).some((name) => /^(min|max)/.test(name)))
      fault(`${path}.restrictions`, 'a fixed fee depends on time and date alone at a station');
    return [{ dimension, price: jsonNumber(exact), vat, conditions }];
  });
}

const inThousandths = (value: number): number => jsonNumber(new Exact(value).times(1000));

/** kWh and kW become Wh and W; days are written out. */
function conditionsOf(restrictions: Restrictions = {}): Conditions {
  const { start_time, end_time, start_date, end_date, day_of_week, min_kwh, max_kwh, min_power, max_power } = restrictions;
  const { min_current, max_current, min_duration, max_duration } = restrictions;
  const days = day_of_week?.map((day) => `${day.charAt(0)}${day.slice(1).toLowerCase()}`);
  return Object.fromEntries(
    Object.entries({
      startTimeOfDay: start_time,
      endTimeOfDay: end_time,
      validFromDate: start_date,
      validToDate: end_date,
      dayOfWeek: days !== undefined && days.length > 0 ? days : undefined,
      minEnergy: min_kwh === undefined ? undefined : inThousandths(min_kwh),
      maxEnergy: max_kwh === undefined ? undefined : inThousandths(max_kwh),
      minPower: min_power === undefined ? undefined : inThousandths(min_power),
      maxPower: max_power === undefined ? undefined : inThousandths(max_power),
      minCurrent: min_current,
      maxCurrent: max_current,
      minTime: min_duration,
      maxTime: max_duration,
    }).filter(([, value]) => value !== undefined),
  ) as Conditions;
}

/** Decimal strings. */
interface Amounts {
  readonly currency: string;
  readonly net: string;
  readonly gross: string;
}
export interface CostComparison {
  /** Within one minor unit of the currency. */
  readonly agrees: boolean;
  /** Station less ours; null in another currency, or where the station named none of this kind. */
  readonly differenceNet: string | null;
  readonly differenceGross: string | null;
}

/** What a station calculated against what the session came to. */
export function comparedCosts(
  station: { readonly currency: string; readonly net: string | null; readonly gross: string | null },
  ours: Amounts,
): CostComparison {
  const isSame = station.currency === ours.currency;
  const less = (a: string | null, b: string): Exact | null => (isSame && a !== null ? new Exact(a).minus(b) : null);
  const [net, gross] = [less(station.net, ours.net), less(station.gross, ours.gross)];
  const unit = new Exact(10).pow(-minorUnits(ours.currency));
  const differences = [net, gross].filter((each) => each !== null);
  return {
    agrees: differences.length > 0 && differences.every((each) => each.abs().lte(unit)),
    differenceNet: net?.toFixed(4) ?? null,
    differenceGross: gross?.toFixed(4) ?? null,
  };
}
