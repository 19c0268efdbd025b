// Every call of the HTTP interface: validated by its schemas, answered from rows or by a request to whoever decides.
import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { NETWORK_STREAM } from '#contracts';
import { credentialText, tokenText } from '#domain/authorization';
import { rateCase } from '#domain/billing';
import { compositeSchedule, UnreadableProfile } from '#domain/charging-profiles';
import {
  type AllocationRequest,
  allocate,
  checkAllocation,
  checkLimitedNode,
  checkMeasurements,
  checkSite,
  type SiteConfig,
  type StationConfig,
} from '#domain/load-balancing';
import { canonicalJson, sha256 } from '#kernel';
import type { StationEntry, World } from '#ports';
import { changePassword, requestCommand, untilEnded } from './commands.js';
import type { FeedHub } from './feed.js';
import { type Answer, type Call, ok, type Route, route } from './http.js';
import { replayFrame } from './parked.js';
import { badRequest, conflict, notFound, Problem, refused, unavailable } from './problem.js';
import type { Reads } from './reads.js';
import { append, configure, passed, poll } from './requests.js';
import { maySeeTokens } from './roles.js';
import * as shapes from './schemas.js';
import { violationsWithin } from './violations.js';

const SiteId = z.object({ siteId: shapes.Id });
const StationId = z.object({ stationId: shapes.StationIdText });
const AnyId = z.object({ id: z.string().min(1).max(100) });

