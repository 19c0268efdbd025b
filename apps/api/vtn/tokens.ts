// Tokens of our OpenADR 3 server by client credentials (RFC 6749, 4.4): a keyed hash over who it is and until when, so that nobody has to keep them.
// A client that is removed is looked up with each request, and not let in any more.
import { timingSafeEqual } from 'node:crypto';
import type { VtnClientKind } from '#contracts';
import type { World } from '#ports';
import { Problem } from '../problem.js';
import { rowsOf } from '../rows.js';
import { grantedScopes, type Scope, type VtnCaller } from './access.js';

/** How long a token is good for [s]. */
const GOOD_FOR_S = 3600;
const FORM = /^vt_([A-Za-z0-9_-]+)\.([0-9a-f]{64})$/;
const CLIENT = 'select kind, secret_hash as "secretHash" from vtn_clients where tenant_id = $1 and client_id = $2 and removed_at is null';

type Place = Pick<World, 'keys' | 'clock' | 'database'>;
interface ClientRow extends Record<string, unknown> {
  readonly kind: VtnClientKind;
  readonly secretHash: string;
}
type Claims = readonly [tenantId: string, clientId: string, secretHash: string, untilMs: number, scopes: readonly Scope[]];

/** The error of RFC 6749, 5.2. */
export class TokenRefused extends Error {
  constructor(
    readonly status: 400 | 401,
    readonly error: 'invalid_request' | 'invalid_client' | 'invalid_scope' | 'unsupported_grant_type',
    description: string,
  ) {
    super(description);
  }
}

export const secretHash = ({ keys }: Pick<World, 'keys'>, tenantId: string, clientId: string, secret: string): string =>
  keys.hmac('vtn', JSON.stringify(['secret', tenantId, clientId, secret]));

const clientOf = async (world: Place, tenantId: string, clientId: string): Promise<ClientRow | undefined> =>
  (await rowsOf<ClientRow>(world, tenantId, CLIENT, clientId))[0];

/** `form`: as it was sent; `basic`: the client by the header Authorization, where it is there. Throws TokenRefused. */
export async function tokenFor(world: Place, tenantId: string, form: URLSearchParams, basic: string | undefined): Promise<object> {
  if (form.get('grant_type') !== 'client_credentials')
    throw form.has('grant_type')
      ? new TokenRefused(400, 'unsupported_grant_type', 'client_credentials was expected')
      : new TokenRefused(400, 'invalid_request', 'grant_type is missing');
  const [clientId, secret] = basic === undefined ? [form.get('client_id'), form.get('client_secret')] : credentials(basic);
  if (!clientId || !secret) throw new TokenRefused(400, 'invalid_request', 'client_id and client_secret were expected');
  const client = await clientOf(world, tenantId, clientId);
  const given = secretHash(world, tenantId, clientId, secret);
  if (client === undefined || !isSame(client.secretHash, given))
    throw new TokenRefused(401, 'invalid_client', 'no such client, or another secret');
  const scopes = grantedScopes(client.kind, form.get('scope') ?? '');
  if (scopes.length === 0) throw new TokenRefused(400, 'invalid_scope', 'a client of its kind has none of these');
  const claims: Claims = [tenantId, clientId, given.slice(0, 16), world.clock.now() + GOOD_FOR_S * 1000, scopes];
  const text = Buffer.from(JSON.stringify(claims)).toString('base64url');
  const token = `vt_${text}.${world.keys.hmac('vtn', text)}`;
  return { access_token: token, token_type: 'Bearer', expires_in: GOOD_FOR_S, scope: scopes.join(' ') };
}

/** Whose token it is; throws the 401 problem. */
export async function callerOf(world: Place, tenantId: string, authorization: string | undefined): Promise<VtnCaller> {
  const [, text = '', given = ''] = FORM.exec(/^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '') ?? [];
  const claims = text !== '' && isSame(world.keys.hmac('vtn', text), given) ? claimsIn(text) : undefined;
  if (claims === undefined) throw unknown('send `Authorization: Bearer` with a token of auth/token');
  const [ofTenant, clientId, hash, untilMs, scopes] = claims;
  if (ofTenant !== tenantId) throw unknown('the token is for somewhere else');
  if (untilMs <= world.clock.now()) throw unknown('the token is over');
  const client = await clientOf(world, tenantId, clientId);
  if (client?.secretHash.startsWith(hash) !== true) throw unknown('its client is there no more');
  return { tenantId, clientId, kind: client.kind, scopes };
}

const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
const claimsIn = (text: string): Claims => JSON.parse(Buffer.from(text, 'base64url').toString()) as Claims;
const unknown = (detail: string): Problem =>
  new Problem(401, 'unauthorized', 'A token is needed', detail, undefined, { 'www-authenticate': 'Bearer' });

/** `Basic`, both parts percent-encoded (RFC 6749, 2.3.1). */
function credentials(text: string): readonly (string | undefined)[] {
  const [id = '', ...secret] = Buffer.from(text, 'base64').toString().split(':');
  try {
    return [decodeURIComponent(id), decodeURIComponent(secret.join(':'))];
  } catch {
    return []; // not percent-encoded: nobody's
  }
}
