// Limits from the grid side: sent ahead or at once, for sites or for several together, looked at and withdrawn. How a site keeps below them is load balancing's.
import { z } from 'zod';
import { NETWORK_STREAM } from '#contracts';
import { checkLimitedNode } from '#domain/load-balancing';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { type Lookups, SiteId } from './lookups.js';
import { badRequest, conflict, notFound, Problem, refused } from './problem.js';
import type { Reads } from './reads.js';
import { append, poll } from './requests.js';
import * as shapes from './schemas.js';
import { stopsCars, unconfirmed } from './stopping-limits.js';

const LimitId = z.object({ limitId: z.string().min(1).max(200) });
/** A limit that was just sent may take a moment to be seen: who withdraws it at once is not told that it is not there [ms]. */
const SEEN_WITHIN_MS = 2_000;

const RULE = [
  'Of each source one limit stands for each node of a site and direction, and one over several sites together: a later one takes the place of the one before of its kind.',
  "Beside each other they all bind, the lowest wins: a limit for one site never ends that site's share of one over several.",
].join(' ');

type Body = z.infer<typeof shapes.GridLimitBody>;
export type TakeLimit = (tenantId: string, limitId: string, body: Body) => Promise<object>;

/** One limit that several sites keep to together. */
const isShared = ({ siteIds, perSite, nodeId }: Pick<Body, 'siteIds' | 'perSite' | 'nodeId'>): boolean =>
  new Set(siteIds).size > 1 && perSite !== true && nodeId === undefined;

/** Writes a limit down, whichever way it came, and tells what it replaces; rejects with a problem where it cannot stand. */
export const limitTaker =
  (world: World, reads: Reads, { knownSite }: Pick<Lookups, 'knownSite'>): TakeLimit =>
  async (tenantId, limitId, { siteIds, perSite = false, stopsCharging: _, ...limit }) => {
    const { nodeId, expiresAt, fallback } = limit;
    if (fallback === undefined && Date.parse(expiresAt) <= world.clock.now())
      throw badRequest('the limit is over', [{ path: 'expiresAt', message: 'has passed, and there is no fallback' }]);
    for (const siteId of siteIds) {
      const site = await knownSite(tenantId, siteId);
      if (nodeId === undefined) continue;
      const reasons = checkLimitedNode(site as never, await reads.limitedStations(tenantId, siteId), nodeId);
      if (reasons.length > 0) throw refused(reasons.map(({ path, message }) => ({ path, message: `${message} at site ${siteId}` })));
    }
    const before = await reads.networkLimitOf(tenantId, limit.source);
    if (isShared({ siteIds, perSite, nodeId })) {
      checkShared(limit);
      if (limit.direction === 'export')
        throw refused([
          { path: 'direction', message: 'each site keeps to a limit of its own on what is fed back: perSite or a nodeId was expected' },
        ]);
      const data = { limitId, siteIds, ...limit } as never;
      await append(world, 'site-events', { type: 'SharedLimitReceived', tenantId, siteId: NETWORK_STREAM, data });
      const releases = before?.siteIds.filter((siteId) => !siteIds.includes(siteId));
      return { limitId, ...(before && { replaces: before.limitId, releases }) };
    }
    const data = { limitId, ...limit } as never;
    await Promise.all(siteIds.map((siteId) => append(world, 'site-events', { type: 'GridLimitReceived', tenantId, siteId, data })));
    const isBound = before?.siteIds.some((siteId) => siteIds.includes(siteId)) === true;
    return { limitId, ...(isBound && { alsoBoundBy: before.limitId }) };
  };

/** Rejects with the 404 problem where nothing of it stands within that time. */
async function standingLimit(world: World, reads: Reads, tenantId: string, limitId: string, withinMs: number) {
  const limits = await poll(world, withinMs, async () => {
    const each = await reads.limitsById(tenantId, limitId);
    return each.shared !== undefined || each.own.length > 0 ? each : undefined;
  });
  if (limits !== undefined) return limits;
  throw new Problem(
    404,
    'not-found',
    'Not found',
    `no limit ${limitId} stands: it never did, is over, was withdrawn, or a later one took its place`,
  );
}

export type WithdrawLimit = (
  tenantId: string,
  limitId: string,
  which: {
    readonly siteId?: string | undefined;
    readonly nodeId?: string | undefined;
    readonly source?: string | undefined;
    readonly requestedBy: string;
  },
) => Promise<object>;

/** Writes down that a limit is over before its time, whichever way that came, and tells which sites are free of it; rejects with a problem where none stands. */
export const limitWithdrawer =
  (world: World, reads: Reads): WithdrawLimit =>
  async (tenantId, limitId, { siteId, nodeId, source, requestedBy }) => {
    const standing = await standingLimit(world, reads, tenantId, limitId, SEEN_WITHIN_MS);
    const shared = standing.shared?.source === (source ?? standing.shared?.source) ? standing.shared : undefined;
    const isMeant = (limit: (typeof standing.own)[number]): boolean =>
      limit.siteIds.includes(siteId ?? String(limit.siteIds[0])) &&
      limit.nodeId === (nodeId ?? limit.nodeId) &&
      limit.source === (source ?? limit.source);
    const own = standing.own.filter(isMeant);
    if (shared !== undefined && (siteId !== undefined || nodeId !== undefined))
      throw conflict(
        `${limitId} is one limit over several sites: send a limit of the source ${shared.source} over the others, or withdraw it whole`,
      );
    if (shared === undefined && own.length === 0)
      throw notFound(`the limit ${limitId}${siteId === undefined ? '' : ` at the site ${siteId}`} of that source and node`);
    const sources = [...new Set([...(shared ? [shared] : []), ...own].map((limit) => limit.source))];
    if (sources.length > 1) throw conflict(`limits of ${sources.join(' and ')} stand under the id ${limitId}: name the source`);
    if (shared !== undefined)
      await append(world, 'site-events', {
        type: 'SharedLimitWithdrawn',
        tenantId,
        siteId: NETWORK_STREAM,
        data: { limitId, requestedBy },
      });
    const ends = own.flatMap((limit) => limit.siteIds.map((each) => ({ siteId: each, source: limit.source, nodeId: limit.nodeId })));
    await Promise.all(
      ends.map((end) => {
        const data = { limitId, source: end.source, ...(end.nodeId !== null && { nodeId: end.nodeId }), requestedBy };
        return append(world, 'site-events', { type: 'GridLimitWithdrawn', tenantId, siteId: end.siteId, data });
      }),
    );
    return { limitId, siteIds: shared?.siteIds ?? [...new Set(ends.map((end) => end.siteId))] };
  };

