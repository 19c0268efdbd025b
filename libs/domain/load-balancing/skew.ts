// How far a station's clock may be off, learned from its live messages. Which messages are live is the caller's knowledge.

/** A run of samples without a jump; JSON. Offsets are station time − receive time [ms]. */
export interface SkewRun {
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly lowestMs: number;
  readonly highestMs: number;
  readonly lastMs: number;
}

const STEADY_MS = 600_000;
/** A clock further off than this ends no lease at all [ms]. */
export const LARGEST_SKEW_MS = 60_000;
const JUMP_MS = 5_000;
/** Timestamps come in whole seconds. */
const RESOLUTION_MS = 1_000;

/** Whether a message speaks of another clock than those before: one that waited somewhere does so too. */
export function isJump(run: SkewRun | undefined, stationMs: number, receivedMs: number): boolean {
  const offset = stationMs - receivedMs;
  return run !== undefined && (Math.abs(offset - run.lastMs) > JUMP_MS || Math.abs(offset) > LARGEST_SKEW_MS);
}

/** Whether a message of that time waited at the station: it is clearly older than others of a clock that is known. */
export const hasWaited = (run: SkewRun | undefined, stationMs: number, receivedMs: number): boolean =>
  run !== undefined && skewBound(run) !== undefined && stationMs - receivedMs < run.lowestMs - JUMP_MS;

export function observeSkew(run: SkewRun | undefined, stationMs: number, receivedMs: number): SkewRun {
  const offset = stationMs - receivedMs;
  if (run === undefined || isJump(run, stationMs, receivedMs))
    return { sinceMs: receivedMs, untilMs: receivedMs, lowestMs: offset, highestMs: offset, lastMs: offset };
  return {
    sinceMs: run.sinceMs,
    untilMs: receivedMs,
    lowestMs: Math.min(run.lowestMs, offset),
    highestMs: Math.max(run.highestMs, offset),
    lastMs: offset,
  };
}

/** The same for the end of a lease; undefined also where a station said that it goes on behind one: then nothing ends by itself there. */
export const leaseSkew = ({
  skew,
  outlasting = [],
}: {
  readonly skew?: SkewRun;
  readonly outlasting?: readonly number[];
}): number | undefined => (outlasting.length > 0 ? undefined : skewBound(skew));

/** Largest error of the clock either way [ms]; undefined until ten minutes of steady samples within a minute of ours. */
export function skewBound(run: SkewRun | undefined): number | undefined {
  if (run === undefined || run.untilMs - run.sinceMs < STEADY_MS) return undefined;
  const bound = Math.max(Math.abs(run.lowestMs), Math.abs(run.highestMs));
  return bound > LARGEST_SKEW_MS ? undefined : bound + RESOLUTION_MS;
}
