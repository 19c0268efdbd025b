// What both versions ask of a profile before a station takes it, and the limits of this station's memory.
// The rules that differ are in profile-rules-16.ts and profile-rules-201.ts.
import { fail, ok, type Result } from '#kernel';
import type { Period, Profile } from './profile.js';

/** What a rule may look at. */
export interface ProfileContext {
  readonly evseIds: readonly number[];
  readonly held: readonly Profile[];
  /** The running transaction of an outlet: the station's own key, and the id the CSMS knows, where it knows one. */
  /** 2.1: on how many lines a car at the outlet can feed back; absent where the station has no outlet that could. */
  readonly backLines?: (evseId: number) => number;
  transactionOn(evseId: number): { readonly key: string; readonly transactionId?: string } | undefined;
}

/** Words of at most 20 characters, as a 2.0.1 `reasonCode` carries them. */
export type Refusal =
  | 'UnknownEvse'
  | 'InvalidProfile'
  | 'InvalidSchedule'
  | 'InvalidStackLevel'
  | 'DuplicateProfile'
  | 'TxNotFound'
  | 'MissingParam'
  | 'PhaseConflict'
  | 'UnsupportedParam'
  | 'TooManyElements'
  | 'ReadOnly';

export const MAX_STACK_LEVEL = 10;
export const MAX_PERIODS = 24;
export const MAX_PROFILES = 20;

export const instant = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));

/** Periods as the wire has them in both versions. */
interface WirePeriod {
  readonly startPeriod: number;
  readonly limit: number;
  readonly back?: number;
  readonly numberPhases?: number;
}

export const periodsOf = (periods: readonly WirePeriod[]): readonly Period[] =>
  periods.map(({ startPeriod, limit, back, numberPhases }) => ({
    startS: startPeriod,
    limit,
    ...(back === undefined ? {} : { back }),
    ...(numberPhases === undefined ? {} : { phases: numberPhases }),
  }));

/** The first period starts at 0, the others rise (1.6 errata 3.45, 2.0.1 K01.FR.31 and .35); times can be read. */
export function checkShape(profile: Profile): Result<Profile, Refusal> {
  const { periods, startAt, durationS } = profile.schedule;
  if (periods.length > MAX_PERIODS) return fail('TooManyElements');
  const rising = periods.every(({ startS }, index) => (index === 0 ? startS === 0 : startS > (periods[index - 1]?.startS ?? 0)));
  if (!rising || periods.length === 0 || periods.some(({ limit }) => limit < 0)) return fail('InvalidSchedule');
  if (durationS !== undefined && durationS < 0) return fail('InvalidSchedule');
  if ([startAt, profile.validFrom, profile.validTo].some((time) => time !== undefined && Number.isNaN(time)))
    return fail('InvalidSchedule');
  if (profile.stackLevel < 0 || profile.stackLevel > MAX_STACK_LEVEL) return fail('InvalidStackLevel');
  if (profile.kind === 'Recurring' && profile.recurrence === undefined) return fail('MissingParam');
  return ok(profile);
}

/** A new profile needs a free place unless it replaces one. */
export const checkRoom = (profile: Profile, held: readonly Profile[], replaced: number): Result<Profile, Refusal> =>
  held.length - replaced >= MAX_PROFILES ? fail('TooManyElements') : ok(profile);
