// One table of routes: what validates a request also documents it. Reading, authorizing and answering happen here once for all of them.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Logger } from '#observability';
import { PortError } from '#ports';
import type { Authenticate, Caller } from './auth.js';
import { codingFor, compressed } from './coding.js';
import type { Once } from './idempotency.js';
import type { MissingRows } from './missing-rows.js';
import { badRequest, Problem } from './problem.js';
import { isStorable, parse, queryReader, readJson, readText } from './reading.js';
import { rolesOf } from './roles.js';
import type { Scope } from './scope.js';

export interface Call<Params, Query, Body> {
  readonly caller: Caller;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly headers: IncomingMessage['headers'];
  /** What it costs beyond its route's cost, where only the body or the rows tell; throws where the key asked too much. */
  readonly spend: (cost: number) => void;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Takes the response over (server-sent events). */
export type Stream = (request: IncomingMessage, response: ServerResponse) => void;

export type Answered = z.ZodType | `${string}/${string}`;

export interface Route {
  readonly method: 'get' | 'put' | 'post' | 'delete';
  /** Parameters in braces, as in OpenAPI. */
  readonly path: string;
  readonly summary: string;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType;
  readonly answers: Readonly<Record<number, string>>;
  /** What it answers with where it did what was asked: JSON of a shape, nothing (`answers.Nothing`), or a file of a media type. */
  readonly answer: Answered;
  /** Its answer holds a secret, so it is not kept for repeats. */
  readonly isSecret?: boolean;
  /** In plain requests; 1 without. */
  readonly cost?: number;
  /** false: it changes nothing, or reports what was measured; the audit does not have it. */
  readonly isAudited?: false;
  /** It checks If-Match itself. */
  readonly isVersioned?: true;
  /** Of what GET shows, the fields that are configured; absent = all of it. */
  readonly configured?: readonly string[];
  /** JSON without. */
  readonly bodyType?: 'text/csv';
  /** It keeps to the caller's sites by itself. */
  readonly isScoped?: true;
  readonly handle: (call: Call<never, never, never>) => Promise<Answer | Stream>;
}

const NOTHING = z.object({});

/** Of an answer from rows that are still being made from the log: how many records are not in them yet. What it lists may not be all, and what it adds up too little. */
export const RECORDS_LEFT = 'Records-Left';

/** Types a handler by the schemas of its route. */
export function route<
  P extends z.ZodType = typeof NOTHING,
  Q extends z.ZodType = typeof NOTHING,
  B extends z.ZodType = z.ZodUndefined,
>(definition: {
  readonly method: Route['method'];
  readonly path: string;
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly answers?: Readonly<Record<number, string>>;
  readonly answer: Answered;
  readonly isSecret?: boolean;
  readonly cost?: number;
  readonly isAudited?: false;
  readonly isScoped?: true;
  readonly isVersioned?: true;
  readonly configured?: readonly string[];
  readonly bodyType?: 'text/csv';
  readonly handle: (call: Call<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Answer | Stream>;
}): Route {
  return {
    answers: { 200: 'the resource' },
    ...definition,
    params: definition.params ?? NOTHING,
    query: definition.query ?? NOTHING,
    body: definition.body ?? z.undefined(),
    handle: definition.handle as Route['handle'],
  };
}

export const ok = (body: unknown, headers?: Answer['headers']): Answer => ({ status: 200, body, ...(headers && { headers }) });

/** Something to keep under a name; nobody between us and the caller keeps it. */
export const file =
  (name: string, type: string, content: string | Buffer, headers: Answer['headers'] = {}): Stream =>
  (_, response) => {
    response.writeHead(200, {
      'content-type': type,
      'content-disposition': `attachment; filename="${name.replaceAll(/[^A-Za-z0-9._-]/g, '_')}"`,
      ...headers,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.end(content);
  };

interface MatchedRequest extends IncomingMessage {
  readonly params: Readonly<Record<string, string>>;
  readonly originalUrl: string;
}
interface Adapter {
  get(path: string, handler: (request: MatchedRequest, response: ServerResponse) => void): unknown;
  put(path: string, handler: (request: MatchedRequest, response: ServerResponse) => void): unknown;
  post(path: string, handler: (request: MatchedRequest, response: ServerResponse) => void): unknown;
  delete(path: string, handler: (request: MatchedRequest, response: ServerResponse) => void): unknown;
  use(path: string, handler: (request: MatchedRequest, response: ServerResponse, next: () => void) => void): unknown;
}

/** Puts down who asked what and how it ended, and hands on the answer. */
export type Audit = (
  route: Route,
  asked: { readonly caller: Caller; readonly params: unknown; readonly body: unknown },
  work: () => Promise<Answer | Stream>,
) => Promise<Answer | Stream>;

/** What every call passes on its way to its route. */
export interface Door {
  readonly authenticate: Authenticate;
  /** Throws where the key asked too much. */
  readonly spend: (key: string, cost: number) => void;
  readonly once: Once;
  readonly audit: Audit;
  readonly scope: Scope;
  readonly missingRows: MissingRows;
}

/** Registers the routes under their paths; anything else below /v1 is a problem of its own. */
export function mount(adapter: Adapter, routes: readonly Route[], door: Door, logger: Logger): void {
  const serve = (work: (request: MatchedRequest) => Promise<Answer | Stream>) => (request: MatchedRequest, response: ServerResponse) => {
    work(request)
      .catch((error: unknown) => problemAnswer(error, logger))
      .then((answer) => (typeof answer === 'function' ? answer(request, response) : send(request, response, answer)))
      .catch((error: unknown) => logger.error({ err: error }, 'answering failed'));
  };
  // Before the router does, which has another form for its errors.
  adapter.use('/v1', (request, response, next) => {
    if (isDecodable(request.originalUrl)) next();
    else
      serve(() => Promise.reject(badRequest('path: percent-encoded UTF-8 was expected', [{ path: 'path', message: 'not decodable' }])))(
        request,
        response,
      );
  });
  for (const each of routes) adapter[each.method](each.path.replaceAll(/\{(\w+)\}/g, ':$1'), serve(served(each, door)));
  const templates = routes.map(({ method, path }) => ({ method, pattern: patternOf(path) }));
  adapter.use(
    '/v1',
    serve(async (request) => {
      await door.authenticate(request);
      const path = request.originalUrl.split('?', 1)[0] ?? '';
      const methods = templates.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method.toUpperCase());
      // Without the path: it may hold a card.
      if (methods.length === 0)
        throw new Problem(404, 'no-such-route', 'No such route', `${request.method} is answered by the paths of /openapi.json`);
      const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ');
      throw new Problem(405, 'no-such-method', 'Not done to that', `${request.method}: ${allow} is`, undefined, { allow });
    }),
  );
}

const patternOf = (path: string): RegExp => new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`);

/** One call: who is it, may it, is it well formed, was it answered before; and what changes is put down. */
function served(
  route: Route,
  { authenticate, spend, once, audit, scope, missingRows }: Door,
): (request: MatchedRequest) => Promise<Answer | Stream> {
  const queryOf = queryReader(route.query);
  const isRead = route.method === 'get';
  const isAudited = !isRead && route.isAudited !== false;
  return async (request) => {
    const caller = await authenticate(request);
    const spendMore = (cost: number): void => spend(`${caller.tenantId}/${caller.name}`, cost);
    spendMore(route.cost ?? 1);
    const named = isStorable(request.params) ? route.params.safeParse(request.params).data : undefined;
    const asked: { caller: Caller; params: unknown; body: unknown } = { caller, params: named ?? {}, body: undefined };
    const key = keyOf(route, request);
    const audited: Parameters<Once>[4] = (work) => (isAudited ? audit(route, asked, work) : work());
    const admitted = async (): Promise<() => Promise<Answer | Stream>> => {
      requireRole(route, caller);
      const query = queryOf(request.originalUrl);
      asked.params = parse(route.params, request.params, 'path');
      const read = route.bodyType === undefined ? readJson : readText;
      asked.body = isRead ? undefined : parse(route.body, bodyFor(route, await read(request)), 'body');
      const call = { ...asked, query, headers: request.headers, spend: spendMore };
      await missingRows.truthfully(isRead, () => scope.check(route, caller, call));
      if (key !== undefined && key.length > 200) throw badRequest('Idempotency-Key: at most 200 characters');
      return async () => {
        const left = isRead ? await missingRows.left() : 0; // before: what is missing by then may be missing in the answer
        const answer = await missingRows.truthfully(isRead, () => route.handle(call as Call<never, never, never>));
        return withRecordsLeft(scope.narrow(route, caller, call, answer), left);
      };
    };
    let handle: () => Promise<Answer | Stream>;
    try {
      handle = await admitted();
    } catch (error) {
      return audited(() => Promise.reject(error));
    }
    if (key === undefined) return audited(handle);
    return once(caller.tenantId, key, { method: route.method, url: request.originalUrl, body: asked.body }, handle, audited);
  };
}

const withRecordsLeft = (answer: Answer | Stream, left: number): Answer | Stream => {
  if (left === 0) return answer;
  if (typeof answer !== 'function') return { ...answer, headers: { ...answer.headers, [RECORDS_LEFT]: String(left) } };
  return (request, response) => {
    response.setHeader(RECORDS_LEFT, left);
    answer(request, response);
  };
};

/** Where it may be answered once and told again. */
function keyOf({ method, isSecret }: Route, { headers }: IncomingMessage): string | undefined {
  const key = headers['idempotency-key'];
  return method === 'post' && !isSecret && typeof key === 'string' && key !== '' ? key : undefined;
}

/** Clients that always send JSON send an empty object where nothing is asked for. */
const bodyFor = ({ body }: Route, said: unknown): unknown =>
  body instanceof z.ZodUndefined && JSON.stringify(said) === '{}' ? undefined : said;

function requireRole(route: Route, { role }: Caller): void {
  const roles = rolesOf(route);
  if (!roles.includes(role))
    throw new Problem(403, 'forbidden', 'This key may not do that', `the role ${role} may not; ${roles.join(', ')} may`);
}

function isDecodable(url: string): boolean {
  try {
    return decodeURIComponent(url.split('?', 1)[0] ?? '') !== undefined;
  } catch {
    return false; // the one thing it throws for
  }
}

export function problemAnswer(error: unknown, logger: Logger): Answer {
  const problem = toProblem(error);
  if (problem.status >= 500) logger.warn({ err: error, status: problem.status }, 'a request could not be served');
  return { status: problem.status, body: problem, headers: { ...problem.headers, 'content-type': 'application/problem+json' } };
}

/** What a caller is told of it: trouble of ours by no more than whether to try again. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return error instanceof PortError && error.retriable
    ? new Problem(503, 'unavailable', 'Not available now', `${error.code}: try again`, undefined, { 'retry-after': '2' })
    : new Problem(500, 'internal', 'Something went wrong on our side');
}

const SECURITY_HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };

/** Compressed from this size on [characters]. */
const WORTH_IT = 1_000;

/** Only what is read is compressed: an answer to a change may hold a secret, the length of which would tell of it beside what was asked (BREACH). */
export async function send(request: IncomingMessage, response: ServerResponse, { status, body, headers }: Answer): Promise<void> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const isRead = request.method === 'GET' && status === 200;
  const coding = isRead && text !== undefined && text.length >= WORTH_IT ? codingFor(request.headers['accept-encoding']) : undefined;
  const content = coding === undefined || text === undefined ? text : await compressed[coding](text);
  if (response.headersSent) return;
  response.writeHead(status, {
    'content-type': 'application/json',
    ...SECURITY_HEADERS,
    ...(isRead && { vary: 'accept-encoding' }),
    ...(coding && { 'content-encoding': coding }),
    ...headers,
  });
  response.end(content);
}
