// What a site draws, may draw and was told, and why: rows of load balancing as they are asked for.
import { HIGHEST_VOLTAGE } from '#domain/load-balancing';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { type Lookups, SiteId } from './lookups.js';
import { notFound } from './problem.js';
import type { Reads } from './reads.js';
import * as shapes from './schemas.js';
import { violationsWithin } from './violations.js';

export function siteLoadRoutes({ clock }: World, reads: Reads, { existingSite }: Lookups): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/sites/{siteId}/load',
      answer: answers.Load,
      summary:
        'Measured load, limit and allocated power per bucket; what was above a limit within that time: how long, at which node and phase, and why; alarms: outlets that did not follow their limits; and what drew where nothing is configured',
      params: SiteId,
      query: shapes.LoadQuery,
      async handle({ caller, params, query }) {
        const { tenantId } = caller;
        await existingSite(tenantId, params.siteId);
        const [items, episodes, unconfigured, alarms] = await Promise.all([
          reads.load(tenantId, params.siteId, query),
          reads.violations(tenantId, params.siteId, query),
          reads.unconfiguredLoads(tenantId, params.siteId, query),
          reads.alarms(tenantId, params.siteId, query),
        ]);
        return ok({
          voltageMargin: HIGHEST_VOLTAGE,
          items,
          unconfigured,
          alarms,
          violations: violationsWithin(episodes, Date.parse(query.from), Date.parse(query.to)),
        });
      },
    }),
    route({
      method: 'get',
      path: '/v1/sites/{siteId}/limits',
      answer: answers.listOf(answers.LimitCommand),
      summary:
        'Limits sent lately, newest first, each with its cause, what the split gives, the node and phase or the reason of the plan that keep it from more, and what was known then',
      params: SiteId,
      query: shapes.LimitsQuery,
      async handle({ caller, params, query }) {
        await existingSite(caller.tenantId, params.siteId);
        return ok({ items: await reads.limitCommands(caller.tenantId, params.siteId, query) });
      },
    }),
    route({
      method: 'get',
      path: '/v1/sites/{siteId}/explain',
      answer: answers.LimitExplanation,
      summary:
        'Why an outlet has, or had at a time, the limit it has: what was sent and answered, what it rested on, limits from the grid, what was above a limit, whether it followed its limits; split: what it was given last, and who has what it waits for',
      params: SiteId,
      query: shapes.ExplainQuery,
      answers: { 200: 'the resource', 404: 'no such site, or no such outlet there at any time' },
      async handle({ caller, params, query }) {
        const { tenantId } = caller;
        await existingSite(tenantId, params.siteId);
        if (!(await reads.hadOutlet(tenantId, params.siteId, query.stationId, query.evseId)))
          throw notFound(`the outlet ${query.stationId}/${query.evseId}`);
        const at = query.at ?? new Date(clock.now()).toISOString();
        return ok(await reads.explainLimit(tenantId, params.siteId, { ...query, at }));
      },
    }),
    route({
      method: 'get',
      path: '/v1/sites/{siteId}/outlook',
      answer: answers.Outlook,
      summary: 'The next day: limits that are announced, and the power the latest plan has for the cars',
      params: SiteId,
      async handle({ caller, params }) {
        await existingSite(caller.tenantId, params.siteId);
        return ok(await reads.siteOutlook(caller.tenantId, params.siteId));
      },
    }),
    route({
      method: 'get',
      path: '/v1/sites/{siteId}/shortfalls',
      answer: answers.listOf(answers.Shortfall),
      summary: 'Nodes and phases of which more might be drawn than is allowed, and when that was over',
      params: SiteId,
      async handle({ caller, params }) {
        await existingSite(caller.tenantId, params.siteId);
        return ok({ items: await reads.shortfalls(caller.tenantId, params.siteId) });
      },
    }),
  ];
}
