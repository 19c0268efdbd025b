// Monitors as stations confirm and report them: set, cleared, told in a report of parts; the base and the level they are under (N02 … N06).
// Events of monitors are in events.ts.
import type { RowWrite } from '#service';
import type { Heard } from '../heard.js';
import { asList, asObject, asText, type Json, numberOrNull, textOrNull } from '../json.js';
import { named, nameKey } from '../named-variable.js';
import type { PartChange } from '../part.js';
import { NO_PARTS, type ReportParts, withPart } from '../report-parts.js';
import { DEVICE_MONITORING, DEVICE_MONITORS } from './tables.js';

/** More than a station has; the severity of one above that is not remembered. */
const MOST_MONITORS = 5000;

export interface MonitorReport extends ReportParts {
  readonly commandId: string;
  readonly requestId: number;
  /** It asked for all there are: what it does not tell is not there. */
  readonly isWhole: boolean;
  readonly state: 'asked' | 'complete' | 'empty' | 'refused' | 'lost';
}

export interface Monitors {
  /** monitor id → severity, 0 = danger … 9 = debug. */
  readonly severities: Readonly<Record<string, number>>;
  readonly report?: MonitorReport;
}

const isId = (value: unknown): value is number => typeof value === 'number';

/** Each variable's monitors of one part of a report. */
const told = (payload: Json): readonly { readonly about: Json; readonly monitor: Json }[] =>
  asList(payload.monitor).flatMap((about) => asList(about.variableMonitoring).map((monitor) => ({ about, monitor })));

/** What was set, with the value that only the request names. */
function set(request: Json, answer: Json): readonly { readonly about: Json; readonly monitor: Json }[] {
  const asked = asList(request.setMonitoringData);
  return asList(answer.setMonitoringResult).flatMap((result) => {
    if (result.status !== 'Accepted' || !isId(result.id)) return [];
    // A variable may have several of one type, each with a severity of its own (N04).
    const wanted = asked.find(
      (each) => nameKey(named(each)) === nameKey(named(result)) && each.type === result.type && each.severity === result.severity,
    );
    return [{ about: result, monitor: { ...result, value: wanted?.value, transaction: wanted?.transaction === true } }];
  });
}

const cleared = (answer: Json): readonly number[] =>
  asList(answer.clearMonitoringResult).flatMap(({ id, status }) =>
    isId(id) && (status === 'Accepted' || status === 'NotFound') ? [id] : [],
  );

export function evolveMonitors(monitors: Monitors, heard: Heard): Monitors {
  if (heard.kind === 'call') return heard.action === 'NotifyMonitoringReport' ? reported(monitors, heard.payload, heard.nowMs) : monitors;
  if (heard.kind === 'asked')
    return heard.command.action === 'GetMonitoringReport'
      ? { ...monitors, report: begun(heard.command.commandId, heard.command.payload) }
      : monitors;
  if (heard.kind !== 'outcome') return monitors;
  const { command, outcome } = heard;
  const answer = outcome.kind === 'answered' ? outcome.payload : {};
  switch (command.action) {
    case 'SetVariableMonitoring':
      return withSeverities(
        monitors,
        set(command.payload, answer).map(({ monitor }) => monitor),
      );
    case 'ClearVariableMonitoring': {
      const gone = new Set(cleared(answer).map(String));
      const severities = Object.fromEntries(Object.entries(monitors.severities).filter(([id]) => !gone.has(id)));
      return gone.size === 0 ? monitors : { ...monitors, severities };
    }
    case 'GetMonitoringReport':
      if (monitors.report?.commandId !== command.commandId || monitors.report.state !== 'asked') return monitors;
      return { ...monitors, report: { ...monitors.report, state: stateAfter(heard) } };
    default:
      return monitors;
  }
}

function stateAfter({ outcome }: Extract<Heard, { kind: 'outcome' }>): MonitorReport['state'] {
  if (outcome.kind !== 'answered') return outcome.kind === 'errored' ? 'refused' : 'lost';
  if (outcome.payload.status === 'Accepted') return 'asked';
  return outcome.payload.status === 'EmptyResultSet' ? 'empty' : 'refused';
}

