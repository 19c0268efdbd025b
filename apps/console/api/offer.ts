// What the server offers whoever opens the page, before anything can be asked of the api: a key, a session, where to sign in, its ports.
import { numberOf, objectOf } from './strict-json.js';

/** What the server has for whoever opens the page: the key of this very machine, the session of who signed in, or where to sign in. */
export type Offer =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'session'; readonly csrfToken: string }
  | { readonly kind: 'signIn'; readonly address: string };

/** Null where there is nothing to hand out (then the page asks for a key). */
export async function readOffer(fetch: typeof globalThis.fetch = globalThis.fetch.bind(globalThis)): Promise<Offer | null> {
  const response = await fetch('/console/session', { headers: { accept: 'application/json' }, cache: 'no-store' });
  if (!response.ok || !response.headers.get('content-type')?.includes('json')) return null;
  const { token, csrfToken, signIn } = objectOf(await response.json());
  if (typeof csrfToken === 'string' && csrfToken !== '') return { kind: 'session', csrfToken };
  if (typeof token === 'string' && token !== '') return { kind: 'key', key: token };
  return typeof signIn === 'string' && signIn.startsWith('/') ? { kind: 'signIn', address: signIn } : null;
}

/** The ports chargers connect to; what the server does not say is the usual one. */
export interface ChargerPorts {
  readonly plain: number;
  readonly tls: number;
}

export const USUAL_PORTS: ChargerPorts = { plain: 9220, tls: 9221 };

export async function readChargerPorts(fetch: typeof globalThis.fetch = globalThis.fetch.bind(globalThis)): Promise<ChargerPorts> {
  const response = await fetch('/console/session', { headers: { accept: 'application/json' }, cache: 'no-store' });
  const { ocppPort, ocppTlsPort } = response.ok ? objectOf(await response.json()) : {};
  return { plain: numberOf(ocppPort) ?? USUAL_PORTS.plain, tls: numberOf(ocppTlsPort) ?? USUAL_PORTS.tls };
}

/** Ends the session; whether the server heard it or not, the page forgets it. */
export async function signOut(csrfToken: string, fetch: typeof globalThis.fetch = globalThis.fetch.bind(globalThis)): Promise<void> {
  await fetch('/console/logout', { method: 'POST', headers: { 'x-csrf-token': csrfToken } });
}
