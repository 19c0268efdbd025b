// What a site and its stations are: changes asked for and decided by the owner, admission, passwords on their way.
import type { SiteConfig, StationConfig } from '#domain/load-balancing';

export type ConfigurationChange =
  | { readonly kind: 'site'; readonly config: SiteConfig }
  | {
      readonly kind: 'station';
      readonly config: StationConfig /** keyed hash; absent = unchanged */;
      readonly credentialHash?: string;
      /** Security profile 3: what the station's certificate names where that is not its id and one of our organisations. */
      readonly certificate?: {
        readonly commonName?: string;
        readonly organization?: string;
      } /** number of this station's site assignment, from 1 */;
      readonly assignmentSeq: number;
    }
  /** The station moved to another site, or is deleted; refused while a transaction or a lease is open. One that is deleted may stay where it is: then also while it may draw more than its safe level. */
  | { readonly kind: 'stationRemoved'; readonly stationId: string; readonly isDeleted?: true }
  /** Refused while stations are there, or limits of the grid stand. */
  | { readonly kind: 'siteRemoved' };

export interface ConfigurationRequested {
  readonly requestId: string;
  readonly requestedBy: string;
  /** Version the writer saw; refused when another write came in between. */
  readonly ifMatch?: number;
  readonly change: ConfigurationChange;
}

export interface ConfigurationAccepted {
  readonly requestId: string;
  readonly version: number;
  readonly change: ConfigurationChange;
}

export interface ConfigurationRefused {
  readonly requestId: string;
  readonly reasons: readonly { readonly path: string; readonly message: string }[];
}

/** Whether the network takes a station, told to it when it boots; independent of its configuration. Producer: api. */
export interface StationAdmissionChanged {
  readonly stationId: string;
  readonly bootStatus: 'Accepted' | 'Pending' | 'Rejected';
  /** Absent = as the network has it. */
  readonly heartbeatIntervalS?: number;
  readonly requestedBy: string;
}

/** A new password on its way to a station: valid beside the old one until the station took it, or came with it (A01.FR.03/04). Producer: api. */
export interface CredentialOffered {
  readonly stationId: string;
  /** Of the command that carries it, where there is one. */
  readonly offerId: string;
  /** Keyed hash. */
  readonly credentialHash: string;
  readonly requestedBy: string;
}
