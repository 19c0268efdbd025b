// Seals what is personal and removes what is secret before a message enters the log, and undoes the sealing for a message on its way out.
// Which fields those are is in find-sensitive.ts.
import { findSensitive, type Sensitive } from './find-sensitive.js';

/** Stands where a secret was. */
export const REMOVED = '[removed]';
const SEALED = 'sealed:v1:';

export interface Protection {
  /** Keyed hash of a token's text: the subject its personal data is sealed under. */
  readonly tokenHash: (value: string) => string;
  readonly seal: (subjectId: string, plaintext: string) => Promise<string>;
  /** Subject of personal data that comes without a token, e.g. `station:<tenant>/<station>`. */
  readonly fallbackSubject: string;
  /** `seal` keeps secrets deliverable: for a command that is read back from the log before it leaves. */
  readonly secrets?: 'remove' | 'seal';
}

/** The busy messages without any sensitive field; everything else is searched, unknown actions included. */
const PLAIN: ReadonlySet<string> = new Set(['Heartbeat', 'MeterValues', 'StatusNotification', 'BootNotification', 'SetChargingProfile']);
export const mayBeSensitive = (action: string): boolean => !PLAIN.has(action);

function replaced(payload: unknown, texts: readonly { readonly path: Sensitive['path']; readonly text: string }[]): unknown {
  const copy = structuredClone(payload);
  for (const { path, text } of texts) {
    let holder = copy as Record<string | number, unknown>;
    for (const step of path.slice(0, -1)) holder = holder[step] as Record<string | number, unknown>;
    holder[path.at(-1) ?? ''] = text;
  }
  return copy;
}

/** The payload as it may be logged; the very same object when nothing in it is sensitive. Rejects when the key store does. */
export async function protect(
  action: string,
  payload: unknown,
  { tokenHash, seal, fallbackSubject, secrets = 'remove' }: Protection,
): Promise<unknown> {
  if (!mayBeSensitive(action)) return payload;
  const found = findSensitive(action, payload);
  if (found.length === 0) return payload;
  const token = found.find(({ kind }) => kind === 'token');
  const subject = token === undefined ? fallbackSubject : tokenHash(token.value);
  const texts = await Promise.all(
    found.map(async ({ path, value, kind }) => {
      if (kind === 'secret' && secrets === 'remove') return { path, text: REMOVED };
      return { path, text: await seal(kind === 'token' ? tokenHash(value) : kind === 'secret' ? fallbackSubject : subject, value) };
    }),
  );
  return replaced(payload, texts);
}

/**
 * The payload with its sealed fields readable again, to be sent to a station. Undefined when one of them cannot be read any more
 * (the driver was erased) or a secret was removed. Only fields that `protect` seals are opened, so nothing sealed can be smuggled out through another.
 */
export async function reveal(action: string, payload: unknown, unseal: (sealed: string) => Promise<string | undefined>): Promise<unknown> {
  const found = mayBeSensitive(action) ? findSensitive(action, payload) : [];
  if (found.some(({ value }) => value === REMOVED)) return undefined; // a station must never take the mark for its new password
  const sealed = found.filter(({ value }) => value.startsWith(SEALED));
  if (sealed.length === 0) return payload;
  const texts = await Promise.all(sealed.map(async ({ path, value }) => ({ path, text: await unseal(value) })));
  const readable = texts.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text }]));
  return readable.length < texts.length ? undefined : replaced(payload, readable);
}
