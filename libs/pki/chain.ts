// Certificates as they come: chains of PEM, whether an authority signed them, and whose they say they are.
// Revocation is asked in statuses.ts.
import { X509Certificate } from 'node:crypto';

/** A station's, one that intermediates signed, up to a root: more is no chain of ours. */
const LONGEST_CHAIN = 5;
const MOST_CERTIFICATES = 8;
const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** All certificates of a text, in their order. Throws for one that cannot be read, and for more than a chain has. */
export function chainOf(text: string): readonly X509Certificate[] {
  const found = text.match(PEM) ?? [];
  if (found.length > MOST_CERTIFICATES) throw new Error('too many certificates');
  return found.map((pem) => new X509Certificate(pem));
}

export const isInForce = ({ validFromDate, validToDate }: X509Certificate, nowMs: number): boolean =>
  validFromDate.getTime() <= nowMs && nowMs <= validToDate.getTime();

/**
 * Whether a chain of authorities in force leads from the certificate to one of `roots` that signed itself, every signature checked (RFC 5280, 6).
 * `between`: certificates that came with it, believed only as links.
 */
export function isSignedBy(
  roots: readonly X509Certificate[],
  certificate: X509Certificate,
  nowMs: number,
  between: readonly X509Certificate[] = [],
  depth = 0,
): boolean {
  if (!isInForce(certificate, nowMs) || depth > LONGEST_CHAIN) return false;
  const isFrom = (authority: X509Certificate): boolean =>
    authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  return (
    roots.some(
      (authority) =>
        isFrom(authority) &&
        (authority.checkIssued(authority) ? isInForce(authority, nowMs) : isSignedBy(roots, authority, nowMs, between, depth + 1)),
    ) ||
    between.some(
      (authority) => !authority.checkIssued(authority) && isFrom(authority) && isSignedBy(roots, authority, nowMs, between, depth + 1),
    )
  );
}

const textsOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** Names of the subject; each may occur more than once. */
export function subjectOf(certificate: X509Certificate): {
  readonly commonNames: readonly string[];
  readonly organizations: readonly string[];
} {
  const { CN, O } = certificate.toLegacyObject().subject as { CN?: string | readonly string[]; O?: string | readonly string[] };
  return { commonNames: textsOf(CN), organizations: textsOf(O) };
}
