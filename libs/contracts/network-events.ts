// Facts of the whole network (`network-events`, one stream per tenant): tokens, tariffs, API keys and what reports need. Producer: api.
import type { Tariff } from '#domain/billing';
import type { ModuleNumber } from '#domain/ev-chart';
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

export interface NetworkEventData {
  TokenChanged: TokenChanged;
  TariffChanged: TariffChanged;
  SiteTariffAssigned: SiteTariffAssigned;
  ApiKeyCreated: ApiKeyCreated;
  ApiKeyRevoked: ApiKeyRevoked;
  ReportingRowsStated: ReportingRowsStated;
}
export type NetworkEvent = { [Type in keyof NetworkEventData]: Envelope<Type, NetworkEventData[Type]> }[keyof NetworkEventData];
