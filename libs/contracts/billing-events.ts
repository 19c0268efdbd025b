// Facts about money (`billing-events`). Producer: billing.
import type { Cdr, Rating } from '#domain/billing';
import type { Envelope } from './envelope.js';

export interface SessionRated {
  readonly sessionId: string;
  /** Rises with each rating; running cost while charging, final at the end. */
  readonly ratingSeq: number;
  readonly final: boolean;
  readonly rating: Rating;
}
export interface CdrIssued {
  readonly sessionId: string;
  readonly ratingSeq: number;
  readonly cdr: Cdr;
}
/** Takes an issued CDR back: the same CDR as a credit (id ends in `-C`). */
export interface CdrCredited {
  readonly sessionId: string;
  readonly creditedCdrId: string;
  readonly cdr: Cdr;
}

export interface BillingEventData {
  SessionRated: SessionRated;
  CdrIssued: CdrIssued;
  CdrCredited: CdrCredited;
}
export type BillingEvent = { [Type in keyof BillingEventData]: Envelope<Type, BillingEventData[Type]> }[keyof BillingEventData];
