// Facts about money (`billing-events`). Producers: billing, in the stream of the site, and in that of an account (`:account:<accountId>`) what it owes;
// there invoicing answers what the api asks for.
import type { Cdr, Charge, Invoice, Rating } from '#domain/billing';
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
}
/** Put the account's open charges of sessions that ended before `until` (ISO 8601) on invoices. Producer: api. */
export interface InvoiceRequested {
  readonly requestId: string;
  readonly accountId: string;
  readonly until: string;
  readonly requestedBy: string;
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

export interface BillingEventData {
  SessionRated: SessionRated;
  CdrIssued: CdrIssued;
  CdrCredited: CdrCredited;
  AccountCharged: AccountCharged;
  InvoiceRequested: InvoiceRequested;
  InvoiceIssued: InvoiceIssued;
  InvoiceRefused: InvoiceRefused;
}
export type BillingEvent = { [Type in keyof BillingEventData]: Envelope<Type, BillingEventData[Type]> }[keyof BillingEventData];
