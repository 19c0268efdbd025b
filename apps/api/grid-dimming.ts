// Dimming under §14a EnWG: which devices of a site a grid operator may dim, what its control box says, and the log of it that has to be kept for two years.
// What a word of it comes to is apps/grid's; a word that cannot be read is refused and changes nothing.
import { z } from 'zod';
import { guaranteedW } from '#domain/grid-signals';
import { checkLimitedNode } from '#domain/load-balancing';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { csvText } from './csv.js';
import { file, ok, type Route, route } from './http.js';
import { type Lookups, SiteId } from './lookups.js';
import { notFound, refused } from './problem.js';
import type { Reads } from './reads.js';
import { append, passed } from './requests.js';
import { decodeCursor, page, rowsOf } from './rows.js';
import * as shapes from './schemas.js';

const Watts = z.number().min(0).max(1e10);
const DimmingBody = z.strictObject({
  nodeId: shapes.Id.optional().describe('at which these devices are, and nothing else; absent = the grid connection of the site'),
  devices: z.strictObject({
    count: z.number().int().min(1).max(10_000).describe('charging points and storages of more than 4.2 kW'),
    control: z
      .enum(['direct', 'management'])
      .describe(
        'dimmed one by one (4.2 kW for each), or together behind an energy management (4.2 kW, and a part of that for each further one)',
      ),
  }),
  failSafeW: Watts.describe('what holds when the control box is silent [W]; what is guaranteed goes before it where that is more'),
  silentAfterS: z
    .number()
    .int()
    .min(120)
    .max(86_400)
    .default(900)
    .describe(
      'how long after its last word the control box is silent [s]; stations know that instant ahead, and are written to about as often',
    ),
});
const CommandBody = z.union([
  z.strictObject({
    limitW: Watts.describe('what all devices together may draw [W]; what is guaranteed to them counts where that is more'),
    until: shapes.Timestamp.optional(),
  }),
  z.strictObject({ lifted: z.literal(true) }),
]);
const LogRange = z.object({ from: shapes.Timestamp.optional(), to: shapes.Timestamp.optional() });

/** A heartbeat is written down once in this part of the time after which silence begins. */
const WRITTEN_IN = 0.25;

const DIMMING = `select site_id as "siteId", node_id as "nodeId", devices, floor_w as "floorW", fail_safe_w as "failSafeW", silent_after_s as "silentAfterS",
  heard_at as "heardAt", limit_w as "askedW", until_at as until from grid_dimmings where tenant_id = $1 and removed_at is null`;
interface DimmingRow extends Record<string, unknown> {
  readonly siteId: string;
  readonly silentAfterS: number;
  readonly heardAt: Date | null;
}
const WORDS = `select record_offset::text as "wordId", heard_at as "heardAt", kind, asked_w as "askedW", until_at as until, floor_w as "floorW", applied_w as "appliedW",
  limit_id as "signalId", said_by as "saidBy" from grid_dimming_words where tenant_id = $1 and site_id = $2
  and ($3::timestamptz is null or heard_at >= $3) and ($4::timestamptz is null or heard_at < $4)`;
interface WordRow extends Record<string, unknown> {
  readonly wordId: string;
  readonly heardAt: Date;
  readonly kind: string;
  readonly until: Date | null;
  readonly signalId: string | null;
  readonly saidBy: string;
}
const LOG_LIMIT = 100_000;

