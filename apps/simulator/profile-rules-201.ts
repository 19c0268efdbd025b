// OCPP 2.x block K01: what a station makes of a SetChargingProfile or a profile inside a RequestStartTransaction.
// How the stored profiles add up is said in stacking.ts.
import { fail, ok, type Result } from '#kernel';
import type { RequestOf } from '#ocpp';
import type { Profile, Purpose } from './profile.js';
import { checkRoom, checkShape, instant, type ProfileContext, periodsOf, type Refusal } from './profile-rules.js';

type WireProfile21 = RequestOf<'ocpp2.1', 'SetChargingProfile'>['chargingProfile'];
type WirePeriod21 = WireProfile21['chargingSchedule'][number]['chargingSchedulePeriod'][number];
/** What both versions have, and how a 2.1 profile ends while the station is offline. */
export type WireProfile201 = RequestOf<'ocpp2.0.1', 'SetChargingProfile'>['chargingProfile'] &
  Pick<WireProfile21, 'maxOfflineDuration' | 'invalidAfterOfflineDuration'>;
type WirePurpose201 = WireProfile201['chargingProfilePurpose'];

/** External constraints come from the site, never from the CSMS (K01.FR.22), and this station has none. */
export const purpose201 = (purpose: WirePurpose201): Purpose | undefined =>
  purpose === 'ChargingStationMaxProfile'
    ? 'StationMax'
    : purpose === 'TxDefaultProfile'
      ? 'TxDefault'
      : purpose === 'TxProfile'
        ? 'Tx'
        : undefined;

export const wirePurpose201 = (purpose: Purpose): WirePurpose201 =>
  purpose === 'StationMax' ? 'ChargingStationMaxProfile' : purpose === 'TxDefault' ? 'TxDefaultProfile' : 'TxProfile';

/** The profile in the station's own words, from its first schedule; nothing is checked. */
function translate(evseId: number, purpose: Purpose, wire: WireProfile201, transactionKey?: string): Profile {
  const [schedule] = wire.chargingSchedule;
  const startAt = instant(schedule?.startSchedule);
  const validFrom = instant(wire.validFrom);
  const validTo = instant(wire.validTo);
  return {
    id: wire.id,
    evseId,
    purpose,
    stackLevel: wire.stackLevel,
    kind: wire.chargingProfileKind,
    ...(wire.recurrencyKind === undefined ? {} : { recurrence: wire.recurrencyKind }),
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(validTo === undefined ? {} : { validTo }),
    ...(transactionKey === undefined ? {} : { transactionKey }),
    ...(wire.maxOfflineDuration === undefined ? {} : { maxOfflineS: wire.maxOfflineDuration }),
    ...(wire.invalidAfterOfflineDuration === undefined ? {} : { endsOffline: wire.invalidAfterOfflineDuration }),
    schedule: {
      unit: schedule?.chargingRateUnit ?? 'A',
      ...(startAt === undefined ? {} : { startAt }),
      ...(schedule?.duration === undefined ? {} : { durationS: schedule.duration }),
      periods: periodsOf((schedule?.chargingSchedulePeriod ?? []).map((period) => ({ ...period, ...setpointOf(period) }))),
    },
  };
}

/** What flows back at a set point below 0, never more on a line than is said of any of them (V2X.04). */
function setpointOf({ setpoint, setpoint_L2 = setpoint, setpoint_L3 = setpoint, dischargeLimit }: WirePeriod21): {
  readonly back?: number;
} {
  if (setpoint === undefined || setpoint >= 0) return {};
  const values = [setpoint, setpoint_L2 ?? 0, setpoint_L3 ?? 0, dischargeLimit ?? Number.NEGATIVE_INFINITY];
  return { back: Math.max(0, -Math.max(...values)) };
}

/** Block Q: set points come with their operation mode, to outlets and cars that can follow them, within their limits (V2X.05, .08, .10). */
function checkV2x(wire: WireProfile201, lines: number | undefined): Result<WireProfile201, Refusal> {
  const periods: readonly WirePeriod21[] = wire.chargingSchedule.flatMap(({ chargingSchedulePeriod }) => chargingSchedulePeriod);
  for (const { operationMode = 'ChargingOnly', setpoint, setpoint_L2, setpoint_L3, dischargeLimit, ...rest } of periods) {
    const hasLines = [setpoint_L2, setpoint_L3, rest.dischargeLimit_L2, rest.dischargeLimit_L3].some((value) => value !== undefined);
    if (operationMode === 'ChargingOnly') {
      if (setpoint !== undefined || dischargeLimit !== undefined || hasLines) return fail('InvalidSchedule');
      continue;
    }
    if (operationMode !== 'CentralSetpoint' || lines === undefined) return fail('UnsupportedParam');
    if (wire.chargingProfilePurpose !== 'TxProfile') return fail('InvalidProfile');
    if (hasLines && lines < 2) return fail('PhaseConflict');
    if (setpoint === undefined) return fail('MissingParam');
    if (setpoint > (rest.limit ?? Number.POSITIVE_INFINITY) || setpoint < (dischargeLimit ?? Number.NEGATIVE_INFINITY))
      return fail('InvalidSchedule');
  }
  return ok(wire);
}

const KINDS: ReadonlySet<string> = new Set(['Absolute', 'Recurring', 'Relative']);

