// Programs of grid operators that sites follow: configured, looked at, ended, and told by their servers that there is something new.
// Who asks the servers, and what the sites get of it, is apps/grid's.
import { z } from 'zod';
import type { GridProgramSite } from '#contracts';
import { checkLimitedNode } from '#domain/load-balancing';
import { isOwn } from '#outbound';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { isSafeAddress, requireOwnSecret } from './grid-addresses.js';
import { ok, type Route, route } from './http.js';
import type { Lookups } from './lookups.js';
import { badRequest, notFound, Problem, refused } from './problem.js';
import type { Reads } from './reads.js';
import { append, passed } from './requests.js';
import { decodeCursor, page, rowsOf } from './rows.js';
import * as shapes from './schemas.js';

const ProgramPath = z.object({ programId: shapes.Id });
const ReservationPath = ProgramPath.extend({ siteId: shapes.Id });
const Watts = z.number().min(0).max(1e10);
const Part = z.number().min(0).max(1);
const SiteBody = z.strictObject({
  siteId: shapes.Id,
  nodeId: shapes.Id.optional().describe('absent = the grid connection of the site'),
  names: z
    .array(z.string().min(1).max(128))
    .min(1)
    .max(20)
    .describe('what the grid operator calls the connection, such as its EAN code: targets of events'),
  fallbackW: Watts.describe(
    'what may be drawn once nothing is heard, in an emergency of the grid and at SIMPLE level 3 [W]; what is subscribed goes before it where that is less',
  ),
  exportFallbackW: Watts.optional().describe('what may be fed back once nothing is heard [W]'),
  ratedW: Watts.optional().describe('what SIMPLE levels 1 and 2 are parts of [W]'),
  simpleLevels: z
    .tuple([Part, Part])
    .optional()
    .describe('parts of ratedW at SIMPLE levels 1 and 2; 0.8 and 0.5 unless the contract says otherwise'),
});
const ProgramBody = z.strictObject({
  server: z.strictObject({
    url: z
      .url()
      .max(500)
      .refine(isSafeAddress, 'https, without a name, a password or a query in it')
      .describe('base address of the OpenADR 3 server (VTN)'),
    version: z.enum(['3.0.1', '3.1']),
    programName: z.string().min(1).max(128),
    venName: z.string().min(1).max(128).describe('what the server calls this network'),
    clientId: z.string().min(1).max(200),
    clientSecret: z
      .string()
      .min(1)
      .max(500)
      .optional()
      .meta({ writeOnly: true })
      .describe('kept sealed and never shown; absent = the one there is stays, at the same server'),
  }),
  introduce: z
    .boolean()
    .optional()
    .describe('tell the server our name and our connections (vens, resources) where it does not know them; absent = it knows them already'),
  push: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('webhook'),
        callbackUrl: z
          .url()
          .max(1000)
          .refine(isSafeAddress, 'https, without a name, a password or a query in it')
          .describe('where the server reaches /v1/grid/programs/{programId}/notifications; the token it is given opens nothing else'),
      }),
      z.strictObject({ kind: z.literal('mqtt') }),
    ])
    .optional()
    .describe(
      'have the server tell by itself when something changes: by a subscription of ours, or over the broker it names (3.1); absent = it is only asked',
    ),
  profile: z.enum(['gac']).optional().describe('gac: events have to keep to the Dutch profile for grid-aware charging'),
  pollS: z.number().int().min(5).max(3600).default(60).describe('how often the server is asked [s]'),
  validForS: z.number().int().min(1200).max(86_400).default(3600).describe('how long what was heard holds when nothing more is heard [s]'),
  sites: z.array(SiteBody).min(1).max(2000),
});

const ReservationBody = z.strictObject({
  windows: z
    .array(
      z
        .strictObject({
          from: shapes.Timestamp,
          until: shapes.Timestamp,
          importW: Watts.optional(),
          exportW: Watts.optional(),
          feePerKw: z.number().min(0).max(1e6).optional().describe('what it may cost per kW, in the currency of the program'),
        })
        .refine(({ from, until }) => Date.parse(from) < Date.parse(until), { path: ['until'], message: 'must be later than from' }),
    )
    .max(200),
});
const ReportsQuery = shapes.Page.extend({ siteId: shapes.Id.optional() });

const REPORT = `select report_name as "reportName", event_id as "eventId", payload_type as "payloadType", reading_type as "readingType", units, from_at as "from",
  until_at as until, site_ids as "siteIds", resources, refusal, sent_at as "sentAt" from grid_reports where tenant_id = $1 and program_id = $2`;
interface ReportRow extends Record<string, unknown> {
  readonly reportName: string;
  readonly sentAt: Date;
}

