// Facts of the whole network (`network-events`, one stream per tenant): tokens, tariffs, API keys and what reports need. Producers: api, and stations for what they keep of tokens.
import type { Party, Tariff } from '#domain/billing';
import type { ModuleNumber } from '#domain/ev-chart';
import type { ListQuestion } from '#domain/local-list';
import type { Envelope } from './envelope.js';

export interface TokenChanged {
  readonly tokenHash: string;
  readonly tokenType: string;
  /** Sealed under the subject `tokenHash`. */
  readonly idToken: string;
  readonly status: 'Accepted' | 'Blocked' | 'Expired' | 'Invalid' | 'NoCredit';
  readonly groupHash?: string;
  /** The group's name, sealed under the subject `groupHash`; records of before 2026-11 have none. */
  readonly group?: string;
  readonly expiresAt?: string;
  /** Where it may be used; absent = everywhere. */
  readonly onlyAt?: readonly { readonly siteId: string; readonly stationId?: string; readonly evseIds?: readonly number[] }[];
  /** Stations with a local list keep it, to let its driver in while they are offline. */
  readonly isOnLists?: boolean;
  /** Characters of the token and of its group: what is sealed cannot be counted. */
  readonly idTokenLength?: number;
  readonly groupLength?: number;
}
/** A driver is forgotten: the key of what was sealed for him is destroyed. Producer: api. */
export interface DriverErased {
  readonly tokenHash: string;
  readonly requestedBy: string;
}
/** A station said whether it keeps a local list and a cache of tokens. Producer: stations. */
export interface TokenCopiesKept {
  readonly siteId: string;
  readonly stationId: string;
  readonly isListKept?: boolean;
  readonly isCacheKept?: boolean;
}
/** A station can take what changed in the list since it was last told; answered by TokenListOffered in its site's stream. Producer: stations. */
export interface TokenListAsked {
  readonly question: ListQuestion;
}
export interface TariffChanged {
  readonly tariff: Tariff;
}
export interface SiteTariffAssigned {
  readonly siteId: string;
  readonly tariffId: string;
}

export interface ApiKeyCreated {
  readonly keyId: string;
  readonly name: string;
  readonly role: string;
  /** Keyed hash; the key itself is nowhere. */
  readonly keyHash: string;
  readonly createdBy: string;
}
export interface ApiKeyRevoked {
  readonly keyId: string;
  readonly revokedBy: string;
}

/** Rows of a federal report that no station can tell; they take the place of what was stated for that module and year before. */
export interface ReportingRowsStated {
  readonly module: ModuleNumber;
  readonly year: number;
  /** Column → value as it stands in the file. */
  readonly rows: readonly Readonly<Record<string, string>>[];
  readonly statedBy: string;
}

/** Who sells, as invoices issued from then on name them. */
export interface SellerStated {
  readonly seller: Party;
  readonly statedBy: string;
}

/** The public key of a meter, from whom the operator trusts; readings of the time between are judged by it. */
export interface MeterKeyStated {
  readonly meterSerial: string;
  /** PEM, or SubjectPublicKeyInfo in hex or base64. */
  readonly publicKey: string;
  /** ISO 8601; absent = always. */
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly statedBy: string;
}

export interface NetworkEventData {
  TokenChanged: TokenChanged;
  DriverErased: DriverErased;
  TokenCopiesKept: TokenCopiesKept;
  TokenListAsked: TokenListAsked;
  TariffChanged: TariffChanged;
  SiteTariffAssigned: SiteTariffAssigned;
  ApiKeyCreated: ApiKeyCreated;
  ApiKeyRevoked: ApiKeyRevoked;
  ReportingRowsStated: ReportingRowsStated;
  SellerStated: SellerStated;
  MeterKeyStated: MeterKeyStated;
}
export type NetworkEvent = { [Type in keyof NetworkEventData]: Envelope<Type, NetworkEventData[Type]> }[keyof NetworkEventData];
