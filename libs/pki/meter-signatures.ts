// Signatures of OCMF by a public key: ECDSA over the bytes of the payload.
// What a document says, and what a good signature is worth, is libs/domain/metering's.
import { createPublicKey, type KeyObject, verify } from 'node:crypto';

/** `payload` are the bytes that were signed. */
export interface SignedText {
  readonly payload: string;
  readonly signature: { readonly algorithm: string; readonly encoding: 'hex' | 'base64'; readonly data: string };
}

const HASHES: Readonly<Record<string, string>> = {
  'ECDSA-secp192k1-SHA256': 'sha256',
  'ECDSA-secp256k1-SHA256': 'sha256',
  'ECDSA-secp192r1-SHA256': 'sha256',
  'ECDSA-secp256r1-SHA256': 'sha256',
  'ECDSA-brainpool256r1-SHA256': 'sha256',
  'ECDSA-secp384r1-SHA256': 'sha256',
  'ECDSA-brainpool384r1-SHA256': 'sha256',
};

/** SubjectPublicKeyInfo as PEM, or its DER in hex or base64. Throws SyntaxError on anything else. */
export function readPublicKey(text: string): KeyObject {
  const plain = text.replace(/\s+/g, '');
  try {
    if (text.includes('-----BEGIN')) return createPublicKey(text);
    return createPublicKey({ key: Buffer.from(plain, /^[0-9a-fA-F]+$/.test(plain) ? 'hex' : 'base64'), type: 'spki', format: 'der' });
  } catch (cause) {
    throw new SyntaxError('a public key was expected, as PEM, or its SubjectPublicKeyInfo in hex or base64', { cause });
  }
}

/** Undefined where there is no key, or an algorithm nobody here knows. */
export function verifiedBy(publicKey: string | undefined): (document: SignedText) => boolean | undefined {
  const key = publicKey === undefined ? undefined : readPublicKey(publicKey);
  return ({ payload, signature: { algorithm, encoding, data } }) => {
    const hash = HASHES[algorithm];
    if (key === undefined || hash === undefined) return undefined;
    return verify(hash, Buffer.from(payload, 'utf8'), { key, dsaEncoding: 'der' }, Buffer.from(data, encoding));
  };
}
