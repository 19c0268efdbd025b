// Which certificate may be deleted at a station: never the last root it trusts us by, and only under the hashes it reported itself (M04.FR.07).
// What a station holds is known from its reports.
export interface InstalledCertificate {
  /** 2.x CSMSRootCertificate, 1.6 CentralSystemRootCertificate, and others. */
  readonly type: string;
  readonly hashAlgorithm: string | null;
  readonly issuerNameHash: string | null;
  readonly serialNumber: string;
}

export interface CertificateNamed {
  readonly hashAlgorithm: string;
  readonly issuerNameHash: string;
  readonly serialNumber: string;
}

const OUR_ROOTS: ReadonlySet<string> = new Set(['CSMSRootCertificate', 'CentralSystemRootCertificate']);
const plainSerial = (serial: string): string => serial.toLowerCase().replace(/^0+(?=.)/, '');

/** `comesByTls`: a station that does needs a root it trusts us by. Why it may not be deleted, in a sentence; undefined = it may. What is not known to be installed may be named: the station says NotFound. */
export function deletionFault(installed: readonly InstalledCertificate[], named: CertificateNamed, comesByTls = true): string | undefined {
  const ofSerial = installed.filter(({ serialNumber }) => plainSerial(serialNumber) === plainSerial(named.serialNumber));
  const meant = ofSerial.find(
    ({ hashAlgorithm, issuerNameHash }) => hashAlgorithm === named.hashAlgorithm && issuerNameHash === named.issuerNameHash,
  );
  const byOthers = ofSerial.find(({ hashAlgorithm }) => hashAlgorithm !== null && hashAlgorithm !== named.hashAlgorithm);
  if (meant === undefined && byOthers !== undefined)
    return `the station reports this certificate by ${byOthers.hashAlgorithm}, and may know no other algorithm (M04.FR.07)`;
  const roots = installed.filter(({ type }) => OUR_ROOTS.has(type));
  const isLast = comesByTls && meant !== undefined && roots.includes(meant) && roots.length === 1;
  return isLast ? 'it is the last root this station trusts us by: install another one first' : undefined;
}
