// Rows of a tenant, as routes and reads ask for them, and lists of them page by page.
// The tables belong to the services that write them; nothing is written here.
import type { World } from '#ports';
import { queryAsTenant } from '#service';
import { badRequest } from './problem.js';
import { isKeepable, isStorable } from './reading.js';

export type Json = Record<string, unknown>;
/** The tenant is the first value of every query, and what the database lets it see (P9). */
export type Rows = (text: string, values: readonly [tenantId: string, ...unknown[]]) => Promise<readonly Json[]>;

export const tenantRows =
  ({ database }: Pick<World, 'database'>): Rows =>
  async (text, values) =>
    (await queryAsTenant<Json>(database, values[0], text, values)).rows;

/** The same for one question. */
export const rowsOf = async <Row extends Json = Json>(
  { database }: Pick<World, 'database'>,
  tenantId: string,
  text: string,
  ...values: readonly unknown[]
): Promise<readonly Row[]> => (await queryAsTenant<Row>(database, tenantId, text, [tenantId, ...values])).rows;

export const numberOrNull = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));

export interface List<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}
export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export const encodeCursor = (parts: readonly unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
const CURSOR_PARTS = {
  text: () => true,
  time: isKeepable,
  whole: (part: string) => /^-?\d{1,15}$/.test(part),
} as const;
type CursorPart = keyof typeof CURSOR_PARTS;

/** What of the last row of a page its successor is found by; anything else than one of our cursors is the caller's mistake. */
export function decodeCursor(cursor: string | undefined, ...kinds: readonly CursorPart[]): readonly string[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const isOurs = (part: unknown, index: number): part is string => typeof part === 'string' && CURSOR_PARTS[kinds[index] ?? 'text'](part);
    if (Array.isArray(parts) && parts.length === kinds.length && isStorable(parts) && parts.every(isOurs)) return parts;
  } catch {
    // told below, like any other cursor that is not one of ours
  }
  throw badRequest('cursor: not one that was given out', [{ path: 'cursor', message: 'take nextCursor of the page before' }]);
}

/** One row more than asked for tells that there is a next page. */
export function page<T extends Json>(found: readonly T[], limit: number, key: (row: T) => readonly unknown[]): List<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last !== undefined ? encodeCursor(key(last)) : null };
}
