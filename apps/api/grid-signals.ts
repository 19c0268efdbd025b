// What grid operators asked of sites, and the evidence: what was planned, what meters say was drawn, how soon that met the limit, and why not where it did not.
// Asked is what load balancing received, whoever sent it; the reckoning is libs/domain/grid-signals'.
import { z } from 'zod';
import { type AskedStretch, evidenceOf, type LoadSample } from '#domain/grid-signals';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { csvText } from './csv.js';
import { file, ok, type Route, route } from './http.js';
import { notFound } from './problem.js';
import type { Reads } from './reads.js';
import { decodeCursor, page, rowsOf } from './rows.js';
import * as shapes from './schemas.js';
import { type Violation, violationsWithin } from './violations.js';

const SignalPath = z.object({ signalId: z.string().min(1).max(200) });
const SignalsQuery = shapes.Page.extend({
  siteId: shapes.Id.optional(),
  source: z.string().min(1).max(200).optional(),
  from: shapes.Timestamp.optional().describe('received from then on'),
  to: shapes.Timestamp.optional(),
});
const SignalQuery = z.object({ siteId: shapes.Id.optional() });

interface Signal extends Record<string, unknown> {
  readonly signalId: string;
  readonly siteId: string;
  readonly source: string;
  readonly nodeId: string | null;
  readonly rootId: string | null;
  readonly direction: 'import' | 'export';
  readonly receivedAt: Date;
  readonly endedAt: Date | null;
}
interface AskedRow extends Record<string, unknown> {
  readonly fromAt: Date;
  readonly toAt: Date | null;
  readonly limitW: number | null;
  readonly isFallback: boolean;
}

/** A limit renewed under its id is one signal; it ended where its last word was superseded, or says so itself. */
const SIGNALS = `select g.limit_id as "signalId", g.site_id as "siteId", min(g.source) as source, min(g.node_id) as "nodeId", min(g.direction) as direction,
  bool_or(g.is_share) as "isShare", min(s.config #>> '{root,nodeId}') as "rootId", min(g.received_at) as "receivedAt", max(g.received_at) as "renewedAt",
  case when bool_or(g.superseded_at is null) then max(g.ends_at) filter (where g.superseded_at is null) else max(g.superseded_at) end as "endsAt"
  from grid_limits g left join sites s on s.tenant_id = g.tenant_id and s.site_id = g.site_id where g.tenant_id = $1 and g.limit_id is not null`;
/** While each step stood. Amperes count at nominal voltage, on all lines together. */
const ASKED = `select greatest(g.received_at, g.starts_at) as "fromAt", least(g.ends_at, g.superseded_at) as "toAt", g.is_fallback as "isFallback",
  least(g.limit_w, g.limit_a * 3 * coalesce((s.config ->> 'voltageV')::double precision, 230)) as "limitW"
  from grid_limits g left join sites s on s.tenant_id = g.tenant_id and s.site_id = g.site_id
  where g.tenant_id = $1 and g.limit_id = $2 and g.site_id = $3 order by g.record_offset, g.step`;
/** What the server of its program was told about the time. */
const REPORTED = `select report_name as "reportName", payload_type as "payloadType", from_at as "from", until_at as until, refusal, sent_at as "sentAt"
  from grid_reports where tenant_id = $1 and 'grid:' || program_id = $2 and site_ids ? $3 and from_at < $5 and until_at > $4 order by from_at, report_name limit 500`;
const LOAD = `select time as at, measured_w as "measuredW", allocated_w as "allocatedW" from analytics.site_load where tenant_id = $1 and site_id = $2
  and time >= $3::timestamptz - interval '5 minutes' and time < $4 order by time`;

