// Our OpenADR 3.1 server below /openadr3/{tenantId}: who asks, what, and the problem where it does not go (ADR 0094).
// What is there is objects.ts'; clients are made at /v1/grid/vtn-clients.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { VtnObjectType } from '#contracts';
import type { Logger } from '#observability';
import type { World } from '#ports';
import { type Answer, type Door, problemAnswer } from '../http.js';
import { StrangeKeys } from '../limits.js';
import { badRequest, notFound, Problem } from '../problem.js';
import { isStorable, readJson, readText } from '../reading.js';
import { SCOPE_TO_WRITE, type Scope, scopeToRead, type VtnCaller } from './access.js';
import { vtnObjects, type Wanted } from './objects.js';
import { OBJECT_TYPES } from './shapes.js';
import { callerOf, TokenRefused, tokenFor } from './tokens.js';

interface Kind {
  readonly type: VtnObjectType;
  /** Fields that a list can be asked for by. */
  readonly fields: readonly string[];
}
const KINDS: Readonly<Record<string, Kind>> = {
  programs: { type: 'PROGRAM', fields: [] },
  events: { type: 'EVENT', fields: ['programID'] },
  reports: { type: 'REPORT', fields: ['programID', 'eventID', 'clientName'] },
  subscriptions: { type: 'SUBSCRIPTION', fields: ['programID', 'clientName'] },
  vens: { type: 'VEN', fields: ['venName'] },
  resources: { type: 'RESOURCE', fields: ['resourceName', 'venID'] },
};
const MOST_AT_ONCE = 50;

interface Adapter {
  use(path: string, handler: (request: IncomingMessage & { originalUrl: string }, response: ServerResponse) => void): unknown;
}

/** `publicUrl`: where clients reach us; absent = where they asked. */
export function mountVtn(adapter: Adapter, world: World, spend: Door['spend'], publicUrl: string | undefined, logger: Logger): void {
  const objects = vtnObjects(world);
  const strange = new StrangeKeys(world.clock);

  async function answer(request: IncomingMessage, { pathname, searchParams, origin }: URL): Promise<Answer> {
    const [tenantId = '', ...path] = pathname.split('/').slice(2).map(decoded);
    const { method = 'GET', headers, socket } = request;
    const asked = `${method} ${path.join('/')}`;
    if (asked === 'GET auth/server')
      return { status: 200, body: { tokenURL: `${publicUrl ?? origin}/openadr3/${encodeURIComponent(tenantId)}/auth/token` } };
    if (asked === 'POST auth/token') return token(request, tenantId, socket?.remoteAddress ?? '');
    const caller = await callerOf(world, tenantId, headers.authorization);
    spend(`${tenantId}/vtn:${caller.clientId}`, 1);
    if (asked === 'GET notifiers') return { status: 200, body: { WEBHOOK: true } };
    const [name = '', objectId, ...more] = path;
    const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
    if (kind === undefined || more.length > 0 || objectId === '') throw notFound(`${path.join('/')}`);
    return objectId === undefined ? aboutAll(request, caller, kind, searchParams) : aboutOne(request, caller, kind.type, objectId);
  }

  async function aboutAll(request: IncomingMessage, caller: VtnCaller, kind: Kind, query: URLSearchParams): Promise<Answer> {
    const { type } = kind;
    switch (request.method) {
      case 'GET':
        requireScope(caller, scopeToRead(type, caller));
        return { status: 200, body: await objects.list(caller, type, wantedBy(kind, query)) };
      case 'POST':
        requireScope(caller, SCOPE_TO_WRITE[type]);
        return { status: 201, body: await objects.create(caller, type, await bodyOf(request)) };
      default:
        throw notThat(request, 'GET, POST');
    }
  }

  async function aboutOne(request: IncomingMessage, caller: VtnCaller, type: VtnObjectType, objectId: string): Promise<Answer> {
    const { method } = request;
    if (method === 'GET') requireScope(caller, scopeToRead(type, caller));
    else requireScope(caller, SCOPE_TO_WRITE[type]);
    switch (method) {
      case 'GET':
        return { status: 200, body: await objects.one(caller, type, objectId) };
      case 'PUT':
        return { status: 200, body: await objects.update(caller, type, objectId, await bodyOf(request)) };
      case 'DELETE':
        return { status: 200, body: await objects.remove(caller, type, objectId) };
      default:
        throw notThat(request, 'GET, PUT, DELETE');
    }
  }

  async function token(request: IncomingMessage, tenantId: string, address: string): Promise<Answer> {
    strange.mayAsk(address, '');
    const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    try {
      const form = new URLSearchParams((await readText(request)) ?? '');
      if (!isStorable([...form.values()])) throw new TokenRefused(400, 'invalid_request', 'text was expected');
      return { status: 200, body: await tokenFor(world, tenantId, form, basic) };
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      if (error.status === 401) strange.wasStrange(address);
      const headers = error.status === 401 ? { 'www-authenticate': 'Basic realm="auth/token"' } : {};
      return { status: error.status, body: { error: error.error, error_description: error.message }, headers };
    }
  }

  adapter.use('/openadr3', (request, response) => {
    const scheme = 'encrypted' in request.socket || request.headers['x-forwarded-proto'] === 'https' ? 'https' : 'http';
    const asked = `${scheme}://${request.headers.host}`;
    Promise.resolve()
      .then(() => answer(request, new URL(request.originalUrl, URL.canParse(asked) ? asked : `${scheme}://localhost`)))
      .catch((error: unknown) => problemAnswer(error, logger))
      .then(({ status, body, headers }) => {
        if (response.headersSent) return;
        // A problem is plain JSON there (OpenADR 3.1.0).
        response.writeHead(status, { ...headers, 'content-type': 'application/json', 'cache-control': 'no-store' });
        response.end(JSON.stringify(body));
      })
      .catch((error: unknown) => logger.error({ err: error }, 'answering failed'));
  });
}