export function gridDimmingRoutes(world: World, reads: Reads, { knownSite }: Lookups): readonly Route[] {
  const existing = async (tenantId: string, siteId: string): Promise<DimmingRow> => {
    const [row] = await rowsOf<DimmingRow>(world, tenantId, `${DIMMING} and site_id = $2`, siteId);
    if (row === undefined) throw notFound(`dimming of the site ${siteId}`);
    return shown(row, world.clock.now());
  };
  const tell = async (fact: Parameters<typeof append>[2]): Promise<void> =>
    passed(world, 'grid', await append(world, 'network-events', fact));
  const PATH = '/v1/grid/enwg14a/{siteId}';

  return [
    route({
      method: 'put',
      path: PATH,
      answer: answers.DimmedSite,
      summary:
        'Let a grid operator dim controllable devices of a site (§14a EnWG). Until its control box is heard, and after it was silent, the fail-safe limit holds; what is guaranteed to the devices (BNetzA BK6-22-300) is never gone below',
      params: SiteId,
      body: DimmingBody,
      answers: { 200: 'as it stands, with what is guaranteed (floorW)', 404: 'no such site', 422: 'no such node' },
      async handle({ caller, params: { siteId }, body: { nodeId, devices, failSafeW, silentAfterS } }) {
        const { tenantId } = caller;
        const site = await knownSite(tenantId, siteId);
        const reasons = nodeId === undefined ? [] : checkLimitedNode(site as never, await reads.limitedStations(tenantId, siteId), nodeId);
        if (reasons.length > 0) throw refused(reasons.map(({ message }) => ({ path: 'nodeId', message })));
        const data = {
          siteId,
          ...(nodeId !== undefined && { nodeId }),
          devices,
          failSafeW,
          silentAfterS,
          requestedBy: `api:${caller.name}`,
        };
        await tell({ type: 'DimmingConfigured', tenantId, data });
        return ok(await existing(tenantId, siteId));
      },
    }),
    route({
      method: 'get',
      path: '/v1/grid/enwg14a',
      answer: answers.pageOf(answers.DimmedSite),
      summary: 'Sites whose devices may be dimmed: what is guaranteed to them, what was asked last, and whether the control box is silent',
      async handle({ caller }) {
        const items = await rowsOf<DimmingRow>(world, caller.tenantId, `${DIMMING} order by site_id`);
        return ok({ items: items.map((row) => shown(row, world.clock.now())), nextCursor: null });
      },
    }),
    route({
      method: 'get',
      path: PATH,
      answer: answers.DimmedSite,
      configured: ['nodeId', 'devices', 'failSafeW', 'silentAfterS'],
      summary: 'One of them',
      params: SiteId,
      answers: { 200: 'as it stands', 404: 'its devices are not dimmed by anybody' },
      handle: async ({ caller, params }) => ok(await existing(caller.tenantId, params.siteId)),
    }),
    route({
      method: 'delete',
      path: PATH,
      answer: answers.Empty,
      summary: 'End it: the site is free of it at once; the log stays',
      params: SiteId,
      answers: { 200: 'durable, and told to the site', 404: 'its devices are not dimmed by anybody' },
      async handle({ caller, params: { siteId } }) {
        await existing(caller.tenantId, siteId);
        await tell({ type: 'DimmingRemoved', tenantId: caller.tenantId, data: { siteId, requestedBy: `api:${caller.name}` } });
        return ok({});
      },
    }),
    route({
      method: 'post',
      path: `${PATH}/commands`,
      answer: answers.DimmingTaken,
      summary:
        'What the control box commands: a limit on what all devices together draw, or that dimming is over (lifted). It counts as a heartbeat',
      params: SiteId,
      body: CommandBody,
      answers: {
        202: 'durable; appliedW is what holds, askedW what was asked',
        400: 'nothing was changed',
        404: 'its devices are not dimmed by anybody',
      },
      async handle({ caller, params: { siteId }, body }) {
        const { tenantId } = caller;
        const { devices } = (await existing(tenantId, siteId)) as unknown as { readonly devices: Parameters<typeof guaranteedW>[0] };
        const command = 'lifted' in body ? {} : { limitW: body.limitW, ...(body.until !== undefined && { until: body.until }) };
        await tell({ type: 'DimmingHeard', tenantId, data: { siteId, command, requestedBy: `api:${caller.name}` } });
        const applied = 'lifted' in body ? {} : { askedW: body.limitW, appliedW: Math.max(body.limitW, guaranteedW(devices)) };
        return { status: 202, body: { siteId, ...applied } };
      },
    }),
    route({
      method: 'post',
      path: `${PATH}/heartbeats`,
      answer: answers.DimmingTaken,
      summary: 'That the control box is there; after silence the fail-safe limit stays for two minutes more unless it commands something',
      params: SiteId,
      isAudited: false,
      answers: { 202: 'it counts as heard', 404: 'its devices are not dimmed by anybody' },
      async handle({ caller, params: { siteId } }) {
        const { tenantId } = caller;
        const { heardAt, silentAfterS } = await existing(tenantId, siteId);
        const ageMs = world.clock.now() - (heardAt?.getTime() ?? Number.NEGATIVE_INFINITY);
        if (ageMs >= silentAfterS * 1000 * WRITTEN_IN)
          await tell({ type: 'DimmingHeard', tenantId, data: { siteId, requestedBy: `api:${caller.name}` } });
        return { status: 202, body: { siteId } };
      },
    }),
    route({
      method: 'get',
      path: `${PATH}/log`,
      answer: answers.pageOf(answers.DimmingWord),
      summary:
        'Every word of the control box, latest first: what was asked, what was guaranteed, what held; signalId leads to the evidence of what was drawn. Kept for as long as the log is, so for the two years that are asked for, and more',
      params: SiteId,
      query: shapes.Page.extend(LogRange.shape),
      async handle({ caller, params: { siteId }, query: { limit, cursor, from, to } }) {
        const after = decodeCursor(cursor, 'time', 'whole');
        const found = await rowsOf<WordRow>(
          world,
          caller.tenantId,
          `${WORDS} and ($5::timestamptz is null or (heard_at, record_offset) < ($5, $6)) order by heard_at desc, record_offset desc limit $7`,
          ...[siteId, from ?? null, to ?? null, ...(after ?? [null, null]), limit + 1],
        );
        return ok(page(found, limit, ({ heardAt, wordId }) => [heardAt.toISOString(), wordId]));
      },
    }),
    route({
      method: 'get',
      path: `${PATH}/log.csv`,
      answer: 'text/csv',
      summary: 'The same as CSV (RFC 4180), in order of time',
      params: SiteId,
      query: LogRange,
      answers: { 200: 'text/csv' },
      async handle({ caller, params: { siteId }, query: { from, to } }) {
        const words = await rowsOf<WordRow>(
          world,
          caller.tenantId,
          `${WORDS} order by heard_at, record_offset limit ${LOG_LIMIT}`,
          ...[siteId, from ?? null, to ?? null],
        );
        const rows = words.map(({ heardAt, kind, askedW, until, floorW, appliedW, signalId, saidBy }) =>
          [heardAt.toISOString(), kind, askedW, until?.toISOString(), floorW, appliedW, signalId, csvText(saidBy)]
            .map((cell) => cell ?? '')
            .join(','),
        );
        const head = 'heard_at,kind,asked_w,until,floor_w,applied_w,signal_id,said_by';
        return file(`enwg14a-${siteId}.csv`, 'text/csv; charset=utf-8', `${[head, ...rows].join('\r\n')}\r\n`);
      },
    }),
  ];
}

/** With whether the control box is silent, so that the fail-safe limit holds. */
const shown = (row: DimmingRow, nowMs: number): DimmingRow & { readonly isSilent: boolean } => ({
  ...row,
  isSilent: row.heardAt === null || nowMs - row.heardAt.getTime() >= row.silentAfterS * 1000,
});
