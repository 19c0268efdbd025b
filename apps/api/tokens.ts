// Tokens: answered once edges know them. What a token may do is authorization's.
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { tokenText } from '#domain/authorization';
import type { TokenEntry, TokenPlace, World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { notFound, unavailable } from './problem.js';
import { append, passed, poll } from './requests.js';
import * as shapes from './schemas.js';
import { etagOf, requireMatch } from './versions.js';

export const tokenContent = ({ status, groupHash, expiresAt, onlyAt }: Omit<TokenEntry, 'tokenHash'>) =>
  [status, groupHash ?? null, expiresAt ?? null, onlyAt ?? null] as const;

const TokenPath = z.object({ type: shapes.TokenType, idToken: z.string().min(1).max(36) });

export function tokenRoutes(world: World): readonly Route[] {
  const { keys, book } = world;
  return [
    route({
      method: 'get',
      path: '/v1/tokens/{type}/{idToken}',
      answer: answers.Token,
      summary: 'What a token may do',
      params: TokenPath,
      answers: { 200: 'with its content as ETag', 404: 'no such token' },
      async handle({ caller: { tenantId }, params }) {
        const known = await book.token(tenantId, keys.hmac('token', tokenText(tenantId, params.idToken)));
        if (known === undefined) throw notFound('the token');
        const { status, groupHash, group, expiresAt, onlyAt } = known;
        const groupId = group === undefined ? null : ((await keys.unseal(group)) ?? null);
        const shown = {
          ...params,
          status,
          hasGroup: groupHash !== undefined,
          groupId,
          expiresAt: expiresAt ?? null,
          onlyAt: onlyAt ?? null,
        };
        return ok(shown, { etag: etagOf(tokenContent(known)) });
      },
    }),
    route({
      method: 'put',
      path: '/v1/tokens/{type}/{idToken}',
      answer: answers.StatedToken,
      isVersioned: true,
      summary: 'Create or change a token; answered once edges know it',
      params: TokenPath,
      body: shapes.TokenBody,
      answers: { 200: 'edges know it, with its content as ETag', 412: 'changed meanwhile' },
      async handle(call) {
        const { caller, params, body } = call;
        const { tenantId } = caller;
        const hash = (value: string) => keys.hmac('token', tokenText(tenantId, value));
        const tokenHash = hash(params.idToken);
        const { status, groupId, expiresAt, onlyAt, isOnLists } = body;
        const groupHash = groupId === undefined ? undefined : hash(groupId);
        const known = await book.token(tenantId, tokenHash);
        requireMatch(call, known && tokenContent(known));
        const data = {
          tokenHash,
          tokenType: params.type,
          idToken: await keys.seal(tokenHash, params.idToken),
          status,
          ...(groupId !== undefined && groupHash !== undefined && { groupHash, group: await keys.seal(groupHash, groupId) }),
          ...(expiresAt !== undefined && { expiresAt }),
          ...(onlyAt !== undefined && { onlyAt: onlyAt as readonly TokenPlace[] }),
          ...(isOnLists !== undefined && { isOnLists }),
          idTokenLength: params.idToken.length,
          ...(groupId !== undefined && { groupLength: groupId.length }),
        };
        const position = await append(world, 'network-events', { type: 'TokenChanged', tenantId, data });
        await passed(world, 'session', position);
        const isTold = await poll(world, 10_000, async () => {
          const entry = await book.token(tenantId, tokenHash);
          return entry !== undefined && isDeepStrictEqual(tokenContent(entry), tokenContent(data)) ? true : undefined;
        });
        if (!isTold) throw unavailable('the token is recorded, but edges do not know it yet');
        return ok({ type: params.type, idToken: params.idToken, ...body }, { etag: etagOf(tokenContent(data)) });
      },
    }),
  ];
}
