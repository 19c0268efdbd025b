// From what a session recorded to what a rating reads: which time is parking, and periods that agree with the final figures.
// The session's own states and registers are decided elsewhere.
import { firstIndex } from '#kernel';
import { Exact } from './decimal.js';
import { instant, type RatingPeriod } from './segments.js';

/** A period as session-events tell it. */
export interface SessionPeriod {
  readonly from: string;
  readonly to: string;
  readonly energyWh: number | string;
  readonly state: 'Charging' | 'SuspendedEV' | 'SuspendedEVSE' | 'EVConnected' | 'Idle';
  /** A pause the network commanded is never idle time. */
  readonly pausedBy?: 'network' | 'vehicle';
  readonly powerW?: number;
  readonly currentA?: number;
}

const seconds = (fromMs: number, toMs: number): string => new Exact(toMs - fromMs).div(1000).toString();

/**
 * TIME is billed while the vehicle charges, or would if we let it; PARKING_TIME from when the vehicle asks for no power.
 * Before it first charged a connected vehicle is taken to be asking.
 */
export function ratingPeriodsOf(periods: readonly SessionPeriod[]): readonly RatingPeriod[] {
  let hasCharged = false;
  return periods.map(({ from, to, energyWh, state, pausedBy, powerW, currentA }) => {
    const parked = isParked(state, pausedBy, hasCharged);
    hasCharged ||= state === 'Charging' || state === 'SuspendedEV';
    const lasts = seconds(instant(from), Math.max(instant(from), instant(to)));
    return {
      from,
      to,
      energyWh,
      ...(parked ? { parkingS: lasts } : { chargingS: lasts }),
      ...(powerW !== undefined && { powerKw: { min: powerW / 1000, max: powerW / 1000 } }),
      ...(currentA !== undefined && { currentA: { min: currentA, max: currentA } }),
    };
  });
}

function isParked(state: SessionPeriod['state'], pausedBy: SessionPeriod['pausedBy'], hasCharged: boolean): boolean {
  if (pausedBy !== undefined && state !== 'Charging') return pausedBy === 'vehicle';
  switch (state) {
    case 'Charging':
    case 'SuspendedEVSE':
      return false;
    case 'SuspendedEV':
      return true;
    case 'EVConnected':
    case 'Idle':
      return hasCharged;
  }
}

/**
 * Periods whose ends and energy are those of the session: clipped to [startedAt, endedAt], the last one carried on to the end, and the energy
 * that the periods do not contain put into (or taken from) the last ones that have any.
 */
export function fitted(
  periods: readonly SessionPeriod[],
  startedAt: string,
  endedAt: string,
  energyWh: number | string,
): readonly SessionPeriod[] {
  const [startMs, endMs] = [instant(startedAt), Math.max(instant(startedAt), instant(endedAt))];
  const iso = (ms: number): string => new Date(ms).toISOString();
  const clipped: SessionPeriod[] = [];
  let reachedMs = startMs;
  for (const period of periods) {
    const fromMs = Math.min(Math.max(instant(period.from), reachedMs), endMs);
    const toMs = Math.min(Math.max(instant(period.to), fromMs), endMs);
    if (fromMs > reachedMs) clipped.push(carriedOn(clipped.at(-1) ?? { state: 'EVConnected' }, iso(reachedMs), iso(fromMs)));
    clipped.push({ ...period, from: iso(fromMs), to: iso(toMs) });
    reachedMs = toMs;
  }
  if (reachedMs < endMs || clipped.length === 0)
    clipped.push(carriedOn(clipped.at(-1) ?? { state: 'Charging' }, iso(reachedMs), iso(endMs)));
  return withEnergy(clipped, energyWh);
}

/** Nothing was heard: the state before goes on. */
const carriedOn = ({ state, pausedBy }: Pick<SessionPeriod, 'state' | 'pausedBy'>, from: string, to: string): SessionPeriod => ({
  from,
  to,
  energyWh: 0,
  state,
  ...(pausedBy !== undefined && { pausedBy }),
});

function withEnergy(periods: readonly SessionPeriod[], energyWh: number | string): readonly SessionPeriod[] {
  let missing = new Exact(energyWh).minus(periods.reduce((sum, period) => sum.plus(period.energyWh), new Exact(0)));
  if (missing.isZero()) return periods;
  const result = [...periods];
  const carrier = result.findLastIndex((period) => !new Exact(period.energyWh).isZero());
  const charging = result.findLastIndex(({ state }) => state === 'Charging');
  for (let index = missing.gt(0) ? Math.max(carrier >= 0 ? carrier : charging, 0) : carrier; index >= 0 && !missing.isZero(); index--) {
    const period = result[index] as SessionPeriod;
    const energy = Exact.max(new Exact(period.energyWh).plus(missing), 0);
    missing = missing.minus(energy.minus(period.energyWh));
    result[index] = { ...period, energyWh: energy.toString() };
  }
  return result;
}

/**
 * The same periods in fewer: neighbours of one state are put together where no price changed at their border or inside them, so that rating them
 * again gives the same price. `cuts`: where the rated periods began.
 */
export function compacted(periods: readonly SessionPeriod[], cuts: readonly string[]): readonly SessionPeriod[] {
  const cutMs = cuts.map(instant).sort((a, b) => a - b);
  const at = new Set(cutMs);
  const isWhole = ({ from, to }: SessionPeriod): boolean => {
    const [fromMs, toMs] = [instant(from), instant(to)];
    return !((cutMs[firstIndex(cutMs, (ms) => ms > fromMs)] ?? toMs) < toMs);
  };
  const result: SessionPeriod[] = [];
  for (const period of periods) {
    const last = result.at(-1);
    const joins =
      last !== undefined &&
      last.to === period.from &&
      !at.has(instant(period.from)) &&
      isWhole(last) &&
      isWhole(period) &&
      isLike(last, period);
    if (joins) result[result.length - 1] = joined(last, period);
    else result.push(period);
  }
  return result;
}

const isLike = (a: SessionPeriod, b: SessionPeriod): boolean =>
  a.state === b.state &&
  a.pausedBy === b.pausedBy &&
  (a.powerW === undefined) === (b.powerW === undefined) &&
  (a.currentA === undefined) === (b.currentA === undefined);

function joined(a: SessionPeriod, b: SessionPeriod): SessionPeriod {
  const [before, after] = [instant(a.to) - instant(a.from), instant(b.to) - instant(b.from)];
  const mean = (x: number, y: number): number => (before + after === 0 ? y : (x * before + y * after) / (before + after));
  return {
    ...a,
    to: b.to,
    energyWh: new Exact(a.energyWh).plus(b.energyWh).toString(),
    ...(a.powerW !== undefined && b.powerW !== undefined && { powerW: mean(a.powerW, b.powerW) }),
    ...(a.currentA !== undefined && b.currentA !== undefined && { currentA: mean(a.currentA, b.currentA) }),
  };
}
