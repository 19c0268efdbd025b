// Signing in to the console at an OpenID provider: authorization code with PKCE, then a session in a cookie that scripts cannot read.
// States of a browser: Stranger → SigningIn (a seed in a cookie; state, nonce and verifier follow from it) → SignedIn (a row, by the hash of its cookie) → Stranger.
// A change over a session needs the token that only our own page is told (CSRF); who somebody is, is mapping.ts's.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { OidcConfig } from '#config';
import { sha256 } from '#kernel';
import type { World } from '#ports';
import type { Caller } from '../auth.js';
import { badRequest, Problem, unavailable } from '../problem.js';
import type { FindProvider } from './id-tokens.js';
import { callerOf, type Mapping } from './mapping.js';

/** A working day; the provider decides who comes back. */
const SESSION_HOURS = 8;
const SIGN_IN_MINUTES = 10;
const TOKEN_TIMEOUT_MS = 10_000;

/** What the HTTP server does next. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: unknown;
}
export interface SignedIn {
  readonly caller: Caller;
  /** Goes with every change, in `x-csrf-token`. */
  readonly csrfToken: string;
}

export interface People {
  /** Where a browser goes to sign in. */
  login(): Promise<Reply>;
  callback(url: URL, request: Pick<IncomingMessage, 'headers'>): Promise<Reply>;
  logout(request: Pick<IncomingMessage, 'headers'>): Promise<Reply>;
  /** undefined without a session, or with one that is over. */
  session(request: Pick<IncomingMessage, 'headers'>): Promise<SignedIn | undefined>;
}

type Keys = Pick<World['keys'], 'hmac'>;

export function signingIn(
  { database, clock, keys }: Pick<World, 'database' | 'clock'> & { readonly keys: Keys },
  config: OidcConfig & { readonly client: NonNullable<OidcConfig['client']> },
  mapping: Mapping,
  find: FindProvider,
): People {
  const { client } = config;
  const redirectUri = `${client.publicUrl}/console/callback`;
  const isSecure = client.publicUrl.startsWith('https:');
  /** `__Host-`: browsers keep it to this very host, and to TLS. */
  const named = (name: string): string => `${isSecure ? '__Host-' : ''}joulestream-${name}`;
  const cookie = (name: string, value: string, maxAgeS: number, sameSite: 'Lax' | 'Strict'): string =>
    `${named(name)}=${value}; Path=/; HttpOnly; SameSite=${sameSite}; Max-Age=${maxAgeS}${isSecure ? '; Secure' : ''}`;
  const cookieOf = ({ headers }: Pick<IncomingMessage, 'headers'>, name: string): string | undefined =>
    new RegExp(`(?:^|; )${named(name)}=([\\w-]{20,100})(?:;|$)`).exec(headers.cookie ?? '')?.[1];
  const derived = (part: string, seed: string): string => keys.hmac('session', `${part}:${seed}`);

  async function redeemed(code: string, seed: string): Promise<Caller> {
    const provider = await find();
    const form = new URLSearchParams({
      ...{
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        client_id: client.id,
        code_verifier: derived('verifier', seed),
      },
      ...(client.secret !== undefined && { client_secret: client.secret }),
    });
    const response = await fetch(provider.tokenEndpoint, {
      method: 'POST',
      body: form,
      redirect: 'error',
      signal: AbortSignal.timeout(TOKEN_TIMEOUT_MS),
    }).catch(() => undefined);
    if (response === undefined || response.status >= 500) throw unavailable('the OpenID provider does not answer');
    const told = (await response.json().catch(() => ({}))) as { readonly id_token?: unknown };
    if (!response.ok || typeof told.id_token !== 'string') throw badRequest('the OpenID provider does not take its code back');
    const claims = await provider.verify(told.id_token, client.id);
    if (claims.nonce !== derived('nonce', seed)) throw badRequest('the answer is not of this sign-in');
    return callerOf(claims, mapping);
  }

  async function begin({ tenantId, id, name, role, sites }: Caller): Promise<string> {
    const sessionId = randomBytes(32).toString('base64url');
    const expiresAt = new Date(clock.now() + SESSION_HOURS * 3_600_000);
    await database.query('delete from console_sessions where expires_at < $1', [new Date(clock.now())]);
    await database.query(
      'insert into console_sessions (session_hash, tenant_id, user_id, name, role, sites, expires_at) values ($1, $2, $3, $4, $5, $6::jsonb, $7)',
      [sha256(sessionId), tenantId, id, name, role, sites === undefined ? null : JSON.stringify(sites), expiresAt],
    );
    return sessionId;
  }

  return {
    async login() {
      const { authorizationEndpoint } = await find();
      const seed = randomBytes(32).toString('base64url');
      const target = new URL(authorizationEndpoint);
      const challenge = createHash('sha256').update(derived('verifier', seed)).digest('base64url');
      const asked = { response_type: 'code', client_id: client.id, redirect_uri: redirectUri, scope: client.scopes };
      const bound = {
        state: derived('state', seed),
        nonce: derived('nonce', seed),
        code_challenge: challenge,
        code_challenge_method: 'S256',
      };
      for (const [name, value] of Object.entries({ ...asked, ...bound })) target.searchParams.set(name, value);
      // Lax: the way back is from another site.
      return { status: 302, headers: { location: target.toString(), 'set-cookie': cookie('sign-in', seed, SIGN_IN_MINUTES * 60, 'Lax') } };
    },
    async callback(url, request) {
      const seed = cookieOf(request, 'sign-in');
      const [code, state] = [url.searchParams.get('code'), url.searchParams.get('state')];
      if (seed === undefined || state === null || !same(state, derived('state', seed)))
        throw badRequest('this sign-in was not begun here, or took too long');
      if (code === null) throw new Problem(403, 'forbidden', 'Not signed in', 'the OpenID provider let nobody in');
      const sessionId = await begin(await redeemed(code, seed));
      const cookies = [cookie('session', sessionId, SESSION_HOURS * 3600, 'Strict'), cookie('sign-in', '', 0, 'Lax')];
      return { status: 302, headers: { location: '/', 'set-cookie': cookies } };
    },
    async logout(request) {
      const sessionId = cookieOf(request, 'session');
      if (sessionId !== undefined) await database.query('delete from console_sessions where session_hash = $1', [sha256(sessionId)]);
      return { status: 204, headers: { 'set-cookie': cookie('session', '', 0, 'Strict') } };
    },
    async session(request) {
      const sessionId = cookieOf(request, 'session');
      if (sessionId === undefined) return undefined;
      const { rows } = await database.query<{
        tenant_id: string;
        user_id: string;
        name: string;
        role: Caller['role'];
        sites: readonly string[] | null;
      }>('select tenant_id, user_id, name, role, sites from console_sessions where session_hash = $1 and expires_at > $2', [
        sha256(sessionId),
        new Date(clock.now()),
      ]);
      const [row] = rows;
      if (row === undefined) return undefined;
      const caller = { kind: 'user' as const, tenantId: row.tenant_id, id: row.user_id, name: row.name, role: row.role };
      return { caller: { ...caller, ...(row.sites !== null && { sites: row.sites }) }, csrfToken: derived('csrf', sessionId) };
    },
  };
}

export function same(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
