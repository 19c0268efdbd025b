// When a tariff element applies: its restrictions, all of them, at one instant (OCPI 2.2.1 TariffRestrictions), and where along a session that can change.
// Lower bounds are inclusive, upper bounds exclusive. Cutting the session there is the business of the segments.
import { firstIndex } from '#kernel';
import { Exact } from './decimal.js';
import type { LocalMoment } from './local-time.js';
import { DAYS_OF_WEEK, type PricingTariff, type Restrictions } from './tariff.js';

const DAY = 86_400_000;

/** Lowest and highest value within a period; equal when it was steady. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export interface Moment {
  /** Undefined where no restriction of the tariff looks at the wall clock. */
  readonly local: LocalMoment | undefined;
  /** Since the session started; within a reservation since that started. */
  readonly elapsedMs: number;
  /** How many of the tariff's limits of energy were reached (`tierOf`). */
  readonly tier: number;
  readonly powerKw: Range | undefined;
  /** Sum over the phases. */
  readonly currentA: Range | undefined;
  readonly reservation: 'none' | 'used' | 'expired';
}

/** Restrictions as numbers, read once: they are asked at every moment of a session. */
export interface Conditions {
  readonly restrictions: Restrictions;
  /** Of a day; all of it where no times are given. */
  readonly startMs: number;
  readonly endMs: number;
  /** From that tier on, and below that one. */
  readonly minTier: number;
  readonly maxTier: number;
}

export const conditionsOf = (restrictions: Restrictions = {}, boundaries: Pick<Boundaries, 'energyWh'>): Conditions => ({
  restrictions,
  startMs: timeOfDayMs(restrictions.start_time ?? '00:00'),
  endMs: timeOfDayMs(restrictions.end_time ?? '00:00') || DAY,
  minTier: restrictions.min_kwh === undefined ? 0 : tierOf(boundaries, new Exact(restrictions.min_kwh).times(1000)),
  maxTier: restrictions.max_kwh === undefined ? Number.POSITIVE_INFINITY : tierOf(boundaries, new Exact(restrictions.max_kwh).times(1000)),
});

/** Of the energy charged so far. */
export const tierOf = ({ energyWh: limits }: Pick<Boundaries, 'energyWh'>, energyWh: Exact): number =>
  firstIndex(limits, (limit) => limit.gt(energyWh));

/** An element that asks for a power or current nobody measured does not apply: we could not show that it did. */
export function applies({ restrictions, startMs, endMs, minTier, maxTier }: Conditions, moment: Moment): boolean {
  if (!reservationApplies(restrictions.reservation, moment.reservation)) return false;
  if (moment.local !== undefined && !appliesLocally(restrictions, startMs, endMs, moment.local)) return false;
  const { min_duration, max_duration } = restrictions;
  return (
    moment.tier >= minTier &&
    moment.tier < maxTier &&
    (min_duration === undefined || moment.elapsedMs >= min_duration * 1000) &&
    (max_duration === undefined || moment.elapsedMs < max_duration * 1000) &&
    within(moment.powerKw, restrictions.min_power, restrictions.max_power) &&
    within(moment.currentA, restrictions.min_current, restrictions.max_current)
  );
}

function reservationApplies(wanted: Restrictions['reservation'], actual: Moment['reservation']): boolean {
  if (wanted === undefined) return actual === 'none';
  return wanted === 'RESERVATION' ? actual !== 'none' : actual === 'expired';
}

function within(range: Range | undefined, min: number | undefined, max: number | undefined): boolean {
  if (min === undefined && max === undefined) return true;
  if (range === undefined) return false;
  return (min === undefined || range.min >= min) && (max === undefined || range.max < max);
}

const isLocal = ({ start_time, end_time, start_date, end_date, day_of_week }: Restrictions): boolean =>
  start_time !== undefined ||
  end_time !== undefined ||
  start_date !== undefined ||
  end_date !== undefined ||
  (day_of_week?.length ?? 0) > 0;

// biome-ignore lint/plugin: a time of day
const timeOfDayMs = (text: string): number => (Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))) * 60_000;

function appliesLocally({ start_date, end_date, day_of_week }: Restrictions, start: number, end: number, local: LocalMoment): boolean {
  const time = local.timeOfDayMs;
  if (start < end ? time < start || time >= end : time < start && time >= end) return false;
  if (start_date !== undefined && local.date < start_date) return false;
  if (end_date !== undefined && local.date >= end_date) return false;
  const day = DAYS_OF_WEEK[local.weekday];
  return day_of_week === undefined || day_of_week.length === 0 || (day !== undefined && day_of_week.includes(day));
}

/** Everything at which some element of the tariff may start or stop applying. */
export interface Boundaries {
  /** Rising; empty when no restriction looks at the wall clock. */
  readonly timesOfDayMs: readonly number[];
  readonly elapsedMs: readonly number[];
  /** Rising. */
  readonly energyWh: readonly Exact[];
  readonly powerKw: readonly number[];
  readonly currentA: readonly number[];
}

export function boundariesOf(tariff: PricingTariff): Boundaries {
  const times = new Set<number>();
  const elapsed = new Set<number>();
  const energy = new Set<number>();
  for (const { restrictions } of tariff.elements) {
    if (restrictions === undefined) continue;
    if (isLocal(restrictions))
      for (const text of ['00:00', restrictions.start_time, restrictions.end_time]) if (text !== undefined) times.add(timeOfDayMs(text));
    for (const seconds of [restrictions.min_duration, restrictions.max_duration]) if (seconds !== undefined) elapsed.add(seconds * 1000);
    for (const kwh of [restrictions.min_kwh, restrictions.max_kwh]) if (kwh !== undefined) energy.add(kwh);
  }
  return {
    timesOfDayMs: [...times].sort((a, b) => a - b),
    elapsedMs: [...elapsed],
    energyWh: [...energy].sort((a, b) => a - b).map((kwh) => new Exact(kwh).times(1000)),
    powerKw: limitsOf(tariff, ({ min_power, max_power }) => [min_power, max_power]),
    currentA: limitsOf(tariff, ({ min_current, max_current }) => [min_current, max_current]),
  };
}

const limitsOf = (tariff: PricingTariff, of: (restrictions: Restrictions) => readonly (number | undefined)[]): readonly number[] =>
  tariff.elements.flatMap(({ restrictions = {} }) => of(restrictions).filter((limit) => limit !== undefined));

/** Which limits of power and current a stretch is beyond. What is beyond the same has the same price, and so has their mean, which two that only cost the same may not. */
export const bandOf = ({ powerKw, currentA }: Boundaries, moment: Pick<Moment, 'powerKw' | 'currentA'>): string =>
  [sides(powerKw, moment.powerKw), sides(currentA, moment.currentA)].join('/');

const sides = (limits: readonly number[], range: Range | undefined): string =>
  limits.length === 0 || range === undefined
    ? ''
    : [range.min, range.max].map((value) => limits.filter((limit) => limit <= value).length).join('-');
