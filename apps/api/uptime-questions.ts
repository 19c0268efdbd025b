// What is asked of uptime: by whose rules, over which window, as it was known when; and the ports it is asked of.
// Nothing of the answer is stored: figures follow from facts each time, also those of an earlier day (ADR 0043).
import { z } from 'zod';
import { RULE_SET_NAMES, RULE_SETS, windowOf } from '#domain/uptime';
import type { World } from '#ports';
import { StationId } from './lookups.js';
import { badRequest, Problem } from './problem.js';
import * as shapes from './schemas.js';
import { type PortRecord, portsOf, uptimeReads } from './uptime-reads.js';
import { type Asked, figureOf, inTurn, type PortFigure } from './uptime-report.js';

const EARLIEST_YEAR = 2015;
/** Nothing was known of any station before [ms since 1970]. */
export const EARLIEST_MS = Date.UTC(EARLIEST_YEAR);
export const Moment = shapes.Timestamp;
export const PortPath = StationId.extend({ evseId: z.coerce.number().int().min(1).max(1000) });
export const How = z.object({
  rules: z.enum(RULE_SET_NAMES).default('nevi'),
  connectors: z.enum(['any', 'all']).default('any').describe('whether a port works while any of its connectors does, or only while all do'),
  knownAt: Moment.optional().describe('as it was known then; absent = now'),
});
export const Over = z.object({
  over: z
    .enum(['rules', 'month'])
    .default('rules')
    .describe(
      'over the window the rules look at, or over the month alone, against the time in service: no figure to report, but what happened then',
    ),
});
export const Where = z.object({ siteId: shapes.Id.optional(), stationId: shapes.StationIdText.optional() });
export type How = z.output<typeof How>;
export type OfMonth = How & z.output<typeof Over>;
export type Where = z.output<typeof Where>;

/** There is a field to blame, and nothing was done. */
export const nothingKnown = (field: string, message: string): Problem =>
  new Problem(422, 'nothing-to-report', 'There is nothing to report', `${field}: ${message}`, [{ path: field, message }]);

export type Questions = ReturnType<typeof uptimeQuestions>;

export function uptimeQuestions(world: World) {
  const reads = uptimeReads(world);

  const asking = ({ rules, connectors, knownAt }: How, window: Asked['window'], by = RULE_SETS[rules]): Asked => {
    const now = world.clock.now();
    return { rules: by, connectors, window, knownMs: Math.min(now, knownAt === undefined ? now : Date.parse(knownAt)) };
  };
  const ofMonth = (query: OfMonth, month: string): Asked => {
    const [year = 0, number = 1] = month.split('-').map(Number);
    if (year < EARLIEST_YEAR || Date.UTC(year, number - 1) > world.clock.now())
      throw badRequest('month: it has not begun', [{ path: 'month', message: 'a month that has begun was expected' }]);
    const rules = RULE_SETS[query.rules];
    if (query.over === 'rules') return asking(query, windowOf(rules, month));
    const { divisorMs: _, ...ofTheMonth } = rules;
    return asking(query, { fromMs: Date.UTC(year, number - 1), toMs: Date.UTC(year, number) }, ofTheMonth);
  };
  const portRecords = async (tenantId: string, where: Where, { window }: Asked): Promise<readonly PortRecord[]> =>
    (await reads.histories(tenantId, where, window.fromMs, window.toMs)).flatMap(portsOf);

  const figures = async (tenantId: string, where: Where, asked: Asked): Promise<readonly PortFigure[]> =>
    inTurn(await portRecords(tenantId, where, asked), (record) => ({ record, figure: figureOf(record, asked) }));

  const onePort = async (tenantId: string, stationId: string, evseId: number, asked: Asked): Promise<PortRecord | undefined> =>
    (await portRecords(tenantId, { stationId }, asked)).find((each) => each.evseId === evseId);

  return { asking, ofMonth, figures, onePort };
}
