// Wall clocks of a Location: what the local time is at an instant, and at which instants a wall clock shows a given time.
// Elapsed time stays physical: the repeated hour of autumn happens twice, the missing one of spring never.
import { IANAZone } from 'luxon';
import { firstIndex } from '#kernel';

const MINUTE = 60_000;
const DAY = 86_400_000;

export interface LocalMoment {
  /** YYYY-MM-DD */
  readonly date: string;
  /** 0 = Monday */
  readonly weekday: number;
  /** Milliseconds since local midnight as the wall clock shows it. */
  readonly timeOfDayMs: number;
}

/** Throws RangeError for a zone that does not exist. */
export function zoneOf(name: string): IANAZone {
  const zone = IANAZone.create(name);
  if (!zone.isValid) throw new RangeError(`no such time zone: ${name}`);
  return zone;
}

/** Asking for an offset is slow, and clocks are changed on quarters of an hour: one answer holds for a quarter. */
const QUARTER = 15 * MINUTE;
const REMEMBERED = 10_000;
const known = new Map<string, Map<number, number>>();

function offsetMs(zone: IANAZone, ms: number): number {
  const offsets = known.get(zone.name) ?? new Map<number, number>();
  known.set(zone.name, offsets);
  const quarter = Math.floor(ms / QUARTER);
  const found = offsets.get(quarter);
  if (found !== undefined) return found;
  if (offsets.size >= REMEMBERED) offsets.clear();
  const offset = zone.offset(quarter * QUARTER) * MINUTE;
  offsets.set(quarter, offset);
  return offset;
}

export function localMoment(zone: IANAZone, ms: number): LocalMoment {
  const wall = new Date(ms + offsetMs(zone, ms));
  return {
    date: wall.toISOString().slice(0, 10),
    weekday: (wall.getUTCDay() + 6) % 7,
    timeOfDayMs: ((wall.getTime() % DAY) + DAY) % DAY,
  };
}

/**
 * Instants strictly inside (fromMs, toMs) at which the wall clock could read one of `timesOfDayMs` (rising), and those at which the clock is changed.
 * May name an instant that turns out to be none; cutting there does no harm.
 */
export function wallClockInstants(zone: IANAZone, fromMs: number, toMs: number, timesOfDayMs: readonly number[]): readonly number[] {
  const found = new Set<number>();
  const firstDay = Math.floor((fromMs + offsetMs(zone, fromMs)) / DAY) - 1;
  const lastDay = Math.floor((toMs + offsetMs(zone, toMs)) / DAY) + 1;
  for (let day = firstDay; day <= lastDay; day++) {
    const wallMidnight = day * DAY;
    const before = offsetMs(zone, wallMidnight - DAY / 2);
    const after = offsetMs(zone, wallMidnight + (3 * DAY) / 2);
    for (const midnight of new Set([wallMidnight - before, wallMidnight - after])) {
      const first = firstIndex(timesOfDayMs, (time) => midnight + time > fromMs);
      for (let index = first; midnight + (timesOfDayMs[index] ?? Number.NaN) < toMs; index++)
        found.add(midnight + (timesOfDayMs[index] ?? 0));
    }
    if (before !== after) found.add(clockChange(zone, wallMidnight - DAY / 2, wallMidnight + (3 * DAY) / 2));
  }
  return [...found].filter((ms) => ms > fromMs && ms < toMs).sort((a, b) => a - b);
}

/** The first instant of the offset in force at `toMs`, by halving. */
function clockChange(zone: IANAZone, fromMs: number, toMs: number): number {
  const target = zone.offset(toMs);
  let [low, high] = [fromMs, toMs];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offset(middle) === target) high = middle;
    else low = middle;
  }
  return high;
}
