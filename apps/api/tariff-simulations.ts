// What past sessions would have cost by another tariff. Nothing is stored; sessions and charges are rows, the price is the rating's (P8, ADR 0071).
import { z } from 'zod';
import { inReach, NO_CURRENCY, type PastSession, simulated, type Tariff } from '#domain/billing';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { costOfEffort, DEAR } from './limits.js';
import { badRequest, notFound, type Problem } from './problem.js';
import type { Reads } from './reads.js';
import { decodeCursor, page, rowsOf } from './rows.js';
import * as shapes from './schemas.js';
import { periodsIn, reservedIn } from './session-reads.js';

/** Each is priced from all its periods. */
const MOST_SESSIONS = 200;

export const SimulationBody = z.strictObject({
  tariff: shapes.TariffBody.optional().describe('a tariff that need not be published'),
  tariffId: z.string().min(1).max(36).optional().describe('a published one, as it is now; exactly one of both'),
  from: shapes.Timestamp.describe('sessions that ended from then on'),
  to: shapes.Timestamp.describe('and before then'),
  siteId: shapes.Id.optional(),
  limit: z.number().int().min(1).max(MOST_SESSIONS).default(50),
  cursor: z.string().max(500).optional(),
});

interface PastRow extends Readonly<Record<string, unknown>> {
  readonly sessionId: string;
  readonly endedAt: Date;
  readonly reason: string | null;
}

const ENDED = `select s.session_id as "sessionId", s.station_id as "stationId", s.site_id as "siteId", s.evse_id as "evseId", s.started_at as "startedAt", s.ended_at as "endedAt",
    s.energy_wh::text as "energyWh", s.reason, s.time_zone as "timeZone", c.currency, c.payable_net::text as net, c.payable_gross::text as gross, c.tariff_id as "tariffId"
  from sessions s join session_costs c on c.tenant_id = s.tenant_id and c.session_id = s.session_id and c.is_final
  where s.tenant_id = $1 and s.ended_at >= $2 and s.ended_at < $3 and ($4::text is null or s.site_id = $4)
    and ($5::timestamptz is null or (s.ended_at, s.session_id) < ($5, $6::text)) order by s.ended_at desc, s.session_id desc limit $7`;
const PERIODS = `select session_id as "sessionId", kind, detail from session_timeline
  where tenant_id = $1 and session_id = any($2::text[]) and kind in ('ChargingPeriodRecorded', 'OutletReserved') order by record_offset, index`;

export const tariffSimulationRoutes = (world: Pick<World, 'database'>, reads: Pick<Reads, 'tariff' | 'hadSite'>): readonly Route[] => [
  route({
    method: 'post',
    path: '/v1/tariffs/simulations',
    answer: answers.TariffSimulation,
    isAudited: false,
    cost: DEAR,
    summary:
      'What sessions that ended in a window would have cost by a tariff, published or not: each beside what was charged, with its lines, and the sum of those in this answer; nothing is stored',
    body: SimulationBody,
    answers: {
      200: 'sessions, the latest end first; `difference` is null where the currencies differ, and these are in no sum',
      404: 'no such tariff or site',
    },
    async handle({ caller: { tenantId }, body, spend }) {
      const { from, to, siteId, limit, cursor } = body;
      if (Date.parse(from) >= Date.parse(to))
        throw badRequest('to: must be later than from', [{ path: 'to', message: 'must be later than from' }]);
      const tariff = await tariffOf(reads, tenantId, body);
      if (siteId !== undefined && !(await reads.hadSite(tenantId, siteId))) throw notFound(`the site ${siteId}`);
      const [beforeAt, beforeId] = decodeCursor(cursor, 'time', 'text') ?? [null, null];
      const found = await rowsOf<PastRow>(world, tenantId, ENDED, from, to, siteId ?? null, beforeAt, beforeId, limit + 1);
      const { items, nextCursor } = page(found as readonly (PastRow & Record<string, unknown>)[], limit, ({ endedAt, sessionId }) => [
        endedAt.toISOString(),
        sessionId,
      ]);
      const ids = items.map(({ sessionId }) => sessionId);
      const entries = Map.groupBy(await rowsOf(world, tenantId, PERIODS, ids), ({ sessionId }) => sessionId);
      const past = items.map((row) => pastOf(row, entries.get(row.sessionId) ?? []));
      const { count, effort } = inReach(tariff, past);
      if (count < past.length) throw tooMany(tariff, count, body.tariff === undefined ? 'tariffId' : 'tariff.elements');
      spend(costOfEffort(effort));
      const { currency, sessions, sum } = simulated(tariff, past);
      const shown = sessions.map((each, index) => {
        const { stationId, siteId: site, evseId, startedAt, endedAt, energyWh, tariffId } = items[index] as PastRow;
        return { ...each, stationId, siteId: site, evseId, startedAt, endedAt, energyWh: Number(energyWh), tariffId };
      });
      return ok({ tariffId: tariff.id, currency, from, to, items: shown, sum, nextCursor });
    },
  }),
];

function tooMany({ elements }: Tariff, count: number, ofTariff: string): Problem {
  const [path, message] =
    count > 0
      ? ['limit', `with ${elements.length} elements at most ${count} of these sessions can be priced at once`]
      : [ofTariff, `${elements.length} elements are too many to price a session with`];
  return badRequest(`${path}: ${message}`, [{ path, message }]);
}

async function tariffOf(
  reads: Pick<Reads, 'tariff'>,
  tenantId: string,
  { tariff, tariffId }: z.output<typeof SimulationBody>,
): Promise<Tariff> {
  if ((tariff === undefined) === (tariffId === undefined))
    throw badRequest('tariff: exactly one of tariff and tariffId', [
      { path: 'tariff', message: 'exactly one of tariff and tariffId was expected' },
    ]);
  if (tariff !== undefined) return tariff;
  const known = await reads.tariff(tenantId, tariffId as string);
  if (known === undefined) throw notFound(`the tariff ${tariffId}`, [{ path: 'tariffId', message: 'a tariff that is known was expected' }]);
  return known as unknown as Tariff;
}

function pastOf(row: PastRow, entries: readonly Record<string, unknown>[]): PastSession {
  const { sessionId, startedAt, endedAt, energyWh, reason, timeZone, currency, net, gross } = row;
  return {
    sessionId,
    startedAt: (startedAt as Date).toISOString(),
    endedAt: endedAt.toISOString(),
    energyWh: Number(energyWh),
    reason: reason ?? undefined,
    timeZone: (timeZone ?? undefined) as string | undefined,
    periods: periodsIn(entries),
    reserved: reservedIn(entries),
    currency: String(currency ?? NO_CURRENCY),
    charged: { net: String(net), gross: String(gross) },
  };
}
