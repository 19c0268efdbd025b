// An authority of the network's own, one root per use. Its keys are derived from the key store's secret, so every process of the network has the same,
// they are backed up with the other keys and are stored nowhere else.
// A root is known by its name, key and serial number; the bytes of its own signature differ between processes, which nobody checks (RFC 5280, 6.1.1).
import { createECDH, createPublicKey, randomBytes, type webcrypto, type X509Certificate } from 'node:crypto';
import type { CertificateAuthority, CertificateUse, Clock, IssuedCertificate, KeyStore, SigningOrder } from '#ports';
import { x509 } from './x509.js';

const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** Clocks of stations are behind ours now and then. */
const SKEW_MS = 3_600_000;
const ROOT_SINCE = new Date('2025-01-01T00:00:00Z');
const ROOT_UNTIL = new Date('2049-12-31T23:59:59Z');
const NAMES: Readonly<Record<CertificateUse, string>> = {
  ChargingStationCertificate: 'Charging Station Root',
  V2GCertificate: 'V2G Root',
};

export interface LocalAuthorityOptions {
  readonly keys: Pick<KeyStore, 'hmac'>;
  readonly clock: Clock;
  readonly validityDays: number;
}

interface Root {
  readonly pem: string;
  readonly name: string;
  readonly key: webcrypto.CryptoKey;
}

/** A station of another tenant may have the same id: what is written here is compared at the door. */
export const stationUri = (tenantId: string, stationId: string): string =>
  `urn:ocpp:station:${encodeURIComponent(tenantId)}:${encodeURIComponent(stationId)}`;

const STATION_URI = /(?:^|, )URI:urn:ocpp:station:([^:,]+):([^:,]+)(?:,|$)/;

/** Whose it is, as the local authority writes it; only to be asked of its own certificates. */
export function stationOf({ subjectAltName = '' }: X509Certificate): { readonly tenantId: string; readonly stationId: string } | undefined {
  const [, tenantId, stationId] = STATION_URI.exec(subjectAltName) ?? [];
  return tenantId === undefined || stationId === undefined
    ? undefined
    : { tenantId: decodeURIComponent(tenantId), stationId: decodeURIComponent(stationId) };
}

export function localAuthority({ keys, clock, validityDays }: LocalAuthorityOptions): CertificateAuthority {
  const roots = new Map<CertificateUse, Promise<Root>>();
  const rootOf = (use: CertificateUse): Promise<Root> => {
    const known = roots.get(use) ?? makeRoot(keys, use);
    roots.set(use, known);
    return known;
  };
  return {
    roots: async (use) => [(await rootOf(use)).pem],
    issue: async (order) => issue(await rootOf(order.use), order, clock.now(), validityDays),
  };
}

async function makeRoot(keys: Pick<KeyStore, 'hmac'>, use: CertificateUse): Promise<Root> {
  const { X509CertificateGenerator, BasicConstraintsExtension, KeyUsagesExtension, KeyUsageFlags, SubjectKeyIdentifierExtension } =
    await x509();
  const privateKey = await derivedKey(keys, use);
  const publicKey = await publicOf(privateKey);
  const fingerprint = keys.hmac('authority', `name/${use}`).slice(0, 8);
  const name = `CN=Joulestream ${NAMES[use]} ${fingerprint}`;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: `01${fingerprint}`,
    name,
    notBefore: ROOT_SINCE,
    notAfter: ROOT_UNTIL,
    signingAlgorithm: CURVE,
    keys: { privateKey, publicKey },
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return { pem: certificate.toString('pem'), name, key: privateKey };
}

/** P-256 takes nearly every 32 bytes as a private key; those it does not are passed over. */
async function derivedKey(keys: Pick<KeyStore, 'hmac'>, use: CertificateUse): Promise<webcrypto.CryptoKey> {
  for (let attempt = 0; ; attempt++) {
    const secret = Buffer.from(keys.hmac('authority', `key/${use}/${attempt}`), 'hex');
    const pair = createECDH('prime256v1');
    try {
      pair.setPrivateKey(secret);
    } catch {
      continue;
    }
    const point = pair.getPublicKey();
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      d: secret.toString('base64url'),
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    };
    return crypto.subtle.importKey('jwk', jwk, CURVE, true, ['sign']);
  }
}

async function publicOf(privateKey: webcrypto.CryptoKey): Promise<webcrypto.CryptoKey> {
  const { d: _, key_ops: __, ...jwk } = await crypto.subtle.exportKey('jwk', privateKey);
  return crypto.subtle.importKey('jwk', jwk, CURVE, true, ['verify']);
}

async function issue({ pem, name, key }: Root, order: SigningOrder, nowMs: number, validityDays: number): Promise<IssuedCertificate> {
  const { use, csr, tenantId, stationId, commonName, organization } = order;
  const library = await x509();
  const { X509CertificateGenerator, X509Certificate, Pkcs10CertificateRequest, Name } = library;
  const subject = new Name([
    { CN: [{ utf8String: commonName }] },
    ...(organization === undefined ? [] : [{ O: [{ utf8String: organization }] }]),
  ]);
  const serialNumber = Buffer.concat([Buffer.from([0x4a]), randomBytes(15)]).toString('hex');
  const [notBefore, notAfter] = [new Date(nowMs - SKEW_MS), new Date(Math.min(nowMs + validityDays * DAY_MS, ROOT_UNTIL.getTime()))];
  const { publicKey } = new Pkcs10CertificateRequest(csr);
  const isEc = createPublicKey({ key: Buffer.from(publicKey.rawData), format: 'der', type: 'spki' }).asymmetricKeyType === 'ec';
  const { KeyUsageFlags, ExtendedKeyUsage } = library;
  const certificate = await X509CertificateGenerator.create({
    serialNumber,
    subject: subject.toString(),
    issuer: name,
    notBefore,
    notAfter,
    signingAlgorithm: CURVE,
    publicKey,
    signingKey: key,
    extensions: [
      new library.BasicConstraintsExtension(false, undefined, true),
      new library.KeyUsagesExtension(
        KeyUsageFlags.digitalSignature | (isEc ? KeyUsageFlags.keyAgreement : KeyUsageFlags.keyEncipherment),
        true,
      ),
      new library.ExtendedKeyUsageExtension([use === 'V2GCertificate' ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth]),
      new library.SubjectAlternativeNameExtension([{ type: 'url', value: stationUri(tenantId, stationId) }]),
      await library.AuthorityKeyIdentifierExtension.create(new X509Certificate(pem)),
      await library.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return {
    chain: [certificate.toString('pem')],
    serialNumber: serialNumber.toUpperCase(),
    issuer: name,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
  };
}
