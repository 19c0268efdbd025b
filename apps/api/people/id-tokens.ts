// Tokens of an OpenID provider: signed by one of its keys, which it changes when it likes, for us, and of now. What is in them is mapping.ts's.
// The provider is found by its own word (discovery), when it is needed first.
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Clock } from '#ports';
import { Problem, unavailable } from '../problem.js';

/** Keys of one kind alone sign here, so that nobody takes a public key for a shared secret; `none` is nothing. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
const CLOCK_TOLERANCE_S = 30;
const DISCOVERY_TIMEOUT_MS = 10_000;

export interface Provider {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  /** Rejects with a 401 problem, or 503 where the provider cannot be asked for its keys. */
  verify(token: string, audience: string | readonly string[]): Promise<JWTPayload>;
}
export type FindProvider = () => Promise<Provider>;

export const isJwt = (token: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token);

export const refusedToken = (detail: string): Problem =>
  new Problem(401, 'invalid-token', 'The token is not accepted', detail, undefined, { 'www-authenticate': 'Bearer error="invalid_token"' });

/** `keysAgainAfterMs`: an unknown key makes the provider's be read again, no more often than that. */
export function providerOf(issuer: string, clock: Pick<Clock, 'now'>, keysAgainAfterMs = 30_000): FindProvider {
  let known: Promise<Provider> | undefined;
  return () => {
    known ??= discovered(issuer, clock, keysAgainAfterMs).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}

async function discovered(issuer: string, clock: Pick<Clock, 'now'>, keysAgainAfterMs: number): Promise<Provider> {
  const told = await wellKnown(issuer);
  const text = (name: string): string => {
    const value = told[name];
    if (typeof value !== 'string') throw unavailable(`the OpenID provider names no ${name}`);
    if (issuer.startsWith('https:') && !value.startsWith('https:')) throw unavailable(`the OpenID provider names a ${name} without https`);
    return value;
  };
  if (told.issuer !== issuer) throw unavailable('the OpenID provider calls itself otherwise than OIDC_ISSUER');
  const keys = createRemoteJWKSet(new URL(text('jwks_uri')), { cooldownDuration: keysAgainAfterMs });
  return {
    authorizationEndpoint: text('authorization_endpoint'),
    tokenEndpoint: text('token_endpoint'),
    async verify(token, audience) {
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience: audience as string | string[],
          algorithms: ALGORITHMS,
          clockTolerance: CLOCK_TOLERANCE_S,
          currentDate: new Date(clock.now()),
          requiredClaims: ['sub', 'exp'],
        });
        return payload;
      } catch (error) {
        if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError))
          throw unavailable('the OpenID provider does not tell its keys');
        throw refusedToken(error.code === 'ERR_JWT_EXPIRED' ? 'it is over' : error.message);
      }
    },
  };
}

async function wellKnown(issuer: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS),
    });
    if (response.ok) return (await response.json()) as Readonly<Record<string, unknown>>;
  } catch {
    // told below: which of the many reasons it was is in the provider's own log
  }
  throw unavailable('the OpenID provider cannot be asked');
}
