// Addresses that a message has its station load from or upload to, and the passwords they carry.
// Whether one of them is the station's own is known where its credentials are.
type Json = Readonly<Record<string, unknown>>;

export interface AddressPassword {
  /** JSON pointer into the payload. */
  readonly path: string;
  readonly password: string;
}

/** Of firmware (`location`), of a log or of diagnostics (`remoteLocation`, `location`), in whatever part of the message. */
const NAMES: ReadonlySet<string> = new Set(['location', 'remoteLocation']);

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

export const addressPasswords = (payload: Json, at = ''): readonly AddressPassword[] =>
  Object.entries(payload).flatMap(([name, value]) => {
    const path = `${at}/${name}`;
    if (isObject(value)) return addressPasswords(value, path);
    const password = NAMES.has(name) && typeof value === 'string' && URL.canParse(value) ? decoded(new URL(value).password) : '';
    return password === '' ? [] : [{ path, password }];
  });

/** A percent sign that encodes nothing is one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
