// The costing rules a second time, as slowly as they can be read: half a second at a time, whole numbers and fractions only, wall clocks by Intl.
// It knows no cuts, no segments and no decimals; where it and the rating differ, one of them is wrong.
import type { PricingTariff } from './tariff.js';

/** A stretch of whole seconds with 0, 1 or 2 Wh in each. */
export interface NaivePeriod {
  readonly seconds: number;
  readonly whPerSecond: 0 | 1 | 2;
  readonly isParked: boolean;
}

/** A fraction; never shortened, never rounded before the end. */
type Fraction = readonly [over: bigint, under: bigint];
const plus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d];
const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * c, b * d];
const isBelow = ([a, b]: Fraction, [c, d]: Fraction): boolean => a * d < c * b;
const ofNumber = (value: number): Fraction => {
  const [whole = '0', decimals = ''] = String(value).split('.');
  return [BigInt(whole + decimals), 10n ** BigInt(decimals.length)];
};
/** Four decimals, half up. */
const inFour = ([a, b]: Fraction): string => {
  const text = String((a * 20_000n + b) / (2n * b)).padStart(5, '0');
  return `${text.slice(0, -4)}.${text.slice(-4)}`;
};

type Kind = 'ENERGY' | 'TIME' | 'PARKING_TIME' | 'FLAT';
interface Used {
  readonly price: number;
  readonly vat: number;
  readonly step: number;
  /** Half Wh, half seconds, or 2 for once. */
  halves: number;
}

const DAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];

export function naiveCost(
  tariff: PricingTariff,
  timeZone: string,
  startMs: number,
  periods: readonly NaivePeriod[],
): { readonly exclVat: string; readonly inclVat: string } {
  const clock = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23' });
  const minutes = new Map<number, readonly [date: string, time: string, day: string]>();
  const local = (ms: number): readonly [date: string, time: string, day: string] => {
    const minute = Math.floor(ms / 60_000);
    const known = minutes.get(minute);
    if (known !== undefined) return known;
    const [date = '', time = ''] = clock.format(minute * 60_000).split(', ');
    const told = [date, time, DAYS[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? ''] as const;
    minutes.set(minute, told);
    return told;
  };

  let [halfSeconds, halfWh] = [0, 0];
  const applies = (restrictions: PricingTariff['elements'][number]['restrictions'], kw: number): boolean => {
    if (restrictions === undefined) return true;
    const {
      start_time: from,
      end_time: to,
      start_date,
      end_date,
      day_of_week,
      min_kwh,
      max_kwh,
      min_duration,
      max_duration,
    } = restrictions;
    const [date, time, day] = local(startMs + halfSeconds * 500);
    if (start_date !== undefined && date < start_date) return false;
    if (end_date !== undefined && date >= end_date) return false;
    if (day_of_week !== undefined && !(day_of_week as readonly string[]).includes(day)) return false;
    const end = to === '00:00' ? undefined : to;
    const [isAfter, isBefore] = [from === undefined || time >= from, end === undefined || time < end];
    const wraps = from !== undefined && end !== undefined && end <= from;
    if (wraps ? !isAfter && !isBefore : !isAfter || !isBefore) return false;
    if (min_kwh !== undefined && halfWh < min_kwh * 2000) return false;
    if (max_kwh !== undefined && halfWh >= max_kwh * 2000) return false;
    if (min_duration !== undefined && halfSeconds < min_duration * 2) return false;
    if (max_duration !== undefined && halfSeconds >= max_duration * 2) return false;
    const { min_power, max_power } = restrictions;
    return (min_power === undefined || kw >= min_power) && (max_power === undefined || kw < max_power);
  };

  const used = new Map<string, Used>();
  const total: Record<Kind, number> = { ENERGY: 0, TIME: 0, PARKING_TIME: 0, FLAT: 0 };
  const lastPriced = new Map<Kind, { readonly entry: Used; readonly total: number; readonly at: number }>();
  let isFlatTaken = false;
  const use = (kind: Kind, halves: number, kw: number): void => {
    if (halves === 0 || (kind === 'FLAT' && isFlatTaken)) return;
    total[kind] += halves;
    for (const [index, { price_components, restrictions }] of tariff.elements.entries()) {
      const component = price_components.find(({ type }) => type === kind);
      if (component === undefined || !applies(restrictions, kw)) continue;
      const key = `${kind} ${index}`;
      const entry = used.get(key) ?? { price: component.price, vat: component.vat ?? 0, step: component.step_size, halves: 0 };
      entry.halves += halves;
      used.set(key, entry);
      if (kind === 'FLAT') isFlatTaken = true;
      if (component.price > 0) lastPriced.set(kind, { entry, total: total[kind], at: halfSeconds });
      return;
    }
  };

  for (const { seconds, whPerSecond, isParked } of periods)
    for (let half = 0; half < seconds * 2; half++) {
      const kw = whPerSecond * 3.6;
      use('FLAT', 2, kw);
      use('ENERGY', whPerSecond, kw);
      use(isParked ? 'PARKING_TIME' : 'TIME', 1, kw);
      halfSeconds += 1;
      halfWh += whPerSecond;
    }

  const roundUp = (kind: Kind): void => {
    const last = lastPriced.get(kind);
    if (last === undefined || last.entry.step === 0) return;
    last.entry.halves += (last.entry.step * 2 - (last.total % (last.entry.step * 2))) % (last.entry.step * 2);
  };
  roundUp('ENERGY');
  roundUp((lastPriced.get('PARKING_TIME')?.at ?? -1) > (lastPriced.get('TIME')?.at ?? -1) ? 'PARKING_TIME' : 'TIME');

  let [net, gross]: Fraction[] = [
    [0n, 1n],
    [0n, 1n],
  ] as [Fraction, Fraction];
  for (const [key, { price, vat, halves }] of used) {
    const perUnit = key.startsWith('ENERGY') ? 2000n : key.startsWith('FLAT') ? 2n : 7200n;
    const priced = times(ofNumber(price), [BigInt(halves), perUnit]);
    const factor = times(plus([100n, 1n], ofNumber(vat)), [1n, 100n]);
    const without = tariff.tax_included === 'YES' ? times(priced, [factor[1], factor[0]]) : priced;
    net = plus(net as Fraction, without);
    gross = plus(gross as Fraction, tariff.tax_included === 'YES' ? priced : times(priced, factor));
  }
  const within = (amount: Fraction, side: 'excl_vat' | 'incl_vat'): Fraction => {
    const [low, high] = [tariff.min_price?.[side], tariff.max_price?.[side]];
    const raised = low !== undefined && isBelow(amount, ofNumber(low)) ? ofNumber(low) : amount;
    return high !== undefined && isBelow(ofNumber(high), raised) ? ofNumber(high) : raised;
  };
  const most = tariff.max_price;
  // A highest price that is net alone takes the tax down with the net, by the mean rate.
  if (most !== undefined && most.incl_vat === undefined && isBelow(ofNumber(most.excl_vat), net as Fraction)) {
    const [over, under] = net as Fraction;
    gross = times(times(gross as Fraction, ofNumber(most.excl_vat)), [under, over]);
    net = ofNumber(most.excl_vat);
  }
  return { exclVat: inFour(within(net as Fraction, 'excl_vat')), inclVat: inFour(within(gross as Fraction, 'incl_vat')) };
}
