// A station's certificates: the key it makes and asks to be signed, the certificate it comes with, and the roots it was given.
// What is said about them is in answers-certificates.ts; the link takes them from here.
import { createHash, createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import 'reflect-metadata';
import { fromBER, type Sequence } from 'asn1js';

export interface HashData {
  readonly hashAlgorithm: 'SHA256';
  readonly issuerNameHash: string;
  readonly issuerKeyHash: string;
  readonly serialNumber: string;
}

interface Root<Type extends string> {
  readonly type: Type;
  readonly certificate: X509Certificate;
}

const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/;

const sha256 = (bytes: ArrayBuffer | Uint8Array): string =>
  createHash('sha256')
    .update(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes))
    .digest('hex');

const fields = (bytes: Uint8Array): Sequence['valueBlock']['value'] => (fromBER(bytes).result as Sequence).valueBlock.value;

/** Of a root, which is its own issuer. */
function hashData(certificate: X509Certificate): HashData {
  const [tbs] = fields(certificate.raw);
  const issuer = (tbs as Sequence).valueBlock.value[3];
  const [, bits] = fields(certificate.publicKey.export({ type: 'spki', format: 'der' }));
  return {
    hashAlgorithm: 'SHA256',
    issuerNameHash: sha256(issuer?.valueBeforeDecodeView ?? new Uint8Array()),
    issuerKeyHash: sha256((bits?.valueBeforeDecodeView ?? new Uint8Array()).subarray(-(publicKeyBytes(certificate.publicKey) ?? 0))),
    serialNumber: certificate.serialNumber.toLowerCase().replace(/^0+(?=.)/, ''),
  };
}

/** Length of the key inside its BIT STRING: a point, or PKCS #1. */
const publicKeyBytes = (key: KeyObject): number | undefined =>
  key.asymmetricKeyType === 'rsa'
    ? key.export({ type: 'pkcs1', format: 'der' }).length
    : 1 + 2 * Buffer.from(String(key.export({ format: 'jwk' }).x), 'base64url').length;

export class CertificateStore<Type extends string = string> {
  readonly #name: string;
  #roots: Root<Type>[] = [];
  #pending: KeyObject | undefined;
  /** As `tls.connect` takes it; undefined before the first certificate. */
  identity: { readonly cert: string; readonly key: string } | undefined;

  constructor(commonName: string, organization = 'Simulated') {
    this.#name = organization === '' ? `CN=${commonName}` : `CN=${commonName}, O=${organization}`;
  }

  /** A request for a new key, which waits for its certificate. */
  async request(): Promise<string> {
    const { Pkcs10CertificateRequestGenerator } = await import('@peculiar/x509');
    const keys = await crypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
    const request = await Pkcs10CertificateRequestGenerator.create({ name: this.#name, keys, signingAlgorithm: CURVE });
    this.#pending = createPrivateKey({
      key: Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)),
      format: 'der',
      type: 'pkcs8',
    });
    return request.toString('pem');
  }

  /** False for a certificate that is not for the key that waits (A02.FR.06/07). One for cars is not what the station comes with. */
  take(chain: string, isForCars = false): boolean {
    const own = PEM.exec(chain)?.[0];
    if (own === undefined || this.#pending === undefined) return false;
    const isForKey = new X509Certificate(own).publicKey.equals(createPublicKey(this.#pending));
    if (!isForKey) return false;
    if (!isForCars) this.identity = { cert: chain, key: this.#pending.export({ type: 'pkcs8', format: 'pem' }) as string };
    this.#pending = undefined;
    return true;
  }

  /** False for what is no certificate. */
  install(type: Type, pem: string): boolean {
    try {
      const certificate = new X509Certificate(pem);
      this.#roots = [
        ...this.#roots.filter((each) => each.certificate.fingerprint256 !== certificate.fingerprint256),
        { type, certificate },
      ];
      return true;
    } catch {
      return false;
    }
  }

  installed(types?: readonly Type[]): readonly { readonly type: Type; readonly hash: HashData }[] {
    return this.#roots
      .filter(({ type }) => types?.includes(type) ?? true)
      .map(({ type, certificate }) => ({ type, hash: hashData(certificate) }));
  }

  /** Whether it was there. */
  remove({ serialNumber, issuerKeyHash }: Pick<HashData, 'serialNumber' | 'issuerKeyHash'>): boolean {
    const before = this.#roots.length;
    this.#roots = this.#roots.filter(({ certificate }) => {
      const hash = hashData(certificate);
      return hash.serialNumber !== serialNumber.toLowerCase() || hash.issuerKeyHash !== issuerKeyHash;
    });
    return this.#roots.length < before;
  }
}