interface Written {
  readonly requestedBy: string;
  readonly ifMatch: number | undefined;
  readonly idempotencyKey: string | undefined;
}
function written({ caller, headers }: Call<unknown, unknown, unknown>): Written {
  const match = headers['if-match']?.replaceAll(/^W\/|"/g, '');
  if (match !== undefined && !/^\d+$/.test(match)) throw badRequest('If-Match: the ETag of the resource was expected');
  const key = headers['idempotency-key'];
  return {
    requestedBy: `api:${caller.name}`,
    ifMatch: match === undefined ? undefined : Number(match),
    idempotencyKey: typeof key === 'string' && key !== '' ? key : undefined,
  };
}

/** For what has no version of its own: equal content, equal tag. */
const etagOf = (content: unknown): string => `"${sha256(canonicalJson(content)).slice(0, 16)}"`;

/** If-Match against what is there now. Between this look and the record another writer may still come: the last one wins. */
function requireMatch({ headers }: Call<unknown, unknown, unknown>, present: unknown): void {
  const wanted = headers['if-match'];
  if (wanted === undefined) return;
  const tags = wanted.split(',').map((tag) => tag.trim());
  const isMet = present !== undefined && (tags.includes('*') || tags.includes(etagOf(present)));
  if (!isMet)
    throw new Problem(
      412,
      'changed-meanwhile',
      'Somebody else changed it meanwhile',
      present === undefined ? 'it does not exist' : undefined,
    );
}

const tagged = (status: number, body: unknown, version: number): Answer => ({ status, body, headers: { etag: `"${version}"` } });

export function routes(world: World, reads: Reads, feed: FeedHub): readonly Route[] {
  const { keys, book } = world;
  const siteOf = async (tenantId: string, stationId: string): Promise<string> => {
    const entry = await book.station(tenantId, stationId);
    if (entry === undefined)
      throw (await book.isComplete()) ? notFound(`the station ${stationId}`) : unavailable('the station registry is being rebuilt');
    return entry.siteId;
  };

  const knownSite = async (tenantId: string, siteId: string) => {
    const site = await reads.site(tenantId, siteId);
    if (site === undefined) throw notFound(`the site ${siteId}`);
    return site;
  };

  /** A station that was let in without being configured is a site of its own, without a tree. */
  const existingSite = async (tenantId: string, siteId: string): Promise<void> => {
    const { items } = await reads.stations(tenantId, { limit: 1, siteId });
    if (items.length === 0) await knownSite(tenantId, siteId);
  };

  /** A station that left its site for one that does not take it stays where it was. */
  const putBack = (stationId: string, tenantId: string, before: StationEntry, config: StationConfig, by: string): Promise<unknown> => {
    const { siteId, assignmentSeq, credentialHash, certificate } = before;
    const change = {
      kind: 'station',
      config: { ...config, stationId },
      assignmentSeq: assignmentSeq + 2,
      ...(credentialHash !== undefined && { credentialHash }),
      ...(certificate !== undefined && { certificate }),
    } as const;
    return configure(world, tenantId, siteId, change, { requestedBy: `api:${by}` });
  };

  return [
    route({
      method: 'put',
      path: '/v1/sites/{siteId}',
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
      method: 'get',
      path: '/v1/sites',
      summary: 'Sites',
      query: shapes.Page,
      handle: async ({ caller, query }) => ok(await reads.sites(caller.tenantId, query)),
    }),
    route({
      method: 'get',
      path: '/v1/sites/{siteId}',
      summary: 'A site',
      params: SiteId,
      async handle({ caller, params }) {
        const { version, ...body } = await knownSite(caller.tenantId, params.siteId);
        return tagged(200, body, version);
      },
    }),
    route({
      method: 'put',
      path: '/v1/stations/{stationId}',
      summary: 'Create, change or move a station; a new one gets a password, shown once',
      params: StationId,
      query: shapes.StationChangeQuery,
      body: shapes.StationBody,
      answers: {
        200: 'accepted',
        201: 'created',
        409: 'a move while a transaction or a lease is open',
        422: 'refused: does not fit, with the node',
      },
      async handle(call) {
        const { caller, params, query, body } = call;
        const { password: given, certificate, ...rest } = body;
        const { tenantId } = caller;
        if (!(await book.isComplete())) throw unavailable('the station registry is being rebuilt');
        const before = await book.station(tenantId, params.stationId);
        const moved = before !== undefined && before.siteId !== body.siteId;
        const needsPassword = body.securityProfile !== 0 && body.securityProfile !== 3 && before?.credentialHash === undefined;
        const password = given ?? (needsPassword ? `${world.ids.next()}${world.ids.next()}`.replaceAll('-', '').slice(0, 40) : undefined);
        const config = { ...rest, stationId: params.stationId } as StationConfig;
        const hash = password === undefined ? undefined : keys.hmac('credential', credentialText(tenantId, params.stationId, password));
        const here = await reads.station(tenantId, params.stationId);
        const ocppVersion = here?.ocppVersion ?? null;
        // Only a station that was here can have the old password; to any other the new one is as new as the station.
        const isOffered =
          query.passwordChange === 'negotiated' &&
          before?.credentialHash !== undefined &&
          ocppVersion !== null &&
          !moved &&
          hash !== undefined &&
          !sameHash(hash, before.credentialHash);
        const credentialHash = hash === undefined || isOffered ? before?.credentialHash : hash;
        const keptCertificate = certificate ?? (moved ? before.certificate : undefined);
        const assignmentSeq = before === undefined ? 1 : before.assignmentSeq + (moved ? 1 : 0);
        if (moved) {
          const target = await reads.site(tenantId, body.siteId);
          if (target === undefined) throw refused([{ path: 'siteId', message: `the site ${body.siteId} does not exist yet` }]);
          // Its owner decides; a move it would refuse must not take the station from where it counts first.
          const { version: _, ...site } = target;
          const others = await reads.stationConfigs(tenantId, body.siteId);
          const reasons = checkSite(site as unknown as SiteConfig, [...others, config], [config]);
          if (reasons.length > 0) throw refused(reasons);
          await configure(
            world,
            tenantId,
            before.siteId,
            { kind: 'stationRemoved', stationId: params.stationId },
            { requestedBy: `api:${caller.name}` },
          ).catch((error: unknown) => {
            throw error instanceof Error && 'status' in error && error.status === 422 ? conflict(error.message) : error;
          });
          const { bootStatus } = before;
          if (bootStatus !== 'Accepted')
            await append(world, 'site-events', admission(tenantId, body.siteId, params.stationId, { status: bootStatus }, caller.name));
        }
        const change = {
          kind: 'station',
          config,
          assignmentSeq,
          ...(credentialHash !== undefined && { credentialHash }),
          ...(keptCertificate !== undefined && { certificate: keptCertificate as NonNullable<StationEntry['certificate']> }),
        } as const;
        const version = await configure(world, tenantId, body.siteId, change, written(call)).catch(async (error: unknown) => {
          const wasRefused = error instanceof Problem && error.status < 500;
          if (moved && wasRefused && here?.config)
            await putBack(params.stationId, tenantId, before, here.config as StationConfig, caller.name);
          throw error;
        });
        const known = await poll(world, 10_000, async () => {
          const entry = await book.station(tenantId, params.stationId);
          return entry !== undefined && entry.siteId === body.siteId && sameHash(entry.credentialHash, credentialHash) ? true : undefined;
        });
        if (!known) throw unavailable('the station is recorded, but edges do not know it yet');
        const place = { tenantId, siteId: body.siteId, stationId: params.stationId, requestedBy: `api:${caller.name}` };
        const offered = isOffered && password !== undefined ? await changePassword(world, { ...place, ocppVersion, password }) : undefined;
        return tagged(
          before === undefined ? 201 : 200,
          {
            ...config,
            ...(certificate !== undefined && { certificate }),
            ...(given === undefined && password !== undefined && { password }),
            ...(offered !== undefined && { passwordChange: offered }),
          },
          version,
        );
      },
    }),
    route({
      method: 'get',
      path: '/v1/stations',
      summary:
        'Stations with their EVSEs: limitA is the most one might draw per phase under anything that may be in force, dischargeA the most that might flow back, wantedA what the split gives it, heldBy why a plan gives it less',
      query: shapes.StationsQuery,
      handle: async ({ caller, query }) => ok(await reads.stations(caller.tenantId, query)),
    }),
    route({
      method: 'get',
      path: '/v1/stations/{stationId}',
      summary: 'A station with its EVSEs',
      params: StationId,
      async handle({ caller, params }) {
        const station = await reads.station(caller.tenantId, params.stationId);
        if (station === undefined) throw notFound(`the station ${params.stationId}`);
        return ok(station);
      },
    }),
    route({
      method: 'put',
      path: '/v1/stations/{stationId}/boot-status',
      summary: 'Take a station, let it wait, or refuse it; told at its next BootNotification',
      params: StationId,
      body: shapes.BootStatusBody,
      async handle({ caller, params, body }) {
        const { tenantId } = caller;
        const siteId = await siteOf(tenantId, params.stationId);
        const position = await append(world, 'site-events', admission(tenantId, siteId, params.stationId, body, caller.name));
        await passed(world, 'session', position);
        const known = await poll(world, 10_000, async () => {
          const entry = await book.station(tenantId, params.stationId);
          return entry?.bootStatus === body.status || undefined;
        });
        if (!known) throw unavailable('the status is recorded, but edges do not know it yet');
        return ok({ stationId: params.stationId, ...body });
      },
    }),
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/variables',
      summary: 'What the station reported of itself: the device model (2.x) or the configuration keys (1.6)',
      params: StationId,
      query: shapes.VariablesQuery,
      async handle({ caller, params, query }) {
        await siteOf(caller.tenantId, params.stationId);
        return ok(await reads.variables(caller.tenantId, params.stationId, query));
      },
    }),
    route({
      method: 'post',
      path: '/v1/stations/{stationId}/commands',
      summary: 'Send an OCPP message to a station',
      params: StationId,
      query: shapes.CommandQuery,
      body: shapes.CommandBody,
      answers: { 200: 'with wait=true: how it ended', 202: 'durable and on its way' },
      async handle({ caller, params, query, body, headers }) {
        const { tenantId } = caller;
        const siteId = await siteOf(tenantId, params.stationId);
        const station = await reads.station(tenantId, params.stationId);
        const key = headers['idempotency-key'];
        const commandId = await requestCommand(world, {
          tenantId,
          siteId,
          stationId: params.stationId,
          ocppVersion: station?.ocppVersion ?? null,
          ...body,
          requestedBy: `api:${caller.name}`,
          idempotencyKey: typeof key === 'string' && key !== '' ? key : undefined,
        });
        if (query.wait !== 'true') return { status: 202, body: { commandId }, headers: { location: `/v1/commands/${commandId}` } };
        const ended = await untilEnded(world, body.timeoutMs + 5_000, () => reads.command(tenantId, commandId));
        return ok(ended ?? { commandId, state: 'queued' });
      },
    }),
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/parked-frames',
      summary: 'Frames of the station that nobody could read, newest first; words that are not of OCPP are masked',
      params: StationId,
      query: shapes.Page,
      async handle({ caller, params, query }) {
        await siteOf(caller.tenantId, params.stationId);
        return ok(await reads.parkedFrames(caller.tenantId, params.stationId, query));
      },
    }),
    route({
      method: 'post',
      path: '/v1/stations/{stationId}/parked-frames/{frameId}/replay',
      summary: 'Record what a parked frame reports, as it came or repaired',
      params: z.object({ stationId: shapes.StationIdText, frameId: z.uuid() }),
      body: shapes.ReplayBody,
      answers: { 202: 'durable, as the call `eventId`', 409: 'replayed before, or not kept whole' },
      async handle({ caller, params, body }) {
        const { tenantId } = caller;
        const frame = await reads.parkedFrame(tenantId, params.stationId, params.frameId);
        if (frame === undefined) throw notFound(`the parked frame ${params.frameId}`);
        const siteId = await siteOf(tenantId, params.stationId);
        const replay = { tenantId, siteId, stationId: params.stationId, frame, repaired: body.frame, requestedBy: caller.name };
        return { status: 202, body: { eventId: await replayFrame(world, replay) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/parked-records',
      summary: 'Records of the log a service could not understand and passed by',
      query: shapes.ParkedRecordsQuery,
      handle: async ({ caller, query }) => ok(await reads.parkedRecords(caller.tenantId, query)),
    }),
    route({
      method: 'get',
      path: '/v1/commands/{id}',
      summary: 'How a command went',
      params: AnyId,
      async handle({ caller, params }) {
        const command = await reads.command(caller.tenantId, params.id);
        if (command === undefined) throw notFound(`the command ${params.id}`);
        return ok(command);
      },
    }),
    route({
      method: 'put',
      path: '/v1/tokens/{type}/{idToken}',
      summary: 'Create or change a token; answered once edges know it',
      params: z.object({ type: shapes.TokenType, idToken: z.string().min(1).max(36) }),
      body: shapes.TokenBody,
      answers: { 200: 'edges know it, with its content as ETag', 412: 'changed meanwhile' },
      async handle(call) {
        const { caller, params, body } = call;
        const { tenantId } = caller;
        const hash = (value: string) => keys.hmac('token', tokenText(tenantId, value));
        const tokenHash = hash(params.idToken);
        const { status, groupId, expiresAt } = body;
        const content = (entry: { readonly status: string; readonly groupHash?: string; readonly expiresAt?: string }) =>
          [entry.status, entry.groupHash ?? null, entry.expiresAt ?? null] as const;
        const known = await book.token(tenantId, tokenHash);
        requireMatch(call, known && content(known));
        const data = {
          tokenHash,
          tokenType: params.type,
          idToken: await keys.seal(tokenHash, params.idToken),
          status,
          ...(groupId !== undefined && { groupHash: hash(groupId) }),
          ...(expiresAt !== undefined && { expiresAt }),
        };
        const position = await append(world, 'network-events', { type: 'TokenChanged', tenantId, data });
        await passed(world, 'session', position);
        const isTold = await poll(world, 10_000, async () => {
          const entry = await book.token(tenantId, tokenHash);
          return entry?.status === status && entry.expiresAt === expiresAt && entry.groupHash === data.groupHash ? true : undefined;
        });
        if (!isTold) throw unavailable('the token is recorded, but edges do not know it yet');
        return ok({ type: params.type, idToken: params.idToken, ...body }, { etag: etagOf(content(data)) });
      },
    }),
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
    route({
      method: 'get',
      path: '/v1/sessions',
      summary: 'Charging sessions, newest first',
      query: shapes.SessionsQuery,
      handle: async ({ caller, query }) => ok(await reads.sessions(caller.tenantId, query)),
    }),
    route({
      method: 'get',
      path: '/v1/sessions/{id}',
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
      summary: 'The records of the log this session and its price come from',
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
      summary:
        'Say when the driver of a running session leaves, what the car is to have got by then, and whether it may feed back; replaces what was said before',
      params: AnyId,
      body: shapes.NeedsBody,
      answers: { 200: 'recorded; a plan follows within seconds', 409: 'the session has ended' },
      async handle({ caller, params, body }) {
        const { tenantId } = caller;
        const session = await reads.session(tenantId, params.id);
        if (session === undefined) throw notFound(`the session ${params.id}`);
        if (session.status !== 'active') throw conflict(`the session ${params.id} has ended`);
        const { siteId, stationId, evseId, transactionId } = session as {
          readonly [Name in 'siteId' | 'stationId' | 'transactionId']: string;
        } & {
          readonly evseId: number;
        };
        const { departsAt, energyWh, minEnergyWh, discharge } = body;
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
        return ok(body);
      },
    }),
    route({
      method: 'get',
      path: '/v1/cdrs',
      summary: 'Charge detail records (OCPI 2.2.1)',
      query: shapes.CdrsQuery,
      handle: async ({ caller, query }) => ok(await reads.cdrs(caller.tenantId, query, maySeeTokens(caller.role))),
    }),
    route({
      method: 'get',
      path: '/v1/cdrs/{id}',
      summary: 'A charge detail record',
      params: AnyId,
      async handle({ caller, params }) {
        const cdr = await reads.cdr(caller.tenantId, params.id, maySeeTokens(caller.role));
        if (cdr === undefined) throw notFound(`the charge record ${params.id}`);
        return ok(cdr);
      },
    }),
    route({
      method: 'post',
      path: '/v1/rating',
      summary: 'Price a session by a tariff; nothing is stored',
      body: z.record(z.string(), z.unknown()),
      async handle({ body }) {
        const priced = rateCase(body);
        if (!priced.ok) throw badRequest('the case cannot be priced', priced.error);
        return ok(priced.value);
      },
    }),
    route({
      method: 'post',
      path: '/v1/allocations',
      summary: 'Share the limits of a tree over EVSEs; nothing is stored',
      body: shapes.AllocationBody,
      answers: { 422: 'cannot be shared as described, with the node' },
      async handle({ body }) {
        const request = body as AllocationRequest;
        const reasons = checkAllocation(request);
        if (reasons.length > 0) throw refused(reasons);
        return ok(allocate(request));
      },
    }),
    route({
      method: 'post',
      path: '/v1/composite-schedules',
      summary: 'What a station will do under a set of charging profiles; nothing is stored',
      body: shapes.CompositeBody,
      handle: async ({ body }) => ok(pure(() => compositeSchedule(body as never))),
    }),
    route({
      method: 'post',
      path: '/v1/sites/{siteId}/measurements',
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
    route({
      method: 'get',
      path: '/v1/sites/{siteId}/load',
      summary:
        'Measured load, limit and allocated power per bucket, and what was above a limit within that time: how long, at which node and phase, and why',
      params: SiteId,
      query: shapes.LoadQuery,
      async handle({ caller, params, query }) {
        const { tenantId } = caller;
        await existingSite(tenantId, params.siteId);
        const [items, episodes] = await Promise.all([
          reads.load(tenantId, params.siteId, query),
          reads.violations(tenantId, params.siteId, query),
        ]);
        return ok({ items, violations: violationsWithin(episodes, Date.parse(query.from), Date.parse(query.to)) });
      },
    }),
    route({
      method: 'get',
      path: '/v1/sites/{siteId}/limits',
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
      summary:
        'Why an outlet has, or had at a time, the limit it has: what was sent and answered, what it rested on, limits from the grid, and what was above a limit',
      params: SiteId,
      query: shapes.ExplainQuery,
      answers: { 404: 'no such site, or no such outlet there' },
      async handle({ caller, params, query }) {
        const { tenantId } = caller;
        await existingSite(tenantId, params.siteId);
        const station = await reads.station(tenantId, query.stationId);
        const { evses = [] } = (station?.config ?? {}) as { readonly evses?: readonly { readonly evseId: number }[] };
        if (station?.siteId !== params.siteId || !evses.some(({ evseId }) => evseId === query.evseId))
          throw notFound(`the outlet ${query.stationId}/${query.evseId}`);
        const at = query.at ?? new Date(world.clock.now()).toISOString();
        return ok(await reads.explainLimit(tenantId, params.siteId, { ...query, at }));
      },
    }),
    route({
      method: 'get',
      path: '/v1/sites/{siteId}/outlook',
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
      summary: 'Nodes and phases of which more might be drawn than is allowed, and when that was over',
      params: SiteId,
      async handle({ caller, params }) {
        await existingSite(caller.tenantId, params.siteId);
        return ok({ items: await reads.shortfalls(caller.tenantId, params.siteId) });
      },
    }),
    route({
      method: 'post',
      path: '/v1/grid/limits',
      summary:
        'Limit sites from the grid side, ahead or at once, with a fallback: several sites together, or each of them with perSite or a node',
      body: shapes.GridLimitBody,
      answers: {
        202: 'durable: in the stream of every site, or in that of the network for a limit that sites share',
        404: 'no such site',
        422: 'no such node, with the site',
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
    route({
      method: 'get',
      path: '/v1/events',
      summary: 'Server-sent events; Last-Event-ID resumes on any replica',
      async handle({ caller }) {
        return (request, response) => feed.serve(caller.tenantId, request, response);
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

const admission = (
  tenantId: string,
  siteId: string,
  stationId: string,
  {
    status,
    heartbeatIntervalS,
  }: { readonly status: 'Accepted' | 'Pending' | 'Rejected'; readonly heartbeatIntervalS?: number | undefined },
  caller: string,
) => ({
  type: 'StationAdmissionChanged' as const,
  tenantId,
  siteId,
  stationId,
  data: {
    stationId,
    bootStatus: status,
    ...(heartbeatIntervalS !== undefined && { heartbeatIntervalS }),
    requestedBy: `api:${caller}`,
  },
});

/** A profile that cannot be read becomes a 400 with its field instead of a fault of ours. */
function pure<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UnreadableProfile)) throw error;
    throw badRequest(error.message, [{ path: error.path, message: error.reason }]);
  }
}

const sameHash = (a: string | undefined, b: string | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b)));
