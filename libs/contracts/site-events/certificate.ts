// Certificates of stations: signed, not signed, running out.
import type { CertificateUse } from '#ports';
import type { ShownCertificate } from './connection.js';

/** An authority signed what a station asked for by SignCertificate (A02). Producer: stations. */
export interface CertificateIssued extends ShownCertificate {
  readonly stationId: string;
  /** Of the CallReceived that asked. */
  readonly requestId: string;
  readonly use: CertificateUse;
  readonly commonName: string;
  /** Whose it is: as the request had it, or the operator (ADR 0074). */
  readonly organization?: string;
  /** PEM, the station's own first; no root. */
  readonly chain: readonly string[];
}

/** No authority signs this request, now or later. Producer: stations. */
export interface CertificateNotIssued {
  readonly stationId: string;
  readonly requestId: string;
  readonly use: CertificateUse;
  readonly reason: string;
}

/** A certificate at a station runs out, or has (`isOver`: not any more: it was renewed, replaced or removed). Producer: stations. */
export interface CertificateAlarmReported {
  readonly stationId: string;
  readonly certificateId: string;
  readonly kind: 'expiring' | 'expired';
  readonly type?: string;
  readonly notAfter?: string;
  readonly isOver: boolean;
}
