// The form of sealed text: `sealed:v1:<subjectId>:<base64 of key id (8), iv (12), tag (16), ciphertext>`, AES-256-GCM bound to the subject.
// Keys are handed in; where they live is the key store's business.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { PortError } from '#ports';

const PREFIX = 'sealed:v1:';
const KEY_ID_BYTES = 8;
const IV_BYTES = 12;
const TAG_BYTES = 16;

export interface SealedText {
  readonly subjectId: string;
  /** Hex. */
  readonly keyId: string;
  readonly iv: Buffer;
  readonly tag: Buffer;
  readonly body: Buffer;
}

export const newKey = (): { readonly keyId: string; readonly key: Buffer } => ({
  keyId: randomBytes(KEY_ID_BYTES).toString('hex'),
  key: randomBytes(32),
});

export function sealText(subjectId: string, keyId: string, key: Buffer, plaintext: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(subjectId));
  const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return `${PREFIX}${subjectId}:${Buffer.concat([Buffer.from(keyId, 'hex'), iv, cipher.getAuthTag(), body]).toString('base64')}`;
}

/** Throws PortError `NotSealed` when the text has another form. */
export function parseSealed(sealed: string): SealedText {
  const end = sealed.lastIndexOf(':');
  const bytes = Buffer.from(sealed.slice(end + 1), 'base64');
  const [ivAt, tagAt, bodyAt] = [KEY_ID_BYTES, KEY_ID_BYTES + IV_BYTES, KEY_ID_BYTES + IV_BYTES + TAG_BYTES];
  if (!sealed.startsWith(PREFIX) || end < PREFIX.length || bytes.length < bodyAt)
    throw new PortError('NotSealed', 'the text is not a sealed one', false);
  return {
    subjectId: sealed.slice(PREFIX.length, end),
    keyId: bytes.subarray(0, ivAt).toString('hex'),
    iv: bytes.subarray(ivAt, tagAt),
    tag: bytes.subarray(tagAt, bodyAt),
    body: bytes.subarray(bodyAt),
  };
}

/** Throws PortError `SealBroken` when the text was altered. */
export function openSealed({ subjectId, iv, tag, body }: SealedText, key: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(subjectId)).setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new PortError('SealBroken', 'the sealed text was altered', false, { cause });
  }
}
