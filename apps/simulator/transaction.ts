// A transaction as the station keeps it, and the record of it that stays for an auditor.
// Which messages tell of it is said in the dialects.
export type IdTokenType = 'ISO14443' | 'ISO15693' | 'Central' | 'eMAID' | 'KeyCode' | 'Local' | 'MacAddress' | 'NoAuthorization';
export interface IdToken {
  readonly idToken: string;
  readonly type: IdTokenType;
}

/** Why a transaction ended, in the station's own words. */
export type StopCause = 'Local' | 'EVDisconnected' | 'Remote' | 'DeAuthorized' | 'UnlockCommand' | 'SoftReset' | 'HardReset' | 'PowerLoss';

export interface Transaction {
  /** The station's own name of it; in 2.x also the transactionId on the wire. */
  readonly key: string;
  readonly evseId: number;
  readonly idToken: IdToken;
  /** Station time [ms since 1970]. */
  readonly startedAt: number;
  readonly meterStartMwh: number;
  readonly startedOffline: boolean;
  readonly remoteStartId?: number;
  /** The reservation it used. */
  readonly reservationId?: number;
  /** 1.6: the number the CSMS gave; absent until it answered. */
  transactionId?: number;
  /** 2.x: of the next event. */
  seqNo: number;
  /** 2.1: the CSMS allows a bidirectional energy transfer; charging only until it says so. */
  mayFeedBack: boolean;
  readonly exportStartMwh: number;
  /** True time of the next periodic sample. */
  nextSampleAt: number;
}

/** A message the CSMS has answered with a result. */
export interface AnsweredMessage {
  /** The id that was answered. */
  readonly messageId: string;
  /** All ids it was sent under, in order; several when an answer was lost or an error came back. */
  readonly messageIds: readonly string[];
  readonly action: string;
  /** What was sent, as it was answered. */
  readonly payload: unknown;
  readonly answeredAt: number;
  /** The station's key of the transaction it tells of. */
  readonly transactionKey?: string;
}

/** What an auditor needs to hold a session or a bill against. */
export interface TransactionRecord {
  readonly stationId: string;
  readonly evseId: number;
  readonly key: string;
  /** As on the wire; absent in 1.6 as long as the start is unanswered. */
  transactionId?: string;
  readonly idToken: string;
  readonly startedAt: string;
  readonly startedOffline: boolean;
  /** Whole Wh as told in 1.6; in 2.x with three decimals. */
  readonly meterStartWh: number;
  endedAt?: string;
  meterStopWh?: number;
  /** What really flowed [Wh, three decimals]; grows while the transaction runs. */
  energyWh: number;
  /** What really flowed back [Wh, three decimals]. */
  exportedWh: number;
  stopCause?: StopCause;
  /** Of this transaction, in the order of the answers. */
  readonly answered: AnsweredMessage[];
}
