// What stations hold beside their device: local list, reservations, messages on the display. One row a station, for whoever looks after many.
import { z } from 'zod';
import { LIVE } from '#domain/reservation';
import type { World } from '#ports';
import { queryAsTenant } from '#service';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import * as shapes from './schemas.js';

const HoldingsQuery = z.object({ siteId: shapes.Id.optional(), limit: z.coerce.number().int().min(1).max(1000).default(500) });

const HOLDINGS = `select s.station_id as "stationId", s.site_id as "siteId",
  case when l.station_id is null then null else json_build_object('state', l.state, 'version', l.version, 'entries', l.entries) end as "localList",
  coalesce((select json_agg(json_build_object('reservationId', r.reservation_id, 'evseId', nullif(r.evse_id, 0), 'state', r.state, 'expiresAt', r.expires_at)
      order by r.expires_at) from reservations r
    where r.tenant_id = s.tenant_id and r.site_id = s.site_id and r.station_id = s.station_id and r.state = any($4)), '[]'::json) as reservations,
  (select count(*)::int from display_messages m
    where m.tenant_id = s.tenant_id and m.site_id = s.site_id and m.station_id = s.station_id and m.state in ('shown', 'foreign')) as "messagesShown"
  from stations s left join local_lists l on l.tenant_id = s.tenant_id and l.site_id = s.site_id and l.station_id = s.station_id
  where s.tenant_id = $1 and ($2::text is null or s.site_id = $2) order by s.station_id limit $3`;

export function holdingRoutes({ database }: World): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/holdings',
      answer: answers.pageOf(answers.Holding),
      summary: 'What each station holds: its local list and how it stands, live reservations, and how many messages its display shows',
      query: HoldingsQuery,
      async handle({ caller, query }) {
        const values = [caller.tenantId, query.siteId ?? null, query.limit, LIVE];
        const { rows } = await queryAsTenant(database, caller.tenantId, HOLDINGS, values);
        return ok({ items: rows, nextCursor: null });
      },
    }),
  ];
}
