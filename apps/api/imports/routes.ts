// Many at once from a table: stations, sites, tokens. Each line is what a PUT of one would be, by the same schemas, checks, records and audit.
// All of it is looked at before anything is written: with a line that is refused nothing is. Then each line is written by itself, and one that fails then (the owner of
// its site decides) takes back no other. How a table is read is table.ts's.
import { z } from 'zod';
import { checkSite, type SiteConfig, type StationConfig } from '#domain/load-balancing';
import * as answers from '../answers/index.js';
import type { Caller } from '../auth.js';
import { formulaId } from '../csv.js';
import { type Answer, type Audit, type Call, ok, type Route, route, toProblem } from '../http.js';
import { DEAR } from '../limits.js';
import type { FieldError } from '../problem.js';
import type { Reads } from '../reads.js';
import { type Line, linesOf } from './table.js';

const Query = z.object({
  dryRun: z.enum(['true', 'false']).default('false').describe('true: say what each line would come to, and write nothing'),
});
/** Lines that are written at once: what they wait for is looked for together, and all of them are to be decided before one has waited too long. */
const AT_ONCE = 250;

export interface RowTold {
  readonly line: number;
  readonly key: string;
  readonly outcome: 'valid' | 'refused' | 'done' | 'failed';
  readonly errors?: readonly FieldError[];
  /** What the single call answers, where that is shown once: the password of a new station. */
  readonly password?: string;
}

/** What of a line only rows know: whether it fits where it goes. */
type Check = (tenantId: string, lines: readonly Line[]) => Promise<ReadonlyMap<Line, readonly FieldError[]>>;

export function importRoutes(singles: readonly Route[], reads: Reads, audit: Audit): readonly Route[] {
  const single = (path: string): Route => {
    const found = singles.find((each) => each.method === 'put' && each.path === path);
    if (found === undefined) throw new Error(`there is no PUT ${path}`);
    return found;
  };

  async function write(one: Route, caller: Caller, { line, key, params, body }: Line): Promise<RowTold> {
    const call = { caller, params, query: one.query.parse({}), body, headers: {} } as unknown as Call<never, never, never>;
    try {
      const answer = (await audit(one, { caller, params, body }, () => one.handle(call))) as Answer;
      const { password } = (answer.body ?? {}) as { readonly password?: unknown };
      return { line, key, outcome: 'done', ...(typeof password === 'string' && { password }) };
    } catch (error) {
      // A log that is away for a moment as well: passwords of other lines are shown once, and that is here.
      const { status, errors, message } = toProblem(error);
      if (status === 500) throw error;
      return { line, key, outcome: 'failed', errors: errors ?? [{ path: '', message }] };
    }
  }

  const importing = (name: string, path: string, summary: string, check: Check): Route => {
    const one = single(path);
    return route({
      method: 'post',
      path: `/v1/imports/${name}`,
      answer: answers.Imported,
      summary: `${summary}, a line each (CSV with a head: columns are ${[...path.matchAll(/\{(\w+)\}/g)].map(([, each]) => each).join(', ')} and places in the body of PUT ${path}, such as a.0.b). With a line that is refused nothing is written; one that fails later takes back no other`,
      query: Query,
      body: z.string(),
      bodyType: 'text/csv',
      answers: { 200: 'each line with its outcome', 422: 'a line is refused: nothing was written, and all lines are told' },
      isSecret: true,
      cost: DEAR,
      async handle({ caller, query: { dryRun }, body }) {
        const lines = linesOf(body, one);
        const readable = lines.filter(({ errors }) => errors.length === 0);
        const refusals = await check(caller.tenantId, readable);
        const looked = lines.map((each): RowTold => {
          const errors = [...each.errors, ...(refusals.get(each) ?? [])];
          return {
            line: each.line,
            key: each.key,
            outcome: errors.length === 0 ? 'valid' : 'refused',
            ...(errors.length > 0 && { errors }),
          };
        });
        const isRefused = looked.some(({ outcome }) => outcome === 'refused');
        if (dryRun === 'true' || isRefused) return { ...ok(told(looked)), status: dryRun === 'true' ? 200 : 422 };
        const written: RowTold[] = [];
        for (let start = 0; start < lines.length; start += AT_ONCE)
          written.push(...(await Promise.all(lines.slice(start, start + AT_ONCE).map((each) => write(one, caller, each)))));
        return ok(told(written));
      },
    });
  };

  const fitStations: Check = async (tenantId, lines) => {
    const refusals = new Map<Line, readonly FieldError[]>();
    const odd = lines.filter(({ key }) => formulaId(key).length > 0);
    const known = await reads.lastAssignments(odd.map(({ key: stationId }) => ({ tenantId, stationId })));
    const were = new Set([...known.keys()].map(({ stationId }) => stationId));
    for (const line of odd) if (!were.has(line.key)) refusals.set(line, formulaId(line.key));
    const bySite = Map.groupBy(lines, ({ body }) => (body as { readonly siteId: string }).siteId);
    for (const [siteId, own] of bySite) {
      const site = await reads.site(tenantId, siteId);
      const ids = new Set(own.map(({ key }) => key));
      let stations = (await reads.stationConfigs(tenantId, siteId)).filter(({ stationId }) => !ids.has(stationId));
      for (const line of own) {
        if (refusals.has(line)) continue;
        const { password: _, certificate: __, ...config } = line.body as Record<string, unknown>;
        const station = { ...config, stationId: line.key } as unknown as StationConfig;
        const reasons =
          site === undefined
            ? [{ path: 'siteId', message: `the site ${siteId} does not exist yet` }]
            : checkSite(site as unknown as SiteConfig, [...stations, station], [station]);
        if (reasons.length > 0) refusals.set(line, reasons);
        else stations = [...stations, station];
      }
    }
    return refusals;
  };
  const fitSites: Check = async (tenantId, lines) => {
    const refusals = new Map<Line, readonly FieldError[]>();
    for (const line of lines) {
      const site = { ...(line.body as object), siteId: line.key } as SiteConfig;
      const reasons = checkSite(site, await reads.stationConfigs(tenantId, line.key));
      if (reasons.length > 0) refusals.set(line, reasons);
    }
    return refusals;
  };

  return [
    importing('sites', '/v1/sites/{siteId}', 'Create or change sites', fitSites),
    importing('stations', '/v1/stations/{stationId}', 'Create, change or move stations; new ones get passwords, shown once', fitStations),
    importing('id-tokens', '/v1/tokens/{type}/{idToken}', 'Create or change tokens', async () => new Map()),
  ];
}

const told = (rows: readonly RowTold[]) => ({
  counts: Object.fromEntries([...Map.groupBy(rows, ({ outcome }) => outcome)].map(([outcome, of]) => [outcome, of.length])),
  rows,
});
