// Signing requests as stations make them, and a key store's hash.
import { createHmac } from 'node:crypto';
import { x509 } from './x509.js';

export const hmac = (purpose: string, text: string): string => createHmac('sha256', `secret ${purpose}`).update(text).digest('hex');

const KEYS = {
  ec: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  rsa: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 },
  weak: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 1024 },
};

/** PEM; `name` as in RFC 4514. */
export async function newRequest(name: string, kind: keyof typeof KEYS): Promise<string> {
  const { Pkcs10CertificateRequestGenerator } = await x509();
  const keys = await crypto.subtle.generateKey(KEYS[kind], true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: KEYS[kind] });
  return request.toString('pem');
}
