// Signed messages as Standard Webhooks 1.0.0 has them: id, instant and body under HMAC-SHA256, once for each secret that holds.
import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

export const newSecret = (): string => `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;

const signature = (secret: string, text: string): string =>
  `v1,${createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64'))
    .update(text)
    .digest('base64')}`;

/** Headers of one attempt; receivers drop an id they know, and attempts that are not of now. */
export const signedHeaders = (
  messageId: string,
  atMs: number,
  body: string,
  secrets: readonly string[],
): Readonly<Record<string, string>> => {
  const timestamp = String(Math.floor(atMs / 1000));
  return {
    'webhook-id': messageId,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => signature(secret, `${messageId}.${timestamp}.${body}`)).join(' '),
  };
};
