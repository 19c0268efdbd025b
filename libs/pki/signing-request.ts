// Whether a station's request for a certificate (PKCS #10) may be signed: its own signature, its key, and the names it gives (A02, A03; 1.6 whitepaper alike).
// How often one may ask, and who signs, is decided elsewhere.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { x509 } from './x509.js';

export interface RequestExpectation {
  /** The name the certificate must be made out to; absent = the request may give any, or none. */
  readonly commonName?: string;
  /** Operators that may be named, by who names one at all (ADR 0074); empty = any. */
  readonly organizations: readonly string[];
}

export type RequestVerdict =
  /** What the request names; absent = it leaves that to who signs. */
  | { readonly commonName?: string; readonly organization?: string }
  /** At most 20 characters: it fits a `reasonCode`. */
  | { readonly refused: 'InvalidCSR' | 'BadSignature' | 'WeakKey' | 'WrongCommonName' | 'WrongOrganization' };

const LONGEST_REQUEST = 10_000;
const LONGEST_NAME = 64;
const CURVES: ReadonlySet<string | undefined> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const LEAST_RSA_BITS = 2048;
const MOST_RSA_BITS = 8192;

/** A00.FR.507-510: ECDSA of at least 224 bits, RSA of at least 2048. */
function isStrong({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  if (asymmetricKeyType === 'ec') return CURVES.has(asymmetricKeyDetails?.namedCurve);
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  return asymmetricKeyType === 'rsa' && bits >= LEAST_RSA_BITS && bits <= MOST_RSA_BITS;
}

/** Never rejects: what cannot be read is refused. */
export async function checkSigningRequest(pem: string, { commonName, organizations }: RequestExpectation): Promise<RequestVerdict> {
  if (pem.length > LONGEST_REQUEST) return { refused: 'InvalidCSR' };
  const { Pkcs10CertificateRequest } = await x509();
  try {
    const request = new Pkcs10CertificateRequest(pem);
    const key = createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: 'der', type: 'spki' });
    if (!isStrong(key)) return { refused: 'WeakKey' };
    if (!(await request.verify().catch(() => false))) return { refused: 'BadSignature' };
    const [commonNames, named] = ['CN', 'O'].map((name) => request.subjectName.getField(name)) as [string[], string[]];
    const [said, second] = commonNames;
    if (second !== undefined || (said ?? '').length > LONGEST_NAME || (commonName !== undefined && said !== commonName))
      return { refused: 'WrongCommonName' };
    const [organization = '', another] = named;
    const mayBeNamed = organization === '' || organizations.length === 0 || organizations.includes(organization);
    if (another !== undefined || !mayBeNamed || organization.length > LONGEST_NAME) return { refused: 'WrongOrganization' };
    return { ...(said !== undefined && { commonName: said }), ...(organization !== '' && { organization }) };
  } catch {
    return { refused: 'InvalidCSR' };
  }
}
