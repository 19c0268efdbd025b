// A tariff's prices and conditions as sentences.
// The week at a glance is week-picture.tsx.

import type { PriceComponent, Tariff, TariffElement } from '../../api/tariff-shapes.js';
import { WEEKDAYS } from '../../model/tariff-week.js';
import type { Words } from '../../words/format.js';
import type { MessageKey } from '../../words/messages.js';

export function priceText(
  { type, price, vatPercent }: PriceComponent,
  { currency, isTaxIncluded }: Tariff,
  { t, price: money, quantity }: Words,
): string {
  const base = t(`price.${type}`, { price: money({ amount: String(price), currency }) });
  if (vatPercent === null || vatPercent === 0) return base;
  return t(isTaxIncluded ? 'price.withVat' : 'price.plusVat', { price: base, vat: quantity(String(vatPercent), '%') });
}

export const pricesText = (element: TariffElement, tariff: Tariff, words: Words): string =>
  element.prices.map((component) => priceText(component, tariff, words)).join(' + ') || words.t('price.free');

/** Restrictions with a sentence of their own; OCPI's name of any other is shown as it is. */
const NAMED: ReadonlySet<string> = new Set(
  'min_kwh max_kwh min_duration max_duration min_power max_power min_current max_current start_date end_date reservation'.split(' '),
);

/** "22:00 – 06:00, Saturday, Sunday, from 50 kWh on"; empty where it always holds. */
export function conditionsText({ startTime, endTime, days, others }: TariffElement, { t, weekday }: Words): string {
  const times = startTime === null && endTime === null ? [] : [`${startTime ?? '00:00'} – ${endTime ?? '24:00'}`];
  const named = WEEKDAYS.filter((day) => days.includes(day)).map(weekday);
  const rest = others.map(([name, value]) =>
    NAMED.has(name)
      ? t(`only.${name}` as MessageKey, { value: name.endsWith('_duration') ? String(Math.round(Number(value) / 60)) : value })
      : `${name} ${value}`,
  );
  return [...times, ...named, ...rest].join(', ');
}
