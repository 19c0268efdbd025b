// Who is calling, in every way there is: an API key, a token of the OpenID provider, or a session of the console. The first that is sent is the one that counts.
import type { Authenticate } from '../auth.js';
import { Problem } from '../problem.js';
import { type FindProvider, isJwt } from './id-tokens.js';
import { callerOf, type Mapping } from './mapping.js';
import { type People, same } from './sign-in.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** By a token in place of a key: whatever has the form of one is judged as one. */
export const byToken =
  (keys: Authenticate, find: FindProvider, audience: readonly string[], mapping: Mapping): Authenticate =>
  async (request) => {
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined || !isJwt(token)) return keys(request);
    return callerOf(await (await find()).verify(token, audience), mapping);
  };

/** By a session where nothing else is sent; a change needs what only our own page knows. */
export const bySession =
  (others: Authenticate, people: Pick<People, 'session'>): Authenticate =>
  async (request) => {
    const { headers, method = 'GET' } = request;
    const signedIn = headers.authorization === undefined && headers.cookie !== undefined ? await people.session(request) : undefined;
    if (signedIn === undefined) return others(request);
    const given = headers['x-csrf-token'];
    if (!SAFE.has(method) && (typeof given !== 'string' || !same(given, signedIn.csrfToken)))
      throw new Problem(403, 'csrf', 'A change needs x-csrf-token', 'take csrfToken of /console/session');
    return signedIn.caller;
  };
