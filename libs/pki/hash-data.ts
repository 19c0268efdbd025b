// How OCPP names a certificate without showing it: hashes of its issuer's name and key, and its serial number (CertificateHashDataType, RFC 6960).
// Only the parts of the DER that are hashed are read here.
import { createHash, type X509Certificate } from 'node:crypto';

export type HashAlgorithm = 'SHA256' | 'SHA384' | 'SHA512';
export interface HashData {
  readonly hashAlgorithm: HashAlgorithm;
  readonly issuerNameHash: string;
  readonly issuerKeyHash: string;
  /** Hex without leading zeros, in lower case. */
  readonly serialNumber: string;
}

interface Element {
  readonly tag: number;
  readonly whole: Buffer;
  readonly content: Buffer;
}

/** The elements of a DER sequence's content; throws for what is none. */
function elements(bytes: Buffer): readonly Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes.readUInt8(at + 1);
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes);
    const from = at + 2 + lengthBytes;
    found.push({ tag: bytes.readUInt8(at), whole: bytes.subarray(at, from + length), content: bytes.subarray(from, from + length) });
    at = from + length;
  }
  return found;
}

const inside = (element: Element | undefined): readonly Element[] => elements(element?.content ?? Buffer.alloc(0));

/** The issuer's name as it stands in the certificate (RFC 5280, 4.1). */
function issuerNameOf(certificate: X509Certificate): Buffer {
  const [tbs] = inside(elements(certificate.raw)[0]);
  const fields = inside(tbs);
  const hasVersion = fields[0]?.tag === 0xa0;
  return (fields[hasVersion ? 3 : 2] as Element).whole;
}

/** The bits of the public key, without what kind of key it is. */
function keyBitsOf(certificate: X509Certificate): Buffer {
  const [, bits] = inside(elements(certificate.publicKey.export({ type: 'spki', format: 'der' }))[0]);
  return (bits as Element).content.subarray(1);
}

/** `issuer`: absent = it signed itself. */
export function hashDataOf(certificate: X509Certificate, issuer = certificate, hashAlgorithm: HashAlgorithm = 'SHA256'): HashData {
  const hash = (bytes: Buffer): string => createHash(hashAlgorithm.toLowerCase()).update(bytes).digest('hex');
  return {
    hashAlgorithm,
    issuerNameHash: hash(issuerNameOf(certificate)),
    issuerKeyHash: hash(keyBitsOf(issuer)),
    serialNumber: certificate.serialNumber.toLowerCase().replace(/^0+(?=.)/, ''),
  };
}
