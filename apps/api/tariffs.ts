// Tariffs, and which of them new sessions of a site are priced by. Prices follow from them in billing.
import { z } from 'zod';
import type { World } from '#ports';
import { ok, type Route, route } from './http.js';
import { type Lookups, SiteId } from './lookups.js';
import { badRequest, notFound } from './problem.js';
import type { Reads } from './reads.js';
import { append, passed } from './requests.js';
import * as shapes from './schemas.js';
import { etagOf, requireMatch } from './versions.js';

export function tariffRoutes(world: World, reads: Reads, { existingSite }: Lookups): readonly Route[] {
  return [
    route({
      method: 'put',
      path: '/v1/tariffs/{tariffId}',
      summary: 'Create or change an OCPI 2.2.1 tariff; running sessions keep theirs',
      params: z.object({ tariffId: z.string().min(1).max(36) }),
      body: shapes.TariffBody,
      answers: { 200: 'recorded, with its content as ETag', 412: 'changed meanwhile' },
      async handle(call) {
        const { caller, params, body } = call;
        if (body.id !== params.tariffId)
          throw badRequest('the id in the body differs from the one in the path', [
            { path: 'id', message: `${params.tariffId} was expected` },
          ]);
        requireMatch(call, await reads.tariff(caller.tenantId, params.tariffId));
        const position = await append(world, 'network-events', {
          type: 'TariffChanged',
          tenantId: caller.tenantId,
          data: { tariff: body },
        });
        await passed(world, 'billing', position);
        return ok(body, { etag: etagOf(body) });
      },
    }),
    route({
      method: 'put',
      path: '/v1/sites/{siteId}/tariff',
      summary: 'Set the tariff that new sessions at a site are priced by',
      params: SiteId,
      body: shapes.SiteTariffBody,
      async handle({ caller, params, body }) {
        await existingSite(caller.tenantId, params.siteId);
        if ((await reads.tariff(caller.tenantId, body.tariffId)) === undefined) throw notFound(`the tariff ${body.tariffId}`);
        const position = await append(world, 'network-events', {
          type: 'SiteTariffAssigned',
          tenantId: caller.tenantId,
          data: { siteId: params.siteId, tariffId: body.tariffId },
        });
        await passed(world, 'billing', position);
        return ok({ tariffId: body.tariffId });
      },
    }),
    route({
      method: 'get',
      path: '/v1/tariffs/{tariffId}',
      summary: 'A tariff',
      params: z.object({ tariffId: z.string().min(1).max(36) }),
      async handle({ caller, params }) {
        const tariff = await reads.tariff(caller.tenantId, params.tariffId);
        if (tariff === undefined) throw notFound(`the tariff ${params.tariffId}`);
        return ok(tariff, { etag: etagOf(tariff) });
      },
    }),
  ];
}
