// Limits from the grid side: sent ahead or at once, for sites or for several together. How a site keeps below them is load balancing's.
import type { z } from 'zod';
import { NETWORK_STREAM } from '#contracts';
import { checkLimitedNode } from '#domain/load-balancing';
import type { World } from '#ports';
import { type Route, route } from './http.js';
import type { Lookups } from './lookups.js';
import { badRequest, refused } from './problem.js';
import type { Reads } from './reads.js';
import { append } from './requests.js';
import * as shapes from './schemas.js';

export function gridLimitRoutes(world: World, reads: Reads, { knownSite }: Lookups): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/grid/limits',
      summary:
        'Limit what sites draw or feed back from the grid side, ahead or at once, with a fallback: several sites together, or each of them with perSite or a node',
      body: shapes.GridLimitBody,
      answers: {
        202: 'durable: in the stream of every site, or in that of the network for a limit that sites share',
        404: 'no such site',
        422: 'no such node, with the site; or a limit on what is fed back that several sites would share',
      },
      async handle({ caller, body, headers }) {
        const { siteIds, perSite = false, ...limit } = body;
        const { tenantId } = caller;
        const { nodeId, expiresAt, fallback } = body;
        if (fallback === undefined && Date.parse(expiresAt) <= world.clock.now())
          throw badRequest('the limit is over', [{ path: 'expiresAt', message: 'has passed, and there is no fallback' }]);
        for (const siteId of siteIds) {
          const site = await knownSite(tenantId, siteId);
          if (nodeId === undefined) continue;
          const reasons = checkLimitedNode(site as never, await reads.limitedStations(tenantId, siteId), nodeId);
          if (reasons.length > 0) throw refused(reasons.map(({ path, message }) => ({ path, message: `${message} at site ${siteId}` })));
        }
        const key = headers['idempotency-key'];
        const limitId = typeof key === 'string' && key !== '' ? key : world.ids.next();
        if (new Set(siteIds).size > 1 && !perSite && limit.nodeId === undefined) {
          checkShared(limit);
          if (limit.direction === 'export')
            throw refused([
              { path: 'direction', message: 'each site keeps to a limit of its own on what is fed back: perSite or a nodeId was expected' },
            ]);
          const data = { limitId, siteIds, ...limit } as never;
          await append(world, 'site-events', { type: 'SharedLimitReceived', tenantId: caller.tenantId, siteId: NETWORK_STREAM, data });
          return { status: 202, body: { limitId } };
        }
        await Promise.all(
          siteIds.map((siteId) =>
            append(world, 'site-events', {
              type: 'GridLimitReceived',
              tenantId,
              siteId,
              data: { limitId, ...limit } as never,
            }),
          ),
        );
        return { status: 202, body: { limitId } };
      },
    }),
  ];
}

/** Shares are divided in one unit. */
function checkShared({ schedule, fallback }: Pick<z.infer<typeof shapes.GridLimitBody>, 'schedule' | 'fallback'>): void {
  const steps = fallback === undefined ? schedule : [...schedule, fallback];
  const inWatts = steps.filter(({ limitW }) => limitW !== undefined).length;
  if (steps.some(({ limitA, limitW }) => (limitA === undefined) === (limitW === undefined)) || (inWatts > 0 && inWatts < steps.length))
    throw badRequest('a limit over several sites is given in amperes throughout, or in watts throughout');
}
