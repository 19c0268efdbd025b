// Stations: made, changed, moved, let in and looked at. Whether one fits its site is decided by the owner of the site.
import { timingSafeEqual } from 'node:crypto';
import { credentialText } from '#domain/authorization';
import { checkSite, type SiteConfig, type StationConfig } from '#domain/load-balancing';
import type { StationEntry, World } from '#ports';
import * as answers from './answers/index.js';
import { changePassword } from './commands.js';
import { formulaId } from './csv.js';
import { ok, type Route, route } from './http.js';
import { type Lookups, StationId } from './lookups.js';
import { conflict, notFound, Problem, refused, unavailable } from './problem.js';
import type { Reads } from './reads.js';
import { endConnection } from './reassignment.js';
import { append, configure, inUse, passed, poll } from './requests.js';
import * as shapes from './schemas.js';
import type { StationName } from './site-reads.js';
import { tagged, written } from './versions.js';
import { Waiting } from './waiting.js';

export function stationRoutes(world: World, reads: Reads, { siteOf, configuredSiteOf }: Lookups): readonly Route[] {
  const { keys, book } = world;
  /** Nothing is decided about one that was only let in: neither is there a place of it to free, nor does an edge look anything up. */
  const configured = async (tenantId: string, stationId: string): Promise<string> => {
    const siteId = await configuredSiteOf(tenantId, stationId);
    if (siteId === undefined) throw notFound(`a configuration of the station ${stationId}`);
    return siteId;
  };
  const assignments = new Waiting<StationName, number>(world.clock, reads.lastAssignments);

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
      path: '/v1/stations/{stationId}',
      answer: answers.ConfiguredStation,
      isVersioned: true,
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
        const isNew = hash !== undefined && !sameHash(hash, before?.credentialHash);
        const here = before === undefined || (!moved && !isNew) ? undefined : await reads.station(tenantId, params.stationId);
        const ocppVersion = here?.ocppVersion ?? null;
        // Only a station that was here can have the old password; to any other the new one is as new as the station.
        const isOffered =
          query.passwordChange === 'negotiated' && before?.credentialHash !== undefined && ocppVersion !== null && !moved && isNew;
        const credentialHash = hash === undefined || isOffered ? before?.credentialHash : hash;
        const keptCertificate = certificate ?? (moved ? before.certificate : undefined);
        const assignmentSeq =
          before === undefined
            ? ((await assignments.ask({ tenantId, stationId: params.stationId }, 0)) ?? 0) + 1
            : before.assignmentSeq + (moved ? 1 : 0);
        if (before === undefined && assignmentSeq === 1) {
          const errors = formulaId(params.stationId);
          if (errors.length > 0) throw refused(errors);
        }
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
          ).catch(inUse);
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
        // Where it was let in unconfigured it is on a connection under no assignment, and would count nowhere in the site it has now.
        if (moved || before === undefined) await endConnection(world, tenantId, params.stationId, assignmentSeq);
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
      method: 'delete',
      path: '/v1/stations/{stationId}',
      answer: answers.Nothing,
      isVersioned: true,
      summary: 'Delete a station: it is let in no more, and what it held is free; its sessions and bills stay readable',
      params: StationId,
      answers: {
        204: 'gone, and edges know it',
        404: 'no such station',
        409: 'a transaction or a lease runs there, or it may draw more than its safe level: with what to do',
        412: 'changed meanwhile',
      },
      async handle(call) {
        const { tenantId } = call.caller;
        const { stationId } = call.params;
        const siteId = await configured(tenantId, stationId);
        const { items } = await reads.sessions(tenantId, { limit: 1, stationId, status: 'active' });
        if (items.length > 0) throw conflict(`the session ${items[0]?.sessionId} is running at ${stationId}: stop it, or let it end`);
        await configure(world, tenantId, siteId, { kind: 'stationRemoved', stationId, isDeleted: true }, written(call)).catch(inUse);
        const isGone = await poll(world, 10_000, async () => (await book.station(tenantId, stationId)) === undefined || undefined);
        if (!isGone) throw unavailable('that it is gone is recorded, but edges do not know it yet');
        await endConnection(world, tenantId, stationId);
        return { status: 204 };
      },
    }),
    route({
      method: 'get',
      path: '/v1/stations',
      answer: answers.pageOf(answers.Station),
      summary:
        'Stations with their EVSEs: limitA is the most one might draw per phase under anything that may be in force, dischargeA the most that might flow back, wantedA what the split gives it, heldBy why a plan gives it less; reason and behind the full node and phase it waits at and who has the share there, cap what somebody else caps it at; alarms where limits are not followed, since when',
      query: shapes.StationsQuery,
      handle: async ({ caller, query }) => ok(await reads.stations(caller.tenantId, query)),
    }),
    route({
      method: 'get',
      path: '/v1/stations/{stationId}',
      answer: answers.OneStation,
      summary: 'A station with its EVSEs',
      params: StationId,
      async handle({ caller, params }) {
        const station = await reads.station(caller.tenantId, params.stationId);
        if (station === undefined) throw notFound(`the station ${params.stationId}`);
        // Of its site: what a station may be depends on the others there.
        const site = await reads.site(caller.tenantId, String(station.siteId));
        return ok(station, site && { etag: `"${site.version}"` });
      },
    }),
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/boot-status',
      answer: answers.BootStatus,
      summary: 'Whether a station is taken, waits, or is refused: what it is told at its next BootNotification',
      params: StationId,
      async handle({ caller: { tenantId }, params: { stationId } }) {
        await configured(tenantId, stationId);
        const entry = await book.station(tenantId, stationId);
        if (entry === undefined) throw notFound(`the station ${stationId}`);
        return ok({ stationId, status: entry.bootStatus, heartbeatIntervalS: entry.heartbeatIntervalS });
      },
    }),
    route({
      method: 'put',
      path: '/v1/stations/{stationId}/boot-status',
      answer: answers.BootStatus,
      summary: 'Take a station, let it wait, or refuse it; told at its next BootNotification',
      params: StationId,
      body: shapes.BootStatusBody,
      async handle({ caller, params, body }) {
        const { tenantId } = caller;
        const siteId = await configured(tenantId, params.stationId);
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
      answer: answers.pageOf(answers.Variable),
      summary: 'What the station reported of itself: the device model (2.x) or the configuration keys (1.6)',
      params: StationId,
      query: shapes.VariablesQuery,
      async handle({ caller, params, query }) {
        await siteOf(caller.tenantId, params.stationId);
        return ok(await reads.variables(caller.tenantId, params.stationId, query));
      },
    }),
  ];
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

const sameHash = (a: string | undefined, b: string | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b)));
