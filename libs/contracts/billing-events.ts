// Facts about money (`billing-events`). Producers: billing, in the stream of the site, and in that of an account (`:account:<accountId>`) what it owes;
// there invoicing and payments answer what the api asks for (ADR 0052, 0057).
import type { Cdr, Charge, Invoice, Party, PaymentStep, Rating } from '#domain/billing';
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

/** What an account owes for a charge record, or gets back by a credit. Beside every CdrIssued and CdrCredited of a session with a tariff, in the account's stream. */
export interface AccountCharged extends Charge {
  /** Pseudonym of the token; `site:<siteId>` where none was told, so that nothing is lost. */
  readonly accountId: string;
  /** Of a credit: the record told right after it, on the same account; what is paid changes by both together. */
  readonly replacedBy?: string;
}
/** Put the account's open charges of sessions that ended before `until` (ISO 8601) on invoices. Producer: api. */
export interface InvoiceRequested {
  readonly requestId: string;
  readonly accountId: string;
  readonly until: string;
  readonly requestedBy: string;
  /** As it was stated when it was asked for. */
  readonly seller?: Party;
}
/** Who an account is, for its invoices from then on. Producer: api. */
export interface BuyerStated {
  readonly accountId: string;
  /** A Party as JSON, sealed under the subject `accountId`. */
  readonly buyer: string;
  readonly statedBy: string;
}
/** One for each currency. Producer: invoicing. */
export interface InvoiceIssued extends Invoice {
  readonly requestId: string;
}
/** Producer: invoicing. */
export interface InvoiceRefused {
  readonly requestId: string;
  readonly accountId: string;
  readonly reason: 'nothingOpen';
}

/** How an account pays from now on. Producer: api. */
export interface PaymentMethodAttached {
  readonly accountId: string;
  readonly methodId: string;
  /** The payment provider's own token for it, never a card number. Sealed under the subject `accountId`. */
  readonly method: string;
  readonly requestedBy: string;
}
/** What is held stays held. Producer: api. */
export interface PaymentMethodDetached {
  readonly accountId: string;
  readonly requestedBy: string;
}
/** A session of the account began under a tariff that has an amount held. Producer: billing. */
export interface SessionHoldWanted {
  readonly accountId: string;
  readonly sessionId: string;
  readonly siteId: string;
  readonly stationId: string;
  readonly currency: string;
  /** Decimal string in the currency's minor unit, taxes included. */
  readonly amount: string;
}
/** What a session of an account with a payment method owes, or is to be held for it; with the method as it is in this moment. Producer: payments. */
export interface PaymentDue {
  readonly accountId: string;
  readonly sessionId: string;
  readonly siteId: string;
  readonly stationId: string;
  readonly currency: string;
  readonly cause: 'hold' | 'charge';
  /** To hold; or of the charge, taxes included, below zero for a credit. */
  readonly amount: string;
  /** Of the charge: another of this session follows at once. */
  readonly isFollowed?: true;
  /** Sealed; absent where it was detached. */
  readonly method?: string;
}
/** In the log before the provider is asked. Producer: payments. */
export interface PaymentOrdered {
  /** UUIDv5 of account, session and number; the provider's idempotency key. */
  readonly orderId: string;
  readonly paymentId: string;
  readonly accountId: string;
  readonly sessionId: string;
  readonly step: PaymentStep;
  /** Decimal string in the currency's minor unit, above zero. */
  readonly amount: string;
  readonly currency: string;
  /** Sealed; of a hold. */
  readonly method?: string;
}
/** What the provider answered to an order. Producer: payments. */
export interface PaymentDone {
  readonly orderId: string;
  readonly paymentId: string;
  readonly accountId: string;
  readonly sessionId: string;
  readonly step: PaymentStep;
  readonly amount: string;
  readonly currency: string;
  /** The provider's own name for it. */
  readonly reference: string;
}
export interface PaymentFailed extends Omit<PaymentDone, 'reference'> {
  /** The provider's word: `declined`, `expired`, …; `erased` where the method cannot be read any more. */
  readonly reason: string;
}
/** Give back some of what a session paid, whatever its records say. Producer: api. */
export interface RefundRequested {
  readonly requestId: string;
  readonly accountId: string;
  readonly sessionId: string;
  readonly amount: string;
  /** Sealed under the subject `accountId`. */
  readonly reason?: string;
  readonly requestedBy: string;
}
/** Producer: payments. */
export interface RefundRefused {
  readonly requestId: string;
  readonly accountId: string;
  readonly sessionId: string;
  readonly reason: 'moreThanPaid';
}

export interface BillingEventData {
  SessionRated: SessionRated;
  CdrIssued: CdrIssued;
  CdrCredited: CdrCredited;
  AccountCharged: AccountCharged;
  BuyerStated: BuyerStated;
  InvoiceRequested: InvoiceRequested;
  InvoiceIssued: InvoiceIssued;
  InvoiceRefused: InvoiceRefused;
  PaymentMethodAttached: PaymentMethodAttached;
  PaymentMethodDetached: PaymentMethodDetached;
  SessionHoldWanted: SessionHoldWanted;
  PaymentDue: PaymentDue;
  PaymentOrdered: PaymentOrdered;
  PaymentHeld: PaymentDone;
  PaymentCaptured: PaymentDone;
  PaymentReleased: PaymentDone;
  PaymentRefunded: PaymentDone;
  PaymentFailed: PaymentFailed;
  RefundRequested: RefundRequested;
  RefundRefused: RefundRefused;
}
export type BillingEvent = { [Type in keyof BillingEventData]: Envelope<Type, BillingEventData[Type]> }[keyof BillingEventData];
