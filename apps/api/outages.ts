// Outages of ports: listed, judged with evidence, and declared where no station tells of them.
// What counts as one, and what is taken off, is libs/domain/uptime's.
import { z } from 'zod';
import { covers, DECLARED_CAUSES, EXCLUSION_CAUSES, type Outage } from '#domain/uptime';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { badRequest, notFound } from './problem.js';
import { append, passed } from './requests.js';
import * as shapes from './schemas.js';
import { EARLIEST_MS, How, Moment, PortPath, type Questions, Where } from './uptime-questions.js';
import type { PortRecord } from './uptime-reads.js';
import { type Asked, declarationShown, figureOf, isAbout, judgementsOn, outageIdOf, outageShown, readOutageId } from './uptime-report.js';

const OutageId = z.object({ outageId: z.string().max(80) });
const OutagesQuery = How.extend(Where.shape).extend({
  from: Moment.optional().describe('absent = 90 days before to'),
  to: Moment.optional().describe('absent = now'),
  classified: z.enum(['true', 'false']).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(80).optional(),
});
const ClassificationBody = z
  .strictObject({
    cause: z.enum([...EXCLUSION_CAUSES, 'counts']).describe('why it is not the operator’s; `counts`: it is, after all'),
    evidence: z.string().trim().min(1).max(500).describe('where it can be looked up that the port would have worked otherwise'),
    note: z.string().max(255).optional(),
    from: Moment.optional().describe('what of the outage is meant; absent = from its beginning'),
    to: Moment.optional().describe('absent = to its end, also where it goes on'),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    path: ['to'],
    message: 'must be later than from',
  });

const DeclarationPath = PortPath.extend({ declarationId: shapes.Id });
const DeclarationBody = z
  .strictObject({
    cause: z.enum([...DECLARED_CAUSES, 'withdrawn']),
    from: Moment,
    to: Moment.optional().describe('absent = it goes on'),
    evidence: z.string().trim().min(1).max(500),
  })
  .refine(({ from, to }) => to === undefined || Date.parse(from) < Date.parse(to), { path: ['to'], message: 'must be later than from' });

const DAY_MS = 86_400_000;

const outageAt = (record: PortRecord, asked: Asked, ms: number): Outage | undefined =>
  figureOf(record, asked).outages.find((each) => each.startedMs <= ms && ms < each.toMs);

