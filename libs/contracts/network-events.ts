// Facts of the whole network (`network-events`, one stream per tenant): tokens and tariffs. Producer: api.
import type { Tariff } from '#domain/billing';
import type { Envelope } from './envelope.js';

export interface TokenChanged {
  readonly tokenHash: string;
  readonly tokenType: string;
  /** Sealed under the subject `tokenHash`. */
  readonly idToken: string;
  readonly status: 'Accepted' | 'Blocked' | 'Expired' | 'Invalid' | 'NoCredit';
  readonly groupHash?: string;
  readonly expiresAt?: string;
}
export interface TariffChanged {
  readonly tariff: Tariff;
}
export interface SiteTariffAssigned {
  readonly siteId: string;
  readonly tariffId: string;
}

export interface NetworkEventData {
  TokenChanged: TokenChanged;
  TariffChanged: TariffChanged;
  SiteTariffAssigned: SiteTariffAssigned;
}
export type NetworkEvent = { [Type in keyof NetworkEventData]: Envelope<Type, NetworkEventData[Type]> }[keyof NetworkEventData];
