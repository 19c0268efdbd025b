// Clients of our OpenADR 3 server: made, listed and removed; a secret is shown once.
// What they may do there is access.ts'.
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { World } from '#ports';
import * as answers from '../answers/index.js';
import { ok, type Route, route } from '../http.js';
import { conflict, notFound } from '../problem.js';
import { append, passed } from '../requests.js';
import { rowsOf } from '../rows.js';
import * as shapes from '../schemas.js';
import { secretHash } from './tokens.js';

const ClientBody = z.strictObject({
  clientId: shapes.Id.describe('by which it asks for tokens'),
  kind: z
    .enum(['businessLogic', 'ven'])
    .describe('businessLogic writes programs and events and reads everything; ven follows them, reports, and sees what is its own'),
});
const ClientPath = z.object({ clientId: shapes.Id });
const CLIENT = `select client_id as "clientId", kind, made_by as "madeBy", made_at as "madeAt" from vtn_clients where tenant_id = $1 and removed_at is null`;

export function vtnClientRoutes(world: World): readonly Route[] {
  const one = async (tenantId: string, clientId: string) => (await rowsOf(world, tenantId, `${CLIENT} and client_id = $2`, clientId))[0];
  const existing = async (tenantId: string, clientId: string) => {
    const client = await one(tenantId, clientId);
    if (client === undefined) throw notFound(`the client ${clientId}`);
    return client;
  };
  const tell = async (fact: Parameters<typeof append>[2]): Promise<void> =>
    passed(world, 'vtn', await append(world, 'network-events', fact));
  return [
    route({
      method: 'post',
      path: '/v1/grid/vtn-clients',
      answer: answers.NewVtnClient,
      summary:
        'Make a client of our own OpenADR 3.1 server (VTN) for sub-sites and tests, at /openadr3/{tenantId}; its secret is shown once. It gets tokens by client credentials, with the scopes of its kind',
      body: ClientBody,
      answers: { 201: 'with the secret', 409: 'there is one of that name' },
      isSecret: true,
      async handle({ caller: { tenantId, name }, body: { clientId, kind } }) {
        const clientSecret = randomBytes(24).toString('base64url');
        const hash = secretHash(world, tenantId, clientId, clientSecret);
        await tell({ type: 'VtnClientMade', tenantId, data: { clientId, kind, secretHash: hash, requestedBy: `api:${name}` } });
        const [row] = await rowsOf(world, tenantId, 'select 1 as is from vtn_clients where tenant_id = $1 and secret_hash = $2', hash);
        if (row === undefined) throw conflict(`the client ${clientId} is there already`);
        const path = `/openadr3/${encodeURIComponent(tenantId)}`;
        return { status: 201, body: { ...(await one(tenantId, clientId)), clientSecret, path } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/grid/vtn-clients',
      answer: answers.pageOf(answers.VtnClient),
      summary: 'Clients of our own OpenADR server, never their secrets',
      async handle({ caller }) {
        return ok({ items: await rowsOf(world, caller.tenantId, `${CLIENT} order by client_id`), nextCursor: null });
      },
    }),
    route({
      method: 'get',
      path: '/v1/grid/vtn-clients/{clientId}',
      answer: answers.VtnClient,
      summary: 'One of them',
      params: ClientPath,
      answers: { 200: 'the client', 404: 'no such client' },
      handle: async ({ caller, params }) => ok(await existing(caller.tenantId, params.clientId)),
    }),
    route({
      method: 'delete',
      path: '/v1/grid/vtn-clients/{clientId}',
      answer: answers.Empty,
      summary: 'Let a client in no more: its tokens are worth nothing, and its subscriptions end; what it wrote stays',
      params: ClientPath,
      answers: { 200: 'durable', 404: 'no such client' },
      async handle({ caller: { tenantId, name }, params: { clientId } }) {
        await existing(tenantId, clientId);
        await tell({ type: 'VtnClientRemoved', tenantId, data: { clientId, requestedBy: `api:${name}` } });
        return ok({});
      },
    }),
  ];
}
