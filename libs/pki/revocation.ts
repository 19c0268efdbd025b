// Whether the authority that signed a certificate has taken it back, asked of the responder the certificate names (A00.FR.702, A00.FR.705).
// Only responders an operator named are asked (statuses.ts); what nobody answers in time is not taken back.
import type { X509Certificate } from 'node:crypto';
import type { CertificateStatuses } from '#ports';
import { hashDataOf } from './hash-data.js';

/** Where a certificate says its status can be asked. */
export const responderOf = (certificate: X509Certificate): string | undefined => /OCSP - URI:(\S+)/.exec(certificate.infoAccess ?? '')?.[1];

/** Never rejects. `authorities`: those that are trusted, its issuer among them. */
export async function isRevoked(
  certificate: X509Certificate,
  authorities: readonly X509Certificate[],
  statuses: CertificateStatuses,
): Promise<boolean> {
  const responderURL = responderOf(certificate);
  const issuer = authorities.find((authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey));
  if (responderURL === undefined || issuer === undefined) return false;
  const pems = [...new Set([issuer, ...authorities].map((each) => each.toString()))];
  return (await statuses.ask({ ...hashDataOf(certificate, issuer), responderURL }, pems))?.status === 'revoked';
}