/** Rules on kind, start and phases that need the wire's own fields. */
function checkWire(wire: WireProfile201): Result<WireProfile201, Refusal> {
  const [schedule, ...more] = wire.chargingSchedule;
  // Several schedules are offered to a car by ISO 15118 only, which this station does not speak.
  if (schedule === undefined || more.length > 0) return fail('UnsupportedParam');
  // Of 2.1 it takes no profile that others move, and no period without a limit of its own.
  if (!KINDS.has(wire.chargingProfileKind) || schedule.chargingSchedulePeriod.some(({ limit }) => limit === undefined))
    return fail('UnsupportedParam');
  if (wire.chargingProfileKind === 'Relative' && schedule.startSchedule !== undefined) return fail('InvalidSchedule'); // K01.FR.41
  if (wire.chargingProfileKind !== 'Relative' && schedule.startSchedule === undefined) return fail('MissingParam'); // K01.FR.40
  // K01.FR.19, .20: a phase may be named only for one phase, by stations that can switch it; this one cannot.
  if (schedule.chargingSchedulePeriod.some(({ phaseToUse }) => phaseToUse !== undefined)) return fail('UnsupportedParam');
  return ok(wire);
}

const overlaps = (a: Profile, b: Profile) =>
  (a.validFrom ?? Number.NEGATIVE_INFINITY) < (b.validTo ?? Number.POSITIVE_INFINITY) &&
  (b.validFrom ?? Number.NEGATIVE_INFINITY) < (a.validTo ?? Number.POSITIVE_INFINITY);

/** Two profiles under different ids that would say two things at once (K01.FR.06, .39; .52 and .53 for defaults of the station and of an EVSE). */
const conflicts = (profile: Profile) => (held: Profile) =>
  held.id !== profile.id &&
  held.purpose === profile.purpose &&
  held.stackLevel === profile.stackLevel &&
  held.transactionKey === profile.transactionKey &&
  (held.evseId === profile.evseId || (profile.purpose === 'TxDefault' && (held.evseId === 0 || profile.evseId === 0))) &&
  overlaps(held, profile);

/** The profile to store, or why it is refused. */
export function accept201(evseId: number, wire: WireProfile201, context: ProfileContext): Result<Profile, Refusal> {
  if (evseId !== 0 && !context.evseIds.includes(evseId)) return fail('UnknownEvse'); // K01.FR.28
  const purpose = purpose201(wire.chargingProfilePurpose);
  if (purpose === undefined) return fail('ReadOnly');
  if (purpose === 'StationMax' && (evseId !== 0 || wire.chargingProfileKind === 'Relative')) return fail('InvalidProfile'); // K01.FR.38
  let key: string | undefined;
  if (purpose === 'Tx') {
    if (evseId === 0) return fail('InvalidProfile'); // K01.FR.16
    if (wire.transactionId === undefined) return fail('MissingParam'); // K01.FR.03
    const running = context.transactionOn(evseId);
    if (running === undefined || running.transactionId !== wire.transactionId) return fail('TxNotFound'); // K01.FR.33
    key = running.key;
  }
  const checked = checkWire(wire);
  if (!checked.ok) return checked;
  const followed = checkV2x(wire, context.backLines?.(evseId));
  if (!followed.ok) return followed;
  const shaped = checkShape(translate(evseId, purpose, wire, key));
  if (!shaped.ok) return shaped;
  if (context.held.some(conflicts(shaped.value))) return fail('DuplicateProfile');
  return checkRoom(shaped.value, context.held, context.held.filter(({ id }) => id === shaped.value.id).length);
}

/** A profile inside a RequestStartTransaction is a TxProfile without transactionId (F01.FR.08 to .11). */
export function acceptForStart201(evseId: number, wire: WireProfile201): Result<Profile, Refusal> {
  if (wire.chargingProfilePurpose !== 'TxProfile' || wire.transactionId !== undefined) return fail('InvalidProfile');
  const checked = checkWire(wire);
  return checked.ok ? checkShape(translate(evseId, 'Tx', wire)) : checked;
}

/** A stored profile as the CSMS sent it, for ReportChargingProfiles. */
export function toWire201(profile: Profile): WireProfile201 {
  const { schedule } = profile;
  const iso = (at: number) => new Date(at).toISOString();
  return {
    id: profile.id,
    stackLevel: profile.stackLevel,
    chargingProfilePurpose: wirePurpose201(profile.purpose),
    chargingProfileKind: profile.kind,
    ...(profile.recurrence === undefined ? {} : { recurrencyKind: profile.recurrence }),
    ...(profile.validFrom === undefined ? {} : { validFrom: iso(profile.validFrom) }),
    ...(profile.validTo === undefined ? {} : { validTo: iso(profile.validTo) }),
    ...(profile.transactionKey === undefined ? {} : { transactionId: profile.transactionKey }),
    ...(profile.maxOfflineS === undefined ? {} : { maxOfflineDuration: profile.maxOfflineS }),
    ...(profile.endsOffline === undefined ? {} : { invalidAfterOfflineDuration: profile.endsOffline }),
    chargingSchedule: [
      {
        id: profile.id,
        chargingRateUnit: schedule.unit,
        ...(schedule.startAt === undefined ? {} : { startSchedule: iso(schedule.startAt) }),
        ...(schedule.durationS === undefined ? {} : { duration: schedule.durationS }),
        chargingSchedulePeriod: schedule.periods.map(({ startS, limit, back, phases }) => ({
          startPeriod: startS,
          limit,
          ...(back === undefined ? {} : { operationMode: 'CentralSetpoint', setpoint: -back }),
          ...(phases === undefined ? {} : { numberPhases: phases }),
        })),
      },
    ],
  };
}
