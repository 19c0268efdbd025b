// Firmware and logs of many stations, in waves.
import type { OcppVersion } from '#ocpp';

/** Many stations of a site are to get firmware or to hand over a log, in waves. Producer: api. */
export interface CampaignRequested {
  readonly campaignId: string;
  readonly kind: 'firmware' | 'publish' | 'log';
  /** By OCPP version, each once: a record for thousands of stations has to stay small. */
  readonly messages: readonly { readonly ocppVersion: OcppVersion; readonly action: string; readonly payload: unknown }[];
  readonly stations: readonly { readonly stationId: string; readonly ocppVersion: OcppVersion }[];
  /** As many at a time. */
  readonly waveSize: number;
  /** Attempts of a station, the first one included. */
  readonly attempts: number;
  readonly retryAfterS: number;
  /** Nothing said for so long after it began: the attempt failed. */
  readonly quietAfterS: number;
  /** No station begins any more once so many have failed; absent = never. */
  readonly stopAfterFailures?: number;
  readonly requestedBy: string;
}

/** No station begins any more; those that began go on. Producer: api. */
export interface CampaignStopped {
  readonly campaignId: string;
  readonly requestedBy: string;
}

/** What a station that a campaign asked for a transfer says of it, or that it could not be asked. Producer: stations. */
export interface TransferTold {
  /** Of the command that began it. */
  readonly commandId: string;
  readonly stationId: string;
  /** A status of OCPP, `Accepted`, or why nothing came of it. */
  readonly status: string;
  /** `unreached`: it may be asked again. */
  readonly end?: 'done' | 'failed' | 'unreached';
}
