// Payments against charge records less credits, by day and currency, computed from rows as they are now (ADR 0044, 0057).
import type { z } from 'zod';
import type { PaymentSum } from '#domain/billing';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { DEAR } from './limits.js';
import { Days, daysOf, windowOf } from './reconciliation.js';
import { rowsOf } from './rows.js';

/** A session counts on the day (UTC) its first record was issued. What it owes is what invoicing has of it, what was paid is what payments have: two services that know nothing of each other. */
const SUMS = `with charges as (
    select session_id, account_id, currency, min(charged_at) as charged_at, sum(amount_gross) as charged
    from account_charges where tenant_id = $1 and session_id in
      (select session_id from account_charges where tenant_id = $1 and charged_at >= $2 and charged_at < $3) group by 1, 2, 3),
  moved as (select session_id, account_id, sum(captured) as captured, sum(refunded) as refunded from payments
    where tenant_id = $1 and session_id in (select session_id from charges) group by 1, 2)
  select to_char(c.charged_at at time zone 'UTC', 'YYYY-MM-DD') as day, c.currency, count(*)::integer as sessions, count(p.session_id)::integer as "paidSessions",
    coalesce(sum(c.charged), 0)::numeric(19,4)::text as charged, coalesce(sum(m.captured), 0)::numeric(19,4)::text as captured,
    coalesce(sum(m.refunded), 0)::numeric(19,4)::text as refunded, coalesce(sum(p.on_request), 0)::numeric(19,4)::text as "refundedOnRequest",
    coalesce(sum(p.open), 0)::numeric(19,4)::text as open, coalesce(sum(c.charged) filter (where p.session_id is null), 0)::numeric(19,4)::text as "withoutMethod",
    (coalesce(sum(c.charged) filter (where p.session_id is not null), 0) - coalesce(sum(m.captured), 0) + coalesce(sum(m.refunded), 0)
      - coalesce(sum(p.on_request), 0) - coalesce(sum(p.open), 0))::numeric(19,4)::text as difference
  from charges c left join session_payments p on p.tenant_id = $1 and p.session_id = c.session_id and p.account_id = c.account_id
    left join moved m on m.session_id = c.session_id and m.account_id = c.account_id
  where c.charged_at >= $2 and c.charged_at < $3 group by 1, 2 order by 1, 2`;

type Row = Readonly<Record<string, unknown>>;
type DaySum = PaymentSum & { readonly day: string };

/** In order of days, then currencies; a day on which nobody was charged has none. */
export const paymentsOfDays = (world: Pick<World, 'database'>, tenantId: string, days: z.output<typeof Days>): Promise<readonly DaySum[]> =>
  rowsOf<DaySum & Row>(world, tenantId, SUMS, ...windowOf(days));

export const paymentReconciliationRoutes = (world: Pick<World, 'database' | 'clock'>): readonly Route[] => [
  route({
    method: 'get',
    path: '/v1/reports/reconciliation/payments',
    answer: answers.PaymentReconciliation,
    cost: DEAR,
    summary:
      'By day of the first charge record and currency: what sessions were charged less credits, against what was captured less refunds, what is open, and what nobody pays by a method; differences of nothing included',
    query: Days,
    answers: { 200: 'a row for each day' },
    async handle({ caller: { tenantId }, query }) {
      const days = daysOf(query, world.clock.now());
      const byDay = Map.groupBy(await paymentsOfDays(world, tenantId, query), ({ day }) => day);
      return ok({ ...query, rows: days.map((day) => ({ day, amounts: (byDay.get(day) ?? []).map(({ day: _, ...amounts }) => amounts) })) });
    },
  }),
];
