// Facts derived from a site's stream about charging sessions (`session-events`). Producer: session. Billing reads nothing else.
import type { Tariff } from '#domain/billing';
import type { OcppVersion } from '#ocpp';
import type { Envelope } from './envelope.js';

export interface SessionStarted {
  /** UUIDv5 of the first record that told of it. */
  readonly sessionId: string;
  readonly stationId: string;
  /** 0 = not known yet; `learned` tells it later. */
  readonly evseId: number;
  readonly connectorId?: number;
  readonly transactionId: string;
  readonly ocppVersion: OcppVersion;
  readonly tokenHash?: string;
  readonly tokenType?: string;
  /** Sealed; for the CDR of the partner whose driver this is. */
  readonly idToken?: string;
  /** ISO 8601, by the rule for bad clocks (the station's time when plausible). */
  readonly startedAt: string;
  readonly meterStartWh?: number;
  /** Pinned for the whole session (P8); absent = no tariff was set at the site, the session is free of charge. */
  readonly tariff?: Tariff;
  /** IANA zone of the site, which the tariff's times of day are read in; absent = UTC. */
  readonly timeZone?: string;
  /** Of 1.6: its station has a display for what it costs. Stations of 2.x are told in any case. */
  readonly showsCosts?: true;
  readonly flags: readonly string[];
}

export type ChargingState = 'Charging' | 'SuspendedEV' | 'SuspendedEVSE' | 'EVConnected' | 'Idle';

/** A stretch of a session between two meter readings or state changes. Periods follow each other without gap or overlap, also after a provisional end (ADR 0109). */
export interface ChargingPeriodRecorded {
  readonly sessionId: string;
  readonly seq: number;
  readonly from: string;
  readonly to: string;
  /** Register difference [Wh], 0.001 resolution, never negative. */
  readonly energyWh: number;
  readonly state: ChargingState;
  /** Who paused: a pause the network commanded is never idle time. */
  readonly pausedBy?: 'network' | 'vehicle';
  /** Mean import power [W] in the period where measured. */
  readonly powerW?: number;
  /** Sum over the phases [A] where measured. */
  readonly currentA?: number;
}

/** A running session that began without a token has one; the end tells it again, with what else was learned. */
export interface SessionTokenLearned {
  readonly sessionId: string;
  readonly tokenHash: string;
}

/** A station of 1.6 told the start again, as of another time and with another id, before it used the first (ADR 0114). */
export interface TransactionRenamed {
  readonly sessionId: string;
  readonly transactionId: string;
}

export interface SessionEnded {
  readonly sessionId: string;
  readonly endedAt: string;
  /** From registers where there are any. */
  readonly energyWh: number;
  /** Fed back by the car [Wh], by its own register; absent where that is not metered. Not part of `energyWh`, and of no bill (ADR 0042). */
  readonly exportedWh?: number;
  readonly meterStopWh?: number;
  /** OCPP reason, or `Available`, `Boot`, `NewStart` when the end was concluded. */
  readonly reason: string;
  /** True when no stop was heard; a later stop amends it. */
  readonly provisional: boolean;
  readonly flags: readonly string[];
  /** Of what SessionStarted tells, what became known only after it. */
  readonly learned?: Partial<
    Pick<SessionStarted, 'startedAt' | 'meterStartWh' | 'evseId' | 'connectorId' | 'tokenHash' | 'tokenType' | 'idToken'>
  >;
}

/** What became known after the end; replaces the figures of SessionEnded. */
export interface SessionAmended extends SessionEnded {
  /** From 1, rising. */
  readonly amendment: number;
  /** Energy that the recorded periods do not contain [Wh]; may be negative. */
  readonly energyDifferenceWh: number;
}

/** An outlet was kept for a driver, and what that is priced by (ADR 0119). */
export interface OutletReserved {
  /** Of the session that used it; where nobody did, an id of its own, under which it is billed. */
  readonly sessionId: string;
  readonly reservationId: number;
  /** ISO 8601; it ends with the start of a session that used it. */
  readonly from: string;
  readonly to: string;
  /** Nobody came: what a session would have told. `isExpired`: it was not called off, its time was over. */
  readonly unused?: Pick<SessionStarted, 'stationId' | 'evseId' | 'tokenHash' | 'tokenType' | 'idToken' | 'tariff' | 'timeZone'> & {
    readonly isExpired: boolean;
  };
}

/** A transaction fact no session could be found for (P3). */
export interface FactUnmatched {
  readonly stationId: string;
  readonly transactionId: string;
  readonly action: string;
  readonly reason: string;
}

export interface SessionEventData {
  SessionStarted: SessionStarted;
  SessionTokenLearned: SessionTokenLearned;
  TransactionRenamed: TransactionRenamed;
  ChargingPeriodRecorded: ChargingPeriodRecorded;
  SessionEnded: SessionEnded;
  SessionAmended: SessionAmended;
  OutletReserved: OutletReserved;
  FactUnmatched: FactUnmatched;
}
export type SessionEvent = { [Type in keyof SessionEventData]: Envelope<Type, SessionEventData[Type]> }[keyof SessionEventData];
