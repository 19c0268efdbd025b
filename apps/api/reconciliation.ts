// Reconciliation by site and day, computed from rows as they are now (ADR 0044); what it came to each night is nightly-reconciliation.ts's.
// What is compared with what is libs/domain/billing's.
import { z } from 'zod';
import { type EnergySum, type MoneySum, type Reconciled, reconciled } from '#domain/billing';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { DEAR } from './limits.js';
import { badRequest, notFound } from './problem.js';
import type { Reads } from './reads.js';
import { rowsOf } from './rows.js';
import * as shapes from './schemas.js';

const DAY_MS = 86_400_000;
/** Days of one answer: it has a row for each of them and each site. */
const MOST_DAYS = 31;

export const Days = z.object({
  from: z.iso.date().describe('first day, UTC'),
  to: z.iso.date().describe(`last day, UTC, included; at most ${MOST_DAYS} days`),
});
const Query = Days.extend({ siteId: shapes.Id.optional() });

type Row = Record<string, unknown>;

const ENDED = `ended as (
  select session_id, site_id, to_char(ended_at at time zone 'UTC', 'YYYY-MM-DD') as day, energy_wh, meter_stop_wh - meter_start_wh as register_wh
  from sessions where tenant_id = $1 and ended_at >= $2 and ended_at < $3 and ($4::text is null or site_id = $4))`;

const ENERGIES = `with ${ENDED}, recorded as (
  select session_id, sum(case when credit_of is null then energy_wh else -energy_wh end) as wh
  from cdrs where tenant_id = $1 and session_id in (select session_id from ended) group by session_id)
  select site_id as "siteId", day, count(*)::integer as sessions, count(*) filter (where recorded.session_id is null)::integer as "withoutRecord",
    count(*) filter (where register_wh is null)::integer as "withoutRegisters", sum(coalesce(register_wh, energy_wh))::text as "registerWh",
    coalesce(sum(wh), 0)::text as "recordedWh"
  from ended left join recorded using (session_id) group by site_id, day`;

const MONEYS = `with ${ENDED}, entries as (
  select session_id, currency, 'rated' as kind, amount_net as net, amount_gross as gross
  from session_costs where tenant_id = $1 and is_final and session_id in (select session_id from ended)
  union all
  select session_id, currency, case when credit_of is null then 'charged' else 'credited' end, abs(amount_net), abs(amount_gross)
  from cdrs where tenant_id = $1 and session_id in (select session_id from ended))
  select site_id, day, currency, kind, count(*)::integer as entries, sum(net)::text as net, sum(gross)::text as gross
  from entries join ended using (session_id) group by site_id, day, currency, kind`;

const NOTHING = { entries: 0, net: '0.0000', gross: '0.0000' };

function moneySums(found: readonly Row[]): readonly MoneySum[] {
  const places = Map.groupBy(found, ({ site_id, day, currency }) => JSON.stringify([site_id, day, currency]));
  return [...places.values()].map((rows): MoneySum => {
    const of = (kind: string): typeof NOTHING => ({ ...NOTHING, ...rows.find((row) => row.kind === kind) });
    const amount = ({ net, gross }: typeof NOTHING): MoneySum['rated'] => ({ net, gross });
    const [charged, credited] = [of('charged'), of('credited')];
    return {
      siteId: String(rows[0]?.site_id),
      day: String(rows[0]?.day),
      currency: String(rows[0]?.currency),
      records: charged.entries,
      credits: credited.entries,
      charged: amount(charged),
      credited: amount(credited),
      rated: amount(of('rated')),
    };
  });
}

const shown = ({ registerWh, recordedWh, energyDifferenceWh, ...rest }: Reconciled): Row => ({
  ...rest,
  registerWh: Number(registerWh),
  recordedWh: Number(recordedWh),
  energyDifferenceWh: Number(energyDifferenceWh),
});

/** Throws a problem where the last day comes before the first, has not begun, or they are too many. */
export function daysOf({ from, to }: z.output<typeof Days>, nowMs: number): readonly string[] {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  if (toMs > nowMs) throw badRequest('to: it has not begun', [{ path: 'to', message: 'a day that has begun was expected' }]);
  if (toMs < fromMs) throw badRequest('to: it is before from', [{ path: 'to', message: 'from or a later day was expected' }]);
  const count = (toMs - fromMs) / DAY_MS + 1;
  if (count > MOST_DAYS)
    throw badRequest(`to: at most ${MOST_DAYS} days at once`, [{ path: 'to', message: `at most ${MOST_DAYS} days were expected` }]);
  return Array.from({ length: count }, (_, day) => new Date(fromMs + day * DAY_MS).toISOString().slice(0, 10));
}

/** From the beginning of the first day to the end of the last. */
export const windowOf = ({ from, to }: z.output<typeof Days>): readonly [Date, Date] => [new Date(from), new Date(Date.parse(to) + DAY_MS)];

/** A row for each site and day, of one site where one is named. */
export async function sitesReconciled(
  world: Pick<World, 'database'>,
  tenantId: string,
  days: readonly string[],
  siteId: string | null,
): Promise<readonly Reconciled[]> {
  const window = [...windowOf({ from: days[0] ?? '', to: days.at(-1) ?? '' }), siteId];
  const [sites, energies, moneys] = await Promise.all([
    rowsOf<{ site_id: string }>(
      world,
      tenantId,
      'select site_id from sites where tenant_id = $1 and ($2::text is null and not removed or site_id = $2)',
      siteId,
    ),
    rowsOf<EnergySum & Row>(world, tenantId, ENERGIES, ...window),
    rowsOf(world, tenantId, MONEYS, ...window),
  ]);
  return reconciled(
    sites.map(({ site_id }) => site_id),
    days,
    energies,
    moneySums(moneys),
  );
}

export function reconciliationRoutes(world: Pick<World, 'database' | 'clock'>, reads: Pick<Reads, 'hadSite'>): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/reports/reconciliation',
      answer: answers.Reconciliation,
      cost: DEAR,
      summary:
        'By site and day on which sessions ended: registers against charge records, and charge records less credits against the last ratings; differences of nothing included',
      query: Query,
      answers: { 200: 'a row for each day and site', 404: 'no such site' },
      async handle({ caller: { tenantId }, query }) {
        const days = daysOf(query, world.clock.now());
        const siteId = query.siteId ?? null;
        if (siteId !== null && !(await reads.hadSite(tenantId, siteId))) throw notFound(`the site ${siteId}`);
        const all = await sitesReconciled(world, tenantId, days, siteId);
        return ok({ from: query.from, to: query.to, rows: all.map(shown) });
      },
    }),
  ];
}
