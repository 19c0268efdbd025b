// What is decided about sessions. The log's own contract has the same shapes; here they are without envelope.
// When they are decided is in decide.ts, what follows from them in evolve.ts.
import type { Tariff } from '#domain/billing';
import type { OcppVersion } from '#ocpp';
import type { ChargingState } from './commands.js';

export interface SessionStarted {
  readonly type: 'SessionStarted';
  readonly sessionId: string;
  readonly stationId: string;
  /** 0 = not known yet (2.x may authorize before a car is plugged in). */
  readonly evseId: number;
  readonly connectorId?: number;
  readonly transactionId: string;
  readonly ocppVersion: OcppVersion;
  readonly tokenHash?: string;
  readonly tokenType?: string;
  readonly idToken?: string;
  readonly startedAt: string;
  readonly meterStartWh?: number;
  readonly tariff?: Tariff;
  readonly timeZone?: string;
  readonly showsCosts?: true;
  readonly flags: readonly string[];
}

export interface ChargingPeriodRecorded {
  readonly type: 'ChargingPeriodRecorded';
  readonly sessionId: string;
  /** From 1. */
  readonly seq: number;
  readonly from: string;
  readonly to: string;
  readonly energyWh: number;
  readonly state: ChargingState;
  readonly pausedBy?: 'network' | 'vehicle';
  readonly powerW?: number;
  readonly currentA?: number;
}

/** What was not known yet when SessionStarted was recorded. */
export interface LearnedLater {
  readonly startedAt?: string;
  readonly meterStartWh?: number;
  readonly evseId?: number;
  readonly connectorId?: number;
  readonly tokenHash?: string;
  readonly tokenType?: string;
  readonly idToken?: string;
}

/** A running session has a token at last (2.x may begin one before anybody is authorized); the first one counts. */
export interface SessionTokenLearned {
  readonly type: 'SessionTokenLearned';
  readonly sessionId: string;
  readonly tokenHash: string;
}

/** A 1.6 start was told again as of another time, and answered with another id: the station goes by that one (ADR 0114). */
export interface TransactionRenamed {
  readonly type: 'TransactionRenamed';
  readonly sessionId: string;
  readonly transactionId: string;
}

interface Ending {
  readonly sessionId: string;
  readonly endedAt: string;
  readonly energyWh: number;
  /** Fed back by the car, by its own register; absent where that is not metered. Not part of `energyWh`, and of no bill (ADR 0042). */
  readonly exportedWh?: number;
  readonly meterStopWh?: number;
  readonly reason: string;
  readonly provisional: boolean;
  readonly flags: readonly string[];
  readonly learned?: LearnedLater;
}
export interface SessionEnded extends Ending {
  readonly type: 'SessionEnded';
}
export interface SessionAmended extends Ending {
  readonly type: 'SessionAmended';
  readonly amendment: number;
  readonly energyDifferenceWh: number;
}

/** An outlet was kept for a driver: for a session, or for nobody who came (ADR 0119). */
export interface OutletReserved {
  readonly type: 'OutletReserved';
  readonly sessionId: string;
  readonly reservationId: number;
  readonly from: string;
  readonly to: string;
  readonly unused?: Pick<SessionStarted, 'stationId' | 'evseId' | 'tokenHash' | 'tokenType' | 'idToken' | 'tariff' | 'timeZone'> & {
    readonly isExpired: boolean;
  };
}

export interface FactUnmatched {
  readonly type: 'FactUnmatched';
  readonly stationId: string;
  readonly transactionId: string;
  readonly action: string;
  readonly reason: 'unreadable' | 'noSession' | 'ambiguous';
}

export type SessionEvent =
  | SessionStarted
  | SessionTokenLearned
  | TransactionRenamed
  | ChargingPeriodRecorded
  | SessionEnded
  | SessionAmended
  | OutletReserved
  | FactUnmatched;
