// One table of routes: what validates a request also documents it. Reading, authorizing and answering happen here once for all of them.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Logger } from '#observability';
import { PortError } from '#ports';
import type { Authenticate, Caller } from './auth.js';
import type { Once } from './idempotency.js';
import { badRequest, Problem } from './problem.js';
import { rolesOf } from './roles.js';

const BODY_LIMIT_BYTES = 1_048_576;
/** Levels of nesting in anything we are sent; a site's tree is the deepest. */
const DEEPEST = 100;

export interface Call<Params, Query, Body> {
  readonly caller: Caller;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly headers: IncomingMessage['headers'];
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Takes the response over (server-sent events). */
export type Stream = (request: IncomingMessage, response: ServerResponse) => void;

export interface Route {
  readonly method: 'get' | 'put' | 'post' | 'delete';
  /** Parameters in braces, as in OpenAPI. */
  readonly path: string;
  readonly summary: string;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType;
  readonly answers: Readonly<Record<number, string>>;
  /** Its answer holds a secret, so it is not kept for repeats. */
  readonly isSecret?: boolean;
  /** In plain requests; 1 without. */
  readonly cost?: number;
  readonly handle: (call: Call<never, never, never>) => Promise<Answer | Stream>;
}

const NOTHING = z.object({});

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
  readonly isSecret?: boolean;
  readonly cost?: number;
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

/** Registers the routes under their paths; anything else below /v1 is a problem of its own. */
export function mount(
  adapter: Adapter,
  routes: readonly Route[],
  authenticate: Authenticate,
  spend: (key: string, cost: number) => void,
  once: Once,
  logger: Logger,
): void {
  const serve = (work: (request: MatchedRequest) => Promise<Answer | Stream>) => (request: MatchedRequest, response: ServerResponse) => {
    work(request)
      .catch((error: unknown) => problemAnswer(error, logger))
      .then((answer) => (typeof answer === 'function' ? answer(request, response) : send(response, answer)))
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
  for (const each of routes)
    adapter[each.method](
      each.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      serve(async (request) => {
        const caller = await authenticate(request);
        spend(`${caller.tenantId}/${caller.name}`, each.cost ?? 1);
        const roles = rolesOf(each);
        if (!roles.includes(caller.role))
          throw new Problem(403, 'forbidden', 'This key may not do that', `${caller.role} is not among ${roles.join(', ')}`);
        const query = Object.fromEntries(new URL(request.originalUrl, 'http://any').searchParams);
        const call = {
          caller,
          params: parse(each.params, request.params, 'path'),
          query: parse(each.query, query, 'query'),
          body: each.method === 'get' ? undefined : parse(each.body, await readJson(request), 'body'),
          headers: request.headers,
        };
        const handle = (): Promise<Answer | Stream> => each.handle(call as Call<never, never, never>);
        const key = request.headers['idempotency-key'];
        if (each.method !== 'post' || each.isSecret || typeof key !== 'string' || key === '') return handle();
        if (key.length > 200) throw badRequest('Idempotency-Key: at most 200 characters');
        const asked = { method: each.method, url: request.originalUrl, body: call.body };
        return once(caller.tenantId, key, asked, handle as () => Promise<Answer>);
      }),
    );
  adapter.use(
    '/v1',
    serve(async (request) => {
      await authenticate(request);
      // Without the path: it may hold a card.
      throw new Problem(404, 'no-such-route', 'No such route', `${request.method} is answered by the paths of /openapi.json`);
    }),
  );
}

function isDecodable(url: string): boolean {
  try {
    return decodeURIComponent(url.split('?', 1)[0] ?? '') !== undefined;
  } catch {
    return false; // the one thing it throws for
  }
}

/** No database stores NUL or lone surrogates, and nothing that has a meaning here needs them. */
export function isStorable(value: unknown, levels = DEEPEST): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000');
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.entries(value).every(([name, inner]) => isStorable(name) && isStorable(inner, levels - 1));
}

function parse(schema: z.ZodType, value: unknown, where: string): unknown {
  if (!isStorable(value)) throw badRequest(`${where}: text without NUL and lone surrogates, at most ${DEEPEST} levels deep, was expected`);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, message }) => ({
    path: path.join('.') || where,
    message: nodeIn(value, path) + message,
  }));
  throw badRequest(`${where}: ${errors.map(({ path, message }) => `${path}: ${message}`).join('; ')}`, errors);
}

/** In a tree, the place of a mistake by the name people know it by. */
function nodeIn(value: unknown, path: readonly PropertyKey[]): string {
  if (path[0] !== 'root') return '';
  let inner = value;
  let name: unknown;
  for (const step of path) {
    inner = (inner as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[step];
    name = (inner as { readonly nodeId?: unknown } | null | undefined)?.nodeId ?? name;
  }
  return typeof name === 'string' ? `node ${name}: ` : '';
}

/** Bytes that are no text are refused, not replaced; a byte order mark is passed over (RFC 8259, 8.1). */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Nobody reads the rest, so the connection is of no use any more.
    if (size > BODY_LIMIT_BYTES)
      throw new Problem(413, 'too-large', 'The body is too large', `at most ${BODY_LIMIT_BYTES} bytes`, undefined, { connection: 'close' });
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(UTF8.decode(Buffer.concat(chunks)));
  } catch {
    throw badRequest('body: not JSON'); // what was wrong with it would be told by a piece of it
  }
}

function problemAnswer(error: unknown, logger: Logger): Answer {
  const problem = error instanceof Problem ? error : toProblem(error);
  if (problem.status >= 500) logger.warn({ err: error, status: problem.status }, 'a request could not be served');
  return { status: problem.status, body: problem, headers: { ...problem.headers, 'content-type': 'application/problem+json' } };
}

const toProblem = (error: unknown): Problem =>
  error instanceof PortError && error.retriable
    ? new Problem(503, 'unavailable', 'Not available now', `${error.code}: try again`, undefined, { 'retry-after': '2' })
    : new Problem(500, 'internal', 'Something went wrong on our side');

const SECURITY_HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json', ...SECURITY_HEADERS, ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
