// Of transactions and reservations, beside what the station says of them.
import type { SignatureJudgement } from '#domain/metering';

/** A transaction ended and events between its first and its last were not heard, or the last of them came after all (0). Producer: session. */
export interface TransactionEventsMissing {
  readonly stationId: string;
  readonly transactionId: string;
  readonly missing: number;
}

/** A reservation that its station had taken is over: what it was kept for, and until when (ADR 0119). Producer: stations. */
export interface ReservationEnded {
  readonly stationId: string;
  readonly reservationId: number;
  /** 0 = any of the station. */
  readonly evseId: number;
  readonly tokenHash?: string;
  readonly tokenType?: string;
  /** Sealed. */
  readonly idToken?: string;
  /** When the station took it, and when it ended, ISO 8601. */
  readonly from: string;
  readonly to: string;
  readonly end: 'used' | 'cancelled' | 'expired' | 'removed' | 'noTransaction';
  /** The transaction that used it. */
  readonly transactionId?: string;
}

/** What the signatures of a message's signed readings are worth, by the keys of meters that were known then; a later record of the same message takes its place. Producer: metering. */
export interface SignedReadingsJudged {
  readonly stationId: string;
  /** Of the CallReceived in this stream. */
  readonly recordOffset: number;
  /** In the order of the readings in the message. */
  readonly judgements: readonly SignatureJudgement[];
}
