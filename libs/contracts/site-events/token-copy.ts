// What stations keep of tokens and drivers: lists, caches, and what is forgotten.
import type { ListOffer } from '#domain/local-list';

/** What a station keeps of tokens may not be true any more: it is told anew as soon as it can be. Producers: token-lists; api where an operator wants it. */
export interface TokenCopiesStale {
  readonly stationId: string;
  readonly what: 'list' | 'cache';
  /** All of it, whatever is known of what it holds. */
  readonly requestedBy?: string;
}

/** One message's worth of what a station is to be told of the list of tokens. Producer: token-lists. */
export interface TokenListOffered {
  readonly stationId: string;
  readonly offer: ListOffer;
}

/** A driver is forgotten who charged at this station: what it knows of him is cleared as soon as it can be reached. Producer: api. */
export interface CustomerClearWanted {
  readonly stationId: string;
  readonly tokenHash: string;
  readonly tokenType: string;
  /** Sealed under a subject of its own, which is destroyed once the station is done. */
  readonly idToken: string;
  readonly requestedBy: string;
}
