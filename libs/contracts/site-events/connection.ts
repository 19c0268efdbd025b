// A station at an edge: who it came as, why it was not let in, and that it went.
import type { OcppVersion } from '#ocpp';
import type { Generation } from '#ports';

export interface StationConnected {
  readonly connectionId: string;
  readonly edgeId: string;
  readonly assignmentSeq: number;
  readonly ocppVersion: OcppVersion;
  readonly securityProfile: 0 | 1 | 2 | 3;
  /** It came with the password of this offer, which proves that it knows it. */
  readonly provedOffer?: string;
  /** What it showed: in security profile 3 it got in by it, in 2 it may have one already. */
  readonly certificate?: ShownCertificate;
}

/** A certificate a station came with, as far as others of its authority can be told from it. */
export interface ShownCertificate {
  /** Hex in upper case. */
  readonly serialNumber: string;
  /** Distinguished name of who signed it. */
  readonly issuer: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

/** A station that is known here was not let in. Attempts that come fast are counted only. Producer: edge. */
export interface ConnectionRefused {
  readonly edgeId: string;
  readonly reason:
    | 'badCredentials'
    | 'badCertificate'
    | 'supersededCertificate'
    | 'revokedCertificate'
    | 'insecureTransport'
    | 'noCommonSubprotocol';
  /** What the station is configured for, and what came. */
  readonly securityProfile: 0 | 1 | 2 | 3;
  readonly isEncrypted: boolean;
  readonly hasPassword: boolean;
  readonly certificate?: ShownCertificate;
  /** Attempts since the last record of this kind that have none. */
  readonly unrecorded: number;
}

export interface StationDisconnected {
  readonly connectionId: string;
  readonly edgeId: string;
  readonly generation: Generation;
  /** WebSocket close code; 1006 when the link was lost. */
  readonly closeCode: number;
  readonly reason: string;
  /** Frames nobody could read that were only counted since the last one parked. */
  readonly unparkedFrames?: number;
}

/** It has said nothing for longer than it is to be silent, and its edge knows all the same that it is there. Not told of one that speaks. */
export interface PingsAnswered {
  readonly connectionId: string;
  readonly edgeId: string;
  readonly generation: Generation;
}

export interface StationPresumedOffline {
  readonly stationId: string;
  readonly lastHeardAt: string;
}
