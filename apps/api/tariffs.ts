// Tariffs with their versions, and which of them new sessions of a site are priced by. Prices follow from them in billing.
import { z } from 'zod';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { type Lookups, SiteId } from './lookups.js';
import { badRequest, notFound } from './problem.js';
import type { Reads } from './reads.js';
import { append, passed } from './requests.js';
import { decodeCursor, page, rowsOf } from './rows.js';
import * as shapes from './schemas.js';
import { etagOf, requireMatch } from './versions.js';

const TARIFFS = `select t.tariff_id as "tariffId", t.currency, t.changed_at as "changedAt", t.tariff,
    (select count(*)::integer from tariff_versions v where v.tenant_id = t.tenant_id and v.tariff_id = t.tariff_id) as versions,
    coalesce((select json_agg(s.site_id order by s.site_id) from site_tariffs s where s.tenant_id = t.tenant_id and s.tariff_id = t.tariff_id), '[]'::json) as sites
  from tariffs t where t.tenant_id = $1 and t.tariff_id > $2 order by t.tariff_id limit $3`;
const VERSIONS = `select tariff_version_id::text as version, valid_from as "validFrom", tariff from tariff_versions
  where tenant_id = $1 and tariff_id = $2 and ($3::bigint is null or tariff_version_id < $3) order by tariff_version_id desc limit $4`;

export function tariffRoutes(world: World, reads: Reads, { existingSite }: Lookups): readonly Route[] {
  return [
    route({
      method: 'put',
      path: '/v1/tariffs/{tariffId}',
      answer: answers.OneTariff,
      isVersioned: true,
      summary:
        'Create or change an OCPI 2.2.1 tariff; running sessions keep theirs, and one with a start_date_time ahead prices those that begin from then on',
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
      method: 'get',
      path: '/v1/sites/{siteId}/tariff',
      answer: answers.SiteTariff,
      summary: 'The tariff that new sessions at a site are priced by',
      params: SiteId,
      answers: { 200: 'which one', 404: 'no such site, or it has none' },
      async handle({ caller: { tenantId }, params: { siteId } }) {
        const [row] = await rowsOf(
          world,
          tenantId,
          'select tariff_id as "tariffId" from site_tariffs where tenant_id = $1 and site_id = $2',
          siteId,
        );
        if (row === undefined) throw notFound(`a tariff of the site ${siteId}`);
        return ok(row);
      },
    }),
    route({
      method: 'put',
      path: '/v1/sites/{siteId}/tariff',
      answer: answers.SiteTariff,
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
      path: '/v1/tariffs',
      answer: answers.pageOf(answers.ListedTariff),
      summary: 'Tariffs as they are now, with the sites whose new sessions they price',
      query: shapes.Page,
      async handle({ caller, query: { limit, cursor } }) {
        const after = decodeCursor(cursor, 'text')?.[0] ?? '';
        const found = await rowsOf(world, caller.tenantId, TARIFFS, after, limit + 1);
        return ok(page(found, limit, ({ tariffId }) => [tariffId]));
      },
    }),
    route({
      method: 'get',
      path: '/v1/tariffs/{tariffId}/versions',
      answer: answers.pageOf(answers.TariffVersion),
      summary: 'Every version of a tariff as it was published, newest first; sessions keep the one of their start',
      params: z.object({ tariffId: z.string().min(1).max(36) }),
      query: shapes.Page,
      async handle({ caller, params: { tariffId }, query: { limit, cursor } }) {
        if ((await reads.tariff(caller.tenantId, tariffId)) === undefined) throw notFound(`the tariff ${tariffId}`);
        const [before] = decodeCursor(cursor, 'whole') ?? [null];
        const found = await rowsOf(world, caller.tenantId, VERSIONS, tariffId, before, limit + 1);
        return ok(page(found, limit, ({ version }) => [version]));
      },
    }),
    route({
      method: 'get',
      path: '/v1/tariffs/{tariffId}',
      answer: answers.OneTariff,
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
