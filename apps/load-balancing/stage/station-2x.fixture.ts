// A station of OCPP 2.x with one EVSE and two connectors: what happens in a transaction waits while it is offline, and says once where it is.
// What it lets its car draw follows from the profiles it believes, as in 1.6 (station.fixture).
import type { CommandRequested } from '#contracts';
import type { Ocpp2Version } from '#ocpp';
import type { Random } from './chance.fixture.js';
import { OPERATORS_ID, type Profile, type Said, StagedStation, type Wanted } from './station.fixture.js';

/** Events it keeps while it is offline: samples go first where there are more. */
const MOST_KEPT = 60;
/** Fewer than an owner would like to tell. */
const PERIODS_PER_SCHEDULE = 3;

interface Profile2x {
  readonly id: number;
  readonly stackLevel: number;
  readonly chargingProfilePurpose: string;
  readonly transactionId?: string;
  readonly chargingProfileKind: string;
  readonly chargingSchedule: readonly { readonly chargingSchedulePeriod: readonly object[] }[];
  /** 2.1 */
  readonly maxOfflineDuration?: number;
  readonly isDynamic?: true;
}
interface Payload {
  readonly chargingProfile?: Profile2x;
  readonly chargingProfileId?: number;
  readonly scheduleUpdate?: object;
}

/** A dynamic profile holds from whenever it came, with its last limit. */
function standing(profile: Profile2x, change: object = {}): Profile2x {
  const chargingSchedule = profile.chargingSchedule.map(({ chargingSchedulePeriod: [period], ...schedule }) => ({
    ...schedule,
    chargingSchedulePeriod: [{ ...period, ...change }],
  }));
  return { ...profile, isDynamic: true, chargingProfileKind: 'Absolute', chargingSchedule };
}

export class Station2x extends StagedStation {
  #seqNo = 0;
  /** The one its car is plugged into. */
  #connectorId = 1;
  #kept: Said[] = [];
  #isBack = false;
  #lostAt: number | undefined;

  constructor(
    override readonly ocppVersion: Ocpp2Version,
    ...station: ConstructorParameters<typeof StagedStation>
  ) {
    super(...station);
  }