export function outageRoutes(world: World, { asking, figures, onePort }: Questions): readonly Route[] {
  /** As it is known now; what any rule set counts as down, these do, and where every connector has to work, more. */
  const oneOutage = async (
    tenantId: string,
    outageId: string,
  ): Promise<{ readonly record: PortRecord; readonly outage: Outage; readonly asked: Asked }> => {
    const named = readOutageId(outageId);
    if (named === undefined || named.startedMs > world.clock.now()) throw notFound(`the outage ${outageId}`);
    const { stationId, evseId, startedMs } = named;
    const asked = asking({ rules: 'nevi', connectors: 'any' }, { fromMs: startedMs, toMs: Math.max(world.clock.now(), startedMs + 1) });
    const record = await onePort(tenantId, stationId, evseId, asked);
    for (const connectors of ['any', 'all'] as const) {
      const counted = { ...asked, connectors };
      const outage = record && outageAt(record, counted, startedMs);
      if (record !== undefined && outage !== undefined) return { record, outage, asked: counted };
    }
    throw notFound(`the outage ${outageId}`);
  };

  const portNow = async (tenantId: string, { stationId, evseId }: Omit<z.output<typeof DeclarationPath>, 'declarationId'>) => {
    const now = world.clock.now();
    const asked = asking({ rules: 'nevi', connectors: 'any' }, { fromMs: now - 1, toMs: now });
    const record = await onePort(tenantId, stationId, evseId, asked);
    if (record === undefined) throw notFound(`the port ${stationId}-${evseId}`);
    return record;
  };
  const declared = async (tenantId: string, path: z.output<typeof DeclarationPath>) => {
    const { history } = await portNow(tenantId, path);
    const found = history.declarations.findLast(({ declarationId }) => declarationId === path.declarationId);
    if (found === undefined) throw notFound(`the declared outage ${path.declarationId}`);
    return declarationShown(found);
  };

  return [
    route({
      method: 'get',
      path: '/v1/outages',
      answer: answers.pageOf(answers.Outage),
      summary: 'Outages of ports, latest first, with what was taken off and how they were judged; classified=false are those left to judge',
      query: OutagesQuery,
      async handle({ caller, query }) {
        const now = world.clock.now();
        const toMs = Math.min(now, query.to === undefined ? now : Date.parse(query.to));
        const fromMs = Math.max(EARLIEST_MS, query.from === undefined ? toMs - 90 * DAY_MS : Date.parse(query.from));
        if (fromMs >= toMs)
          throw badRequest('from: must be before to, and in the past', [{ path: 'from', message: 'must be before to, and in the past' }]);
        const asked = asking(query, { fromMs, toMs });
        const all = (await figures(caller.tenantId, query, asked))
          .filter(({ record }) => covers(asked.rules, record.ratedW))
          .flatMap(({ record, figure }) => figure.outages.map((outage) => ({ record, outage, outageId: outageIdOf(record, outage) })))
          .filter(
            ({ record, outage }) =>
              query.classified === undefined || judgementsOn(record, outage, asked.knownMs).length > 0 === (query.classified === 'true'),
          )
          .sort((a, b) => b.outage.startedMs - a.outage.startedMs || (a.outageId < b.outageId ? -1 : 1));
        const start = query.cursor === undefined ? 0 : all.findIndex(({ outageId }) => outageId === query.cursor) + 1;
        if (query.cursor !== undefined && start === 0)
          throw badRequest('cursor: not one that was given out', [{ path: 'cursor', message: 'take nextCursor of the page before' }]);
        const items = all.slice(start, start + query.limit);
        const more = all.length > start + query.limit;
        return ok({
          items: items.map(({ record, outage }) => outageShown(record, outage, asked.knownMs)),
          nextCursor: more ? items.at(-1)?.outageId : null,
        });
      },
    }),
    route({
      method: 'post',
      path: '/v1/outages/{outageId}/classifications',
      answer: answers.Outage,
      summary:
        'Judge an outage: why it is not the operator’s, with evidence; a later word takes the place of an earlier one, and both stay on record',
      params: OutageId,
      body: ClassificationBody,
      answers: { 201: 'recorded; the outage as it counts now', 404: 'no such outage is known' },
      async handle({ caller, params, body }) {
        const { tenantId } = caller;
        const { record, outage, asked } = await oneOutage(tenantId, params.outageId);
        const { cause, evidence, note, from, to } = body;
        if (to !== undefined && Date.parse(to) <= outage.startedMs)
          throw badRequest('to: the outage began later', [
            { path: 'to', message: `must be later than ${new Date(outage.startedMs).toISOString()}` },
          ]);
        // Where every connector has to work it lasts longer than where any does.
        const longest = outageAt(record, { ...asked, connectors: 'all' }, outage.startedMs) ?? outage;
        if (from !== undefined && longest.endedMs !== undefined && Date.parse(from) >= longest.endedMs)
          throw badRequest('from: the outage ended earlier', [
            { path: 'from', message: `must be earlier than ${new Date(longest.endedMs).toISOString()}` },
          ]);
        const judged = judgementsOn(record, outage, asked.knownMs).filter((each) => isAbout(record, outage, each));
        const [outageId = outageIdOf(record, outage), ...merged] = new Set(judged.map((each) => each.outageId));
        const { stationId, evseId } = record;
        const place = { tenantId, siteId: record.siteId, stationId };
        const said = {
          stationId,
          evseId,
          // An end that is not named is that of the outage it begins in.
          from: new Date(Math.max(outage.startedMs, from === undefined ? 0 : Date.parse(from))).toISOString(),
          evidence,
          ...(note !== undefined && { note }),
          classifiedBy: `api:${caller.name}`,
        };
        // What were several outages when they were judged, and are one by now, has one word about it from here on.
        for (const each of merged)
          await append(world, 'site-events', { type: 'OutageClassified', ...place, data: { ...said, outageId: each, cause: 'counts' } });
        const data = { ...said, outageId, cause, ...(to !== undefined && { to }) };
        const position = await append(world, 'site-events', { type: 'OutageClassified', ...place, data });
        await passed(world, 'session', position);
        const now = await oneOutage(tenantId, outageIdOf(record, outage));
        return { status: 201, body: outageShown(now.record, now.outage, now.asked.knownMs) };
      },
    }),
    route({
      method: 'put',
      path: '/v1/stations/{stationId}/evses/{evseId}/declared-outages/{declarationId}',
      answer: answers.DeclaredOutage,
      summary:
        'Declare an outage that no station tells of: starts that fail, or less power than the port owes; the last word under an id counts, `withdrawn` takes it back',
      params: DeclarationPath,
      body: DeclarationBody,
      answers: { 200: 'recorded', 404: 'no such port is known' },
      async handle({ caller, params, body }) {
        const { tenantId } = caller;
        const { stationId, evseId, declarationId } = params;
        const { siteId } = await portNow(tenantId, params);
        const { cause, from, to, evidence } = body;
        const said = { cause, from, ...(to !== undefined && { to }), evidence };
        const data = { stationId, evseId, declarationId, ...said, declaredBy: `api:${caller.name}` };
        await passed(world, 'session', await append(world, 'site-events', { type: 'OutageDeclared', tenantId, siteId, stationId, data }));
        return ok(await declared(tenantId, params));
      },
    }),
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/evses/{evseId}/declared-outages/{declarationId}',
      answer: answers.DeclaredOutage,
      configured: ['cause', 'from', 'to', 'evidence'],
      summary: 'The last word about a declared outage',
      params: DeclarationPath,
      answers: { 200: 'as it was said', 404: 'no such port, or nothing was declared there under that id' },
      handle: async ({ caller, params }) => ok(await declared(caller.tenantId, params)),
    }),
  ];
}