const begun = (commandId: string, { requestId, componentVariable, monitoringCriteria }: Json): MonitorReport => ({
  ...NO_PARTS,
  commandId,
  requestId: isId(requestId) ? requestId : -1,
  isWhole: componentVariable === undefined && monitoringCriteria === undefined,
  state: 'asked',
});

function reported(monitors: Monitors, payload: Json, nowMs: number): Monitors {
  const known = withSeverities(
    monitors,
    told(payload).map(({ monitor }) => monitor),
  );
  const { report } = known;
  if (report === undefined || report.requestId !== payload.requestId) return known;
  const parts = withPart(report, payload, nowMs);
  return parts === report ? known : { ...known, report: { ...report, ...parts, state: parts.isComplete ? 'complete' : report.state } };
}

function withSeverities(monitors: Monitors, told: readonly Json[]): Monitors {
  const news = told.flatMap(({ id, severity }) => (isId(id) && isId(severity) ? [[id, severity] as const] : []));
  if (news.length === 0) return monitors;
  const all = Object.entries({ ...monitors.severities, ...Object.fromEntries(news) });
  return { ...monitors, severities: Object.fromEntries(all.slice(0, MOST_MONITORS)) };
}

export function monitorRows({ before, after, heard, place }: PartChange<Monitors>): readonly RowWrite[] {
  const at = heard.input.time;
  const monitor = (row: Json): RowWrite => ({ table: DEVICE_MONITORS, row: { ...place, told_at: at, ...row } });
  const station = (row: Json): RowWrite => ({ table: DEVICE_MONITORING, row: { ...place, ...row } });
  const shown = ({
    about,
    monitor: { id, type, value, severity, transaction, eventNotificationType },
  }: ReturnType<typeof set>[number]): RowWrite =>
    monitor({
      monitor_id: id,
      ...named(about),
      type: asText(type),
      value: numberOrNull(value),
      severity: numberOrNull(severity),
      in_transactions: transaction === true,
      notification: textOrNull(eventNotificationType),
      removed: false,
    });
  const rows: RowWrite[] = [];
  if (after.report !== undefined && after.report !== before.report) {
    const { state, isWhole, fromMs } = after.report;
    const isAll = isWhole && (state === 'complete' || state === 'empty');
    const from = state === 'empty' ? at : new Date(fromMs ?? heard.nowMs).toISOString();
    rows.push(station({ report_state: state, report_at: at, ...(isAll && { report_from: from }) }));
  }
  if (heard.kind === 'call')
    return [
      ...rows,
      ...told(heard.payload)
        .filter(({ monitor: { id } }) => isId(id))
        .map(shown),
    ];
  if (heard.kind !== 'outcome' || heard.outcome.kind !== 'answered') return rows;
  const { command, outcome } = heard;
  if (command.action === 'SetVariableMonitoring') rows.push(...set(command.payload, outcome.payload).map(shown));
  if (command.action === 'ClearVariableMonitoring')
    rows.push(...cleared(outcome.payload).map((id) => monitor({ monitor_id: id, removed: true })));
  if (outcome.payload.status === 'Accepted') {
    if (command.action === 'SetMonitoringBase') rows.push(station({ base: asText(command.payload.monitoringBase), base_at: at }));
    if (command.action === 'SetMonitoringLevel') rows.push(station({ level: numberOrNull(command.payload.severity), level_at: at }));
  }
  return rows;
}

/** A new base lets go of monitors and brings others: which there are is asked (N03.FR.04, N03.FR.05). */
export const isNewBase = (heard: Heard): boolean =>
  heard.kind === 'outcome' &&
  heard.command.action === 'SetMonitoringBase' &&
  heard.outcome.kind === 'answered' &&
  asObject(heard.outcome.payload).status === 'Accepted';
