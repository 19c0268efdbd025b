// Energy of stations that tell no register, only what flowed in each interval (Energy.Active.Import.Interval): a sum, each instant once, in any order.
// Registers go before it; which counts is decided elsewhere.
import { milli } from './sample.js';

/** What flowed in the intervals that end at an instant [Wh]: of the station's own rhythm, and of the clock's (Sample.Clock). */
export interface IntervalReading {
  readonly ownWh?: number | undefined;
  readonly clockWh?: number | undefined;
}

interface Sum {
  readonly wh: number;
  /** Instants that are in it [ms], ascending, the latest of them. */
  readonly instants: readonly number[];
}

/** Intervals of the clock tell the same energy as the station's own once more. */
export interface IntervalState {
  readonly own: Sum;
  readonly clock: Sum;
}

const NOTHING: Sum = { wh: 0, instants: [] };
export const NO_INTERVALS: IntervalState = { own: NOTHING, clock: NOTHING };

/** A day and a half of minutes. What is older than all of these is taken for known. */
const MOST_INSTANTS = 2_000;

export const addIntervals = (state: IntervalState, ms: number, { ownWh, clockWh }: IntervalReading): IntervalState => ({
  own: plus(state.own, ms, ownWh),
  clock: plus(state.clock, ms, clockWh),
});

/** The fuller of the two. */
export const intervalsWh = ({ own, clock }: IntervalState): number => Math.max(own.wh, clock.wh);

function plus(sum: Sum, ms: number, wh: number | undefined): Sum {
  const { instants } = sum;
  if (wh === undefined || wh < 0) return sum;
  const place = instants.findLastIndex((known) => known <= ms);
  if (instants[place] === ms || (place < 0 && instants.length === MOST_INSTANTS)) return sum;
  return { wh: milli(sum.wh + wh), instants: [...instants.slice(0, place + 1), ms, ...instants.slice(place + 1)].slice(-MOST_INSTANTS) };
}
