// What a message to an edge looks like while it waits in Redis: sealed under a key that Redis does not have, for the queue it waits in (ADR 0089).
// Who listens, and where messages wait, is in redis-router.ts.
import { hkdfSync, randomUUID } from 'node:crypto';
import type { RoutedMessage } from '#ports';
import { lock, unlock } from '#system';

const FORM = 'sealed:1:';
const READS_SEALED = 'sealed-1.';

/** Of a listener that reads sealed messages; those of the version before have ids without it. */
export const listenerId = (): string => READS_SEALED + randomUUID();

export interface RoutedText {
  /** As the listener reads it: sealed, or in clear for one of the version before. */
  write(listener: string, queue: string, message: RoutedMessage): string;
  /** Throws where it was altered, sealed under another key, or for another queue. In clear it is of a sender of the version before. */
  read(queue: string, text: string): RoutedMessage;
}

/** `masterKey`: 32 bytes in base64. */
export function routedText(masterKey: string): RoutedText {
  const key = Buffer.from(hkdfSync('sha256', Buffer.from(masterKey, 'base64'), '', 'joulestream router', 32));
  return {
    write(listener, queue, message) {
      const text = JSON.stringify(message);
      return listener.startsWith(READS_SEALED) ? FORM + lock(key, queue, Buffer.from(text)).toString('base64') : text;
    },
    read(queue, text) {
      const isSealed = text.startsWith(FORM);
      return JSON.parse(isSealed ? unlock(key, queue, Buffer.from(text.slice(FORM.length), 'base64')).toString() : text) as RoutedMessage;
    },
  };
}