const PROGRAM = `select program_id as "programId", source, server, profile, poll_s as "pollS", valid_for_s as "validForS", sites, introduce, push, push_trouble as "pushTrouble", heard_at as "heardAt", trouble,
  events, refusals, unheeded, reservations, changed_at as "changedAt",
  (select max(sent_at) from grid_reports r where r.tenant_id = $1 and r.program_id = grid_programs.program_id) as "reportedAt",
  (select count(*)::int from grid_reports r where r.tenant_id = $1 and r.program_id = grid_programs.program_id and refusal is not null) as "reportsRefused"
  from grid_programs where tenant_id = $1 and removed_at is null`;

interface ProgramRow extends Record<string, unknown> {
  readonly server: { readonly url: string };
}

export function gridProgramRoutes(world: World, reads: Reads, { knownSite }: Lookups): readonly Route[] {
  const one = async (tenantId: string, programId: string) =>
    (await rowsOf<ProgramRow>(world, tenantId, `${PROGRAM} and program_id = $2`, programId))[0];
  const existing = async (tenantId: string, programId: string) => {
    const program = await one(tenantId, programId);
    if (program === undefined) throw notFound(`the grid program ${programId}`);
    return program;
  };
  const tell = async (fact: Parameters<typeof append>[2]): Promise<void> =>
    passed(world, 'grid', await append(world, 'network-events', fact));

  const checkSites = async (tenantId: string, sites: z.infer<typeof ProgramBody>['sites']): Promise<void> => {
    const places = new Set<string>();
    for (const [index, { siteId, nodeId }] of sites.entries()) {
      const place = `${siteId}/${nodeId ?? ''}`;
      if (places.has(place)) throw badRequest('a site is named twice', [{ path: `sites.${index}`, message: `${place} is there already` }]);
      places.add(place);
      const site = await knownSite(tenantId, siteId);
      if (nodeId === undefined) continue;
      const reasons = checkLimitedNode(site as never, await reads.limitedStations(tenantId, siteId), nodeId);
      if (reasons.length > 0) throw refused(reasons.map(({ message }) => ({ path: `sites.${index}.nodeId`, message })));
    }
  };

  const wished = async (tenantId: string, { programId, siteId }: z.output<typeof ReservationPath>) => {
    const { sites, reservations } = (await existing(tenantId, programId)) as {
      readonly sites?: readonly GridProgramSite[];
      readonly reservations?: Readonly<Record<string, unknown>> | null;
    };
    if (!sites?.some((site) => site.siteId === siteId)) throw notFound(`the site ${siteId} in the grid program ${programId}`);
    return { programId, siteId, windows: reservations?.[siteId] ?? [] };
  };

  return [
    route({
      method: 'put',
      path: '/v1/grid/programs/{programId}',
      answer: answers.GridProgram,
      summary:
        'Let sites follow a program of a grid operator, asked of its OpenADR 3 server: limits on what they draw and feed back, levels and emergencies. Where nothing is heard for longer than validForS every site falls to its fallback, at an instant its stations know ahead',
      params: ProgramPath,
      body: ProgramBody,
      answers: { 200: 'the program; heardAt and trouble say how it stands with its server', 404: 'no such site', 422: 'no such node' },
      async handle({ caller, params: { programId }, body }) {
        const { tenantId } = caller;
        await checkSites(tenantId, body.sites);
        // Where many share the machines, an address of their own is somebody else's too.
        if (world.kind === 'cluster' && isOwn(new URL(body.server.url)))
          throw badRequest('https was expected', [{ path: 'server.url', message: 'https was expected' }]);
        const { clientSecret, ...server } = body.server;
        checkPush(programId, body);
        if (clientSecret === undefined) requireOwnSecret('server.clientSecret', (await one(tenantId, programId))?.server.url, server.url);
        const sealed = clientSecret && { clientSecret: await world.keys.seal(`grid:${tenantId}:${programId}`, clientSecret) };
        const { profile, pollS, validForS, sites, introduce, push } = body;
        await tell({
          type: 'GridProgramConfigured',
          tenantId,
          data: {
            ...{ programId, server: { ...server, ...sealed }, pollS, validForS },
            sites: sites.map(given) as readonly GridProgramSite[],
            ...(profile && { profile }),
            ...(introduce && { introduce }),
            ...(push && { push }),
            requestedBy: `api:${caller.name}`,
          },
        });
        return ok(await existing(tenantId, programId));
      },
    }),
    route({
      method: 'get',
      path: '/v1/grid/programs',
      answer: answers.pageOf(answers.GridProgram),
      summary:
        'Programs of grid operators that sites follow, with how each stands: when it was heard last, why it cannot be heard (trouble), what of it is not followed and why (refusals), and what it says beside limits (unheeded)',
      async handle({ caller }) {
        return ok({ items: await rowsOf(world, caller.tenantId, `${PROGRAM} order by program_id`), nextCursor: null });
      },
    }),
    route({
      method: 'get',
      path: '/v1/grid/programs/{programId}',
      answer: answers.GridProgram,
      configured: ['server', 'profile', 'pollS', 'validForS', 'sites'],
      summary: 'One of them',
      params: ProgramPath,
      answers: { 200: 'the program', 404: 'no such program' },
      handle: async ({ caller, params }) => ok(await existing(caller.tenantId, params.programId)),
    }),
    route({
      method: 'delete',
      path: '/v1/grid/programs/{programId}',
      answer: answers.Empty,
      summary: 'End a program: its sites are free of it at once',
      params: ProgramPath,
      answers: { 200: 'durable, and told to its sites', 404: 'no such program' },
      async handle({ caller, params: { programId } }) {
        await existing(caller.tenantId, programId);
        await tell({ type: 'GridProgramRemoved', tenantId: caller.tenantId, data: { programId, requestedBy: `api:${caller.name}` } });
        await world.keys.destroy(`grid:${caller.tenantId}:${programId}`);
        return ok({});
      },
    }),
    route({
      method: 'get',
      path: '/v1/grid/programs/{programId}/reports',
      answer: answers.pageOf(answers.GridReport),
      summary:
        'What its server wanted to hear back and was told: measured and expected energy and power, states, capacity that sites would like to reserve; latest first. A refusal says why the server did not take one',
      params: ProgramPath,
      query: ReportsQuery,
      async handle({ caller, params: { programId }, query: { limit, cursor, siteId } }) {
        const after = decodeCursor(cursor, 'time', 'text');
        const found = await rowsOf<ReportRow>(
          world,
          caller.tenantId,
          `${REPORT} and ($3::text is null or site_ids ? $3) and ($4::timestamptz is null or (sent_at, report_name) < ($4, $5)) order by sent_at desc, report_name desc limit $6`,
          ...[programId, siteId ?? null, ...(after ?? [null, null]), limit + 1],
        );
        return ok(page(found, limit, ({ sentAt, reportName }) => [sentAt.toISOString(), reportName]));
      },
    }),
    route({
      method: 'put',
      path: '/v1/grid/programs/{programId}/reservations/{siteId}',
      answer: answers.WishedCapacity,
      summary:
        'Capacity a site would like to have beside what is subscribed, told where its grid operator asks for it (reports of capacity reservation); in the place of what was said before. Nothing is allowed by it before the operator says so',
      params: ReservationPath,
      body: ReservationBody,
      answers: { 200: 'as it will be told', 404: 'no such program, or it has no such site' },
      async handle({ caller, params, body: { windows } }) {
        const { tenantId } = caller;
        const { programId, siteId } = params;
        await wished(tenantId, params);
        const data = { programId, siteId, windows: windows.map(given) as never, requestedBy: `api:${caller.name}` };
        await tell({ type: 'GridReservationWished', tenantId, data });
        return ok(await wished(tenantId, params));
      },
    }),
    route({
      method: 'get',
      path: '/v1/grid/programs/{programId}/reservations/{siteId}',
      answer: answers.WishedCapacity,
      summary: 'Capacity a site would like to have beside what is subscribed',
      params: ReservationPath,
      answers: { 200: 'empty where nothing was said', 404: 'no such program, or it has no such site' },
      handle: async ({ caller, params }) => ok(await wished(caller.tenantId, params)),
    }),
    route({
      method: 'post',
      path: '/v1/grid/programs/{programId}/notifications',
      answer: answers.Empty,
      isAudited: false,
      summary:
        'Where its server may tell that there is something new (callbackUrl of a subscription; `push` makes one, with a token of its own, and a key of the role utility does as well): the server is asked at once, and what the notification itself says is not believed',
      params: ProgramPath,
      body: z.looseObject({}),
      answers: { 202: 'the server will be asked', 403: 'the token is that of another program', 404: 'no such program' },
      async handle({ caller: { tenantId, name, role }, params: { programId } }) {
        if (role === 'notifier' && name !== `grid:${programId}`)
          throw new Problem(403, 'forbidden', 'This token is for another program', `it is that of ${name}`);
        await existing(tenantId, programId);
        await append(world, 'network-events', { type: 'GridRereadAsked', tenantId, data: { programId } });
        return { status: 202, body: {} };
      },
    }),
  ];
}

function checkPush(programId: string, { push, server: { version } }: Pick<z.infer<typeof ProgramBody>, 'push' | 'server'>): void {
  if (push?.kind === 'mqtt' && version !== '3.1')
    throw badRequest('a broker needs 3.1', [{ path: 'push.kind', message: 'webhook was expected: OpenADR 3.0.1 has no broker' }]);
  const path = `/v1/grid/programs/${encodeURIComponent(programId)}/notifications`;
  if (push?.kind === 'webhook' && !push.callbackUrl.endsWith(path))
    throw badRequest('another callbackUrl was expected', [{ path: 'push.callbackUrl', message: `…${path} was expected` }]);
}

/** Without what was not given. */
const given = <T extends object>(each: T): T => Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined)) as T;
