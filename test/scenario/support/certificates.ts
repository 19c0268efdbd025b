// X.509 certificates made in the test: an authority, and what it signs, with ECDSA or RSA keys. DER by hand, signatures by node:crypto.
// Only what the suites need is in them: names, validity, basic constraints, a name or address of a server.
import 'reflect-metadata';
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export type KeyKind = 'ec' | 'rsa';

export interface Identity {
  /** PEM of the certificate. */
  readonly cert: string;
  /** PEM of its private key. */
  readonly key: string;
}

export interface Subject {
  readonly CN: string;
  readonly O?: string;
}

export interface Issue {
  readonly subject: Subject;
  readonly kind?: KeyKind;
  readonly isAuthority?: boolean;
  /** Days from now. */
  readonly fromDays?: number;
  readonly toDays?: number;
  /** Address of the responder of its authority. */
  readonly responder?: string;
}

const DAY_MS = 86_400_000;

function tlv(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const digits = body.length.toString(16);
  const length = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
}
const sequence = (...content: readonly Buffer[]): Buffer => tlv(0x30, ...content);
const integer = (bytes: Buffer): Buffer => tlv(0x02, bytes);
const text = (value: string): Buffer => tlv(0x0c, Buffer.from(value, 'utf8'));
const bits = (bytes: Buffer): Buffer => tlv(0x03, Buffer.from([0]), bytes);
const octets = (bytes: Buffer): Buffer => tlv(0x04, bytes);
const yes = tlv(0x01, Buffer.from([0xff]));
const time = (ms: number): Buffer => tlv(0x18, Buffer.from(new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, ''), 'ascii')); // GeneralizedTime

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const septets = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) septets.unshift((left & 0x7f) | 0x80);
    bytes.push(...septets);
  }
  return tlv(0x06, Buffer.from(bytes));
}

const nameOf = ({ CN, O }: Subject): Buffer =>
  sequence(...(O === undefined ? [] : [tlv(0x31, sequence(oid('2.5.4.10'), text(O)))]), tlv(0x31, sequence(oid('2.5.4.3'), text(CN))));

const extension = (id: string, value: Buffer, isCritical = false): Buffer => sequence(oid(id), ...(isCritical ? [yes] : []), octets(value));

function extensions(isAuthority: boolean, responder: string | undefined): Buffer {
  const constraints = extension('2.5.29.19', isAuthority ? sequence(yes) : sequence(), true);
  const loopback = extension('2.5.29.17', sequence(tlv(0x82, Buffer.from('localhost')), tlv(0x87, Buffer.from([127, 0, 0, 1]))));
  const access = (address: string): Buffer =>
    extension('1.3.6.1.5.5.7.1.1', sequence(sequence(oid('1.3.6.1.5.5.7.48.1'), tlv(0x86, Buffer.from(address)))));
  return tlv(0xa3, sequence(constraints, ...(isAuthority ? [] : [loopback]), ...(responder === undefined ? [] : [access(responder)])));
}

const SIGNATURE: Readonly<Record<KeyKind, Buffer>> = {
  ec: sequence(oid('1.2.840.10045.4.3.2')),
  rsa: sequence(oid('1.2.840.113549.1.1.11'), tlv(0x05)),
};

const kindOf = (key: KeyObject): KeyKind => (key.asymmetricKeyType === 'rsa' ? 'rsa' : 'ec');

const newKeys = (kind: KeyKind) =>
  kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

/** A request for a certificate with a new key; `name` as in RFC 4514. */
export async function newRequest(name: string): Promise<{ readonly csr: string; readonly key: string }> {
  const { Pkcs10CertificateRequestGenerator } = await import('@peculiar/x509');
  const curve = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(curve, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: curve });
  const key = createPrivateKey({ key: Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)), format: 'der', type: 'pkcs8' });
  return { csr: request.toString('pem'), key: key.export({ type: 'pkcs8', format: 'pem' }) as string };
}

/** Signed by `issuer`, or by itself. */
export function issue(
  { subject, kind = 'ec', isAuthority = false, fromDays = -1, toDays = 1, responder }: Issue,
  issuer?: Identity & { readonly subject: Subject },
): Identity & { readonly subject: Subject } {
  const { publicKey, privateKey } = newKeys(kind);
  const signer = issuer === undefined ? privateKey : createPrivateKey(issuer.key);
  const algorithm = SIGNATURE[kindOf(signer)];
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(15)]);
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    nameOf(issuer?.subject ?? subject),
    sequence(time(Date.now() + fromDays * DAY_MS), time(Date.now() + toDays * DAY_MS)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions(isAuthority, responder),
  );
  const der = sequence(body, algorithm, bits(sign('sha256', body, signer)));
  const lines = der.toString('base64').replaceAll(/(.{64})/g, '$1\n');
  return {
    subject,
    cert: `-----BEGIN CERTIFICATE-----\n${lines.trimEnd()}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}
