// When a site is open, as a weekly calendar in its local time, and the stretches in which nobody can come.
// Clocks that are put forward or back: elapsed time is physical, the repeated hour is open or closed twice.
import { type LocalMoment, localMoment, wallClockInstants, zoneOf } from '#domain/billing';
import { type OpeningHours, WEEKDAYS } from '#domain/load-balancing';
import { type Span, union } from './spans.js';

/** Within [fromMs, toMs), in order. Without a line it is always open. Throws RangeError for a zone that does not exist. */
export function closedSpans(hours: readonly OpeningHours[], timeZone: string, { fromMs, toMs }: Span): readonly Span[] {
  if (hours.length === 0) return [];
  const zone = zoneOf(timeZone);
  const times = new Set([0, ...hours.flatMap(({ startTime, endTime }) => [msOfDay(startTime), msOfDay(endTime)])]);
  const cuts = [
    fromMs,
    ...wallClockInstants(
      zone,
      fromMs,
      toMs,
      [...times].sort((a, b) => a - b),
    ),
    toMs,
  ];
  return union(
    cuts.slice(0, -1).flatMap((start, index) => {
      const isOpen = hours.some((line) => isWithin(line, localMoment(zone, start)));
      return isOpen ? [] : [{ fromMs: start, toMs: cuts[index + 1] ?? toMs }];
    }),
  );
}

function msOfDay(time = '00:00'): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return (hour * 60 + minute) * 60_000;
}

function isWithin({ daysOfWeek = WEEKDAYS, startTime, endTime }: OpeningHours, { weekday, timeOfDayMs }: LocalMoment): boolean {
  const [start, end] = [msOfDay(startTime), msOfDay(endTime)];
  const isOn = (day: number): boolean => daysOfWeek.some((each) => each === WEEKDAYS[(day + 7) % 7]);
  if (start < end) return isOn(weekday) && timeOfDayMs >= start && timeOfDayMs < end;
  return (isOn(weekday) && timeOfDayMs >= start) || (isOn(weekday - 1) && timeOfDayMs < end);
}
