// Sites: their tree and what energy costs there, and what other loads their meters see. Whether a tree fits is decided by the owner of the site.
import { checkMeasurements, type SiteConfig } from '#domain/load-balancing';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { type Lookups, SiteId } from './lookups.js';
import { refused } from './problem.js';
import type { Reads } from './reads.js';
import { append, configure, inUse } from './requests.js';
import * as shapes from './schemas.js';
import { tagged, written } from './versions.js';

export function siteRoutes(world: World, reads: Reads, { knownSite }: Lookups): readonly Route[] {
  return [
    route({
      method: 'put',
      path: '/v1/sites/{siteId}',
      answer: answers.Site,
      isVersioned: true,
      summary: 'Create or change a site: its tree of nodes with limits per phase, and what energy costs it',
      params: SiteId,
      body: shapes.SiteBody,
      answers: { 200: 'accepted, with its version as ETag', 412: 'changed meanwhile', 422: 'refused: does not fit, with the node' },
      async handle(call) {
        const { caller, params, body } = call;
        const config = { ...body, siteId: params.siteId } as SiteConfig;
        const version = await configure(world, caller.tenantId, params.siteId, { kind: 'site', config }, written(call));
        return tagged(200, config, version);
      },
    }),
    route({
      method: 'delete',
      path: '/v1/sites/{siteId}',
      answer: answers.Nothing,
      isVersioned: true,
      summary: 'Delete a site; its load, limits, sessions and bills stay readable',
      params: SiteId,
      answers: { 204: 'gone', 404: 'no such site', 409: 'stations are there or limits hold, with what to do', 412: 'changed meanwhile' },
      async handle(call) {
        const { tenantId } = call.caller;
        await knownSite(tenantId, call.params.siteId);
        await configure(world, tenantId, call.params.siteId, { kind: 'siteRemoved' }, written(call)).catch(inUse);
        return { status: 204 };
      },
    }),
    route({
      method: 'get',
      path: '/v1/sites',
      answer: answers.pageOf(answers.Site),
      summary: 'Sites',
      query: shapes.Page,
      handle: async ({ caller, query }) => ok(await reads.sites(caller.tenantId, query)),
    }),
    route({
      method: 'get',
      path: '/v1/sites/{siteId}',
      answer: answers.Site,
      summary: 'A site',
      params: SiteId,
      async handle({ caller, params }) {
        const { version, ...body } = await knownSite(caller.tenantId, params.siteId);
        return tagged(200, body, version);
      },
    }),
    route({
      method: 'post',
      path: '/v1/sites/{siteId}/measurements',
      answer: answers.Accepted,
      isAudited: false,
      summary:
        'Report unmanaged load and generation at nodes, without what cars draw or feed back; out of date, the declared unmanagedMaxA counts, or the last report where none is declared',
      params: SiteId,
      body: shapes.MeasurementsBody,
      answers: { 202: 'durable' },
      async handle({ caller, params, body }) {
        const site = await knownSite(caller.tenantId, params.siteId);
        const reasons = checkMeasurements(site as never, body, world.clock.now());
        if (reasons.length > 0) throw refused(reasons);
        await append(world, 'site-events', {
          type: 'MeasurementsReported',
          tenantId: caller.tenantId,
          siteId: params.siteId,
          data: { measurements: body },
        });
        return { status: 202, body: { accepted: body.length } };
      },
    }),
  ];
}
