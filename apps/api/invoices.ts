// Invoices: asked for by a fact in the stream of each account, decided by invoicing, shown from its rows as JSON, CSV and PDF.
// What is on an invoice, and what it comes to, is libs/domain/billing's.
import { z } from 'zod';
import { accountStream } from '#contracts';
import { tokenText } from '#domain/authorization';
import { uuidV5 } from '#kernel';
import type { Position, World } from '#ports';
import * as answers from './answers/index.js';
import { file, ok, type Route, route } from './http.js';
import { invoiceCsv } from './invoice-csv.js';
import { invoicePdf } from './invoice-pdf.js';
import { invoiceReads, type ShownInvoice } from './invoice-reads.js';
import { DEAR } from './limits.js';
import { AnyId } from './lookups.js';
import { sellerOf } from './parties.js';
import { badRequest, conflict, notFound } from './problem.js';
import { appendAll, passed } from './requests.js';
import * as shapes from './schemas.js';

/** Accounts of one request; whoever has more asks again. */
const MOST_ACCOUNTS = 1_000;

const AccountId = z.string().min(1).max(100);
const InvoicesBody = z
  .strictObject({
    accountId: AccountId.optional().describe('one account'),
    idToken: z.string().min(1).max(36).optional().describe('the account of this token; without either, all accounts that owe something'),
    until: shapes.Timestamp.optional().describe('of sessions that ended before that; absent = now'),
  })
  .refine(({ accountId, idToken }) => accountId === undefined || idToken === undefined, {
    path: ['idToken'],
    message: 'accountId or idToken, not both',
  });
const InvoicesQuery = shapes.Page.extend({
  accountId: AccountId.optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'three capital letters (ISO 4217) were expected')
    .optional(),
});
const ExplainQuery = z.object({
  fromLine: z.coerce.number().int().min(1).max(1_000_000).default(1),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export function invoiceRoutes(world: World): readonly Route[] {
  const { keys, clock, ids } = world;
  const reads = invoiceReads(world);
  const existing = async (tenantId: string, invoiceId: string): Promise<ShownInvoice> => {
    const invoice = await reads.invoice(tenantId, invoiceId);
    if (invoice === undefined) throw notFound(`the invoice ${invoiceId}`);
    return invoice;
  };
  /** Asks for all of them, and answers with the requests once they are decided. */
  const request = async (
    tenantId: string,
    accounts: readonly string[],
    { until, requestedBy, key }: { readonly until: string; readonly requestedBy: string; readonly key: string | undefined },
  ): Promise<readonly string[]> => {
    const seller = await sellerOf(world, tenantId);
    const requests = accounts.map((accountId) => ({
      requestId: key === undefined ? ids.next() : uuidV5('invoices', tenantId, accountId, key),
      accountId,
      until,
      requestedBy,
      ...(seller !== undefined && { seller }),
    }));
    const facts = requests.map((data) => ({ type: 'InvoiceRequested', tenantId, siteId: accountStream(data.accountId), data }) as const);
    const last = new Map<number, Position>();
    // The positions of a partition rise.
    for (const position of await appendAll(world, 'billing-events', facts)) last.set(position.partition, position);
    for (const position of last.values()) await passed(world, 'invoicing', position);
    return requests.map(({ requestId }) => requestId);
  };

  return [
    route({
      method: 'post',
      path: '/v1/invoices',
      answer: answers.IssuedInvoices,
      cost: DEAR,
      summary:
        'Put on invoices what accounts owe for sessions that ended before `until`: one account or all of them, an invoice for each currency, several of more than 5,000 records; what an invoice has, no other has',
      body: InvoicesBody,
      answers: {
        201: `issued; with isMore where more than ${MOST_ACCOUNTS} accounts owe something: ask again`,
        409: 'the account owes nothing that is not on an invoice',
      },
      async handle({ caller, body, headers }) {
        const { tenantId } = caller;
        const until = body.until ?? new Date(clock.now()).toISOString();
        if (Date.parse(until) > clock.now())
          throw badRequest('until: it is in the future', [{ path: 'until', message: 'now or earlier was expected' }]);
        const { accountId = body.idToken && keys.hmac('token', tokenText(tenantId, body.idToken)) } = body;
        const accounts = accountId === undefined ? await reads.owing(tenantId, until, MOST_ACCOUNTS + 1) : [accountId];
        const key = headers['idempotency-key'];
        const requestIds = await request(tenantId, accounts.slice(0, MOST_ACCOUNTS), {
          until,
          requestedBy: `api:${caller.name}`,
          key: typeof key === 'string' && key !== '' ? key : undefined,
        });
        const items = await reads.issuedBy(tenantId, requestIds);
        if (accountId !== undefined && items.length === 0) throw conflict(`nothing is open on the account ${accountId} before ${until}`);
        return { status: 201, body: { until, items, isMore: accounts.length > MOST_ACCOUNTS } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/invoices',
      answer: answers.pageOf(answers.Invoice),
      summary: 'Invoices and credit notes, newest first',
      query: InvoicesQuery,
      handle: async ({ caller, query }) => ok(await reads.invoices(caller.tenantId, query)),
    }),
    route({
      method: 'get',
      path: '/v1/invoices/{id}.csv',
      answer: 'text/csv',
      summary: 'The lines of an invoice as CSV',
      params: AnyId,
      answers: { 200: 'text/csv', 404: 'no such invoice' },
      async handle({ caller, params }) {
        const invoice = await existing(caller.tenantId, params.id);
        return file(`invoice-${invoice.number}.csv`, 'text/csv; charset=utf-8', invoiceCsv(invoice));
      },
    }),
    route({
      method: 'get',
      path: '/v1/invoices/{id}.pdf',
      answer: 'application/pdf',
      cost: DEAR,
      summary: 'An invoice as PDF; the same bytes each time',
      params: AnyId,
      answers: { 200: 'application/pdf', 404: 'no such invoice' },
      async handle({ caller, params }) {
        const invoice = await existing(caller.tenantId, params.id);
        return file(`invoice-${invoice.number}.pdf`, 'application/pdf', await invoicePdf(invoice));
      },
    }),
    route({
      method: 'get',
      path: '/v1/invoices/{id}',
      answer: answers.OneInvoice,
      summary: 'An invoice with its lines, tax by rate, and total; never changed once issued',
      params: AnyId,
      answers: { 200: 'the resource', 404: 'no such invoice' },
      handle: async ({ caller, params }) => ok(await existing(caller.tenantId, params.id)),
    }),
    route({
      method: 'get',
      path: '/v1/invoices/{id}/explain',
      answer: answers.InvoiceExplanation,
      summary: 'What the lines of an invoice come from: records with their prices, the records of the log, and who asked for it',
      params: AnyId,
      query: ExplainQuery,
      answers: { 200: 'some of its lines; nextLine where there are more', 404: 'no such invoice' },
      async handle({ caller, params, query }) {
        const explanation = await reads.explain(caller.tenantId, params.id, query.fromLine, query.limit);
        if (explanation === undefined) throw notFound(`the invoice ${params.id}`);
        return ok(explanation);
      },
    }),
  ];
}