  get #transaction(): string {
    return `${this.stationId}-${this.transactionId}`;
  }

  // What it believes

  override take({ action, payload }: CommandRequested): 'Accepted' | 'Rejected' | 'Unknown' {
    const { chargingProfile, chargingProfileId, scheduleUpdate } = payload as Payload;
    if (action === 'ClearChargingProfile') return this.#clear(chargingProfileId);
    if (scheduleUpdate !== undefined) return this.#update(chargingProfileId, scheduleUpdate);
    if (chargingProfile === undefined) return 'Rejected';
    const { chargingProfilePurpose: purpose, stackLevel, id, transactionId } = chargingProfile;
    if (purpose === 'TxProfile' && (this.transactionId === undefined || transactionId !== this.#transaction)) return 'Rejected';
    this.hold({
      purpose,
      stackLevel,
      id,
      raw: chargingProfile.chargingProfileKind === 'Dynamic' ? standing(chargingProfile) : chargingProfile,
    });
    return 'Accepted';
  }

  #update(profileId: number | undefined, change: object): 'Accepted' | 'Rejected' {
    const held = this.profiles.find(({ id, raw }) => id === profileId && (raw as Profile2x).isDynamic);
    if (held === undefined) return 'Rejected';
    this.hold({ ...held, raw: standing(held.raw as Profile2x, change) });
    return 'Accepted';
  }

  override get pull(): object | undefined {
    const held = this.profiles.find(({ raw }) => (raw as Profile2x).isDynamic);
    return held && { chargingProfileId: held.id };
  }

  #clear(profileId: number | undefined): 'Accepted' | 'Unknown' {
    const left = profileId === undefined ? [] : this.profiles.filter(({ id }) => id !== profileId);
    const isHit = left.length < this.profiles.length;
    this.profiles = left;
    return isHit ? 'Accepted' : 'Unknown';
  }

  /** 2.1: what was for a connected station is invalid for good once it has been offline for longer. */
  override allowedA(now: number): number {
    this.#lostAt = this.connection === undefined ? (this.#lostAt ?? now) : undefined;
    const lostMs = now - (this.#lostAt ?? now);
    const isValid = ({ raw }: Profile): boolean => lostMs <= ((raw as Profile2x).maxOfflineDuration ?? Number.POSITIVE_INFINITY) * 1000;
    if (lostMs > 0 && !this.profiles.every(isValid)) this.profiles = this.profiles.filter(isValid);
    return super.allowedA(now);
  }

  override losePower(now: number): void {
    // What began before goes on (TxResumed), in 2.1.
    this.#isBack = this.ocppVersion === 'ocpp2.1' && !this.isForgetful;
    if (this.isForgetful) this.#kept = [];
    else if (!this.#isBack && this.transactionId !== undefined) {
      this.keep(this.#event('Ended', now, 'AbnormalCondition', { stoppedReason: 'PowerLoss' }));
      this.endTransaction();
    }
    super.losePower(now);
  }

  // What it says

  /** Cars come and go while nobody hears of it; without its default it asks first. */
  override get isOpen(): boolean {
    return this.connection !== undefined || this.profiles.length > 0;
  }

  override get boot(): object {
    return { reason: 'PowerUp', chargingStation: { vendorName: 'v', model: this.ocppVersion } };
  }

  /** Of the connector in use, or of the other one, which is free. */
  override status(at: number, random: Random): Said {
    const connectorId = random() < 0.5 ? 1 : 2;
    const isTaken = this.transactionId !== undefined && connectorId === this.#connectorId;
    return this.#statusOf(connectorId, isTaken ? 'Occupied' : 'Available', at);
  }

  #statusOf(connectorId: number, connectorStatus: string, at: number): Said {
    return { action: 'StatusNotification', payload: { evseId: 1, connectorId, connectorStatus, timestamp: this.stamp(at) } };
  }

  #event(eventType: string, at: number, triggerReason: string, info: object = {}, more: object = {}): Said {
    const transactionInfo = { transactionId: this.#transaction, ...info };
    const payload = { eventType, seqNo: this.#seqNo++, timestamp: this.stamp(at), triggerReason, transactionInfo, ...more };
    return { action: 'TransactionEvent', payload };
  }

  /** Where it is is said once: at once, or when a car comes for whom it began earlier. */
  override starts(at: number, random: Random): readonly Said[] {
    this.#seqNo = 0;
    this.#connectorId = random() < 0.5 ? 1 : 2;
    const evse = { id: 1, connectorId: this.#connectorId };
    const way = random();
    if (way < 0.5) return [this.#event('Started', at, 'CablePluggedIn', { chargingState: 'Charging' }, { evse })];
    const isPlaced = way < 0.75;
    return [
      this.#event('Started', at, 'Authorized', { chargingState: 'Idle' }, isPlaced ? { evse } : {}),
      this.#statusOf(this.#connectorId, 'Available', at),
      this.#event('Updated', at, 'CablePluggedIn', { chargingState: 'Charging' }, isPlaced ? {} : { evse }),
    ];
  }

  override samples(at: number, drawnA: number): Said {
    const triggerReason = this.#isBack ? 'TxResumed' : 'MeterValuePeriodic';
    this.#isBack = false;
    const sampledValue = [{ value: drawnA, measurand: 'Current.Import', phase: 'L1', unitOfMeasure: { unit: 'A' } }];
    return this.#event('Updated', at, triggerReason, {}, { meterValue: [{ timestamp: this.stamp(at), sampledValue }] });
  }

  override stops(at: number): Said {
    return this.#event('Ended', at, 'EVDeparted', { chargingState: 'Idle' });
  }

  override keep(said: Said): void {
    if (said.action !== 'TransactionEvent') return;
    if (this.#kept.length >= MOST_KEPT) this.#kept = this.#kept.filter(({ payload }) => !('meterValue' in payload));
    this.#kept.push({ ...said, payload: { ...said.payload, offline: true } });
  }

  override kept(at: number): readonly Said[] {
    const kept = this.#kept;
    this.#kept = [];
    const taken = this.transactionId === undefined ? 0 : this.#connectorId;
    return [...kept, ...[1, 2].map((connectorId) => this.#statusOf(connectorId, connectorId === taken ? 'Occupied' : 'Available', at))];
  }

  override reply({ action, payload }: CommandRequested, now: number): unknown {
    if (action === 'GetCompositeSchedule') {
      const { evseId, duration } = payload as { readonly evseId: number; readonly duration: number };
      const { scheduleStart, chargingRateUnit, periods } = this.composite(Date.parse(this.stamp(now)), duration);
      const schedule = { evseId, duration, scheduleStart, chargingRateUnit, chargingSchedulePeriod: periods };
      return { status: 'Accepted', schedule };
    }
    if (action !== 'GetVariables') return { status: 'NotSupported' };
    const { getVariableData } = payload as { readonly getVariableData: readonly { readonly variable: { readonly name: string } }[] };
    return {
      getVariableResult: getVariableData.map((asked) =>
        asked.variable.name === 'PeriodsPerSchedule'
          ? { attributeStatus: 'Accepted', attributeValue: String(PERIODS_PER_SCHEDULE), ...asked }
          : { attributeStatus: 'UnknownVariable', ...asked },
      ),
    };
  }

  override request({ stackLevel, isDefault, fromMs, limitA, isDynamic }: Wanted): object {
    const isStanding = isDynamic && this.ocppVersion === 'ocpp2.1';
    const schedule = {
      id: OPERATORS_ID,
      ...(!isStanding && { startSchedule: new Date(fromMs).toISOString() }),
      ...(!isDefault && !isStanding && { duration: 900 }),
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [{ startPeriod: 0, limit: limitA }],
    };
    const chargingProfile = {
      id: OPERATORS_ID,
      stackLevel,
      chargingProfilePurpose: isDefault ? 'TxDefaultProfile' : 'TxProfile',
      ...(!isDefault && { transactionId: this.#transaction }),
      chargingProfileKind: isStanding ? 'Dynamic' : 'Absolute',
      chargingSchedule: [schedule],
    };
    return { evseId: 1, chargingProfile };
  }

  override get clearRequest(): object {
    return { chargingProfileId: OPERATORS_ID };
  }
}
