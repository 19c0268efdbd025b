// A station that believes every profile it received, as OCPP 1.6 text, and tells an auditor what it lets its car draw.
// When cars come and links break is the world's; what 2.x says otherwise is station-2x.fixture's.
import type { CommandRequested } from '#contracts';
import { type CompositePeriod, type CompositeSchedule, compositeSchedule } from '#domain/charging-profiles';
import type { OcppVersion } from '#ocpp';
import type { Random } from './chance.fixture.js';

/** A car follows a lower limit within this time [ms]. */
const CAR_FOLLOWS_MS = 4_000;
const COMPOSED_S = 1_800;
export const OPERATORS_ID = 7;

export interface Profile {
  readonly purpose: string;
  readonly stackLevel: number;
  readonly id: number;
  readonly raw: unknown;
}
interface ProfilePayload {
  readonly id?: number;
  readonly csChargingProfiles?: {
    readonly chargingProfileId: number;
    readonly stackLevel: number;
    readonly chargingProfilePurpose: string;
    readonly transactionId?: number;
  };
}

/** A request of its own, and what is answered. */
export interface Said {
  readonly action: string;
  readonly payload: object;
  readonly answer?: object;
}
/** What an operator wants it to keep to. */
export interface Wanted {
  readonly stackLevel: number;
  readonly isDefault: boolean;
  readonly fromMs: number;
  readonly limitA: number;
  /** 2.1 */
  readonly isDynamic: boolean;
}

export class StagedStation {
  readonly ocppVersion: OcppVersion = 'ocpp1.6';
  profiles: readonly Profile[] = [];
  /** Offset of the StationConnected it stands on; undefined while it is away. */
  connection: number | undefined;
  booted = false;
  wasSetUp = false;
  bootedAt = 0;
  transactionId: number | undefined;
  busyUntil = 0;
  /** Ignores every limit until then. */
  rogueUntil = 0;
  /** What the edge last let through. */
  fence: readonly [epoch: number, seq: number] = [-1, -1];
  /** What the car was allowed lately: it may still draw that. */
  readonly #recent: { at: number; limitA: number }[] = [];
  #composite: { profiles: readonly Profile[]; fromMs: number; untilMs: number; periods: readonly CompositePeriod[] } | undefined;

  constructor(
    readonly stationId: string,
    readonly ratingA: number,
    readonly skewMs: number,
    /** Profiles are gone with the power. */
    readonly isForgetful: boolean,
  ) {}

  /** What it lets a car draw at `now`. */
  allowedA(now: number): number {
    if (this.profiles.length === 0) return this.ratingA;
    const t = now + this.skewMs;
    if (this.#composite?.profiles !== this.profiles || t >= this.#composite.untilMs) {
      const { periods } = this.composite(t, COMPOSED_S);
      this.#composite = { profiles: this.profiles, fromMs: t, untilMs: t + COMPOSED_S * 1000, periods };
    }
    const { fromMs, periods } = this.#composite;
    return periods.findLast(({ startPeriod }) => startPeriod * 1000 <= t - fromMs)?.limit ?? this.ratingA;
  }

  /** From `t` on by its own clock. */
  protected composite(t: number, durationS: number): CompositeSchedule {
    const isCharging = this.transactionId !== undefined;
    const profiles = this.profiles.filter(({ purpose }) => purpose !== 'TxProfile' || isCharging).map(({ raw }) => raw);
    const at = new Date(t).toISOString();
    return compositeSchedule({ ocppVersion: this.ocppVersion, profiles, durationS, at, maxA: this.ratingA });
  }

