// The certificate a station came with, checked against the authorities: by the TLS listener, or here when a trusted proxy hands it on.
// Whether it is this station's is a rule of the authorization domain.
import { X509Certificate } from 'node:crypto';
import type { ShownCertificate } from '#contracts';
import type { CertificateSubject } from '#domain/authorization';
import { isInForce, isRevoked, isSignedBy, stationOf, subjectOf } from '#pki';
import type { CertificateStatuses } from '#ports';
import { headerOf, type UpgradeRequest } from '../listener.js';
import type { Proxies } from './proxies.js';

const LONGEST_HEADER = 16 << 10;

/** RFC 9440 (`:<base64 of DER>:`), or PEM in percent-encoding as nginx writes it. Throws for neither. */
function readHeader(text: string): X509Certificate {
  const binary = /^:([A-Za-z0-9+/=]+):$/.exec(text.trim())?.[1];
  return new X509Certificate(binary === undefined ? decodeURIComponent(text) : Buffer.from(binary, 'base64'));
}

export interface ShownIdentity {
  readonly subject: CertificateSubject;
  readonly shown: ShownCertificate;
  /** Of an authority of others: whether it was taken back is theirs to say. Our own says it by what it signed since. */
  readonly foreign?: X509Certificate;
}

export interface CertificateDesk {
  /** Undefined = none, or none that an authority of ours signed. */
  identityOf(request: UpgradeRequest, nowMs: number): ShownIdentity | undefined;
  /** Asked of the authority that signed it, where its responder may be asked; false without an answer. Never rejects, and ends within seconds. */
  isRevoked(identity: ShownIdentity): Promise<boolean>;
}

export interface Authorities {
  /** All that are trusted. */
  readonly all: readonly X509Certificate[];
  /** Of these, the network's own. */
  readonly own: readonly X509Certificate[];
}

export function certificateDesk(
  proxies: Proxies,
  header: string | undefined,
  authorities: () => Authorities,
  statuses: CertificateStatuses,
): CertificateDesk {
  const read = (certificate: X509Certificate): ShownIdentity => {
    const isOurs = authorities().own.some((root) => certificate.checkIssued(root) && certificate.verify(root.publicKey));
    const issuedTo = isOurs ? stationOf(certificate) : undefined;
    return {
      subject: { ...subjectOf(certificate), ...(issuedTo !== undefined && { issuedTo }) },
      shown: {
        serialNumber: certificate.serialNumber,
        issuer: certificate.issuer.replaceAll('\n', ', '),
        notBefore: certificate.validFromDate.toISOString(),
        notAfter: certificate.validToDate.toISOString(),
      },
      ...(!isOurs && { foreign: certificate }),
    };
  };
  return {
    identityOf(request, nowMs) {
      const { socket } = request;
      // A resumed session counts as authorized even when no certificate was ever shown: the certificate itself has to be there.
      const shown = socket.getPeerX509Certificate?.();
      if (shown !== undefined) return socket.authorized === true && isInForce(shown, nowMs) ? read(shown) : undefined;
      const text = header === undefined || !proxies.isTrusted(socket.remoteAddress) ? undefined : headerOf(request, header);
      if (text === undefined || text.length > LONGEST_HEADER) return undefined;
      try {
        const certificate = readHeader(text);
        return isSignedBy(authorities().all, certificate, nowMs) ? read(certificate) : undefined;
      } catch {
        return undefined; // not a certificate: nobody came with one
      }
    },
    isRevoked: async ({ foreign }) => foreign !== undefined && (await isRevoked(foreign, authorities().all, statuses)),
  };
}
