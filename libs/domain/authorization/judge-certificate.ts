// Security profile 3: whether a certificate that a known authority signed is this station's (2.0.1 A00.FR.404, A00.FR.405; 1.6 whitepaper alike),
// and whether a newer one took its place (A02). Whether it was signed by one, and has not run out, is found out where it came in.

/** What a certificate's subject names; a name may occur more than once. */
export interface CertificateSubject {
  readonly commonNames: readonly string[];
  readonly organizations: readonly string[];
  /** The network's own authority made it out to this station: it knows tenants, and asked for the operator's name when it signed. */
  readonly issuedTo?: StationName;
}

export interface StationName {
  readonly tenantId: string;
  readonly stationId: string;
}

export interface CertificateQuestion extends StationName {
  readonly subject: CertificateSubject;
  /** As configured for the station: its serial number where that is not its id, and an organisation other than ours. */
  readonly bound: { readonly commonName?: string; readonly organization?: string } | undefined;
  /** Ours, and those we trust. */
  readonly organizations: readonly string[];
}

/** Names are compared exactly: a certificate is good for one station. */
export function isOwnCertificate({ subject, tenantId, stationId, bound, organizations }: CertificateQuestion): boolean {
  const [commonName, another] = subject.commonNames;
  if (commonName !== (bound?.commonName ?? stationId) || another !== undefined) return false;
  const { issuedTo } = subject;
  if (issuedTo !== undefined) return issuedTo.tenantId === tenantId && issuedTo.stationId === stationId;
  const trusted = bound?.organization === undefined ? organizations : [bound.organization];
  return subject.organizations.some((organization) => trusted.includes(organization));
}

interface Shown {
  readonly issuer: string;
  readonly serialNumber: string;
  readonly notBefore: string;
}

/** The old certificate is good until the new one was seen, and then no more; certificates of other authorities are not compared. */
export const isSuperseded = (shown: Shown, proven: Shown | undefined): boolean =>
  proven !== undefined &&
  proven.issuer === shown.issuer &&
  proven.serialNumber !== shown.serialNumber &&
  Date.parse(shown.notBefore) < Date.parse(proven.notBefore);

/** The newest one a station was seen with. */
export const newestProven = (shown: Shown, proven: Shown | undefined): Shown =>
  proven !== undefined && (isSuperseded(shown, proven) || proven.serialNumber === shown.serialNumber)
    ? proven
    : { issuer: shown.issuer, serialNumber: shown.serialNumber, notBefore: shown.notBefore };
