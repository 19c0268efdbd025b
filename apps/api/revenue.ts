// What was charged and credited, by day, site and tariff: sums of charge records, computed from rows each time it is asked for (ADR 0044, 0071).
// Whether that agrees with registers and invoices is reconciliation's.
import { z } from 'zod';
import { NO_CURRENCY } from '#domain/billing';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { DEAR } from './limits.js';
import { Days, daysOf, windowOf } from './reconciliation.js';
import { rowsOf } from './rows.js';
import * as shapes from './schemas.js';

const Query = Days.extend({ siteId: shapes.Id.optional(), tariffId: z.string().min(1).max(36).optional() });

/** A credit is a negative row; a record of before there were payable amounts counts with what it cost. */
const SUMS = `with records as (
    select to_char(issued_at at time zone 'UTC', 'YYYY-MM-DD') as day, site_id, coalesce(cdr -> 'tariffs' -> 0 ->> 'id', '') as tariff_id, currency, credit_of,
      coalesce(payable_net, amount_net) as net, coalesce(payable_gross, amount_gross) as gross, case when credit_of is null then energy_wh else -energy_wh end as wh
    from cdrs where tenant_id = $1 and issued_at >= $2 and issued_at < $3 and currency <> '${NO_CURRENCY}' and ($4::text is null or site_id = $4)
      and ($5::text is null or cdr -> 'tariffs' -> 0 ->> 'id' = $5))
  select day, site_id as "siteId", tariff_id as "tariffId", currency, count(*) filter (where credit_of is null)::integer as records,
    count(*) filter (where credit_of is not null)::integer as credits, sum(wh)::text as "energyWh",
    coalesce(sum(net) filter (where credit_of is null), 0)::text as "chargedNet", coalesce(-sum(net) filter (where credit_of is not null), 0)::text as "creditedNet",
    sum(net)::text as net, sum(gross)::text as gross
  from records group by grouping sets ((day, currency), (site_id, currency), (tariff_id, currency), (currency))
  order by day, site_id, tariff_id, currency`;

type Row = Readonly<Record<string, unknown>>;

export const revenueRoutes = (world: Pick<World, 'database' | 'clock'>): readonly Route[] => [
  route({
    method: 'get',
    path: '/v1/reports/revenue',
    answer: answers.RevenueReport,
    cost: DEAR,
    summary: 'Charge records less credits by the day on which they were issued (UTC), by site, by tariff and in all, for each currency',
    query: Query,
    answers: { 200: 'a row for each day, also those with nothing; sums of amounts to pay' },
    async handle({ caller: { tenantId }, query }) {
      const days = daysOf(query, world.clock.now());
      const found = await rowsOf(world, tenantId, SUMS, ...windowOf(query), query.siteId ?? null, query.tariffId ?? null);
      const of = (column: 'day' | 'siteId' | 'tariffId') => found.filter((row) => row[column] !== null);
      const byDay = Map.groupBy(of('day'), ({ day }) => day);
      return ok({
        ...query,
        days: days.map((day) => ({ day, amounts: (byDay.get(day) ?? []).map(amountsOf) })),
        sites: of('siteId').map((row) => ({ siteId: row.siteId, ...amountsOf(row) })),
        tariffs: of('tariffId').map((row) => ({ tariffId: row.tariffId === '' ? null : row.tariffId, ...amountsOf(row) })),
        amounts: found.filter(({ day, siteId, tariffId }) => day === null && siteId === null && tariffId === null).map(amountsOf),
      });
    },
  }),
];

const amountsOf = ({ day: _, siteId: __, tariffId: ___, energyWh, ...amounts }: Row): Row => ({ ...amounts, energyWh: Number(energyWh) });
