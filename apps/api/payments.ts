// How accounts pay, what their sessions were paid, and refunds on request: facts in the stream of the account, shown from the rows of payments (ADR 0057).
// What the provider is asked is decided by libs/domain/billing/payment.ts.
import { z } from 'zod';
import { accountStream } from '#contracts';
import { tokenText } from '#domain/authorization';
import { minorUnits, roundToMinor } from '#domain/billing';
import { uuidV5 } from '#kernel';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { AnyId } from './lookups.js';
import { badRequest, conflict, notFound } from './problem.js';
import type { Reads } from './reads.js';
import { appendAll, passed } from './requests.js';
import { decodeCursor, page, rowsOf } from './rows.js';
import * as shapes from './schemas.js';

/** A number of 13 to 19 digits whose check digit is right (ISO/IEC 7812) is a card, and must not come here. */
export function isCardNumber(text: string): boolean {
  const digits = text.replaceAll(/[ -]/g, '');
  if (!/^\d{13,19}$/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

const Token = z.object({ type: shapes.TokenType, idToken: z.string().min(1).max(36) });
const MethodBody = z.strictObject({
  method: z
    .string()
    .min(1)
    .max(255)
    .refine((method) => !isCardNumber(method), 'a card number: the token of a payment provider was expected')
    .describe("the provider's token for how it is paid; `test:ok` and the like where nothing else is set up"),
});
const RefundBody = z.strictObject({
  amount: z.string().regex(/^\d{1,9}(\.\d{1,4})?$/, 'a decimal such as 12.50'),
  reason: z.string().min(1).max(500).optional(),
});

const SESSION = `select p.session_id as "sessionId", p.account_id as "accountId", p.site_id as "siteId", p.station_id as "stationId", p.currency, p.owed::text,
  p.on_request::text as "refundedOnRequest", p.paid::text, p.open::text, p.changed_at as "changedAt" from session_payments p where p.tenant_id = $1`;
const PAYMENTS = `select payment_id as "paymentId", session_id as "sessionId", account_id as "accountId", state, currency, held::text, captured::text, refunded::text,
  reason, changed_at as "changedAt" from payments where tenant_id = $1 and session_id = $2 order by payment_id`;
const ORDERS = `select order_id as "orderId", payment_id as "paymentId", step, amount::text, currency, state, reference, reason, ordered_at as "orderedAt",
  answered_at as "answeredAt", topic, partition, record_offset as "offset" from payment_orders where tenant_id = $1 and session_id = $2 order by record_offset, order_id`;
const REFUNDS = `select request_id as "requestId", amount::text, currency, state, reason, requested_by as "requestedBy", requested_at as "requestedAt"
  from refund_requests where tenant_id = $1 and session_id = $2 order by requested_at, request_id`;

export function paymentRoutes(world: World, reads: Pick<Reads, 'session'>): readonly Route[] {
  const { keys } = world;
  const accountOf = (tenantId: string, idToken: string): string => keys.hmac('token', tokenText(tenantId, idToken));
  const tell = async (type: string, tenantId: string, data: { readonly accountId: string }): Promise<void> => {
    const fact = { type, tenantId, siteId: accountStream(data.accountId), data };
    const [position] = await appendAll(world, 'billing-events', [fact as never]);
    if (position !== undefined) await passed(world, 'payments', position);
  };
  const methodOf = async (tenantId: string, accountId: string) =>
    (
      await rowsOf<{ methodId: string; state: string }>(
        world,
        tenantId,
        `select method_id as "methodId", state, changed_at as "changedAt" from payment_methods where tenant_id = $1 and account_id = $2`,
        accountId,
      )
    )[0];

  return [
    route({
      method: 'put',
      path: '/v1/tokens/{type}/{idToken}/payment-method',
      answer: answers.PaymentMethod,
      summary:
        'Pay the sessions of a token by this method: an amount is held at their start where the tariff has `preauthorize_amount`, and captured at their end',
      params: Token,
      body: MethodBody,
      answers: { 200: 'sessions that begin from now on are paid by it' },
      async handle({ caller, params, body }) {
        const accountId = accountOf(caller.tenantId, params.idToken);
        const methodId = world.ids.next();
        const method = await keys.seal(accountId, body.method);
        await tell('PaymentMethodAttached', caller.tenantId, { accountId, methodId, method, requestedBy: `api:${caller.name}` } as never);
        return ok({ accountId, methodId, state: 'attached' });
      },
    }),
    route({
      method: 'get',
      path: '/v1/tokens/{type}/{idToken}/payment-method',
      answer: answers.PaymentMethod,
      summary: 'Whether the sessions of a token are paid, and since when',
      params: Token,
      answers: { 200: 'the resource', 404: 'the token never had one' },
      async handle({ caller, params }) {
        const accountId = accountOf(caller.tenantId, params.idToken);
        const method = await methodOf(caller.tenantId, accountId);
        if (method === undefined) throw notFound('the payment method');
        return ok({ accountId, ...method });
      },
    }),
    route({
      method: 'delete',
      path: '/v1/tokens/{type}/{idToken}/payment-method',
      answer: answers.PaymentMethod,
      summary: 'Pay no more by it; what is held already is still captured',
      params: Token,
      answers: { 200: 'detached', 404: 'the token has none' },
      async handle({ caller, params }) {
        const accountId = accountOf(caller.tenantId, params.idToken);
        if ((await methodOf(caller.tenantId, accountId))?.state !== 'attached') throw notFound('the payment method');
        await tell('PaymentMethodDetached', caller.tenantId, { accountId, requestedBy: `api:${caller.name}` } as never);
        return ok({ accountId, state: 'detached' });
      },
    }),
    route({
      method: 'get',
      path: '/v1/sessions/{id}/payments',
      answer: answers.SessionPayments,
      summary: 'What a session owes and was paid, its payments, and every order to the provider with its answer',
      params: AnyId,
      answers: { 200: 'null where its account has no payment method', 404: 'no such session' },
      async handle({ caller: { tenantId }, params: { id } }) {
        const [session] = await rowsOf(world, tenantId, `${SESSION} and p.session_id = $2 order by p.changed_at desc limit 1`, id);
        if (session === undefined && (await reads.session(tenantId, id)) === undefined) throw notFound(`the session ${id}`);
        const [payments, orders, refunds = []] = await Promise.all(
          [PAYMENTS, ORDERS, REFUNDS].map((text) => rowsOf(world, tenantId, text, id)),
        );
        const opened = refunds.map(async ({ reason, ...refund }) => ({
          ...refund,
          reason: typeof reason === 'string' ? ((await keys.unseal(reason)) ?? null) : null,
        }));
        return ok({ session: session ?? null, payments, orders, refunds: await Promise.all(opened) });
      },
    }),
    route({
      method: 'get',
      path: '/v1/accounts/{id}/payments',
      answer: answers.pageOf(answers.PaidSession),
      summary: 'What the sessions of an account owe and were paid, the latest first',
      params: AnyId,
      query: shapes.Page,
      async handle({ caller: { tenantId }, params: { id }, query: { limit, cursor } }) {
        const [beforeAt, beforeId] = decodeCursor(cursor, 'time', 'text') ?? [null, null];
        const found = await rowsOf(
          world,
          tenantId,
          `${SESSION} and p.account_id = $2 and ($3::timestamptz is null or (p.changed_at, p.session_id) < ($3, $4::text))
           order by p.changed_at desc, p.session_id desc limit $5`,
          ...[id, beforeAt, beforeId, limit + 1],
        );
        return ok(page(found, limit, ({ changedAt, sessionId }) => [(changedAt as Date).toISOString(), sessionId]));
      },
    }),
    route({
      method: 'post',
      path: '/v1/sessions/{id}/refunds',
      answer: answers.Refund,
      summary: 'Give back some of what a session paid, whatever its charge records say',
      params: AnyId,
      body: RefundBody,
      answers: { 201: 'granted; it is asked of the provider', 404: 'nothing was paid for such a session', 409: 'less than that was paid' },
      async handle({ caller, params: { id }, body: { amount, reason }, headers }) {
        const { tenantId } = caller;
        const [session] = await rowsOf<{ accountId: string; currency: string }>(
          world,
          tenantId,
          `${SESSION} and p.session_id = $2 order by p.paid desc, p.changed_at desc limit 1`,
          id,
        );
        if (session === undefined) throw notFound(`a payment of the session ${id}`);
        const { accountId, currency } = session;
        const given = roundToMinor(amount, currency);
        const [, decimals = ''] = amount.split('.');
        if (/[1-9]/.test(decimals.slice(minorUnits(currency))))
          throw badRequest(`amount: ${currency} has no such parts`, [
            { path: 'amount', message: `at most ${minorUnits(currency)} decimals` },
          ]);
        if (!/[1-9]/.test(given)) throw badRequest(`amount: above 0 was expected`, [{ path: 'amount', message: 'above 0' }]);
        const key = headers['idempotency-key'];
        const requestId = typeof key === 'string' && key !== '' ? uuidV5('refund', tenantId, id, key) : world.ids.next();
        const data = {
          requestId,
          accountId,
          sessionId: id,
          amount: given,
          ...(reason !== undefined && { reason: await keys.seal(accountId, reason) }),
          requestedBy: `api:${caller.name}`,
        };
        await tell('RefundRequested', tenantId, data);
        const [refund] = await rowsOf(
          world,
          tenantId,
          `select state from refund_requests where tenant_id = $1 and request_id = $2`,
          requestId,
        );
        if (refund?.state === 'refused')
          throw conflict(`less than ${given} ${currency} was paid for the session ${id} and not given back yet`);
        return { status: 201, body: { requestId, sessionId: id, amount: given, currency, state: 'granted' } };
      },
    }),
  ];
}
