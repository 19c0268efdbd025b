// What a kWh costs a site at a given time: as was said for that very time, else by its weekly table. What drivers pay is billing's.
import { localMoment, zoneOf } from '#domain/billing';
import { type EnergyCosts, type EnergyPrice, WEEKDAYS } from '../site-model.js';
import type { PlanSlot } from './snapshot.js';

const DAY_MS = 86_400_000;

type Costs = Pick<PlanSlot, 'pricePerKwh' | 'carbonKgPerKwh' | 'feedInPerKwh'>;

/** `timeZone`: IANA name; its wall clock decides, also on days when clocks are changed. */
export function energyCostsAt({ prices, series = [], feedInPerKwh: usualFeedIn }: EnergyCosts, timeZone: string, ms: number): Costs {
  const said = series.filter(({ fromMs, toMs }) => fromMs <= ms && ms < toMs);
  const { weekday, timeOfDayMs } = localMoment(zoneOf(timeZone), ms);
  const line = prices.find((price) => holds(price, weekday, timeOfDayMs));
  const last = (name: 'pricePerKwh' | 'feedInPerKwh' | 'carbonKgPerKwh') => said.findLast((step) => step[name] !== undefined)?.[name];
  const carbonKgPerKwh = last('carbonKgPerKwh') ?? line?.carbonKgPerKwh;
  const feedInPerKwh = last('feedInPerKwh') ?? usualFeedIn;
  return {
    pricePerKwh: last('pricePerKwh') ?? line?.pricePerKwh ?? 0,
    ...(carbonKgPerKwh !== undefined && { carbonKgPerKwh }),
    ...(feedInPerKwh !== undefined && { feedInPerKwh }),
  };
}

function holds({ daysOfWeek, startTime = '00:00', endTime = '24:00' }: EnergyPrice, weekday: number, timeOfDayMs: number): boolean {
  const [start, end] = [msOf(startTime), msOf(endTime)];
  const isOn = (day: number): boolean =>
    daysOfWeek === undefined || daysOfWeek.includes(WEEKDAYS[(day + 7) % 7] as (typeof WEEKDAYS)[number]);
  if (start < end) return isOn(weekday) && timeOfDayMs >= start && timeOfDayMs < end;
  // Over midnight: the rest of that day, and the beginning of the next.
  return (isOn(weekday) && timeOfDayMs >= start) || (isOn(weekday - 1) && timeOfDayMs < end % DAY_MS);
}

function msOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return (hours * 60 + minutes) * 60_000;
}
