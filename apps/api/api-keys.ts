// API keys: made, listed and revoked by an admin; the log and the rows have their keyed hash alone, the key itself is shown once.
// What a role may do is in roles.ts.
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { notFound } from './problem.js';
import { append, passed } from './requests.js';
import { ROLES } from './roles.js';
import * as shapes from './schemas.js';

const KeyBody = z.strictObject({
  name: z.string().min(1).max(100),
  role: z.enum(ROLES),
  sites: z.array(shapes.Id).min(1).max(1000).optional().describe('absent = all sites'),
});

interface KeyRow {
  readonly keyId: string;
  readonly name: string;
  readonly role: string;
  readonly sites: readonly string[] | null;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly revokedAt: Date | null;
}
const COLUMNS = `key_id as "keyId", name, role, sites, created_at as "createdAt", created_by as "createdBy", revoked_at as "revokedAt"`;

export function apiKeyRoutes(world: World): readonly Route[] {
  const { database, ids, keys } = world;
  return [
    route({
      method: 'post',
      path: '/v1/api-keys',
      answer: answers.NewApiKey,
      summary: 'Make an API key for a role; it is shown once',
      body: KeyBody,
      answers: { 201: 'with the key' },
      isSecret: true,
      async handle({ caller, body }) {
        const key = `js_${randomBytes(24).toString('base64url')}`;
        const keyId = ids.next();
        const { name, role, sites } = body;
        const data = { keyId, name, role, ...(sites && { sites }), keyHash: keys.hmac('apiKey', key), createdBy: `api:${caller.name}` };
        await passed(world, 'api', await append(world, 'network-events', { type: 'ApiKeyCreated', tenantId: caller.tenantId, data }));
        return { status: 201, body: { keyId, ...body, key }, headers: { location: `/v1/api-keys/${keyId}` } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/api-keys',
      answer: answers.pageOf(answers.ApiKey),
      summary: 'API keys, never the keys themselves',
      query: shapes.Page,
      async handle({ caller, query: { limit, cursor } }) {
        const { rows } = await database.query<KeyRow>(
          `select ${COLUMNS} from api_keys where tenant_id = $1 and ($2::text is null or key_id > $2) order by key_id limit $3`,
          [caller.tenantId, cursor ?? null, limit + 1],
        );
        const items = rows.slice(0, limit);
        return ok({ items, nextCursor: rows.length > limit ? (items.at(-1)?.keyId ?? null) : null });
      },
    }),
    route({
      method: 'post',
      path: '/v1/api-keys/{id}/revoke',
      answer: answers.ApiKey,
      summary: 'End an API key; within a second nobody gets in with it',
      params: z.object({ id: z.string().min(1).max(100) }),
      async handle({ caller, params: { id } }) {
        const find = async (): Promise<KeyRow | undefined> =>
          (await database.query<KeyRow>(`select ${COLUMNS} from api_keys where tenant_id = $1 and key_id = $2`, [caller.tenantId, id]))
            .rows[0];
        const key = await find();
        if (key === undefined) throw notFound(`the API key ${id}`);
        if (key.revokedAt !== null) return ok(key);
        const data = { keyId: id, revokedBy: `api:${caller.name}` };
        await passed(world, 'api', await append(world, 'network-events', { type: 'ApiKeyRevoked', tenantId: caller.tenantId, data }));
        return ok(await find());
      },
    }),
  ];
}