function decoded(part: string): string {
  try {
    const text = decodeURIComponent(part);
    if (isStorable(text)) return text;
  } catch {
    // said below
  }
  throw badRequest('path: percent-encoded UTF-8 was expected', [{ path: 'path', message: 'not decodable' }]);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const body = await readJson(request);
  if (!isStorable(body)) throw badRequest('body: text without NUL and lone surrogates, of at most 100 levels, was expected');
  return body;
}

function requireScope({ kind, scopes }: VtnCaller, scope: Scope): void {
  if (!scopes.includes(scope))
    throw new Problem(403, 'forbidden', 'This token may not do that', `${scope} is not among its scopes (${kind})`);
}

const notThat = ({ method }: IncomingMessage, allow: string): Problem =>
  new Problem(405, 'no-such-method', 'Not done to that', `${method}: ${allow} is`, undefined, { allow });

const QUERIES = ['skip', 'limit', 'targets', 'objects', 'active'];

function wantedBy({ type, fields }: Kind, query: URLSearchParams): Wanted {
  const known = [...QUERIES, ...fields];
  const wrong = (path: string, message: string): Problem => badRequest(`query: ${path}: ${message}`, [{ path, message }]);
  for (const [name, value] of query) {
    if (!known.includes(name)) throw wrong(name.slice(0, 50), `known are ${known.join(', ')}`);
    if (!isStorable(value) || value.length > 128) throw wrong(name, 'at most 128 characters of text were expected');
  }
  const count = (name: string, least: number, most: number, otherwise: number): number => {
    const text = query.get(name);
    if (text === null) return otherwise;
    const number = /^\d{1,9}$/.test(text) ? Number(text) : -1;
    if (number < least || number > most) throw wrong(name, `a whole number from ${least} to ${most} was expected`);
    return number;
  };
  const objects = query.getAll('objects');
  if (objects.some((each) => !(OBJECT_TYPES as readonly string[]).includes(each)))
    throw wrong('objects', `known are ${OBJECT_TYPES.join(', ')}`);
  return {
    fields: Object.fromEntries(fields.flatMap((name) => (query.has(name) ? [[name, query.get(name) as string]] : []))),
    targets: query.getAll('targets'),
    objects: type === 'SUBSCRIPTION' ? objects : [],
    isActive: query.get('active') === 'true',
    skip: count('skip', 0, 1e9, 0),
    limit: count('limit', 0, MOST_AT_ONCE, MOST_AT_ONCE),
  };
}
