// Grants as OCPP messages: SetChargingProfile of each version, and the plan that travels inside a remote start.
// What the limits are is decided in plan; this only spells them, rounded down in the unit the station takes.
import type { Ocpp2Version, OcppVersion, RequestOf } from '#ocpp';
import { connectorsOf } from './connectors.js';
import type { GrantSlot, GrantStep } from './grant.js';
import type { StationConfig } from './site-model.js';
import { isLinePair, phaseIndexes } from './units.js';
import { feedBackW, limitW, rateUnitOf, stationW } from './watts.js';

/** Everything we install lives at stack level 0: some stations know no other, and each purpose is ours alone. */
export const STACK_LEVEL = 0;
/** Schedules start in the past, so that a clock a little behind ours does not delay them [ms]. */
const START_EARLIER_MS = 60_000;

/** Only what OCPP 2.1 spells can be told to feed back. */
export const canDischarge = (version: string | undefined): boolean => version === 'ocpp2.1';

export interface ProfileSpec {
  readonly slot: GrantSlot;
  readonly station: StationConfig;
  readonly voltageV: number;
  /** 0 = the whole station. */
  readonly evseId: number;
  /** Absent in a remote start and in slots that are no plan. */
  readonly transactionId?: string;
  /** 1.6: where the transaction runs; absent = the EVSE's first connector. */
  readonly connectorId?: number;
  readonly steps: readonly GrantStep[];
  /** The only unit the station takes, where it said so. */
  readonly onlyUnit?: 'A' | 'W';
  /** The only currents it can be set to [A], lowest first; below the lowest it gets none. */
  readonly levelsA?: readonly number[];
  /** The car gave its powers for each line, so set points may be too (2.1 K01.FR.142). */
  readonly namesLines?: boolean;
  /** How long a plan is leased [s]. */
  readonly leaseS?: number;
}

type Period = { startPeriod: number; limit: number; numberPhases?: number } & Partial<FeedBackPeriod>;
/** OCPP 2.1: to be followed as closely as possible, and not to be overstepped. */
type FeedBackPeriod = Readonly<Record<'setpoint' | 'dischargeLimit', number>> & { readonly operationMode: 'CentralSetpoint' };
type Profile16 = RequestOf<'ocpp1.6', 'SetChargingProfile'>['csChargingProfiles'];
type Profile201 = RequestOf<'ocpp2.0.1', 'SetChargingProfile'>['chargingProfile'];
type Profile21 = RequestOf<'ocpp2.1', 'SetChargingProfile'>['chargingProfile'];

type SetChargingProfile = { readonly [V in OcppVersion]: RequestOf<V, 'SetChargingProfile'> };

/** A SetChargingProfile request; valid under the version's schema. */
export function setChargingProfile(version: OcppVersion, spec: ProfileSpec): SetChargingProfile[OcppVersion] {
  if (version === 'ocpp1.6') {
    const connectorId = spec.evseId === 0 ? 0 : (spec.connectorId ?? connectorsOf(spec.station, spec.evseId)[0] ?? spec.evseId);
    return { connectorId, csChargingProfiles: profile16(spec) };
  }
  return { evseId: spec.evseId, chargingProfile: version === 'ocpp2.1' ? profile21(spec) : profile201(spec) };
}

/** The plan as 1.6 carries it in RemoteStartTransaction.chargingProfile (errata 3.41: no transactionId there). */
export function profile16(spec: ProfileSpec): Profile16 {
  const { startSchedule, chargingRateUnit, periods } = scheduleOf(spec);
  return {
    chargingProfileId: profileId(spec),
    ...(spec.slot === 'plan' && spec.transactionId !== undefined && { transactionId: Number(spec.transactionId) }),
    stackLevel: STACK_LEVEL,
    chargingProfilePurpose: ({ plan: 'TxProfile', default: 'TxDefaultProfile', stationMax: 'ChargePointMaxProfile' } as const)[spec.slot],
    chargingProfileKind: 'Absolute',
    chargingSchedule: { startSchedule, chargingRateUnit, chargingSchedulePeriod: periods },
  };
}

