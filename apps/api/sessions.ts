// Sessions and their charge records as rows have them, and what a driver needs, which becomes a fact of the site.
import { compileNetwork, placeObstacles, type Refusal, type SiteConfig, type StationConfig } from '#domain/load-balancing';
import type { OcppVersion } from '#ocpp';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { isEnded, requestPriority, untilEnded } from './commands.js';
import { ok, type Route, route } from './http.js';
import { AnyId } from './lookups.js';
import { badRequest, cannotFeedBack, conflict, notFound } from './problem.js';
import type { Reads } from './reads.js';
import { append, passed } from './requests.js';
import { maySeeTokens } from './roles.js';
import * as shapes from './schemas.js';

/** Nobody may own the site now: then it is decided later. */
const PRIORITY_WITHIN_MS = 10_000;

export function sessionRoutes(world: World, reads: Reads): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/sessions',
      answer: answers.pageOf(answers.Session),
      summary: 'Charging sessions, newest first',
      query: shapes.SessionsQuery,
      handle: async ({ caller, query }) => ok(await reads.sessions(caller.tenantId, query)),
    }),
    route({
      method: 'get',
      path: '/v1/sessions/{id}',
      answer: answers.OneSession,
      summary: 'A session with its timeline, what the car needs, and what the plan has for it',
      params: AnyId,
      async handle({ caller, params }) {
        const session = await reads.session(caller.tenantId, params.id);
        if (session === undefined) throw notFound(`the session ${params.id}`);
        return ok(session);
      },
    }),
    route({
      method: 'get',
      path: '/v1/sessions/{id}/explain',
      answer: answers.SessionExplanation,
      summary:
        'The records of the log this session and its price come from, the limits it was sent, its tariff, and what it comes to while it runs',
      params: AnyId,
      async handle({ caller, params }) {
        const explanation = await reads.explain(caller.tenantId, params.id);
        if (explanation === undefined) throw notFound(`the session ${params.id}`);
        return ok(explanation);
      },
    }),
    route({
      method: 'put',
      path: '/v1/sessions/{id}/needs',
      answer: answers.SessionNeeds,
      summary:
        'Say when the driver of a running session leaves, what the car is to have got by then, and whether it may feed back; replaces what was said before',
      params: AnyId,
      body: shapes.NeedsBody,
      answers: {
        200: 'recorded; a plan follows within seconds. Of a car that may feed back, with what is still in the way',
        400: 'not valid, or departsAt has passed',
        409: 'the session has ended',
        422: 'nothing can be fed back there, with what is missing',
      },
      async handle({ caller, params, body }) {
        const { tenantId } = caller;
        if (body.departsAt !== undefined && Date.parse(body.departsAt) <= world.clock.now())
          throw badRequest('departsAt has passed: say when the driver leaves, or leave it out where that is not known', [
            { path: 'departsAt', message: 'must be later than now' },
          ]);
        const session = await reads.session(tenantId, params.id);
        if (session === undefined) throw notFound(`the session ${params.id}`);
        if (session.status !== 'active') throw conflict(`the session ${params.id} has ended`);
        const { siteId, stationId, evseId, transactionId } = session as {
          readonly [Name in 'siteId' | 'stationId' | 'transactionId']: string;
        } & {
          readonly evseId: number;
        };
        const { departsAt, energyWh, minEnergyWh, discharge } = body;
        if (discharge?.consent) {
          const missing = await missingFor(reads, tenantId, { siteId, stationId, evseId });
          if (missing.length > 0) throw cannotFeedBack(missing);
        }
        const data = {
          evseId,
          transactionId,
          ...(departsAt !== undefined && { departsAt }),
          ...(energyWh !== undefined && { energyWh }),
          ...(minEnergyWh !== undefined && { minEnergyWh }),
          ...(discharge?.consent && { discharge: { reserveWh: discharge.reserveWh } }),
          requestedBy: `api:${caller.name}`,
        };
        const position = await append(world, 'site-events', { type: 'ChargingNeedsStated', tenantId, siteId, stationId, data });
        await passed(world, 'load-balancing', position);
        const { needs } = ((await reads.session(tenantId, params.id)) ?? {}) as { readonly needs?: { readonly discharge?: unknown } };
        return ok(discharge?.consent && needs?.discharge ? { ...body, discharge: needs.discharge } : body);
      },
    }),
    route({
      method: 'put',
      path: '/v1/sessions/{id}/priority',
      answer: answers.SessionPriority,
      summary:
        'Give a running session the first place among those of its site, within every limit, or take it back; at stations of any OCPP version',
      params: AnyId,
      body: shapes.PriorityBody,
      answers: {
        200: 'decided by the owner of the site',
        202: 'durable; the owner of the site has not decided yet',
        409: 'the session has ended, or is nowhere to be steered',
      },
      async handle({ caller, params, body }) {
        const { tenantId } = caller;
        const session = await reads.session(tenantId, params.id);
        if (session === undefined) throw notFound(`the session ${params.id}`);
        if (session.status !== 'active') throw conflict(`the session ${params.id} has ended`);
        const { siteId, stationId, transactionId } = session as { readonly [Name in 'siteId' | 'stationId' | 'transactionId']: string };
        const place = { tenantId, siteId, stationId, transactionId, requestedBy: `api:${caller.name}` };
        const commandId = await requestPriority(world, place, body.priority);
        const ended = await untilEnded(world, PRIORITY_WITHIN_MS, () => reads.command(tenantId, commandId));
        if (ended?.state === 'failed') throw conflict(String(ended.reason));
        return ended === undefined || !isEnded(ended)
          ? { status: 202, body: { commandId }, headers: { location: `/v1/commands/${commandId}` } }
          : ok({ priority: body.priority, commandId });
      },
    }),
    route({
      method: 'get',
      path: '/v1/cdrs',
      answer: answers.pageOf(answers.Cdr),
      summary: 'Charge detail records (OCPI 2.2.1)',
      query: shapes.CdrsQuery,
      answers: { 404: 'the session that is named is not known' },
      async handle({ caller, query }) {
        const { sessionId } = query;
        const found = await reads.cdrs(caller.tenantId, query, maySeeTokens(caller.role));
        // A reservation that nobody used has a record, and is no session.
        const isKnown =
          found.items.length > 0 || sessionId === undefined || (await reads.session(caller.tenantId, sessionId)) !== undefined;
        if (!isKnown)
          throw notFound(`sessionId: the session ${sessionId}`, [{ path: 'sessionId', message: 'a session that is known was expected' }]);
        return ok(found);
      },
    }),
    route({
      method: 'get',
      path: '/v1/cdrs/{id}',
      answer: answers.Cdr,
      summary: 'A charge detail record',
      params: AnyId,
      async handle({ caller, params }) {
        const cdr = await reads.cdr(caller.tenantId, params.id, maySeeTokens(caller.role));
        if (cdr === undefined) throw notFound(`the charge record ${params.id}`);
        return ok(cdr);
      },
    }),
  ];
}

interface Outlet {
  readonly siteId: string;
  readonly stationId: string;
  readonly evseId: number;
}

/** What no consent can help: the outlet, its station or a node above it. Whatever else is in the way is told with the session. */
async function missingFor(reads: Reads, tenantId: string, { siteId, stationId, evseId }: Outlet): Promise<readonly Refusal[]> {
  const [site, station] = await Promise.all([reads.site(tenantId, siteId), reads.station(tenantId, stationId)]);
  const { root, voltageV } = (site ?? {}) as Partial<SiteConfig>;
  const config = station?.config as StationConfig | null | undefined;
  if (root === undefined || voltageV === undefined || !config)
    return [{ path: stationId, message: 'nothing can be fed back where neither site nor station is configured' }];
  const network = compileNetwork(root, voltageV, [config]);
  return placeObstacles(network, config, evseId, (station?.ocppVersion ?? undefined) as OcppVersion | undefined);
}