export function gridLimitRoutes(world: World, reads: Reads, { knownSite, existingSite }: Lookups): readonly Route[] {
  const take = limitTaker(world, reads, { knownSite });
  const withdraw = limitWithdrawer(world, reads);

  return [
    route({
      method: 'post',
      path: '/v1/grid/limits',
      answer: answers.TakenLimit,
      summary: `Limit what sites draw or feed back from the grid side, ahead or at once, with a fallback: several sites together, or each of them with perSite or a node. ${RULE}`,
      body: shapes.GridLimitBody,
      answers: {
        202: 'durable: in the stream of every site, or in that of the network for a limit that sites share; with `replaces` and `releases`: the one before it of this source over several sites, and those of them this one does not name; `alsoBoundBy`: what stands of this source over several sites with one of these',
        404: 'no such site',
        409: 'cars charge there and would stop, and whoever limits is no grid operator: `stopsCharging` says that this is meant; or one of this source stands over sites that are not the caller’s, which this would free',
        422: 'no such node, with the site; or a limit on what is fed back that several sites would share',
      },
      async handle({ caller, body, headers }) {
        const key = headers['idempotency-key'];
        if (caller.role !== 'utility' && body.stopsCharging !== true && stopsCars(body)) {
          const charging = await reads.chargingAt(caller.tenantId, body.siteIds);
          if (charging > 0) throw unconfirmed(charging);
        }
        // It would take the place of one over sites that are not this caller's, which would then be free of it.
        const before = caller.sites && isShared(body) ? await reads.networkLimitOf(caller.tenantId, body.source) : undefined;
        if (before?.siteIds.some((siteId) => !caller.sites?.includes(siteId)))
          throw conflict(
            `a limit of the source ${body.source} stands over sites that are not yours: name another source, or limit each site`,
          );
        const limitId = typeof key === 'string' && key !== '' ? key : world.ids.next();
        return { status: 202, body: await take(caller.tenantId, limitId, body) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/grid/limits',
      answer: answers.pageOf(answers.SharedLimit),
      summary: `Limits over several sites that stand, by source, each with what is in force now. ${RULE}`,
      query: shapes.Page,
      async handle({ caller, query: { limit, cursor } }) {
        const limits = await reads.networkLimits(caller.tenantId, cursor ?? '', limit + 1);
        const items = limits.slice(0, limit);
        return ok({ items, nextCursor: limits.length > limit ? (items.at(-1)?.source ?? null) : null });
      },
    }),
    route({
      method: 'get',
      path: '/v1/grid/limits/{limitId}',
      answer: answers.listOf(answers.StandingOrShared),
      summary: 'What stands of a limit that was sent: over several sites, or at each site it was sent to, with what is in force now',
      params: LimitId,
      answers: { 200: 'items, one for each site that has it for itself', 404: 'nothing of it stands' },
      async handle({ caller, params }) {
        const { shared, own } = await standingLimit(world, reads, caller.tenantId, params.limitId, 0);
        return ok({ items: shared === undefined ? own : [shared, ...own] });
      },
    }),
    route({
      method: 'delete',
      path: '/v1/grid/limits/{limitId}',
      answer: answers.WithdrawnLimit,
      summary:
        'Withdraw a limit before its time, its fallback too: at all sites and nodes it was sent to, or at one of them. Stations are raised as far as there is room, as after any limit that ends',
      params: LimitId,
      query: z.object({
        siteId: shapes.Id.optional(),
        nodeId: shapes.Id.optional(),
        source: z.string().min(1).max(200).optional(),
      }),
      answers: {
        202: 'durable, with the sites that are free of it',
        404: 'nothing of it stands',
        409: 'one over several sites is withdrawn whole; limits of several sources stand under this id, and none was named',
      },
      async handle({ caller, params, query }) {
        const withdrawal = { ...query, requestedBy: `api:${caller.name}` };
        return { status: 202, body: await withdraw(caller.tenantId, params.limitId, withdrawal) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/sites/{siteId}/grid-limits',
      answer: answers.listOf(answers.StandingLimit),
      summary: `Limits from the grid that stand at a site, its shares of those over several sites among them (isShare), each with what is in force now as it was said, and floorW where it counts as no less than that. ${RULE}`,
      params: SiteId,
      async handle({ caller, params }) {
        await existingSite(caller.tenantId, params.siteId);
        return ok({ items: await reads.siteLimits(caller.tenantId, params.siteId) });
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
