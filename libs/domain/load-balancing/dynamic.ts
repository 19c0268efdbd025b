// Dynamic profiles of OCPP 2.1 (K28): one period whose limit is replaced as it goes. Each replacement counts like a grant of its own.
// Whether there is room for one is asked in headroom; who may send it is the site owner's business.
import type { GrantSlot } from './grant.js';
import type { StationLedger } from './ledger.js';

type Json = Readonly<Record<string, unknown>>;

/** What the station was last told of it; later updates may leave out what stays. */
export interface DynamicSchedule {
  readonly unit: 'A' | 'W';
  readonly limits: Limits;
}
type LimitName = 'limit' | 'limit_L2' | 'limit_L3';
export type Limits = { readonly [Name in LimitName]?: number };
const LIMITS: readonly LimitName[] = ['limit', 'limit_L2', 'limit_L3'];

const limitsIn = (fields: Json): Limits =>
  Object.fromEntries(LIMITS.flatMap((name) => (typeof fields[name] === 'number' ? [[name, fields[name]]] : [])));

export const isDynamic = (profile: Json): boolean => profile.chargingProfileKind === 'Dynamic';

/** What a dynamic profile says now; a text where it is none the specification allows (K28.FR.01, .02). */
export function dynamicSchedule({ chargingSchedule }: Json): DynamicSchedule | string {
  const [schedule, ...others] = chargingSchedule as readonly Json[];
  const [period, ...more] = (schedule?.chargingSchedulePeriod ?? []) as readonly Json[];
  if (period === undefined || others.length + more.length > 0) return 'a dynamic profile has one schedule with one period';
  return { unit: schedule?.chargingRateUnit === 'W' ? 'W' : 'A', limits: limitsIn(period) };
}

/** The same limit without its rhythm: it begins whenever it arrives, and nothing tells when it lapses, for each update puts that off. */
export function asStanding({ dynUpdateInterval: _pulls, dynUpdateTime: _since, ...profile }: Json): Json {
  const [{ startSchedule: _begins, duration: _lapses, ...schedule }] = profile.chargingSchedule as readonly [Json];
  return { ...profile, chargingProfileKind: 'Absolute', chargingSchedule: [schedule] };
}

const PURPOSES: Readonly<Record<GrantSlot, string>> = {
  plan: 'TxProfile',
  default: 'TxDefaultProfile',
  stationMax: 'ChargingStationMaxProfile',
};

/**
 * The dynamic profile as it will be with this `UpdateDynamicSchedule`, as a SetChargingProfile would carry it; a text where there is nothing to
 * update, or nothing that could be counted. What an update leaves out stays as it may be: the most of what may be in force.
 */
export function updated(ledger: StationLedger, { chargingProfileId, scheduleUpdate }: Json): Json | string {
  const held = dynamicGrants(ledger, Number(chargingProfileId));
  const [latest] = held.slice(-1);
  const schedule = latest?.foreign?.dynamic;
  if (latest === undefined || schedule === undefined) return `no dynamic profile ${String(chargingProfileId)} is known at the station`;
  const update = scheduleUpdate as Json;
  if (Object.keys(update).some((name) => /^(setpoint|dischargeLimit)/.test(name)))
    return 'whether a car feeds back is for its driver and the plan to say';
  if (typeof update.limit !== 'number') return 'it names no limit';
  const before = LIMITS.flatMap((name) => {
    const values = held.flatMap(({ foreign }) => foreign?.dynamic?.limits[name] ?? []);
    return values.length === 0 ? [] : [[name, Math.max(...values)] as const];
  });
  const limits = { ...Object.fromEntries(before), ...limitsIn(update) };
  return {
    evseId: latest.evseId,
    chargingProfile: {
      id: Number(chargingProfileId),
      stackLevel: latest.foreign?.stackLevel ?? 0,
      chargingProfilePurpose: PURPOSES[latest.slot],
      chargingProfileKind: 'Dynamic',
      ...(latest.transactionId !== undefined && { transactionId: latest.transactionId }),
      chargingSchedule: [{ chargingRateUnit: schedule.unit, chargingSchedulePeriod: [{ startPeriod: 0, ...limits }] }],
    },
  };
}

/** Of one id, in the order they were asked for; those being taken from the station are none. */
export const dynamicGrants = ({ evses }: StationLedger, profileId: number) =>
  [
    ...new Map(
      evses
        .flatMap(({ foreign }) => foreign)
        .filter(({ foreign, endsMs }) => foreign?.profileId === profileId && foreign.dynamic !== undefined && endsMs === undefined)
        .map((grant) => [grant.commandId, grant] as const),
    ).values(),
  ].sort((a, b) => a.ownerEpoch - b.ownerEpoch || a.grantSeq - b.grantSeq);
