// When a car will leave: what the driver says, corrected by how wrong such statements were, given that it is still here.
// Half of the drivers are off by two hours, a third leave a quarter of an hour early or more; a plan that believes them wastes the night.

export interface PastStay {
  readonly arrivalMs: number;
  readonly departureMs: number;
  /** What was said on arrival; absent = nothing. */
  readonly statedMs?: number;
  /** What it took in all [Wh]; absent = its station has no register. */
  readonly energyWh?: number;
}

/** Enough to know a distribution, few enough to be alike. */
const ALIKE = 60;
const DAY_MS = 86_400_000;

/** Those that arrived at about the same time of day and, where a departure is stated, stated about as long a stay: at most 60, the nearest. */
export function comparable(past: readonly PastStay[], { arrivalMs, statedMs }: Stay): readonly PastStay[] {
  const distance = (other: PastStay): number => {
    const apart = Math.abs(other.arrivalMs - arrivalMs) % DAY_MS;
    const statedApart =
      statedMs === undefined || other.statedMs === undefined ? 0 : Math.abs(other.statedMs - other.arrivalMs - (statedMs - arrivalMs));
    return Math.min(apart, DAY_MS - apart) + statedApart;
  };
  return past
    .filter((other) => statedMs === undefined || other.statedMs !== undefined)
    .map((other) => ({ other, far: distance(other) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, ALIKE)
    .map(({ other }) => other);
}

/** Sorted, so that a quantile is a look-up. */
export interface LearnedStays {
  /** Departure − statement [ms]. */
  readonly errorMs: Float64Array;
  /** Departure − arrival [ms]. */
  readonly stayMs: Float64Array;
  readonly energyWh: Float64Array;
}

/** Fewer cases than this teach nothing. */
const ENOUGH = 20;
/** A car that outstayed all experience is taken to leave soon, so that it gets what it can. */
const SOON_MS = 15 * 60_000;
const UNKNOWN_STAY_MS = 4 * 3_600_000;

export function learnStays(past: readonly PastStay[]): LearnedStays {
  const errors = past.flatMap(({ departureMs, statedMs }) => (statedMs === undefined ? [] : [departureMs - statedMs]));
  return {
    errorMs: Float64Array.from(errors).sort(),
    stayMs: Float64Array.from(past, ({ departureMs, arrivalMs }) => departureMs - arrivalMs).sort(),
    energyWh: Float64Array.from(past.flatMap(({ energyWh }) => energyWh ?? [])).sort(),
  };
}

export interface Stay {
  readonly arrivalMs: number;
  readonly statedMs?: number;
}

/**
 * The time before which a share `quantile` of comparable cars that were still there at `nowMs` had left. 0.5 is the likeliest; lower
 * plans earlier and fails less often. Never in the past.
 */
export function departureQuantile({ errorMs, stayMs }: LearnedStays, { arrivalMs, statedMs }: Stay, nowMs: number, quantile = 0.5): number {
  if (statedMs !== undefined && errorMs.length < ENOUGH) return Math.max(statedMs, nowMs + SOON_MS);
  const [base, sample] = statedMs === undefined ? [arrivalMs, stayMs] : [statedMs, errorMs];
  if (sample.length < ENOUGH) return Math.max(base + UNKNOWN_STAY_MS, nowMs + SOON_MS);
  const later = quantileAbove(sample, nowMs - base, quantile);
  return Math.max(later === undefined ? nowMs : base + later, nowMs + SOON_MS);
}

/** Of comparable cars that were still there at `nowMs`, the share that was still there at `atMs`; 1 while there is nothing to learn from. */
export function stayChance({ errorMs, stayMs }: LearnedStays, { arrivalMs, statedMs }: Stay, nowMs: number, atMs: number): number {
  const [base, sample] = statedMs === undefined ? [arrivalMs, stayMs] : [statedMs, errorMs];
  const now = sample.length - firstAbove(sample, nowMs - base);
  return sample.length < ENOUGH || now === 0 ? 1 : (sample.length - firstAbove(sample, atMs - base)) / now;
}

/** What a share `quantile` of the cars that took more than `deliveredWh` took in all; undefined while there is nothing to learn from. */
export const usualEnergyWh = ({ energyWh }: LearnedStays, deliveredWh: number, quantile = 0.9): number | undefined =>
  energyWh.length < ENOUGH ? undefined : quantileAbove(energyWh, deliveredWh, quantile);

/** Undefined where all lie at or below the bound. */
function quantileAbove(sorted: Float64Array, bound: number, quantile: number): number | undefined {
  const below = firstAbove(sorted, bound);
  const left = sorted.length - below;
  return left === 0 ? undefined : sorted[below + Math.min(left - 1, Math.floor(left * quantile))];
}

/** Index of the first value above `bound`. */
function firstAbove(sorted: Float64Array, bound: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}
