// What a writer says with a change: who it is, which version it saw, and the key of its repeats; versions go out as ETag.
import { canonicalJson, sha256 } from '#kernel';
import type { Answer, Call } from './http.js';
import { badRequest, Problem } from './problem.js';

interface Written {
  readonly requestedBy: string;
  readonly ifMatch: number | undefined;
  readonly idempotencyKey: string | undefined;
}
export function written({ caller, headers }: Call<unknown, unknown, unknown>): Written {
  const match = headers['if-match']?.replaceAll(/^W\/|"/g, '');
  if (match !== undefined && !/^\d+$/.test(match)) throw badRequest('If-Match: the ETag of the resource was expected');
  const key = headers['idempotency-key'];
  return {
    requestedBy: `api:${caller.name}`,
    ifMatch: match === undefined ? undefined : Number(match),
    idempotencyKey: typeof key === 'string' && key !== '' ? key : undefined,
  };
}

/** For what has no version of its own: equal content, equal tag. */
export const etagOf = (content: unknown): string => `"${sha256(canonicalJson(content)).slice(0, 16)}"`;

/** If-Match against what is there now. Between this look and the record another writer may still come: the last one wins. */
export function requireMatch({ headers }: Call<unknown, unknown, unknown>, present: unknown): void {
  const wanted = headers['if-match'];
  if (wanted === undefined) return;
  const tags = wanted.split(',').map((tag) => tag.trim());
  const isMet = present !== undefined && (tags.includes('*') || tags.includes(etagOf(present)));
  if (!isMet)
    throw new Problem(
      412,
      'changed-meanwhile',
      'Somebody else changed it meanwhile',
      present === undefined ? 'it does not exist' : undefined,
    );
}

export const tagged = (status: number, body: unknown, version: number): Answer => ({ status, body, headers: { etag: `"${version}"` } });