  /** The most its car can be drawing. */
  drawsA(now: number): number {
    const limitA = this.transactionId === undefined ? 0 : this.allowedA(now);
    this.#recent.push({ at: now, limitA });
    while ((this.#recent[0]?.at ?? now) < now - CAR_FOLLOWS_MS) this.#recent.shift();
    return Math.max(...this.#recent.map((entry) => entry.limitA));
  }

  take({ action, payload }: CommandRequested): 'Accepted' | 'Rejected' | 'Unknown' {
    const { id, csChargingProfiles } = payload as ProfilePayload;
    if (action === 'ClearChargingProfile') {
      const kept = id === undefined ? [] : this.profiles.filter((held) => held.id !== id);
      const isHit = kept.length < this.profiles.length;
      this.profiles = kept;
      return isHit ? 'Accepted' : 'Unknown';
    }
    if (csChargingProfiles === undefined) return 'Rejected';
    const { chargingProfilePurpose: purpose, transactionId, stackLevel, chargingProfileId } = csChargingProfiles;
    if (purpose === 'TxProfile' && transactionId !== this.transactionId) return 'Rejected';
    this.hold({ purpose, stackLevel, id: chargingProfileId, raw: csChargingProfiles });
    return 'Accepted';
  }

  /** In place of one with the same id, or of the same purpose and level. */
  protected hold(profile: Profile): void {
    const { purpose, stackLevel, id } = profile;
    const others = this.profiles.filter((held) => held.id !== id && (held.purpose !== purpose || held.stackLevel !== stackLevel));
    this.profiles = [...others, profile];
    this.wasSetUp = true;
  }

  startTransaction(transactionId: number): void {
    this.transactionId = transactionId;
    this.profiles = [...this.profiles];
  }

  endTransaction(): void {
    this.transactionId = undefined;
    this.#recent.length = 0; // the contactor is open
    this.profiles = this.profiles.filter(({ purpose }) => purpose !== 'TxProfile');
  }

  losePower(_now: number): void {
    if (!this.isForgetful) return;
    this.endTransaction();
    this.profiles = [];
  }

  // What it says

  /** A car may come now. */
  get isOpen(): boolean {
    return this.connection !== undefined;
  }

  get boot(): object {
    return { chargePointVendor: 'v', chargePointModel: 'm' };
  }

  status(at: number, _random: Random): Said {
    const timestamp = this.stamp(at);
    return { action: 'StatusNotification', payload: { connectorId: 1, errorCode: 'NoError', status: 'Charging', timestamp } };
  }

  /** When its transaction has begun. */
  starts(at: number, _random: Random): readonly Said[] {
    const answer = { transactionId: this.transactionId, idTagInfo: { status: 'Accepted' } };
    const payload = { connectorId: 1, idTag: 'x', meterStart: 0, timestamp: this.stamp(at) };
    return [{ action: 'StartTransaction', payload, answer }];
  }

  samples(at: number, drawnA: number): Said {
    const sampledValue = [{ value: String(drawnA), measurand: 'Current.Import', unit: 'A', phase: 'L1' }];
    const meterValue = [{ timestamp: this.stamp(at), sampledValue }];
    return { action: 'MeterValues', payload: { connectorId: 1, transactionId: this.transactionId, meterValue } };
  }

  /** Before its transaction is over. */
  stops(at: number): Said {
    return { action: 'StopTransaction', payload: { transactionId: this.transactionId, meterStop: 1, timestamp: this.stamp(at) } };
  }

  /** Nobody hears it now. */
  keep(_said: Said): void {}

  /** What it could not send while it was away. */
  kept(at: number, random: Random): readonly Said[] {
    return Array.from({ length: 3 }, () => this.status(at - random() * 600_000, random));
  }

  /** To a question other than a trigger. */
  reply({ action, payload }: CommandRequested, now: number): unknown {
    if (action !== 'GetCompositeSchedule') return { status: 'NotSupported' };
    const { connectorId, duration } = payload as { readonly connectorId: number; readonly duration: number };
    const { scheduleStart, periods } = this.composite(Date.parse(this.stamp(now)), duration);
    const chargingSchedule = { duration, chargingRateUnit: 'A', chargingSchedulePeriod: periods };
    return { status: 'Accepted', connectorId, scheduleStart, chargingSchedule };
  }

  /** As an operator's request spells it. */
  request({ stackLevel, isDefault, fromMs, limitA }: Wanted): object {
    const csChargingProfiles = {
      chargingProfileId: OPERATORS_ID,
      stackLevel,
      chargingProfilePurpose: isDefault ? 'TxDefaultProfile' : 'TxProfile',
      ...(!isDefault && { transactionId: this.transactionId }),
      chargingProfileKind: 'Absolute',
      chargingSchedule: {
        startSchedule: new Date(fromMs).toISOString(),
        ...(!isDefault && { duration: 900 }),
        chargingRateUnit: 'A',
        chargingSchedulePeriod: [{ startPeriod: 0, limit: limitA }],
      },
    };
    return { connectorId: 1, csChargingProfiles };
  }

  get clearRequest(): object {
    return { id: OPERATORS_ID };
  }

  /** Asks for the limit of its dynamic profile; absent = it has none (2.1). */
  get pull(): object | undefined {
    return undefined;
  }

  /** Its own clock's word for `now`, in whole seconds. */
  stamp(now: number): string {
    return new Date(Math.floor((now + this.skewMs) / 1000) * 1000).toISOString();
  }
}
