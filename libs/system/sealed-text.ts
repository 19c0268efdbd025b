// The form of sealed text: `sealed:v1:<subjectId>:<base64 of key id (8), iv (12), tag (16), ciphertext>`, AES-256-GCM bound to the subject;
// the same in both worlds, so that a log can move. And boxes under any other key, such as keys wrapped under a master key, bound to their names.
// Keys are handed in; where they live is the key store's business.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { PortError } from '#ports';

const PREFIX = 'sealed:v1:';
const KEY_ID_BYTES = 8;
const IV_BYTES = 12;
const TAG_BYTES = 16;

export interface SubjectKey {
  /** Hex. */
  readonly keyId: string;
  readonly key: Buffer;
}

export interface SealedText {
  readonly subjectId: string;
  /** Hex. */
  readonly keyId: string;
  readonly box: Buffer;
}

export const newKey = (): SubjectKey => ({ keyId: randomBytes(KEY_ID_BYTES).toString('hex'), key: randomBytes(32) });

/** iv, tag and ciphertext; `boundTo` must be given again to open it. */
export function lock(key: Buffer, boundTo: string, content: Buffer): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(boundTo));
  const body = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/** Throws when the key is another one, or the box or its binding were altered. */
export function unlock(key: Buffer, boundTo: string, box: Buffer): Buffer {
  const tagEnd = IV_BYTES + TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, IV_BYTES))
    .setAAD(Buffer.from(boundTo))
    .setAuthTag(box.subarray(IV_BYTES, tagEnd));
  return Buffer.concat([decipher.update(box.subarray(tagEnd)), decipher.final()]);
}

export const sealText = (subjectId: string, { keyId, key }: SubjectKey, plaintext: string): string =>
  `${PREFIX}${subjectId}:${Buffer.concat([Buffer.from(keyId, 'hex'), lock(key, subjectId, Buffer.from(plaintext))]).toString('base64')}`;

/** Throws PortError `NotSealed` when the text has another form. */
export function parseSealed(sealed: string): SealedText {
  const end = sealed.lastIndexOf(':');
  const bytes = Buffer.from(sealed.slice(end + 1), 'base64');
  if (!sealed.startsWith(PREFIX) || end < PREFIX.length || bytes.length < KEY_ID_BYTES + IV_BYTES + TAG_BYTES)
    throw new PortError('NotSealed', 'the text is not a sealed one', false);
  return {
    subjectId: sealed.slice(PREFIX.length, end),
    keyId: bytes.subarray(0, KEY_ID_BYTES).toString('hex'),
    box: bytes.subarray(KEY_ID_BYTES),
  };
}

/** Throws PortError `SealBroken` when the text was altered. */
export function openSealed({ subjectId, box }: SealedText, key: Buffer): string {
  try {
    return unlock(key, subjectId, box).toString('utf8');
  } catch (cause) {
    throw new PortError('SealBroken', 'the sealed text was altered', false, { cause });
  }
}
