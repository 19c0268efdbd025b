// The certificate a station came with, checked against the authorities: by the TLS listener, or here when a trusted proxy hands it on.
// Whether it is this station's is a rule of the authorization domain.
import { X509Certificate } from 'node:crypto';
import type { CertificateSubject } from '#domain/authorization';
import { headerOf, type UpgradeRequest } from '../listener.js';
import type { Proxies } from './proxies.js';

/** A station's, one that intermediates signed, up to a root: more is no chain of ours. */
const LONGEST_CHAIN = 5;
const LONGEST_HEADER = 16 << 10;

const textsOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

function subjectOf(certificate: X509Certificate): CertificateSubject {
  const { CN, O } = certificate.toLegacyObject().subject as { CN?: string | readonly string[]; O?: string | readonly string[] };
  return { commonNames: textsOf(CN), organizations: textsOf(O) };
}

/** RFC 9440 (`:<base64 of DER>:`), or PEM in percent-encoding as nginx writes it. Throws for neither. */
function readHeader(text: string): X509Certificate {
  const binary = /^:([A-Za-z0-9+/=]+):$/.exec(text.trim())?.[1];
  return new X509Certificate(binary === undefined ? decodeURIComponent(text) : Buffer.from(binary, 'base64'));
}

const isInForce = ({ validFromDate, validToDate }: X509Certificate, nowMs: number): boolean =>
  validFromDate.getTime() <= nowMs && nowMs <= validToDate.getTime();

/** Whether a chain of authorities in force leads from the certificate to one that signed itself, every signature checked (RFC 5280, 6). */
export function isSignedBy(authorities: readonly X509Certificate[], certificate: X509Certificate, nowMs: number, depth = 0): boolean {
  if (!isInForce(certificate, nowMs) || depth > LONGEST_CHAIN) return false;
  return authorities.some(
    (authority) =>
      authority.ca &&
      certificate.checkIssued(authority) &&
      certificate.verify(authority.publicKey) &&
      (authority.checkIssued(authority) ? isInForce(authority, nowMs) : isSignedBy(authorities, authority, nowMs, depth + 1)),
  );
}

export interface CertificateDesk {
  /** Undefined = none, or none that an authority of ours signed. */
  subjectOf(request: UpgradeRequest, nowMs: number): CertificateSubject | undefined;
}

export function certificateDesk(
  proxies: Proxies,
  header: string | undefined,
  authorities: () => readonly X509Certificate[],
): CertificateDesk {
  return {
    subjectOf(request, nowMs) {
      const { socket } = request;
      // A resumed session counts as authorized even when no certificate was ever shown: the certificate itself has to be there.
      const shown = socket.getPeerX509Certificate?.();
      if (shown !== undefined) return socket.authorized === true && isInForce(shown, nowMs) ? subjectOf(shown) : undefined;
      const text = header === undefined || !proxies.isTrusted(socket.remoteAddress) ? undefined : headerOf(request, header);
      if (text === undefined || text.length > LONGEST_HEADER) return undefined;
      try {
        const certificate = readHeader(text);
        return isSignedBy(authorities(), certificate, nowMs) ? subjectOf(certificate) : undefined;
      } catch {
        return undefined; // not a certificate: nobody came with one
      }
    },
  };
}
