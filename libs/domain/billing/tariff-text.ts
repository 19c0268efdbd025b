// A tariff as a line that fits a station's display (OCPP 2.x MessageContentType): its own text where it has one, else its prices.
// What a session costs is the rating's to say; this only announces it.
import type { PriceComponent, Tariff, TariffElement } from './tariff.js';

/** MessageContentType.content. */
const LONGEST = 512;

const UNITS: Readonly<Record<PriceComponent['type'], string>> = {
  ENERGY: 'per kWh',
  TIME: 'per hour of charging',
  PARKING_TIME: 'per hour of parking',
  FLAT: 'per session',
};

type PricedTariff = Pick<Tariff, 'currency' | 'elements' | 'tariff_alt_text' | 'tax_included' | 'sales_taxes'>;

/** The first of its texts, as it is meant; prices of it in English where it has none. */
export function tariffText(tariff: PricedTariff): {
  readonly content: string;
  readonly language?: string;
} {
  const { currency, elements, tariff_alt_text } = tariff;
  const [own] = tariff_alt_text ?? [];
  if (own !== undefined && own.text !== '') return { content: own.text.slice(0, LONGEST), language: own.language };
  const lines = elements.filter(({ restrictions }) => restrictions?.reservation === undefined).map((each) => pricesOf(each, tariff));
  // Who reads half a price is misled: what does not fit is left to the tariff itself.
  const content = lines.reduce(
    (text, line) => (text.length + line.length + 2 <= LONGEST ? [text, line].filter(Boolean).join('; ') : text),
    '',
  );
  return { content: content === '' ? `Prices in ${currency}` : content, language: 'en' };
}

function pricesOf({ price_components, restrictions }: TariffElement, tariff: PricedTariff): string {
  const charged = price_components.filter(({ price }) => price > 0);
  const prices = charged.map(({ type, price, vat }) => `${amount(price)} ${tariff.currency} ${UNITS[type]}${tax(vat, tariff)}`);
  const when = conditionsOf(restrictions);
  return `${prices.length === 0 ? 'free of charge' : prices.join(' + ')}${when === '' ? '' : ` (${when})`}`;
}

const amount = (price: number): string => (Number.isInteger(price * 100) ? price.toFixed(2) : String(price));
function tax(vat: number | undefined, { tax_included, sales_taxes }: PricedTariff): string {
  const named =
    sales_taxes?.map(({ name, percentage }) => `${percentage} % ${name}`) ?? (vat === undefined || vat === 0 ? [] : [`${vat} % VAT`]);
  return named.length === 0 ? '' : ` ${tax_included === 'YES' ? 'incl.' : 'plus'} ${named.join(' and ')}`;
}

function conditionsOf(restrictions: TariffElement['restrictions'] = {}): string {
  const { start_time, end_time, start_date, end_date, day_of_week = [], min_kwh, max_kwh, min_duration, max_duration } = restrictions;
  const { min_power, max_power, min_current, max_current } = restrictions;
  return [
    between(start_time, end_time, ''),
    between(start_date, end_date, ''),
    day_of_week.map((day) => day.slice(0, 1) + day.slice(1, 3).toLowerCase()).join(', '),
    between(min_kwh, max_kwh, ' kWh'),
    between(minutes(min_duration), minutes(max_duration), ' min'),
    between(min_power, max_power, ' kW'),
    between(min_current, max_current, ' A'),
  ]
    .filter((each) => each !== '')
    .join(', ');
}

const minutes = (seconds: number | undefined): number | undefined => (seconds === undefined ? undefined : Math.round(seconds / 6) / 10);
const between = (from: string | number | undefined, to: string | number | undefined, unit: string): string => {
  if (from === undefined) return to === undefined ? '' : `up to ${to}${unit}`;
  return to === undefined ? `from ${from}${unit}` : `${from} to ${to}${unit}`;
};
