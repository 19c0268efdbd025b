// Who sells and who buys, as invoices issued from then on name them. A buyer is sealed under the key of his driver: once that is destroyed nobody reads it any more.
import { z } from 'zod';
import { accountStream } from '#contracts';
import { tokenText } from '#domain/authorization';
import { type Party, PartySchema } from '#domain/billing';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { notFound } from './problem.js';
import { append, appendAll, passed } from './requests.js';
import { rowsOf } from './rows.js';
import * as shapes from './schemas.js';

const Token = z.object({ type: shapes.TokenType, idToken: z.string().min(1).max(36) });

/** Absent where nobody stated one. */
export async function sellerOf(world: Pick<World, 'database'>, tenantId: string): Promise<Party | undefined> {
  const [row] = await rowsOf<{ seller: Party }>(world, tenantId, 'select seller from sellers where tenant_id = $1');
  return row?.seller;
}

/** Null where its key was destroyed. */
export async function openedBuyer({ keys }: Pick<World, 'keys'>, sealed: string): Promise<Party | null> {
  const text = await keys.unseal(sealed);
  return text === undefined ? null : (JSON.parse(text) as Party);
}

export function partyRoutes(world: World): readonly Route[] {
  const { keys } = world;
  const accountOf = (tenantId: string, idToken: string): string => keys.hmac('token', tokenText(tenantId, idToken));
  return [
    route({
      method: 'put',
      path: '/v1/billing/seller',
      answer: answers.Seller,
      summary: 'Who sells: the name and address on invoices that are issued from now on',
      body: PartySchema,
      async handle({ caller, body }) {
        const data = { seller: body, statedBy: `api:${caller.name}` };
        await passed(world, 'api', await append(world, 'network-events', { type: 'SellerStated', tenantId: caller.tenantId, data }));
        return ok(body);
      },
    }),
    route({
      method: 'get',
      path: '/v1/billing/seller',
      answer: answers.Seller,
      summary: 'Who sells',
      answers: { 200: 'the resource', 404: 'nobody stated it' },
      async handle({ caller }) {
        const seller = await sellerOf(world, caller.tenantId);
        if (seller === undefined) throw notFound('the seller');
        return ok(seller);
      },
    }),
    route({
      method: 'put',
      path: '/v1/tokens/{type}/{idToken}/buyer',
      answer: answers.Buyer,
      summary:
        'Who the sessions of a token are billed to: the name and address on invoices that are issued from now on, sealed under the key of its driver',
      params: Token,
      body: PartySchema,
      async handle({ caller: { tenantId, name }, params, body }) {
        const accountId = accountOf(tenantId, params.idToken);
        const buyer = await keys.seal(accountId, JSON.stringify(body));
        const fact = {
          type: 'BuyerStated',
          tenantId,
          siteId: accountStream(accountId),
          data: { accountId, buyer, statedBy: `api:${name}` },
        } as const;
        const [position] = await appendAll(world, 'billing-events', [fact]);
        if (position !== undefined) await passed(world, 'invoicing', position);
        return ok({ accountId, ...body });
      },
    }),
    route({
      method: 'get',
      path: '/v1/tokens/{type}/{idToken}/buyer',
      answer: answers.Buyer,
      summary: 'Who the sessions of a token are billed to',
      params: Token,
      answers: { 200: 'the resource', 404: 'nobody stated it, or its driver was forgotten' },
      async handle({ caller: { tenantId }, params }) {
        const accountId = accountOf(tenantId, params.idToken);
        const [row] = await rowsOf<{ buyer: string }>(
          world,
          tenantId,
          'select buyer from buyers where tenant_id = $1 and account_id = $2',
          accountId,
        );
        const buyer = row && (await openedBuyer(world, row.buyer));
        if (!buyer) throw notFound('the buyer');
        return ok({ accountId, ...buyer });
      },
    }),
  ];
}
