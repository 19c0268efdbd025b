// OCSP on the wire (RFC 6960): a question about one certificate as DER, and what a responder's answer says of it.
// Asking, keeping and patience are in statuses.ts.
import type { StatusQuestion } from '#ports';

const OIDS = { SHA256: '2.16.840.1.101.3.4.2.1', SHA384: '2.16.840.1.101.3.4.2.2', SHA512: '2.16.840.1.101.3.4.2.3' } as const;
const SUCCESSFUL = 0;
/** Of an answer that names no time of the next one. */
const DEFAULT_LIFE_MS = 3_600_000;
const SKEW_MS = 300_000;
/** Tags of CertStatus: good [0], revoked [1], unknown [2]. */
const STATUSES = ['good', 'revoked', 'unknown'] as const;

type Asked = Omit<StatusQuestion, 'responderURL'>;

export interface OcspVerdict {
  readonly status: (typeof STATUSES)[number];
  readonly nextUpdateMs: number;
}

const evenHex = (text: string): string => (text.length % 2 === 0 ? text : `0${text}`);
/** A positive INTEGER has its highest bit clear. */
const serialBytes = (serialNumber: string): Buffer => {
  const bytes = Buffer.from(evenHex(serialNumber), 'hex');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
};
const arrayBuffer = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;

async function certIdOf({ hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber }: Asked) {
  const [pkijs, asn1] = await Promise.all([import('pkijs'), import('asn1js')]);
  const octets = (hex: string) => new asn1.OctetString({ valueHex: arrayBuffer(Buffer.from(hex, 'hex')) });
  return new pkijs.CertID({
    hashAlgorithm: new pkijs.AlgorithmIdentifier({ algorithmId: OIDS[hashAlgorithm], algorithmParams: new asn1.Null() }),
    issuerNameHash: octets(issuerNameHash),
    issuerKeyHash: octets(issuerKeyHash),
    serialNumber: new asn1.Integer({ valueHex: arrayBuffer(serialBytes(serialNumber)) }),
  });
}

/** Without a nonce: answers may be kept. */
export async function ocspRequest(asked: Asked): Promise<Buffer> {
  const pkijs = await import('pkijs');
  const request = new pkijs.OCSPRequest();
  request.tbsRequest.requestList = [new pkijs.Request({ reqCert: await certIdOf(asked) })];
  return Buffer.from(request.toSchema(true).toBER(false));
}

const hexOf = (bytes: ArrayBuffer | ArrayBufferView): string =>
  Buffer.from(
    bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  ).toString('hex');
const plainSerial = (hex: string): string => hex.toLowerCase().replace(/^0+(?=.)/, '');

/** What the answer says of this certificate; undefined when it is no successful answer, is about another one, or is not in force. Throws for what is no DER. */
export async function readOcspAnswer(
  answer: Buffer,
  asked: Asked,
  nowMs: number,
  issuers?: readonly string[],
): Promise<OcspVerdict | undefined> {
  const pkijs = await import('pkijs');
  const response = pkijs.OCSPResponse.fromBER(arrayBuffer(answer));
  if (response.responseStatus.valueBlock.valueDec !== SUCCESSFUL || response.responseBytes === undefined) return undefined;
  const basic = pkijs.BasicOCSPResponse.fromBER(response.responseBytes.response.valueBlock.valueHexView);
  if (issuers !== undefined && !(await isVouchedFor(basic, issuers))) return undefined;
  const single = basic.tbsResponseData.responses.find(
    ({ certID }) =>
      certID.hashAlgorithm.algorithmId === OIDS[asked.hashAlgorithm] &&
      hexOf(certID.issuerNameHash.valueBlock.valueHexView) === asked.issuerNameHash.toLowerCase() &&
      hexOf(certID.issuerKeyHash.valueBlock.valueHexView) === asked.issuerKeyHash.toLowerCase() &&
      plainSerial(hexOf(certID.serialNumber.valueBlock.valueHexView)) === plainSerial(asked.serialNumber),
  );
  if (single === undefined) return undefined;
  const nextUpdateMs = single.nextUpdate?.getTime() ?? nowMs + DEFAULT_LIFE_MS;
  if (single.thisUpdate.getTime() > nowMs + SKEW_MS || nextUpdateMs + SKEW_MS < nowMs) return undefined;
  const { tagNumber } = (single.certStatus as { readonly idBlock: { readonly tagNumber: number } }).idBlock;
  return { status: STATUSES[tagNumber] ?? 'unknown', nextUpdateMs };
}

/** Signed by the issuer of the certificates it is about, or by somebody that issuer lets sign. */
async function isVouchedFor(basic: import('pkijs').BasicOCSPResponse, issuers: readonly string[]): Promise<boolean> {
  const pkijs = await import('pkijs');
  const certificates = issuers.map((pem) => {
    const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
    return pkijs.Certificate.fromBER(arrayBuffer(der));
  });
  basic.certs = [...(basic.certs ?? []), ...certificates]; // an issuer that answers itself need not send its certificate along
  const roots = certificates.filter(({ subject, issuer }) => subject.isEqual(issuer));
  return basic.verify({ trustedCerts: roots, issuerCerts: certificates }).catch(() => false);
}
