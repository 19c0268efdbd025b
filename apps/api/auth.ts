// Who is calling: API keys as bearer tokens, compared as keyed hashes. Deny by default.
// What the caller may do is in roles.ts and scope.ts; people of an OpenID provider are people/.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Config } from '#config';
import { callbackPlace } from '#domain/grid-signals';
import type { Clock, Database, KeyStore } from '#ports';
import { StrangeKeys } from './limits.js';
import { Problem } from './problem.js';
import { ROLES, type Role } from './roles.js';

export interface Caller {
  readonly tenantId: string;
  /** Which key or person, as records name it. */
  readonly name: string;
  /** For the audit: a key unless said otherwise, and its id. */
  readonly kind?: 'key' | 'user';
  readonly id?: string;
  /** Absent = all sites of the tenant. */
  readonly sites?: readonly string[];
  readonly role: Role;
}

/** Rejects with a 401 problem; with 429 where too many wrong keys came from there. */
export type Authenticate = (request: IncomingMessage) => Promise<Caller>;

/** The first API key: ADMIN_API_KEY, else made once and kept in the data directory. `created` tells the caller to print it. */
export function adminApiKey(config: Config): { readonly key: string; readonly created: boolean } {
  if (config.adminApiKey !== undefined) return { key: config.adminApiKey, created: false };
  const file = join(config.dataDir, 'admin-api-key');
  if (existsSync(file)) return { key: readFileSync(file, 'utf8').trim(), created: false };
  mkdirSync(config.dataDir, { recursive: true });
  const key = `js_${randomBytes(24).toString('base64url')}`;
  try {
    writeFileSync(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return { key: readFileSync(file, 'utf8').trim(), created: false };
  }
  return { key, created: true };
}

export type FindKey = (keyHash: string) => Promise<Caller | undefined>;

/** Keys made by an admin, from the rows. */
export const keysInRows =
  (database: Database): FindKey =>
  async (keyHash) => {
    const { rows } = await database.query<{
      tenant_id: string;
      key_id: string;
      name: string;
      role: string;
      sites: readonly string[] | null;
    }>('select tenant_id, key_id, name, role, sites from api_keys where key_hash = $1 and revoked_at is null', [keyHash]);
    const role = ROLES.find((each) => each === rows[0]?.role);
    const [row] = rows;
    if (row === undefined || role === undefined) return undefined;
    const { tenant_id: tenantId, key_id: id, name, sites } = row;
    return { tenantId, id, name, role, ...(sites !== null && { sites }) };
  };

export function bearerAuth(keys: KeyStore, adminKey: string, find: FindKey, clock: Pick<Clock, 'now'>): Authenticate {
  const expected = Buffer.from(keys.hmac('apiKey', adminKey));
  const strange = new StrangeKeys(clock);
  return async ({ headers, socket }) => {
    const address = socket?.remoteAddress ?? '';
    const token = /^(?:Bearer|Token) (.+)$/i.exec(headers.authorization ?? '')?.[1];
    const place = token === undefined ? undefined : callbackPlace((purpose, text) => keys.hmac(purpose, text), token);
    if (place !== undefined) return { tenantId: place.tenantId, name: `grid:${place.programId}`, role: 'notifier' };
    const hash = token === undefined ? undefined : keys.hmac('apiKey', token);
    if (hash !== undefined && timingSafeEqual(Buffer.from(hash), expected)) return { tenantId: 'default', name: 'admin', role: 'admin' };
    if (hash !== undefined) {
      strange.mayAsk(address, hash);
      const caller = await find(hash);
      if (caller !== undefined) {
        strange.wasGood(hash);
        return caller;
      }
      strange.wasStrange(address);
    }
    const [title, detail] =
      token === undefined
        ? ['An API key is needed', 'send `Authorization: Bearer <API key>`']
        : ['This API key is not known', 'the first one is ADMIN_API_KEY, or in DATA_DIR/admin-api-key; others are made at /v1/api-keys'];
    throw new Problem(401, 'unauthorized', title, detail, undefined, { 'www-authenticate': 'Bearer' });
  };
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

/**
 * The page on this very machine gets the key for itself: bound to loopback, asked by a loopback name, from the same origin (or by no page at all), through no
 * proxy that says so. One that says nothing and puts our own name in the place of its own (nginx, unless told otherwise) speaks HTTP/1.0, as no browser does.
 */
export function mayBootstrapConsole(bindAddress: string, { headers, httpVersion }: IncomingMessage): boolean {
  const host = headers.host ?? '';
  const bound = bindAddress.startsWith('127.') || bindAddress === '::1' || bindAddress === 'localhost';
  const sameOrigin = headers.origin === undefined || headers.origin === `http://${host}`;
  const sameSite = headers['sec-fetch-site'] === undefined || headers['sec-fetch-site'] === 'same-origin';
  const isDirect = Object.keys(headers).every((name) => !/^(x-forwarded-.*|forwarded|x-real-ip|via)$/.test(name));
  return bound && httpVersion !== '1.0' && LOOPBACK.test(host) && sameOrigin && sameSite && isDirect;
}
