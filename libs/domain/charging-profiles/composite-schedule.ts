// What an obedient station will do under a set of profiles: the stacking rules of OCPP 1.6 (3.13) and 2.x (K, 3.2 to 3.5).
// Which profiles a station holds, and whether it obeys, is known elsewhere.
import { firstIndex } from '#kernel';
import type { OcppVersion } from '#ocpp';
import { type Period, type Profile, type Purpose, readProfile } from './profile.js';

export interface CompositeRequest {
  /** The rules are the same; kept so that a caller says what it means. */
  readonly ocppVersion: OcppVersion;
  /** Profiles as OCPP spells them; of two with equal purpose and level the later one counts. */
  readonly profiles: readonly unknown[];
  readonly durationS: number;
  /** ISO 8601 */
  readonly at: string;
  /** What the EVSE draws where no profile limits it [A per phase]. */
  readonly maxA: number;
  /** Relative schedules count from here; absent = a transaction starting at `at`. */
  readonly transactionStartedAt?: string;
  /** The car charges with priority (OCPP 2.1, UsePriorityCharging): only then do PriorityCharging profiles count. */
  readonly hasPriority?: boolean;
  /** For limits in watts: line-to-neutral voltage; absent = 230. */
  readonly voltageV?: number;
}

export interface CompositePeriod {
  /** Seconds since `at`. */
  readonly startPeriod: number;
  /** A per phase. */
  readonly limit: number;
  readonly numberPhases?: number;
}

export interface CompositeSchedule {
  readonly scheduleStart: string;
  readonly duration: number;
  readonly chargingRateUnit: 'A';
  /** Rising, the first at 0, neighbours differ. */
  readonly periods: readonly CompositePeriod[];
  /** What had to be assumed, such as the voltage behind a limit in watts. */
  readonly notes: readonly string[];
}

const DAY_S = 86_400;

/** Throws UnreadableProfile. */
export function compositeSchedule(request: CompositeRequest): CompositeSchedule {
  const { durationS, at, maxA, voltageV = 230 } = request;
  const startMs = Date.parse(at);
  const endMs = startMs + durationS * 1000;
  const transactionMs = Date.parse(request.transactionStartedAt ?? at);
  const read = request.profiles.map((profile, index) => readProfile(profile, `profiles.${index}`));
  const profiles = request.hasPriority ? read : read.filter(({ purpose }) => purpose !== 'priority');

  const periods: CompositePeriod[] = [];
  for (const t of changes(profiles, startMs, endMs, transactionMs)) {
    const { limit, numberPhases } = limitAt(profiles, t, transactionMs, maxA, voltageV);
    const last = periods.at(-1);
    if (last?.limit === limit && last.numberPhases === numberPhases) continue;
    periods.push({ startPeriod: Math.round((t - startMs) / 1000), limit, ...(numberPhases !== undefined && { numberPhases }) });
  }
  const inWatts = profiles.some(({ unit }) => unit === 'W');
  const notes = inWatts ? [`limits in W are taken at ${voltageV} V, over numberPhases (3 where absent), rounded down to 0.1 A`] : [];
  return { scheduleStart: new Date(startMs).toISOString(), duration: durationS, chargingRateUnit: 'A', periods, notes };
}

interface Limit {
  readonly limit: number;
  readonly numberPhases?: number;
}

/**
 * A transaction's profile replaces the default, that of priority charging both; station maximum and external constraints only ever lower, the current
 * as well as the number of lines.
 */
function limitAt(profiles: readonly Profile[], t: number, transactionMs: number, maxA: number, voltageV: number): Limit {
  const of = (purpose: Purpose): Limit | undefined => activeLimit(profiles, purpose, t, transactionMs, voltageV);
  const own = of('priority') ?? of('transaction') ?? of('default');
  const all = [own, of('stationMax'), of('external')].filter((each) => each !== undefined);
  const stated = all.flatMap(({ numberPhases }) => numberPhases ?? []);
  return { limit: Math.min(maxA, ...all.map(({ limit }) => limit)), ...(stated.length > 0 && { numberPhases: Math.min(...stated) }) };
}

/** Of one purpose the highest stack level that has a period now; one without a period leaves the word to the next. */
function activeLimit(
  profiles: readonly Profile[],
  purpose: Purpose,
  t: number,
  transactionMs: number,
  voltageV: number,
): Limit | undefined {
  let best: { readonly level: number; readonly period: Period; readonly unit: 'A' | 'W' } | undefined;
  for (const profile of profiles) {
    if (profile.purpose !== purpose || (best && profile.stackLevel < best.level)) continue;
    const period = periodAt(profile, t, transactionMs);
    if (period) best = { level: profile.stackLevel, period, unit: profile.unit };
  }
  if (best === undefined) return undefined;
  const { limit, numberPhases } = best.period;
  const limitA = best.unit === 'A' ? limit : Math.floor((limit / (voltageV * (numberPhases ?? 3))) * 10) / 10;
  return { limit: limitA, ...(numberPhases !== undefined && { numberPhases }) };
}

function periodAt(profile: Profile, t: number, transactionMs: number): Period | undefined {
  if (t < profile.validFromMs || t >= profile.validToMs) return undefined;
  const elapsedS = elapsed(profile, t, transactionMs);
  if (elapsedS < 0 || elapsedS >= (profile.durationS ?? Number.POSITIVE_INFINITY)) return undefined;
  return profile.periods[firstIndex(profile.periods, ({ startS }) => startS > elapsedS) - 1];
}

const cycleS = ({ recurrency }: Profile): number => (recurrency === 'Weekly' ? 7 * DAY_S : DAY_S);
/** Seconds into the schedule, or into its present recurrence. */
function elapsed(profile: Profile, t: number, transactionMs: number): number {
  const seconds = (t - startOf(profile, transactionMs)) / 1000;
  return profile.kind === 'Recurring' && seconds >= 0 ? seconds % cycleS(profile) : seconds;
}

/** An absolute schedule without a start begins when the profile becomes valid, or always has begun; a relative one with its transaction. */
function startOf({ kind, startMs, validFromMs }: Profile, transactionMs: number): number {
  if (kind === 'Relative') return transactionMs;
  return startMs ?? (Number.isFinite(validFromMs) ? validFromMs : transactionMs);
}

/** Every moment in [from, to) at which the answer may change, `from` first. */
function changes(profiles: readonly Profile[], from: number, to: number, transactionMs: number): readonly number[] {
  const times = new Set<number>([from]);
  const add = (t: number): void => {
    if (t > from && t < to) times.add(t);
  };
  for (const profile of profiles) {
    add(profile.validFromMs);
    add(profile.validToMs);
    const offsets = [...profile.periods.map(({ startS }) => startS), ...(profile.durationS === undefined ? [] : [profile.durationS])];
    const start = startOf(profile, transactionMs);
    const cycleMs = cycleS(profile) * 1000;
    const first = profile.kind === 'Recurring' ? Math.max(0, Math.floor((from - start) / cycleMs)) : 0;
    const last = profile.kind === 'Recurring' ? Math.max(0, Math.floor((to - start) / cycleMs)) : 0;
    for (let cycle = first; cycle <= last; cycle++) {
      add(start + cycle * cycleMs);
      for (const offset of offsets) add(start + cycle * cycleMs + offset * 1000);
    }
  }
  return [...times].sort((a, b) => a - b);
}