/** The plan as 2.x carries it in RequestStartTransaction.chargingProfile (F01.FR.10: no transactionId there). */
export function profile201(spec: ProfileSpec): Profile201 {
  const { startSchedule, chargingRateUnit, periods } = scheduleOf(spec);
  const id = profileId(spec);
  const [first, ...rest] = periods as [Period, ...Period[]];
  return {
    id,
    stackLevel: STACK_LEVEL,
    chargingProfilePurpose: ({ plan: 'TxProfile', default: 'TxDefaultProfile', stationMax: 'ChargingStationMaxProfile' } as const)[
      spec.slot
    ],
    chargingProfileKind: 'Absolute',
    ...(spec.slot === 'plan' && spec.transactionId !== undefined && { transactionId: spec.transactionId }),
    chargingSchedule: [{ id, startSchedule, chargingRateUnit, chargingSchedulePeriod: [first, ...rest] }],
  };
}

/**
 * 2.1 can also be told that a plan ends for good with the lease of a station that is offline: a second way home where its clock is wrong,
 * never an earlier one, since the station was here when it got the plan. The default, at the safe level, has to outlast any absence.
 */
export function profile21(spec: ProfileSpec): Profile21 {
  const { slot, leaseS } = spec;
  const isLeased = slot === 'plan' && leaseS !== undefined;
  return { ...profile201(spec), ...(isLeased && { maxOfflineDuration: Math.ceil(leaseS), invalidAfterOfflineDuration: true }) };
}

/** Kept for our own: an equal id would replace one of ours, whatever its purpose (K01.FR.05). */
export const ownProfileId = { first: 90_000, last: 99_999 } as const;
export const isOwnProfileId = (id: number): boolean => id >= ownProfileId.first && id <= ownProfileId.last;

/** The same for every repetition, so that a later profile replaces the earlier one (K01.FR.05). */
export const profileIdOf = (slot: GrantSlot, evseId: number): number =>
  ownProfileId.first + { stationMax: 0, default: 100 + evseId, plan: 1_000 + evseId }[slot];
const profileId = ({ slot, evseId }: ProfileSpec): number => profileIdOf(slot, evseId);

/** A ClearChargingProfile that takes one profile from the station. */
export const clearChargingProfile = (
  version: OcppVersion,
  id: number,
): RequestOf<'ocpp1.6', 'ClearChargingProfile'> | RequestOf<Ocpp2Version, 'ClearChargingProfile'> =>
  version === 'ocpp1.6' ? { id } : { chargingProfileId: id };

function scheduleOf({ slot, station, voltageV, evseId, steps, onlyUnit, levelsA, namesLines = false }: ProfileSpec): {
  readonly startSchedule: string;
  readonly chargingRateUnit: 'A' | 'W';
  readonly periods: Period[];
} {
  const firstMs = steps[0]?.fromMs ?? 0;
  const startMs = Math.floor((firstMs - START_EARLIER_MS) / 1000) * 1000;
  const evses = station.evses.filter((evse) => evseId === 0 || evse.evseId === evseId);
  const unit = onlyUnit ?? (evses.every((evse) => rateUnitOf(evse) === 'W') ? 'W' : 'A');
  // Between two lines the car still has one phase.
  const phases = Math.max(...evses.map((evse) => (isLinePair(evse.phases) ? 1 : phaseIndexes(evse.phases).length)));
  const spelled = (ma: number, inWatts: (level: number) => number): number => {
    const level = levelsA === undefined ? ma : (levelsA.findLast((a) => a * 1000 <= ma) ?? 0) * 1000;
    return unit === 'A' ? Math.floor(level / 100) / 10 : inWatts(level);
  };
  const limit = (ma: number): number => (slot === 'stationMax' ? stationW(ma, { evses }, voltageV) : limitW(ma, evses, voltageV));
  const fedBack = (ma: number): number => feedBackW(ma, evses, voltageV);
  const periods = steps.map(({ fromMs, limitMa, dischargeMa = 0 }, index): Period => {
    const startPeriod = index === 0 ? 0 : Math.floor((fromMs - startMs) / 1000);
    return {
      startPeriod,
      limit: spelled(limitMa, limit),
      ...(slot !== 'stationMax' && phases < 3 && { numberPhases: phases }),
      ...(dischargeMa > 0 && feedBackPeriod(spelled(dischargeMa, fedBack), namesLines && unit === 'A' && phases === 3)),
    };
  });
  return { startSchedule: new Date(startMs).toISOString(), chargingRateUnit: unit, periods };
}

/** A current that is said once is of each line; who takes it for the sum of all feeds back less. */
const feedBackPeriod = (value: number, isPerLine: boolean): FeedBackPeriod => ({
  operationMode: 'CentralSetpoint',
  setpoint: -value,
  dischargeLimit: -value,
  ...(isPerLine && { setpoint_L2: -value, setpoint_L3: -value, dischargeLimit_L2: -value, dischargeLimit_L3: -value }),
});
