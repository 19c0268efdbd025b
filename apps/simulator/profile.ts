// A charging profile in the station, and what it says at an instant (OCPP 1.6 §3.13, OCPP 2.x K).
// Which profiles a station accepts, and how several stack, is said in profile-rules.ts and stacking.ts.
export type Purpose = 'StationMax' | 'TxDefault' | 'Tx';
export type Kind = 'Absolute' | 'Recurring' | 'Relative';
export type RateUnit = 'A' | 'W';

export interface Period {
  readonly startS: number;
  readonly limit: number;
  /** What the car is to feed back, in the same unit (2.1 CentralSetpoint below 0). */
  readonly back?: number;
  /** How many phases may be used. */
  readonly phases?: number;
}

export interface Schedule {
  readonly unit: RateUnit;
  /** Milliseconds since 1970; absent: counted from the start of the transaction. */
  readonly startAt?: number;
  readonly durationS?: number;
  /** First starts at 0, then rising. */
  readonly periods: readonly Period[];
}

export interface Profile {
  readonly id: number;
  /** 0 is the whole station. */
  readonly evseId: number;
  readonly purpose: Purpose;
  readonly stackLevel: number;
  readonly kind: Kind;
  readonly recurrence?: 'Daily' | 'Weekly';
  readonly validFrom?: number;
  readonly validTo?: number;
  /** The station's own key of the transaction a Tx profile belongs to. */
  readonly transactionKey?: string;
  /** 2.1: how long it speaks while the station is offline, and whether it ends then for good. */
  readonly maxOfflineS?: number;
  readonly endsOffline?: boolean;
  readonly schedule: Schedule;
}

/** A limit, in the unit it was given in. */
export interface Limit {
  readonly limit: number;
  readonly unit: RateUnit;
  readonly back?: number;
  readonly phases?: number;
}

const DAY_MS = 86_400_000;

/** Start and end of the run of the schedule that covers or precedes `at`; undefined before the first. End is exclusive. */
function occurrence(
  profile: Profile,
  at: number,
  transactionStartedAt: number | undefined,
): { readonly start: number; readonly end: number } | undefined {
  const { startAt, durationS } = profile.schedule;
  const origin = profile.kind === 'Relative' ? transactionStartedAt : (startAt ?? transactionStartedAt);
  if (origin === undefined || at < origin) return undefined;
  const lengthMs = durationS === undefined ? Number.POSITIVE_INFINITY : durationS * 1000;
  if (profile.kind !== 'Recurring') return { start: origin, end: origin + lengthMs };
  const every = profile.recurrence === 'Weekly' ? 7 * DAY_MS : DAY_MS;
  const start = origin + Math.floor((at - origin) / every) * every;
  return { start, end: start + Math.min(every, lengthMs) };
}

const isValid = ({ validFrom = Number.NEGATIVE_INFINITY, validTo = Number.POSITIVE_INFINITY }: Profile, at: number) =>
  at >= validFrom && at < validTo;

/** What the profile says at `at`, or undefined where it is silent: not yet or no longer valid, or outside its schedule. */
export function limitOf(profile: Profile, at: number, transactionStartedAt?: number): Limit | undefined {
  if (!isValid(profile, at)) return undefined;
  const run = occurrence(profile, at, transactionStartedAt);
  if (run === undefined || at >= run.end) return undefined;
  const elapsedS = (at - run.start) / 1000;
  const period = profile.schedule.periods.findLast(({ startS }) => startS <= elapsedS);
  if (period === undefined) return undefined;
  const { limit, back, phases } = period;
  return { limit, unit: profile.schedule.unit, ...(back === undefined ? {} : { back }), ...(phases === undefined ? {} : { phases }) };
}

/** The next instant after `at` at which the profile may say something else; Infinity when never. */
export function nextEdge(profile: Profile, at: number, transactionStartedAt?: number): number {
  let next = Number.POSITIVE_INFINITY;
  const look = (edge: number | undefined): void => {
    if (edge !== undefined && edge > at && edge < next) next = edge;
  };
  look(profile.validFrom);
  look(profile.validTo);
  look(profile.schedule.startAt);
  const run = occurrence(profile, at, transactionStartedAt);
  if (run === undefined) return next;
  for (const { startS } of profile.schedule.periods) look(run.start + startS * 1000);
  look(run.end);
  if (profile.kind === 'Recurring') look(run.start + (profile.recurrence === 'Weekly' ? 7 : 1) * DAY_MS);
  return next;
}
