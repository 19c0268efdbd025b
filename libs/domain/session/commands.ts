// What a station's word means for its sessions, in the vocabulary of 2.x: what the translators make and the decider takes.
// Reading it out of a message is in translate-16.ts and translate-201.ts; whose session it is in match.ts.
import type { IntervalReading } from '#domain/metering';
import type { OcppVersion } from '#ocpp';

export type ChargingState = 'Charging' | 'SuspendedEV' | 'SuspendedEVSE' | 'EVConnected' | 'Idle';

/** What was measured at one instant. */
export interface Reading {
  /** Milliseconds since 1970, by the rule for bad clocks. */
  readonly ms: number;
  /** Import register [Wh], 0.001 resolution. */
  readonly registerWh?: number;
  /** Register of what the car fed back [Wh]: beside the other, never taken off it. */
  readonly exportRegisterWh?: number;
  readonly intervals?: IntervalReading;
  /** Whether the register was read at the transaction's begin or end. */
  readonly kind: 'begin' | 'sample' | 'end';
  /** Negative where the car feeds back [W]. */
  readonly powerW?: number;
  /** Sum over the phases [A]. */
  readonly currentA?: number;
  /** `ms` is when we received it: how fast the register rose proves nothing. */
  readonly isTimeDoubtful: boolean;
}

export interface SessionToken {
  readonly tokenHash: string;
  readonly tokenType: string;
  /** Sealed. */
  readonly idToken?: string;
}

/** A fact about a transaction. Fields a station sends once are absent later, which means "unchanged" (2.0.1 E01.FR.16). */
export interface TransactionFact {
  /** Id of the record it came in. */
  readonly recordId: string;
  readonly stationId: string;
  readonly ocppVersion: OcppVersion;
  readonly action: string;
  /** Milliseconds since 1970, by the rule for bad clocks. */
  readonly atMs: number;
  readonly receivedMs: number;
  /** The station's time was not plausible: `atMs` is when we received it. */
  readonly isTimeDoubtful: boolean;
  /** It waited in the station while that was offline. */
  readonly isQueued: boolean;
  /** As sent; '' where there is none. */
  readonly transactionId: string;
  readonly evseId?: number;
  readonly connectorId?: number;
  /** 2.x, rising by one per event of a transaction. */
  readonly seqNo?: number;
  /** Equal for equal identity and content: a repeat (P2). */
  readonly digest: string;
  readonly token?: SessionToken;
  /** Of that token: cards of one group end each other's sessions. */
  readonly groupHash?: string;
  /** In order of time. */
  readonly readings: readonly Reading[];
  readonly chargingState?: ChargingState;
  readonly flags: readonly string[];
}

export interface StartSession extends TransactionFact {
  readonly type: 'StartSession';
}
export interface UpdateSession extends TransactionFact {
  readonly type: 'UpdateSession';
}
export interface EndSession extends TransactionFact {
  readonly type: 'EndSession';
  /** OCPP reason; absent in the message means Local. */
  readonly reason: string;
}

/** No stop was heard, but what was heard cannot be said of a running session. */
export interface ConcludeSession {
  readonly type: 'ConcludeSession';
  readonly receivedMs: number;
  readonly reason: 'Available' | 'Boot' | 'Gone';
  /** Absent = every session of the station. */
  readonly outlets?: readonly FreeOutlet[];
}

export interface FreeOutlet {
  readonly evseId: number;
  /** Which connector of it: another one than its own is no news of a session. */
  readonly connectorId?: number;
  readonly atMs: number;
}

/** A session that went on after its provisional end has been quiet for long enough to tell what became of it. */
export interface SettleSession {
  readonly type: 'SettleSession';
  readonly sessionId: string;
}

/** A transaction message whose identity cannot be read. */
export interface KeepUnreadable {
  readonly type: 'KeepUnreadable';
  readonly stationId: string;
  readonly transactionId: string;
  readonly action: string;
}

export type SessionCommand = StartSession | UpdateSession | EndSession | ConcludeSession | SettleSession | KeepUnreadable;
export type FactCommand = StartSession | UpdateSession | EndSession;

export const isFact = (command: SessionCommand): command is FactCommand =>
  command.type === 'StartSession' || command.type === 'UpdateSession' || command.type === 'EndSession';
