// Uptime of ports by month and rule set, and everything behind a figure.
// Outages and how they are judged are in outages.ts.
import { z } from 'zod';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { DEAR } from './limits.js';
import { notFound } from './problem.js';
import { noteMonth } from './uptime-months.js';
import { How, nothingKnown, Over, PortPath, type Questions, Where } from './uptime-questions.js';
import { explanationOf, reportOf } from './uptime-report.js';

const Month = z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'a month, YYYY-MM, was expected');

export function uptimeRoutes({ database }: Pick<World, 'database'>, { ofMonth, figures, onePort }: Questions): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/reports/uptime',
      answer: answers.UptimeReport,
      cost: DEAR,
      summary:
        'Uptime of a month by a rule set: each port, and sums over stations, sites and the network; over the window the rules look at',
      query: How.extend(Over.shape).extend(Where.shape).extend({ month: Month }),
      answers: { 200: 'the report', 422: 'nothing is known of that time' },
      async handle({ caller, query }) {
        const asked = ofMonth(query, query.month);
        const all = await figures(caller.tenantId, query, asked);
        const report = reportOf(all, asked);
        if (report.ports.length + report.leftOut.length === 0) throw nothingKnown('month', 'no port was in service up to then');
        if (query.knownAt === undefined && query.connectors === 'any' && query.over === 'rules')
          await noteMonth(database, { tenantId: caller.tenantId, month: query.month, where: query }, all, asked);
        return ok({ month: query.month, ...report });
      },
    }),
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/evses/{evseId}/uptime/{month}/explain',
      answer: answers.UptimeExplanation,
      summary:
        'Everything behind the uptime of a port in a month: the rules, its outages, the records that say so, how each was judged, and corrections since',
      params: PortPath.extend({ month: Month }),
      query: How.extend(Over.shape),
      async handle({ caller, params, query }) {
        const asked = ofMonth(query, params.month);
        const record = await onePort(caller.tenantId, params.stationId, params.evseId, asked);
        if (record === undefined) throw notFound(`the port ${params.stationId}-${params.evseId}`);
        return ok({ month: params.month, ...explanationOf(record, asked) });
      },
    }),
  ];
}
