// What an EVSE draws, told from nothing but how its energy register rises: bounds, since registers count in steps and are read at times of their own.
// Energy of sessions is registers.ts; what follows from the power is decided elsewhere.

export interface RegisterPoint {
  /** When it was measured, by the station's clock, and when we heard of it [ms]: the longer of two spans counts. */
  readonly atMs: number;
  readonly heardMs: number;
  readonly wh: number;
}

/** So many rises in a row tell something. */
export const RISES = 3;
/**
 * What a register showed may be as old as this share of the time between two readings. One that counts in steps, or is itself read now and then,
 * and yet rises three times in a row does so at least every 4/3 of that time; then no three rises are more than what flows in 3 + 4/5 of it, but
 * for a twentieth.
 */
const STALE_SHARE = 0.8;

const spanMs = (from: RegisterPoint, to: RegisterPoint): number => Math.max(to.atMs - from.atMs, to.heardMs - from.heardMs);

/**
 * Mean power between the oldest and the newest of four readings, newest first [W]: at least, and about as much as; undefined before there are
 * four. One that did not rise each time says only that at least 0 was drawn, and at most a step more than it rose.
 */
export function powerByRegister(
  points: readonly RegisterPoint[],
  stepWh: number,
): { readonly atLeastW: number; readonly aboutW: number } | undefined {
  if (points.length <= RISES) return undefined;
  const pairs = points.slice(0, RISES).map((to, index) => ({ from: points[index + 1] as RegisterPoint, to }));
  const spans = pairs.map(({ from, to }) => spanMs(from, to));
  const rises = pairs.map(({ from, to }) => to.wh - from.wh);
  const wholeMs = spans.reduce((sum, ms) => sum + ms, 0);
  if (wholeMs <= 0 || spans.some((ms) => ms <= 0)) return undefined;
  const wh = rises.reduce((sum, rise) => sum + rise, 0);
  if (rises.some((rise) => rise <= 0)) return { atLeastW: 0, aboutW: watts(wh + stepWh, wholeMs) };
  const slowestW = Math.min(...rises.map((rise, index) => watts(rise, spans[index] as number)));
  const atLeastW = Math.min(slowestW, watts(wh, wholeMs + STALE_SHARE * Math.max(...spans)));
  return { atLeastW, aboutW: watts(wh, wholeMs) };
}

/** It fell, or rose faster than anything can be drawn there: what it shows now has nothing to do with what it showed before. */
export function isRestarted(from: RegisterPoint, to: RegisterPoint, mostW: number): boolean {
  const rise = to.wh - from.wh;
  return rise < 0 || (rise > 0 && watts(rise, Math.max(1, spanMs(from, to))) > mostW);
}

const watts = (wh: number, ms: number): number => (wh * 3_600_000) / ms;
