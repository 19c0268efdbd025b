// EV-ChART: the files for modules 2 to 9 as they are uploaded, each checked by the rules they will meet there, and the rows that only people know.
// Sending them is the operator's: the government's interface gives keys to its recipients alone.
import { z } from 'zod';
import { EV_CHART_MODULES, type Fault, MODULE_NUMBERS, type ModuleNumber, validateEvChart, writeCsv } from '#domain/ev-chart';
import { sha256 } from '#kernel';
import type { World } from '#ports';
import { queryAsTenant } from '#service';
import * as answers from './answers/index.js';
import {
  type EndedSession,
  type EvChartRow,
  operationalSince,
  outageRows,
  portsInService,
  type Quarter,
  quarterOf,
  sessionRows,
  uptimeRows,
} from './ev-chart-rows.js';
import { file, ok, type Route, route } from './http.js';
import { DEAR } from './limits.js';
import { badRequest, type FieldError, notFound, Problem } from './problem.js';
import { append, passed } from './requests.js';
import * as shapes from './schemas.js';
import { nothingKnown } from './uptime-questions.js';
import { type PortRecord, portsOf, uptimeReads } from './uptime-reads.js';
import { inTurn } from './uptime-report.js';

const ModuleText = z.coerce.number().pipe(z.literal(MODULE_NUMBERS));
const Year = z.coerce.number().int().min(2015).max(2100);
const EvChartQuery = z.object({
  module: ModuleText,
  year: Year,
  quarter: z.coerce.number().int().min(1).max(4).optional().describe('for modules 2 to 4'),
  networkProvider: z
    .string()
    .regex(/^[a-z0-9_]{1,30}$/, 'the key the network is registered by, such as shell_recharge, was expected')
    .optional()
    .describe('for modules 2 to 4'),
  siteId: shapes.Id.optional(),
  draft: z.enum(['true', 'false']).default('false').describe('also of a quarter that is not over yet'),
});
const Stated = z.object({ module: z.coerce.number().pipe(z.literal([5, 6, 7, 8, 9])), year: Year });
const RowsBody = z.strictObject({
  rows: z
    .array(z.record(z.string().max(64), z.string().max(1000)))
    .max(2000)
    .describe('columns of the module by name; values as they stand in the file'),
});
const FileBody = z.strictObject({ module: z.literal(MODULE_NUMBERS), csv: z.string().max(1_000_000) });

/** As far back as uptime looks from the beginning of a quarter, and more. */
const YEAR_MS = 366 * 86_400_000;

const columnsOf = (number: ModuleNumber): readonly string[] => EV_CHART_MODULES[number].fields.map(({ name }) => name);

/** What the validator says, in the words of a problem. `rows.0` is the first below the header. */
const fieldErrors = (faults: readonly Fault[]): readonly FieldError[] =>
  faults.slice(0, 100).map(({ line, column, message }) => ({
    path: [line === undefined ? [] : `rows.${line - 2}`, column ?? []].flat().join('.') || 'rows',
    message,
  }));
const notTaken = (faults: readonly Fault[]): Problem => {
  const errors = fieldErrors(faults);
  const detail = errors
    .slice(0, 5)
    .map(({ path, message }) => `${path}: ${message}`)
    .join('; ');
  return new Problem(422, 'report-refused', 'EV-ChART would not take it', detail, errors);
};

/** With its checksum as the upload asks for it. */
const chart = (name: string, csv: string) => file(name, 'text/csv; charset=utf-8', csv, { 'x-checksum-sha256': sha256(csv) });

