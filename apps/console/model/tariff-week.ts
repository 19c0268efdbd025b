// What a kWh costs over a week by a tariff, for a session that has just begun: the picture of it, and whether it changes at all.
// Elements that need more than a time of day (energy, duration, power, dates, reservations) are not in the picture; they are listed beside it.
import type { Tariff, TariffElement } from '../api/tariff-shapes.js';

export const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Minutes of a local day. `price` null: energy costs nothing then. */
export interface PriceStretch {
  readonly fromMin: number;
  readonly toMin: number;
  readonly price: number | null;
}

export interface DayPrices {
  /** Days that look the same are one row. */
  readonly days: readonly Weekday[];
  readonly stretches: readonly PriceStretch[];
}

const DAY_MIN = 1_440;

export function tariffWeek({ elements }: Pick<Tariff, 'elements'>): readonly DayPrices[] {
  const priced = elements.filter(({ others, prices }) => others.length === 0 && prices.some(({ type }) => type === 'ENERGY'));
  const rows: { days: Weekday[]; stretches: readonly PriceStretch[] }[] = [];
  for (const day of WEEKDAYS) {
    const stretches = dayPrices(priced, day);
    const last = rows.at(-1);
    if (last !== undefined && JSON.stringify(last.stretches) === JSON.stringify(stretches)) last.days.push(day);
    else rows.push({ days: [day], stretches });
  }
  return rows;
}

function dayPrices(elements: readonly TariffElement[], day: Weekday): readonly PriceStretch[] {
  const cuts = new Set([0, DAY_MIN, ...elements.flatMap(({ startTime, endTime }) => [startTime, endTime].flatMap(minuteOf))]);
  const edges = [...cuts].sort((a, b) => a - b);
  const stretches: PriceStretch[] = [];
  for (const [index, fromMin] of edges.slice(0, -1).entries()) {
    const toMin = edges[index + 1] ?? DAY_MIN;
    // The first that holds prices it (OCPI 2.2.1, 11.4.6).
    const first = elements.find((element) => holds(element, day, fromMin));
    const price = first?.prices.find(({ type }) => type === 'ENERGY')?.price ?? null;
    const last = stretches.at(-1);
    if (last !== undefined && last.price === price) stretches[stretches.length - 1] = { ...last, toMin };
    else stretches.push({ fromMin, toMin, price });
  }
  return stretches;
}

function holds({ days, startTime, endTime }: TariffElement, day: Weekday, minute: number): boolean {
  if (days.length > 0 && !days.includes(day)) return false;
  const [from = 0] = minuteOf(startTime);
  const [to = DAY_MIN] = minuteOf(endTime);
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

const minuteOf = (time: string | null): readonly number[] => {
  const [, hours, minutes] = /^(\d\d):(\d\d)/.exec(time ?? '') ?? [];
  return hours === undefined ? [] : [Number(hours) * 60 + Number(minutes)];
};

/** Different prices of a kWh, the lowest first: for the shade of each. */
export const pricesIn = (week: readonly DayPrices[]): readonly number[] =>
  [...new Set(week.flatMap(({ stretches }) => stretches.map(({ price }) => price ?? 0)))].sort((a, b) => a - b);
