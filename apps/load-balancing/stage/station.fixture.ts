// A station that believes every profile it received, as OCPP 1.6 text, and tells an auditor what it lets its car draw.
// When cars come and links break is the world's.
import type { CommandRequested } from '#contracts';
import { type CompositePeriod, compositeSchedule } from '#domain/charging-profiles';
import type { OcppVersion } from '#ocpp';

/** A car follows a lower limit within this time [ms]. */
const CAR_FOLLOWS_MS = 4_000;
const COMPOSED_S = 1_800;

interface Profile {
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
      const isCharging = this.transactionId !== undefined;
      const profiles = this.profiles.filter(({ purpose }) => purpose !== 'TxProfile' || isCharging).map(({ raw }) => raw);
      const at = new Date(t).toISOString();
      const { periods } = compositeSchedule({ ocppVersion: 'ocpp1.6', profiles, durationS: COMPOSED_S, at, maxA: this.ratingA });
      this.#composite = { profiles: this.profiles, fromMs: t, untilMs: t + COMPOSED_S * 1000, periods };
    }
    const { fromMs, periods } = this.#composite;
    return periods.findLast(({ startPeriod }) => startPeriod * 1000 <= t - fromMs)?.limit ?? this.ratingA;
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
    const others = this.profiles.filter(
      (held) => held.id !== chargingProfileId && (held.purpose !== purpose || held.stackLevel !== stackLevel),
    );
    this.profiles = [...others, { purpose, stackLevel, id: chargingProfileId, raw: csChargingProfiles }];
    this.wasSetUp = true;
    return 'Accepted';
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

  losePower(): void {
    if (!this.isForgetful) return;
    this.endTransaction();
    this.profiles = [];
  }

  /** Its own clock's word for `now`, in whole seconds. */
  stamp(now: number): string {
    return new Date(Math.floor((now + this.skewMs) / 1000) * 1000).toISOString();
  }
}
