// What a station keeps of tokens: its local list, its cache, and the wish that it gets its list anew. Who is on lists is said of each token.
import type { World } from '#ports';
import { queryAsTenant } from '#service';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { type Lookups, StationId } from './lookups.js';
import { append, passed } from './requests.js';

const LIST = `select state, version, entries, is_cut as "isCut", max_entries as "maxEntries", items_per_message as "itemsPerMessage",
  failures, reason, changed_at as "changedAt" from local_lists where tenant_id = $1 and site_id = $2 and station_id = $3`;
const CACHE = `select is_kept as "isKept", is_stale as "isStale", answer, changed_at as "changedAt"
  from token_caches where tenant_id = $1 and site_id = $2 and station_id = $3`;

export function tokenCopyRoutes(world: World, { siteOf }: Lookups): readonly Route[] {
  const copies = async (tenantId: string, stationId: string) => {
    const place = [tenantId, await siteOf(tenantId, stationId), stationId];
    const [list, cache] = await Promise.all([LIST, CACHE].map((text) => queryAsTenant(world.database, tenantId, text, place)));
    return { localList: list?.rows[0] ?? null, cache: cache?.rows[0] ?? null };
  };
  return [
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/token-copies',
      answer: answers.TokenCopies,
      summary:
        'What the station keeps of tokens: its local list with its version (inStep, behind, foreign, failed, unsupported, empty or notKept) and its cache; null = it said nothing of it',
      params: StationId,
      handle: async ({ caller, params }) => ok(await copies(caller.tenantId, params.stationId)),
    }),
    route({
      method: 'post',
      path: '/v1/stations/{stationId}/local-list/renewals',
      answer: answers.TokenCopies,
      summary: 'Send the station its whole local list anew, as soon as it can be reached',
      params: StationId,
      answers: { 202: 'durable; the list of the station says how it goes' },
      async handle({ caller, params }) {
        const { tenantId } = caller;
        const { stationId } = params;
        const siteId = await siteOf(tenantId, stationId);
        const data = { stationId, what: 'list', requestedBy: `api:${caller.name}` } as const;
        await passed(
          world,
          'stations',
          await append(world, 'site-events', { type: 'TokenCopiesStale', tenantId, siteId, stationId, data }),
        );
        return { status: 202, body: await copies(tenantId, stationId) };
      },
    }),
  ];
}
