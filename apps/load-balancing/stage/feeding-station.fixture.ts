// A station that lets its car feed back exactly when a profile it received says so, as OCPP 2.1 text, and tells an auditor how much.
// What it may draw is of no interest here.
import type { CommandRequested } from '#contracts';
import { StagedStation } from './station.fixture.js';

const CAR_FOLLOWS_MS = 4_000;

interface Period {
  readonly startPeriod: number;
  readonly operationMode?: string;
  readonly setpoint?: number;
}
interface ProfilePayload {
  readonly chargingProfile?: {
    readonly chargingProfilePurpose: string;
    readonly transactionId?: string;
    readonly chargingSchedule: readonly [{ readonly startSchedule: string; readonly chargingSchedulePeriod: readonly Period[] }];
  };
}

export class FeedingStation extends StagedStation {
  override readonly ocppVersion = 'ocpp2.1';
  #plan: ProfilePayload['chargingProfile'];
  readonly #recent: { at: number; amps: number }[] = [];
  /** By its meter, since ever. */
  backWh = 0;

  get transaction(): string | undefined {
    return this.transactionId === undefined ? undefined : `tx-${this.stationId}-${this.transactionId}`;
  }

  override take({ payload }: CommandRequested): 'Accepted' | 'Rejected' {
    const { chargingProfile: profile } = payload as ProfilePayload;
    if (profile === undefined) return 'Rejected';
    if (profile.chargingProfilePurpose === 'TxProfile') {
      if (profile.transactionId !== this.transaction) return 'Rejected';
      this.#plan = profile;
    }
    this.wasSetUp = true;
    return 'Accepted';
  }

  override endTransaction(): void {
    super.endTransaction();
    this.#plan = undefined;
    this.#recent.length = 0;
  }

  /** The most its car can be feeding back per line. */
  feedsA(now: number): number {
    const [schedule] = this.#plan?.chargingSchedule ?? [];
    const elapsedMs = now + this.skewMs - Date.parse(schedule?.startSchedule ?? '');
    const period = schedule?.chargingSchedulePeriod.findLast(({ startPeriod }) => startPeriod * 1000 <= elapsedMs);
    const amps = period?.operationMode === 'CentralSetpoint' ? Math.max(0, -(period.setpoint ?? 0)) : 0;
    this.#recent.push({ at: now, amps });
    while ((this.#recent[0]?.at ?? now) < now - CAR_FOLLOWS_MS) this.#recent.shift();
    return Math.max(...this.#recent.map((entry) => entry.amps));
  }
}