export function evChartRoutes(world: World): readonly Route[] {
  const { database, clock } = world;
  const reads = uptimeReads(world);

  const sessionsWithin = async (
    tenantId: string,
    stationIds: readonly string[],
    { fromMs, toMs }: Quarter,
  ): Promise<readonly EndedSession[]> => {
    const { rows } = await queryAsTenant<Record<string, unknown>>(
      database,
      tenantId,
      `select session_id, station_id, port_id, connector_id, started_at, ended_at, energy_wh, coalesce(peak_power_w, avg_power_w, 0) as power_w, stop_reason, payment_method
       from analytics.sessions where tenant_id = $1 and station_id = any($2::text[]) and ended_at >= $3 and ended_at < $4 order by started_at, session_id`,
      [tenantId, stationIds, new Date(fromMs), new Date(toMs)],
    );
    return rows.map((row) => ({
      sessionId: String(row.session_id),
      stationId: String(row.station_id),
      portId: String(row.port_id),
      connectorId: row.connector_id as number | null,
      startedMs: (row.started_at as Date).getTime(),
      endedMs: (row.ended_at as Date).getTime(),
      energyWh: Number(row.energy_wh),
      powerW: Number(row.power_w),
      reason: row.stop_reason as string | null,
      paymentMethod: row.payment_method as string | null,
    }));
  };

  const rowsOf = async (
    tenantId: string,
    number: ModuleNumber,
    portsByStation: readonly (readonly PortRecord[])[],
    window: Quarter,
  ): Promise<readonly EvChartRow[]> => {
    if (number === 3) return (await inTurn(portsByStation, (ports) => uptimeRows(ports, window))).flat();
    if (number === 4) return (await inTurn(portsByStation, (ports) => outageRows(ports, window))).flat();
    const ports = portsByStation.flat();
    return sessionRows(ports, await sessionsWithin(tenantId, [...new Set(ports.map(({ stationId }) => stationId))], window), window);
  };

  const quarterly = async (tenantId: string, query: z.output<typeof EvChartQuery>): Promise<string> => {
    const { module: number, year, quarter, networkProvider, siteId, draft } = query;
    if (quarter === undefined) throw badRequest('quarter: modules 2 to 4 have one', [{ path: 'quarter', message: '1 to 4 was expected' }]);
    if (networkProvider === undefined)
      throw badRequest('networkProvider: modules 2 to 4 name it', [
        { path: 'networkProvider', message: 'the registered key was expected' },
      ]);
    const window: Quarter = { ...quarterOf(year, quarter), knownMs: clock.now(), networkProvider };
    if (window.toMs > window.knownMs && (draft === 'false' || window.fromMs > window.knownMs))
      throw nothingKnown('quarter', `it ends at ${new Date(window.toMs).toISOString()}; draft=true shows what is known of a running one`);
    const stations = await reads.histories(tenantId, { siteId }, window.fromMs - YEAR_MS, window.toMs);
    const portsByStation = (await inTurn(stations, (station) => portsInService(portsOf(station), window))).filter(
      (ports) => ports.length > 0,
    );
    if (portsByStation.length === 0) throw nothingKnown('quarter', 'no port was in service then');
    const csv = writeCsv(columnsOf(number), await rowsOf(tenantId, number, portsByStation, window));
    const since = new Map(portsByStation.map((ports) => [ports[0]?.stationId, operationalSince(ports)]));
    const faults = validateEvChart(number, csv, { operationalSince: (stationId) => since.get(stationId) });
    if (faults.length > 0) throw notTaken(faults);
    return csv;
  };

  const stated = async (tenantId: string, number: number, year: number): Promise<readonly EvChartRow[] | undefined> => {
    const text = 'select rows from reporting_rows where tenant_id = $1 and module = $2 and year = $3';
    const found = await queryAsTenant<{ rows: unknown }>(database, tenantId, text, [tenantId, number, year]);
    return RowsBody.safeParse({ rows: found.rows[0]?.rows }).data?.rows;
  };

  return [
    route({
      method: 'get',
      path: '/v1/reports/ev-chart',
      answer: 'text/csv',
      cost: DEAR,
      summary:
        'The file of an EV-ChART module as it is uploaded: sessions, uptime and outages of a quarter from what is known, the others from what was stated',
      query: EvChartQuery,
      answers: {
        200: 'text/csv, with its SHA-256 in x-checksum-sha256',
        422: 'there is nothing to report, or EV-ChART would not take it, with the fields',
      },
      async handle({ caller, query }) {
        const { module: number, year, quarter } = query;
        const { cycle } = EV_CHART_MODULES[number];
        if (cycle === 'quarter') return chart(`ev-chart-${number}-${year}-q${quarter}.csv`, await quarterly(caller.tenantId, query));
        const rows = await stated(caller.tenantId, number, year);
        if (rows === undefined || rows.length === 0) throw nothingKnown('year', `nothing was stated for module ${number}: PUT it first`);
        return chart(`ev-chart-${number}-${year}.csv`, writeCsv(columnsOf(number), rows));
      },
    }),
    route({
      method: 'get',
      path: '/v1/reports/ev-chart/{module}/{year}',
      answer: answers.StatedRows,
      summary: 'The rows of a module that were stated for a year',
      params: Stated,
      answers: { 200: 'as they were stated', 404: 'none were' },
      async handle({ caller, params: { module: number, year } }) {
        const rows = await stated(caller.tenantId, number, year);
        if (rows === undefined) throw notFound(`rows of module ${number} for ${year}`);
        return ok({ module: number, year, rows });
      },
    }),
    route({
      method: 'put',
      path: '/v1/reports/ev-chart/{module}/{year}',
      answer: answers.StatedRows,
      cost: DEAR,
      summary:
        'State the rows of a module that nobody but people know (5 to 9); they take the place of what was stated for that year before',
      params: Stated,
      body: RowsBody,
      answers: { 200: 'recorded', 422: 'EV-ChART would not take it, with the fields; nothing is stored' },
      async handle({ caller, params, body }) {
        const { tenantId } = caller;
        const { module: number, year } = params;
        const columns = columnsOf(number);
        const unknown = body.rows.flatMap((row, index) =>
          Object.keys(row).flatMap((column) =>
            columns.includes(column) ? [] : [{ line: index + 2, column, message: 'no such column is known' }],
          ),
        );
        const faults = body.rows.length === 0 ? [] : [...unknown, ...validateEvChart(number, writeCsv(columns, body.rows))];
        if (faults.length > 0) throw notTaken(faults);
        const data = { module: number, year, rows: body.rows, statedBy: `api:${caller.name}` };
        await passed(world, 'api', await append(world, 'network-events', { type: 'ReportingRowsStated', tenantId, data }));
        return ok({ module: number, year, rows: body.rows });
      },
    }),
    route({
      method: 'post',
      path: '/v1/reports/ev-chart/validation',
      answer: answers.FormVerdict,
      isAudited: false,
      summary: 'Whether EV-ChART would take a file, and if not, which line and column are at fault; nothing stored',
      body: FileBody,
      handle: async ({ body }) => {
        const faults = validateEvChart(body.module, body.csv);
        return ok({ isValid: faults.length === 0, faults });
      },
    }),
  ];
}
