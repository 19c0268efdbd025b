// Invoices as rows have them, and what is behind each: records, prices and the facts of the log. Nothing is computed here.
import type { Invoice, Party } from '#domain/billing';
import type { World } from '#ports';
import { queryAsTenant } from '#service';
import { openedBuyer } from './parties.js';
import { decodeCursor, type List, page } from './rows.js';

type Json = Record<string, unknown>;

export interface ShownInvoice extends Omit<Invoice, 'buyer'> {
  readonly issuedAt: string;
  /** Null once its driver was forgotten; absent where nobody said who it is. */
  readonly buyer?: Party | null;
  /** Numbers of the invoices of before with records that this one takes back, oldest first; absent where there are none. */
  readonly corrects?: readonly string[];
}

export interface InvoicesQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly accountId?: string | undefined;
  readonly currency?: string | undefined;
}

const SUMMARY = `select invoice_id as "invoiceId", number, account_id as "accountId", kind, currency, issued_at as "issuedAt", period_from as "from",
  period_to as "to", lines, invoice -> 'total' as total from invoices where tenant_id = $1`;

export type InvoiceReads = ReturnType<typeof invoiceReads>;

export function invoiceReads({ database, keys }: Pick<World, 'database' | 'keys'>) {
  const rows = async (tenantId: string, text: string, ...values: readonly unknown[]): Promise<readonly Json[]> =>
    (await queryAsTenant<Json>(database, tenantId, text, [tenantId, ...values])).rows;

  return {
    /** Newest first. */
    async invoices(tenantId: string, { limit, cursor, accountId, currency }: InvoicesQuery): Promise<List<Json>> {
      const [beforeAt, beforeId] = decodeCursor(cursor, 'time', 'text') ?? [null, null];
      const found = await rows(
        tenantId,
        `${SUMMARY} and ($2::text is null or account_id = $2) and ($3::text is null or currency = $3)
         and ($4::timestamptz is null or (issued_at, invoice_id) < ($4, $5::text)) order by issued_at desc, invoice_id desc limit $6`,
        accountId ?? null,
        currency ?? null,
        beforeAt,
        beforeId,
        limit + 1,
      );
      return page(found, limit, ({ issuedAt, invoiceId }) => [(issuedAt as Date).toISOString(), invoiceId]);
    },

    async invoice(tenantId: string, invoiceId: string): Promise<ShownInvoice | undefined> {
      const [row] = await rows(tenantId, 'select invoice, issued_at from invoices where tenant_id = $1 and invoice_id = $2', invoiceId);
      if (row === undefined) return undefined;
      const { buyer, ...invoice } = row.invoice as Invoice;
      const issuedAt = (row.issued_at as Date).toISOString();
      const corrected = await rows(
        tenantId,
        `select distinct i.number, i.seq from invoice_lines l
           join invoice_lines o on o.tenant_id = l.tenant_id and o.cdr_id = l.credit_of and o.invoice_id <> l.invoice_id
           join invoices i on i.tenant_id = o.tenant_id and i.invoice_id = o.invoice_id
         where l.tenant_id = $1 and l.invoice_id = $2 order by i.seq`,
        invoiceId,
      );
      return {
        ...invoice,
        issuedAt,
        ...(corrected.length > 0 && { corrects: corrected.map(({ number }) => String(number)) }),
        ...(buyer !== undefined && { buyer: await openedBuyer({ keys }, buyer) }),
      };
    },

    /** In order of account and number. */
    issuedBy: (tenantId: string, requestIds: readonly string[]): Promise<readonly Json[]> =>
      rows(tenantId, `${SUMMARY} and request_id = any($2::text[]) order by account_id, seq`, requestIds),

    /** Accounts that owe something for sessions that ended before that, in order. */
    async owing(tenantId: string, until: string, limit: number): Promise<readonly string[]> {
      const found = await rows(
        tenantId,
        'select distinct account_id from account_charges where tenant_id = $1 and invoice_id is null and ended_at < $2 order by account_id limit $3',
        until,
        limit,
      );
      return found.map(({ account_id }) => String(account_id));
    },

    /** Some of its lines, each with its record's prices and the facts of the log behind it, and who asked for the invoice. */
    async explain(tenantId: string, invoiceId: string, fromLine: number, limit: number): Promise<Json | undefined> {
      const [request] = await rows(
        tenantId,
        `select i.number, i.lines, r.request_id as "requestId", r.requested_by as "requestedBy", r.requested_at as "requestedAt", r.until_at as until,
           r.topic, r.partition, r.record_offset as offset
         from invoices i join invoice_requests r on r.tenant_id = i.tenant_id and r.request_id = i.request_id
         where i.tenant_id = $1 and i.invoice_id = $2`,
        invoiceId,
      );
      if (request === undefined) return undefined;
      const { number, lines, ...asked } = request;
      const found = await rows(
        tenantId,
        `select l.line, l.cdr_id as "cdrId", l.credit_of as "creditOf", l.session_id as "sessionId", l.amount_net::text as "amountNet",
           l.amount_gross::text as "amountGross", c.charged_at as "chargedAt", c.topic, c.partition, c.record_offset as offset
         from invoice_lines l join account_charges c on c.tenant_id = l.tenant_id and c.cdr_id = l.cdr_id
         where l.tenant_id = $1 and l.invoice_id = $2 and l.line >= $3 order by l.line limit $4`,
        invoiceId,
        fromLine,
        limit,
      );
      const of = (key: string): readonly unknown[] => found.map((line) => line[key]);
      const [prices, events] = await Promise.all([
        rows(
          tenantId,
          `select cdr_id as "cdrId", line, dimension, tariff_id as "tariffId", quantity::text, unit, unit_price::text as "unitPrice",
             vat_percent::text as "vatPercent", amount_net::text as "amountNet", amount_gross::text as "amountGross"
           from cdr_lines where tenant_id = $1 and cdr_id = any($2::text[]) order by cdr_id, line`,
          of('cdrId'),
        ),
        rows(
          tenantId,
          `select session_id as "sessionId", topic, partition, record_offset as offset, at, kind from session_timeline
           where tenant_id = $1 and session_id = any($2::text[]) order by record_offset, index`,
          of('sessionId'),
        ),
      ]);
      const pricesOf = Map.groupBy(prices, ({ cdrId }) => cdrId);
      const eventsOf = Map.groupBy(events, ({ sessionId }) => sessionId);
      const last = Number(found.at(-1)?.line ?? lines);
      return {
        invoiceId,
        number,
        request: asked,
        rule: 'each line is what its record comes to, half-up to the minor unit once; totals and tax groups are sums of lines (ADR 0052)',
        lines: found.map(({ topic, partition, offset, ...line }) => ({
          ...line,
          charge: { topic, partition, offset },
          prices: (pricesOf.get(line.cdrId) ?? []).map(({ cdrId: _, ...price }) => price),
          events: (eventsOf.get(line.sessionId) ?? []).map(({ sessionId: _, ...event }) => event),
        })),
        nextLine: last < Number(lines) ? last + 1 : null,
      };
    },
  };
}
