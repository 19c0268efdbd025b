// Periodic event streams of stations (OCPP 2.1): which are open, what they brought, and their rhythm.
import { z } from 'zod';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { stationAsker } from './asking.js';
import { ok, type Route, route } from './http.js';
import { type Lookups, StationId } from './lookups.js';
import type { Reads } from './reads.js';
import { rowsOf } from './rows.js';
import * as shapes from './schemas.js';

const StreamId = z.object({ streamId: z.coerce.number().int().min(0).max(2_147_483_647) });
const RhythmBody = z
  .strictObject({
    intervalS: z.int().min(1).max(86_400).optional().describe('values are sent after this time at the latest'),
    values: z.int().min(1).max(10_000).optional().describe('as many values wait at most before they are sent'),
  })
  .refine(({ intervalS, values }) => intervalS !== undefined || values !== undefined, { message: 'intervalS, values or both' });
const ValuesQuery = z.object({
  from: shapes.Timestamp.optional(),
  to: shapes.Timestamp.optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
});

const STREAMS = `select stream_id as "streamId", monitoring_id as "variableMonitoringId", interval_s as "intervalS", batch as "values", state, pending,
  opened_at as "openedAt", closed_at as "closedAt", heard_at as "heardAt",
  (select v.value from event_stream_values v where v.tenant_id = s.tenant_id and v.site_id = s.site_id and v.station_id = s.station_id and v.stream_id = s.stream_id
   order by v.at desc limit 1) as "lastValue"
  from event_streams s where tenant_id = $1 and site_id = $2 and station_id = $3 order by stream_id`;
const VALUES = `select at, value, monitoring_id as "variableMonitoringId" from event_stream_values
  where tenant_id = $1 and site_id = $2 and station_id = $3 and stream_id = $4 and ($5::timestamptz is null or at >= $5) and ($6::timestamptz is null or at < $6)
  order by at desc limit $7`;

export function eventStreamRoutes(world: World, reads: Reads, known: Lookups): readonly Route[] {
  const ask = stationAsker(world, reads, known);
  return [
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/event-streams',
      answer: answers.listOf(answers.EventStream),
      summary: 'Periodic event streams of a station, each with its monitor, its rhythm and its latest value',
      params: StationId,
      async handle({ caller, params: { stationId } }) {
        const siteId = await known.siteOf(caller.tenantId, stationId);
        return ok({ items: await rowsOf(world, caller.tenantId, STREAMS, siteId, stationId) });
      },
    }),
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/event-streams/{streamId}/values',
      answer: answers.listOf(answers.StreamValue),
      summary: 'What a stream brought, the newest first',
      params: StationId.extend(StreamId.shape),
      query: ValuesQuery,
      async handle({ caller, params: { stationId, streamId }, query: { from, to, limit } }) {
        const siteId = await known.siteOf(caller.tenantId, stationId);
        const items = await rowsOf(world, caller.tenantId, VALUES, siteId, stationId, streamId, from ?? null, to ?? null, limit);
        return ok({ items });
      },
    }),
    route({
      method: 'put',
      path: '/v1/stations/{stationId}/event-streams/{streamId}',
      answer: answers.Asked,
      summary: 'Another rhythm for a stream (AdjustPeriodicEventStream); it holds once the station accepts',
      params: StationId.extend(StreamId.shape),
      body: RhythmBody,
      answers: { 202: 'on its way' },
      async handle({ caller, params: { stationId, streamId }, body: { intervalS, values }, headers }) {
        const params = { ...(intervalS !== undefined && { interval: intervalS }), ...(values !== undefined && { values }) };
        return ask({ caller, headers }, stationId, 'AdjustPeriodicEventStream', { id: streamId, params });
      },
    }),
  ];
}
