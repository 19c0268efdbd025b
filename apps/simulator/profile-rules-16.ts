// OCPP 1.6 §5.16 and its errata: what a station makes of a SetChargingProfile or a profile inside a RemoteStartTransaction.
// How the stored profiles add up is said in stacking.ts.
import { fail, ok, type Result } from '#kernel';
import type { RequestOf } from '#ocpp';
import type { Profile, Purpose } from './profile.js';
import { checkRoom, checkShape, instant, type ProfileContext, periodsOf, type Refusal } from './profile-rules.js';

export type WireProfile16 = RequestOf<'ocpp1.6', 'SetChargingProfile'>['csChargingProfiles'];

const PURPOSES = { ChargePointMaxProfile: 'StationMax', TxDefaultProfile: 'TxDefault', TxProfile: 'Tx' } as const satisfies Record<
  WireProfile16['chargingProfilePurpose'],
  Purpose
>;

export const purpose16 = (purpose: WireProfile16['chargingProfilePurpose']): Purpose => PURPOSES[purpose];

/** The profile in the station's own words; nothing is checked. */
export function translate16(connectorId: number, wire: WireProfile16, transactionKey?: string): Profile {
  const { chargingSchedule: schedule } = wire;
  const startAt = wire.chargingProfileKind === 'Relative' ? undefined : instant(schedule.startSchedule);
  const validFrom = instant(wire.validFrom);
  const validTo = instant(wire.validTo);
  return {
    id: wire.chargingProfileId,
    evseId: connectorId,
    purpose: purpose16(wire.chargingProfilePurpose),
    stackLevel: wire.stackLevel,
    kind: wire.chargingProfileKind,
    ...(wire.recurrencyKind === undefined ? {} : { recurrence: wire.recurrencyKind }),
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(validTo === undefined ? {} : { validTo }),
    ...(transactionKey === undefined ? {} : { transactionKey }),
    schedule: {
      unit: schedule.chargingRateUnit,
      ...(startAt === undefined ? {} : { startAt }),
      ...(schedule.duration === undefined ? {} : { durationS: schedule.duration }),
      periods: periodsOf(schedule.chargingSchedulePeriod),
    },
  };
}

/** Same purpose, level and outlet (and transaction): the new profile takes the place of the old one (§5.16.2). */
export const replaces16 = (profile: Profile) => (held: Profile) =>
  held.id === profile.id ||
  (held.purpose === profile.purpose &&
    held.stackLevel === profile.stackLevel &&
    held.evseId === profile.evseId &&
    held.transactionKey === profile.transactionKey);

/** The profile to store, or why it is refused. */
export function accept16(connectorId: number, wire: WireProfile16, context: ProfileContext): Result<Profile, Refusal> {
  if (connectorId !== 0 && !context.evseIds.includes(connectorId)) return fail('UnknownEvse');
  const purpose = purpose16(wire.chargingProfilePurpose);
  if (purpose === 'StationMax' && connectorId !== 0) return fail('InvalidProfile');
  let key: string | undefined;
  if (purpose === 'Tx') {
    const running = connectorId === 0 ? undefined : context.transactionOn(connectorId);
    if (running === undefined) return fail('TxNotFound');
    if (wire.transactionId !== undefined && String(wire.transactionId) !== running.transactionId) return fail('TxNotFound');
    key = running.key;
  }
  if (purpose === 'StationMax' && wire.chargingProfileKind === 'Relative') return fail('InvalidProfile');
  if (wire.chargingProfileKind === 'Recurring' && wire.chargingSchedule.startSchedule === undefined) return fail('MissingParam');
  const shaped = checkShape(translate16(connectorId, wire, key));
  if (!shaped.ok) return shaped;
  return checkRoom(shaped.value, context.held, context.held.filter(replaces16(shaped.value)).length);
}

/** A profile inside a remote start is a TxProfile without transactionId (errata 3.41); it is bound when the transaction begins. */
export function acceptForStart16(connectorId: number, wire: WireProfile16): Result<Profile, Refusal> {
  if (wire.chargingProfilePurpose !== 'TxProfile' || wire.transactionId !== undefined) return fail('InvalidProfile');
  const shaped = checkShape(translate16(connectorId, wire));
  return shaped.ok ? ok(shaped.value) : shaped;
}
