// Security profile 3: whether a certificate that a known authority signed is this station's (2.0.1 A00.FR.404, A00.FR.405; 1.6 whitepaper alike).
// Whether it was signed by one, and has not run out, is found out where it came in.

/** What a certificate's subject names; a name may occur more than once. */
export interface CertificateSubject {
  readonly commonNames: readonly string[];
  readonly organizations: readonly string[];
}

export interface CertificateQuestion {
  readonly subject: CertificateSubject;
  readonly stationId: string;
  /** As configured for the station: its serial number where that is not its id, and an organisation other than ours. */
  readonly bound: { readonly commonName?: string; readonly organization?: string } | undefined;
  /** Ours, and those we trust. */
  readonly organizations: readonly string[];
}

/** Names are compared exactly: a certificate is good for one station. */
export function isOwnCertificate({ subject, stationId, bound, organizations }: CertificateQuestion): boolean {
  const [commonName, another] = subject.commonNames;
  if (commonName !== (bound?.commonName ?? stationId) || another !== undefined) return false;
  const trusted = bound?.organization === undefined ? organizations : [bound.organization];
  return subject.organizations.some((organization) => trusted.includes(organization));
}