export function gridSignalRoutes(world: World, reads: Pick<Reads, 'violations'>): readonly Route[] {
  const evidence = async (tenantId: string, signalId: string, siteId: string | undefined) => {
    const only = siteId === undefined ? '' : 'and g.site_id = $3';
    const signals = await rowsOf<Signal>(
      world,
      tenantId,
      `${SIGNALS} and g.limit_id = $2 ${only} group by g.limit_id, g.site_id order by g.site_id limit 1000`,
      signalId,
      ...(siteId === undefined ? [] : [siteId]),
    );
    if (signals.length === 0) throw notFound(`the signal ${signalId}`);
    return Promise.all(signals.map((signal) => ofSite(tenantId, signal)));
  };

  const ofSite = async (tenantId: string, { rootId, ...signal }: Signal) => {
    const now = world.clock.now();
    const asked = stretches(await rowsOf<AskedRow>(world, tenantId, ASKED, signal.signalId, signal.siteId), now);
    const [first, last] = [asked[0], asked.at(-1)];
    const none = { ...signal, isMeasured: false, stretches: [], violations: violationsWithin([], now, now), reports: [] };
    if (first === undefined || last === undefined) return none;
    const [from, to] = [new Date(first.fromMs).toISOString(), new Date(Math.min(last.toMs, now)).toISOString()];
    // What is measured of a site is what it draws from the grid; below its connection only what was above a limit is told.
    const isMeasured = signal.direction === 'import' && (signal.nodeId === null || signal.nodeId === rootId);
    const load = isMeasured ? await rowsOf(world, tenantId, LOAD, signal.siteId, from, to) : [];
    const samples = load.map(
      ({ at, measuredW, allocatedW }): LoadSample => ({
        atMs: (at as Date).getTime(),
        measuredW: numberOr(measuredW),
        allocatedW: numberOr(allocatedW),
      }),
    );
    const node = signal.nodeId ?? rootId;
    const episodes = (await reads.violations(tenantId, signal.siteId, { from, to })) as readonly Violation[];
    const own = episodes.filter(({ nodeId, direction }) => nodeId === node && direction === signal.direction);
    return {
      ...signal,
      isMeasured,
      stretches: evidenceOf(asked, samples, now).map(({ fromMs, toMs, ...each }) => ({
        from: new Date(fromMs),
        to: Number.isFinite(toMs) ? new Date(toMs) : null,
        ...each,
      })),
      violations: violationsWithin(own, first.fromMs, Math.min(last.toMs, now)),
      reports: await rowsOf(world, tenantId, REPORTED, signal.source, signal.siteId, from, to),
    };
  };

  return [
    route({
      method: 'get',
      path: '/v1/grid/signals',
      answer: answers.pageOf(answers.GridSignal),
      summary:
        'What grid operators asked of sites, latest first, whoever sent it: limits of programs, of single requests, and shares of limits over several sites',
      query: SignalsQuery,
      async handle({ caller, query: { limit, cursor, siteId, source, from, to } }) {
        const after = decodeCursor(cursor, 'time', 'text', 'text');
        const found = await rowsOf<Signal>(
          world,
          caller.tenantId,
          `select * from (${SIGNALS} and ($2::text is null or g.site_id = $2) and ($3::text is null or g.source = $3) group by g.limit_id, g.site_id) each
           where ($4::timestamptz is null or "receivedAt" >= $4) and ($5::timestamptz is null or "receivedAt" < $5)
           and ($6::timestamptz is null or ("receivedAt", "signalId", "siteId") < ($6, $7, $8)) order by "receivedAt" desc, "signalId" desc, "siteId" desc limit $9`,
          ...[siteId ?? null, source ?? null, from ?? null, to ?? null, ...(after ?? [null, null, null]), limit + 1],
        );
        const shown = page(found, limit, ({ receivedAt, signalId, siteId: at }) => [receivedAt.toISOString(), signalId, at]);
        return ok({ ...shown, items: shown.items.map(({ rootId: _, ...signal }) => signal) });
      },
    }),
    route({
      method: 'get',
      path: '/v1/grid/signals/{signalId}/evidence',
      answer: answers.listOf(answers.SignalEvidence),
      summary:
        'For each site: what was asked while it stood, what cars were given, what meters say was drawn, after how long nothing was above it any more, what was above it with its reasons, and what the server of its program was told of it',
      params: SignalPath,
      query: SignalQuery,
      answers: { 200: 'items, one for each site', 404: 'nobody ever asked that' },
      async handle({ caller, params, query }) {
        return ok({ items: await evidence(caller.tenantId, params.signalId, query.siteId) });
      },
    }),
    route({
      method: 'get',
      path: '/v1/grid/signals/{signalId}/evidence.csv',
      answer: 'text/csv',
      summary: 'The same as CSV (RFC 4180), a row for each stretch of one limit',
      params: SignalPath,
      query: SignalQuery,
      answers: { 200: 'text/csv', 404: 'nobody ever asked that' },
      async handle({ caller, params, query }) {
        const rows = (await evidence(caller.tenantId, params.signalId, query.siteId)).flatMap(({ stretches: all, ...signal }) =>
          all.map((each) => [
            signal.signalId,
            signal.source,
            signal.siteId,
            signal.nodeId,
            signal.direction,
            ...COLUMNS.map(([, of]) => of(each)),
          ]),
        );
        const head = ['signal_id', 'source', 'site_id', 'node_id', 'direction', ...COLUMNS.map(([name]) => name)];
        const text = [head.join(','), ...rows.map((row) => row.map(cell).join(','))].join('\r\n');
        return file(`evidence-${params.signalId}.csv`, 'text/csv; charset=utf-8', `${text}\r\n`);
      },
    }),
  ];
}

type Shown = { readonly from: Date; readonly to: Date | null } & Omit<ReturnType<typeof evidenceOf>[number], 'fromMs' | 'toMs'>;
const COLUMNS: readonly (readonly [string, (each: Shown) => unknown])[] = [
  ['from', ({ from }) => from.toISOString()],
  ['to', ({ to }) => to?.toISOString()],
  ['is_fallback', ({ isFallback }) => isFallback],
  ['asked_w', ({ limitW }) => limitW],
  ['planned_w', ({ plannedW }) => plannedW],
  ['delivered_average_w', ({ averageW }) => averageW],
  ['delivered_highest_w', ({ highestW }) => highestW],
  ['measured_s', ({ measuredS }) => measuredS],
  ['above_s', ({ aboveS }) => aboveS],
  ['above_wh', ({ aboveWh }) => aboveWh],
  ['met_after_s', ({ metAfterS }) => metAfterS],
];
const cell = (value: unknown): string => (typeof value === 'string' ? csvText(value) : String(value ?? ''));
const numberOr = (value: unknown): number | null => (value == null ? null : Number(value));

/** Steps without a limit, and those that never stood, are nothing that was asked; neighbours that say the same are one. */
function stretches(rows: readonly AskedRow[], nowMs: number): readonly AskedStretch[] {
  const all: AskedStretch[] = [];
  for (const { fromAt, toAt, limitW, isFallback } of rows) {
    const [fromMs, toMs] = [fromAt.getTime(), toAt?.getTime() ?? Number.POSITIVE_INFINITY];
    if (limitW === null || toMs <= fromMs || fromMs > nowMs) continue;
    const before = all.at(-1);
    const isSame = before !== undefined && before.toMs === fromMs && before.limitW === Number(limitW) && before.isFallback === isFallback;
    if (isSame) all[all.length - 1] = { ...before, toMs };
    else all.push({ fromMs, toMs, limitW: Number(limitW), isFallback });
  }
  return all;
}
