// Cuts a session's periods wherever a price may change: wall clock, date, clock change, duration, energy tier.
// Energy between two readings is taken as linear in time. Which price holds in a segment is decided by the rating.
import type { IANAZone } from 'luxon';
import { firstIndex, instantMs } from '#kernel';
import { Exact, ZERO } from './decimal.js';
import { localMoment, wallClockInstants } from './local-time.js';
import { type Boundaries, bandOf, boundariesOf, type Moment, type Range, tierOf } from './restrictions.js';
import type { PricingTariff } from './tariff.js';

/** A stretch of a session, steady in what the vehicle does. Periods are in order and do not overlap. */
export interface RatingPeriod {
  /** ISO 8601 */
  readonly from: string;
  readonly to: string;
  readonly energyWh?: number | string;
  /** Seconds billed as TIME: charging, or held back by us although the vehicle asked for power. */
  readonly chargingS?: number | string;
  /** Seconds billed as PARKING_TIME: the vehicle asked for no power. */
  readonly parkingS?: number | string;
  readonly reservationS?: number | string;
  /** Absent: the mean of the period is used. */
  readonly powerKw?: Range;
  readonly currentA?: Range;
  /** Where the driver chose another tariff on the way; absent = the tariff pinned at the start. */
  readonly tariff?: PricingTariff;
}

export interface Segment {
  readonly fromMs: number;
  readonly toMs: number;
  readonly tariff: PricingTariff;
  /** Where it begins; everything in it is priced as of this moment. */
  readonly moment: Moment;
  /** Which limits of power and current it is beyond. */
  readonly band: string;
  readonly energyWh: Exact;
  readonly chargingS: Exact;
  readonly parkingS: Exact;
  readonly reservationS: Exact;
}

/** Throws what is no time on its own, whatever `Date` makes of it: it would be a row nobody can write, in the stream of an account. */
export const instant = (text: string): number => {
  const ms = typeof text === 'string' ? instantMs(text) : undefined;
  if (ms === undefined) throw new RangeError(`not an instant: ${text}`);
  return ms;
};

const isReservation = (period: RatingPeriod): boolean => period.reservationS !== undefined;

/** Segments in order; their sums equal those of the periods. */
export function segmentsOf(
  periods: readonly RatingPeriod[],
  pinned: PricingTariff,
  zone: IANAZone,
  reservationExpired: boolean,
): readonly Segment[] {
  const segments: Segment[] = [];
  const boundaries = new Map<PricingTariff, Boundaries>();
  const first = periods[0];
  if (first === undefined) return segments;
  const reservedFromMs = instant(first.from);
  const sessionFromMs = instant((periods.find((period) => !isReservation(period)) ?? first).from);
  let energyWh: Exact = ZERO;
  for (const period of periods) {
    const tariff = period.tariff ?? pinned;
    const limits = boundaries.get(tariff) ?? boundariesOf(tariff);
    boundaries.set(tariff, limits);
    const startMs = isReservation(period) ? reservedFromMs : sessionFromMs;
    const reservation = isReservation(period) ? (reservationExpired ? 'expired' : 'used') : 'none';
    const powerKw = powerOf(period);
    const cuts = cutsOf(period, energyWh, startMs, limits, zone);
    const share = sharesOf(cuts);
    for (const [index, from] of cuts.slice(0, -1).entries()) {
      const to = cuts[index + 1] ?? from;
      segments.push({
        fromMs: from.ms,
        toMs: to.ms,
        tariff,
        moment: {
          local: limits.timesOfDayMs.length > 0 ? localMoment(zone, from.ms) : undefined,
          elapsedMs: from.ms - startMs,
          tier: tierOf(limits, energyWh.plus(from.wh)),
          powerKw,
          currentA: period.currentA,
          reservation,
        },
        band: bandOf(limits, { powerKw, currentA: period.currentA }),
        energyWh: to.wh.minus(from.wh),
        chargingS: share(period.chargingS, index),
        parkingS: share(period.parkingS, index),
        reservationS: share(period.reservationS, index),
      });
    }
    energyWh = energyWh.plus(period.energyWh ?? 0);
  }
  return segments;
}

interface Cut {
  readonly ms: number;
  /** Energy of the period up to here. */
  readonly wh: Exact;
}

function cutsOf(period: RatingPeriod, before: Exact, startMs: number, limits: Boundaries, zone: IANAZone): readonly Cut[] {
  const [fromMs, toMs] = [instant(period.from), Math.max(instant(period.from), instant(period.to))];
  const energy = new Exact(period.energyWh ?? 0);
  const lasts = toMs - fromMs;
  const inside = new Map<number, Cut>();
  const clock = limits.timesOfDayMs.length > 0 ? wallClockInstants(zone, fromMs, toMs, limits.timesOfDayMs) : [];
  for (const ms of [...clock, ...limits.elapsedMs.map((elapsed) => startMs + elapsed)])
    if (ms > fromMs && ms < toMs) inside.set(ms, { ms, wh: energy.times(ms - fromMs).div(lasts) });
  const after = before.plus(energy);
  const [first, end] = [firstIndex(limits.energyWh, (limit) => limit.gt(before)), firstIndex(limits.energyWh, (limit) => limit.gte(after))];
  const tiers = limits.energyWh
    .slice(first, Math.max(first, end))
    .map((limit) => limit.minus(before))
    // biome-ignore lint/plugin: milliseconds
    .map((wh) => ({ ms: fromMs + wh.times(lasts).div(energy).round().toNumber(), wh }));
  for (const { ms } of tiers) inside.delete(ms);
  const cuts = [...inside.values(), ...tiers].sort((a, b) => a.ms - b.ms || a.wh.comparedTo(b.wh));
  return [{ ms: fromMs, wh: ZERO }, ...cuts, { ms: toMs, wh: energy }];
}

/** Splits a quantity over the segments by their length; the last one takes the remainder, so that nothing is lost to division. */
function sharesOf(cuts: readonly Cut[]): (quantity: number | string | undefined, index: number) => Exact {
  const fromMs = cuts[0]?.ms ?? 0;
  const lasts = (cuts.at(-1)?.ms ?? fromMs) - fromMs;
  const upTo = (quantity: Exact, index: number): Exact => {
    if (index === 0) return ZERO;
    if (index === cuts.length - 1) return quantity;
    return lasts === 0 ? ZERO : quantity.times((cuts[index]?.ms ?? fromMs) - fromMs).div(lasts);
  };
  return (quantity, index) =>
    quantity === undefined ? ZERO : upTo(new Exact(quantity), index + 1).minus(upTo(new Exact(quantity), index));
}

function powerOf(period: RatingPeriod): Range | undefined {
  if (period.powerKw !== undefined) return period.powerKw;
  const lastsMs = instant(period.to) - instant(period.from);
  if (lastsMs <= 0) return undefined;
  // biome-ignore lint/plugin: power, compared with restrictions
  const mean = new Exact(period.energyWh ?? 0).times(3600).div(lastsMs).toNumber();
  return { min: mean, max: mean };
}
