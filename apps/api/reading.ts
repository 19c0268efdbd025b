// Reading what we are sent: JSON of bounded size and depth, and queries; what a schema does not take is told by its path.
// Which schema, and what becomes of it, is the route's.
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { instantMs, mistakesIn } from '#kernel';
import { badRequest, Problem } from './problem.js';

const BODY_LIMIT_BYTES = 1_048_576;
/** Levels of nesting in anything we are sent; a site's tree is the deepest. */
const DEEPEST = 100;

/** No database stores NUL or lone surrogates, and nothing that has a meaning here needs them. */
export function isStorable(value: unknown, levels = DEEPEST): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000');
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.entries(value).every(([name, inner]) => isStorable(name) && isStorable(inner, levels - 1));
}

/** Whether a row can hold the instant as it is written: PostgreSQL has no offset of 16 hours. What cannot be written would be parked after it was taken. */
export const isKeepable = (text: string): boolean => instantMs(text) !== undefined && !/[+-](1[6-9]|2\d):?\d\d$/.test(text);

export function parse(schema: z.ZodType, value: unknown, where: string): unknown {
  if (!isStorable(value)) throw badRequest(`${where}: text without NUL and lone surrogates, at most ${DEEPEST} levels deep, was expected`);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = mistakesIn(result.error.issues).map(({ path, message }) => ({
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

/** undefined where nothing is sent. */
export async function readText(request: IncomingMessage): Promise<string | undefined> {
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
    return UTF8.decode(Buffer.concat(chunks));
  } catch {
    throw badRequest('body: not UTF-8');
  }
}

export async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await readText(request);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('body: not JSON'); // what was wrong with it would be told by a piece of it
  }
}

const namesOf = (schema: z.ZodType): ReadonlySet<string> =>
  new Set(Object.keys((z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as { properties?: object }).properties ?? {}));

/** Reads the queries of a route: a parameter it does not have, or one that is given twice, is refused by its name. */
export function queryReader(schema: z.ZodType): (url: string) => unknown {
  const known = namesOf(schema);
  return (url) => {
    const { searchParams } = new URL(url, 'http://any');
    const names = [...searchParams.keys()];
    const errors = [...new Set(names)].flatMap((name) => {
      if (!known.has(name))
        return [{ path: name, message: known.size === 0 ? 'there are none here' : `known are ${[...known].join(', ')}` }];
      return searchParams.getAll(name).length > 1 ? [{ path: name, message: 'given more than once' }] : [];
    });
    if (errors.length > 0 && isStorable(names))
      throw badRequest(`query: ${errors.map(({ path, message }) => `${path}: ${message}`).join('; ')}`, errors);
    return parse(schema, Object.fromEntries(searchParams), 'query');
  };
}
