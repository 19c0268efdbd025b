// Charging profiles of OCPP 1.6, 2.0.1 and 2.1 read into one form. Lenient in what may be left out, exact in what is there.
// What they add up to is composite-schedule's.

/** `priority` (2.1): in place of default and transaction, while a car charges with priority. */
export type Purpose = 'stationMax' | 'external' | 'default' | 'transaction' | 'priority';

export interface Period {
  readonly startS: number;
  /** Where 2.1 has one for each line: as if each had the least of them. */
  readonly limit: number;
  /** What a single line might have; absent = `limit`. */
  readonly highest?: number;
  /** Absent means three. */
  readonly numberPhases?: number;
}

export interface Profile {
  readonly purpose: Purpose;
  readonly stackLevel: number;
  readonly kind: 'Absolute' | 'Recurring' | 'Relative';
  readonly recurrency?: 'Daily' | 'Weekly';
  readonly validFromMs: number;
  readonly validToMs: number;
  readonly startMs?: number;
  readonly durationS?: number;
  readonly unit: 'A' | 'W';
  /** Rising, the first at 0. */
  readonly periods: readonly Period[];
}

/** A profile that cannot be understood; `path` says where. */
export class UnreadableProfile extends Error {
  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(`${path}: ${reason}`);
    this.name = 'UnreadableProfile';
  }
}

type Fields = Readonly<Record<string, unknown>>;

const PURPOSES: Readonly<Record<string, Purpose>> = {
  ChargePointMaxProfile: 'stationMax',
  ChargingStationMaxProfile: 'stationMax',
  ChargingStationExternalConstraints: 'external',
  PriorityCharging: 'priority',
  TxDefaultProfile: 'default',
  TxProfile: 'transaction',
};

/** Takes a bare profile or a whole SetChargingProfile request; 2.0.1 profiles may hold several schedules, the first counts. Throws UnreadableProfile. */
export function readProfile(input: unknown, path: string): Profile {
  const outer = fields(input, path);
  const fieldsOf = fields(outer.csChargingProfiles ?? outer.chargingProfile ?? outer, path);
  const purpose = PURPOSES[String(fieldsOf.chargingProfilePurpose)];
  if (purpose === undefined) throw new UnreadableProfile(`${path}.chargingProfilePurpose`, 'is not a purpose that limits');
  const kind = oneOf(
    fieldsOf.chargingProfileKind ?? 'Absolute',
    ['Absolute', 'Recurring', 'Relative'] as const,
    `${path}.chargingProfileKind`,
  );
  const recurrency =
    kind === 'Recurring' ? oneOf(fieldsOf.recurrencyKind ?? 'Daily', ['Daily', 'Weekly'] as const, `${path}.recurrencyKind`) : undefined;
  const schedule = fields(
    Array.isArray(fieldsOf.chargingSchedule) ? fieldsOf.chargingSchedule[0] : fieldsOf.chargingSchedule,
    `${path}.chargingSchedule`,
  );
  const startMs = time(schedule.startSchedule, `${path}.chargingSchedule.startSchedule`);
  const durationS = schedule.duration === undefined ? undefined : number(schedule.duration, `${path}.chargingSchedule.duration`);
  const unit = oneOf(schedule.chargingRateUnit ?? 'A', ['A', 'W'] as const, `${path}.chargingSchedule.chargingRateUnit`);
  return {
    purpose,
    stackLevel: number(fieldsOf.stackLevel ?? 0, `${path}.stackLevel`),
    kind,
    ...(recurrency && { recurrency }),
    validFromMs: time(fieldsOf.validFrom, `${path}.validFrom`) ?? Number.NEGATIVE_INFINITY,
    validToMs: time(fieldsOf.validTo, `${path}.validTo`) ?? Number.POSITIVE_INFINITY,
    ...(startMs !== undefined && { startMs }),
    ...(durationS !== undefined && { durationS }),
    unit,
    periods: readPeriods(schedule.chargingSchedulePeriod, unit, `${path}.chargingSchedule.chargingSchedulePeriod`),
  };
}

function readPeriods(input: unknown, unit: 'A' | 'W', path: string): readonly Period[] {
  if (!Array.isArray(input) || input.length === 0) throw new UnreadableProfile(path, 'must list at least one period');
  const periods = input.map((period: unknown, index): Period => {
    const { startPeriod, numberPhases, ...limits } = fields(period, `${path}.${index}`);
    return {
      startS: number(startPeriod ?? 0, `${path}.${index}.startPeriod`),
      ...readLimits(limits, unit, `${path}.${index}`),
      ...(numberPhases !== undefined && { numberPhases: oneOf(numberPhases, [1, 2, 3], `${path}.${index}.numberPhases`) }),
    };
  });
  if (periods[0]?.startS !== 0) throw new UnreadableProfile(`${path}.0.startPeriod`, 'must be 0: nothing would limit what comes before');
  if (periods.some(({ startS }, index) => index > 0 && startS <= (periods[index - 1]?.startS ?? 0)))
    throw new UnreadableProfile(path, 'must rise in startPeriod');
  return periods;
}

/** 2.1 may name a limit for each line; `limit` is that of L1 then, and in watts no sum any more. */
function readLimits({ limit, limit_L2, limit_L3 }: Fields, unit: 'A' | 'W', path: string): Pick<Period, 'limit' | 'highest'> {
  const first = number(limit, `${path}.limit`);
  if (limit_L2 === undefined && limit_L3 === undefined) return { limit: first };
  const lines = [first, number(limit_L2 ?? 0, `${path}.limit_L2`), number(limit_L3 ?? 0, `${path}.limit_L3`)];
  return { limit: Math.min(...lines) * (unit === 'W' ? lines.length : 1), highest: Math.max(...lines) };
}

function fields(value: unknown, path: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UnreadableProfile(path, 'must be an object');
  return value as Fields;
}

function number(value: unknown, path: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw new UnreadableProfile(path, 'must be a number, zero or more');
  return value;
}

function time(value: unknown, path: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) throw new UnreadableProfile(path, 'must be an ISO 8601 date and time');
  return ms;
}

function oneOf<const T extends string | number>(value: unknown, allowed: readonly T[], path: string): T {
  const found = allowed.find((entry) => entry === value);
  if (found === undefined) throw new UnreadableProfile(path, `must be one of ${allowed.join(', ')}`);
  return found;
}
