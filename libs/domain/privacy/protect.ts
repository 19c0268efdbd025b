// Seals what is personal and removes what is secret before a message enters the log, and undoes the sealing for a message on its way out.
// Which fields those are is in find-sensitive.ts.
import { findSensitive, type Sensitive } from './find-sensitive.js';

/** Stands where a secret was. */
export const REMOVED = '[removed]';
const SEALED = 'sealed:v1:';
/** Shorter texts are found in any sentence. */
const SHORTEST_CONFIDENCE = 4;

export interface Protection {
  /** Keyed hash of a token's text: the subject its personal data is sealed under. */
  readonly tokenHash: (value: string) => string;
  readonly seal: (subjectId: string, plaintext: string) => Promise<string>;
  /** Subject of personal data that comes without a token, e.g. `station:<tenant>/<station>`. */
  readonly fallbackSubject: string;
  /** `seal` keeps secrets deliverable: for a command that is read back from the log before it leaves. */
  readonly secrets?: 'remove' | 'seal';
}

/**
 * The busy messages, in which only signed readings (`SignedData`, `signedMeterData`) and extensions (`customData`) are sensitive: all have one word in common. A
 * station that adds a token (`idTag`, `idToken`) where none belongs is heard all the same.
 */
const BUSY: ReadonlySet<string> = new Set(['Heartbeat', 'MeterValues', 'StatusNotification', 'BootNotification', 'SetChargingProfile']);

/** False only where nothing sensitive can be; `text` is the payload's JSON. Cheap: most frames pass here and are logged as they came. */
export const mayBeSensitive = (action: string, text: string): boolean => !BUSY.has(action) || text.includes('Data') || text.includes('idT');

/** As written into the log when it may not be read back: an address stays readable without the password in it. */
const without = ({ kind, value }: Sensitive): string => (kind === 'url' ? value.replace(/\/\/[^/@\s]+@/, `//${REMOVED}@`) : REMOVED);
const opensDoors = ({ kind }: Sensitive): boolean => kind === 'secret' || kind === 'url';

function replaced(payload: unknown, texts: readonly { readonly path: Sensitive['path']; readonly text: unknown }[]): unknown {
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
  const found = findSensitive(action, payload);
  if (found.length === 0) return payload;
  const token = found.find(({ kind }) => kind === 'token');
  const subject = token === undefined ? fallbackSubject : tokenHash(token.value);
  const subjectOf = ({ kind, value }: Sensitive): string =>
    kind === 'token' ? tokenHash(value) : kind === 'personal' || kind === 'opaque' ? subject : fallbackSubject;
  const texts = await Promise.all(
    found.map(async (each) => {
      const { path, value } = each;
      return { path, text: opensDoors(each) && secrets === 'remove' ? without(each) : await seal(subjectOf(each), value) };
    }),
  );
  return replaced(payload, texts);
}

/**
 * The payload with its sealed fields readable again, to be sent to a station. Undefined when one of them cannot be read any more
 * (the driver was erased) or a secret was removed. Only fields that `protect` seals are opened, so nothing sealed can be smuggled out through another.
 */
export async function reveal(action: string, payload: unknown, unseal: (sealed: string) => Promise<string | undefined>): Promise<unknown> {
  const found = findSensitive(action, payload).filter(({ kind }) => kind !== 'opaque');
  if (found.some(({ value, kind }) => value === REMOVED || (kind === 'url' && value.includes(REMOVED)))) return undefined; // a station must never take the mark for its new password
  const sealed = found.filter(({ value }) => value.startsWith(SEALED));
  if (sealed.length === 0) return payload;
  const texts = await Promise.all(sealed.map(async ({ path, value }) => ({ path, text: await unseal(value) })));
  const readable = texts.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text }]));
  return readable.length < texts.length ? undefined : replaced(payload, readable);
}

/** With what a vendor says in its own words readable again, for who may ask a station for it; null where the key is gone. Text that is JSON of an object or a list is one again. */
export async function withVendorData(
  action: string,
  payload: unknown,
  unseal: (sealed: string) => Promise<string | undefined>,
): Promise<unknown> {
  const sealed = findSensitive(action, payload).filter(({ kind, value }) => kind === 'opaque' && value.startsWith(SEALED));
  if (sealed.length === 0) return payload;
  return replaced(payload, await Promise.all(sealed.map(async ({ path, value }) => ({ path, text: vendorValue(await unseal(value)) }))));
}

function vendorValue(text: string | undefined): unknown {
  if (text === undefined) return null;
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A station's words about a command, without what the command told in confidence: some repeat the password they refuse. */
export function withoutConfidences(words: string, action: string, payload: unknown): string {
  const told = findSensitive(action, payload);
  const mayRepeat = told.some(({ value }) => value.startsWith(SEALED) || (value.length >= SHORTEST_CONFIDENCE && words.includes(value)));
  return mayRepeat ? REMOVED : words;
}
