// Invoices against charge records less credits, by day and currency, computed from rows as they are now (ADR 0044, 0052).
// What is compared with what is libs/domain/billing's.
import type { z } from 'zod';
import {
  type InvoicedSum,
  type InvoicesReconciled,
  inCurrencies,
  invoicesReconciled,
  type NetAndGross,
  NO_CURRENCY,
} from '#domain/billing';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { DEAR } from './limits.js';
import { Days, daysOf, windowOf } from './reconciliation.js';
import { rowsOf } from './rows.js';

type Row = Record<string, unknown>;

const DAY = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD')`;

/** A record of before there were payable amounts counts with what it cost. */
const SUMS = `with records as (
    select cdr_id, ${DAY('issued_at')} as day, currency, credit_of, coalesce(payable_net, amount_net) as net, coalesce(payable_gross, amount_gross) as gross
    from cdrs where tenant_id = $1 and issued_at >= $2 and issued_at < $3 and currency <> '${NO_CURRENCY}'),
  charges as (
    select cdr_id, ${DAY('charged_at')} as day, currency, amount_net as net, amount_gross as gross
    from account_charges where tenant_id = $1 and charged_at >= $2 and charged_at < $3),
  lines as (
    select cdr_id, sum(amount_net) as net, sum(amount_gross) as gross from invoice_lines
    where tenant_id = $1 and cdr_id in (select cdr_id from records union select cdr_id from charges) group by cdr_id),
  entries as (
    select cdr_id, coalesce(r.day, c.day) as day, coalesce(r.currency, c.currency) as currency, r.cdr_id is not null as is_record, r.credit_of is not null as is_credit,
      c.cdr_id is not null as is_charged, l.cdr_id is not null as is_invoiced, r.net, r.gross, c.net as open_net, c.gross as open_gross,
      l.net as line_net, l.gross as line_gross
    from records r full join charges c using (cdr_id) left join lines l using (cdr_id))
  select day, currency, count(*) filter (where is_record and not is_credit)::integer as records, count(*) filter (where is_credit)::integer as credits,
    coalesce(sum(net) filter (where not is_credit), 0)::text as charged_net, coalesce(sum(gross) filter (where not is_credit), 0)::text as charged_gross,
    coalesce(-sum(net) filter (where is_credit), 0)::text as credited_net, coalesce(-sum(gross) filter (where is_credit), 0)::text as credited_gross,
    coalesce(sum(line_net), 0)::text as invoiced_net, coalesce(sum(line_gross), 0)::text as invoiced_gross,
    coalesce(sum(open_net) filter (where not is_invoiced), 0)::text as open_net, coalesce(sum(open_gross) filter (where not is_invoiced), 0)::text as open_gross,
    count(*) filter (where not is_charged and not is_invoiced)::integer as not_charged,
    coalesce(sum(net) filter (where not is_charged and not is_invoiced), 0)::text as not_charged_net,
    coalesce(sum(gross) filter (where not is_charged and not is_invoiced), 0)::text as not_charged_gross
  from entries group by day, currency`;

function sumOf(row: Row): InvoicedSum {
  const amount = (name: string): NetAndGross => ({ net: String(row[`${name}_net`]), gross: String(row[`${name}_gross`]) });
  return {
    day: String(row.day),
    currency: String(row.currency),
    records: Number(row.records),
    credits: Number(row.credits),
    charged: amount('charged'),
    credited: amount('credited'),
    invoiced: amount('invoiced'),
    open: amount('open'),
    notCharged: { records: Number(row.not_charged), ...amount('not_charged') },
  };
}

/** In order of days, then currencies; a day without records has none. */
export async function invoicesOfDays(
  world: Pick<World, 'database'>,
  tenantId: string,
  days: z.output<typeof Days>,
): Promise<readonly InvoicesReconciled[]> {
  return invoicesReconciled((await rowsOf(world, tenantId, SUMS, ...windowOf(days))).map(sumOf));
}

export const invoiceReconciliationRoutes = (world: Pick<World, 'database' | 'clock'>): readonly Route[] => [
  route({
    method: 'get',
    path: '/v1/reports/reconciliation/invoices',
    answer: answers.InvoiceReconciliation,
    cost: DEAR,
    summary:
      'By day on which charge records were issued, and currency: records less credits against what is on invoices, what is still open and what no account has; differences of nothing included',
    query: Days,
    answers: { 200: 'a row for each day, and all days together by currency' },
    async handle({ caller: { tenantId }, query }) {
      const days = daysOf(query, world.clock.now());
      const all = await invoicesOfDays(world, tenantId, query);
      const byDay = Map.groupBy(all, ({ day }) => day);
      const amountsOf = (day: string) => (byDay.get(day) ?? []).map(({ day: _, ...amounts }) => amounts);
      return ok({ ...query, rows: days.map((day) => ({ day, amounts: amountsOf(day) })), amounts: inCurrencies(all) });
    },
  }),
];
