// Reports of variables that somebody asked for (GetBaseReport, GetReport), each complete with all its parts (B07, B08).
// What they tell is in variables.ts; the inventory's own request in inventory.ts.
import type { RowWrite } from '#service';
import type { Heard } from '../heard.js';
import type { PartChange } from '../part.js';
import { NO_PARTS, type ReportParts, withPart } from '../report-parts.js';
import { DEVICE_REPORT_REQUESTS } from './tables.js';

export interface AskedReport extends ReportParts {
  readonly commandId: string;
  readonly state: 'asked' | 'complete' | 'empty' | 'refused' | 'lost';
}
/** By requestId. */
export type AskedReports = Readonly<Record<string, AskedReport>>;

const MOST_KEPT = 16;
const ASKS: ReadonlySet<string> = new Set(['GetBaseReport', 'GetReport']);

export function evolveReports(reports: AskedReports, heard: Heard): AskedReports {
  if (heard.kind === 'asked' && ASKS.has(heard.command.action)) {
    const { commandId, payload } = heard.command;
    if (typeof payload.requestId !== 'number') return reports;
    const others = Object.entries(reports).filter(([id]) => id !== String(payload.requestId));
    return Object.fromEntries([...others.slice(1 - MOST_KEPT), [payload.requestId, { ...NO_PARTS, commandId, state: 'asked' as const }]]);
  }
  if (heard.kind === 'call' && heard.action === 'NotifyReport') {
    const id = String(heard.payload.requestId);
    const report = reports[id];
    const parts = report && withPart(report, heard.payload, heard.nowMs);
    if (report === undefined || parts === undefined || parts === report) return reports;
    const { partCount: _, ...rest } = report;
    return { ...reports, [id]: { ...rest, ...parts, state: parts.isComplete ? 'complete' : report.state } };
  }
  if (heard.kind !== 'outcome') return reports;
  const [id, report] = Object.entries(reports).find(([, { commandId }]) => commandId === heard.command.commandId) ?? [];
  if (id === undefined || report?.state !== 'asked') return reports;
  return { ...reports, [id]: { ...report, state: stateAfter(heard) } };
}

function stateAfter({ outcome }: Extract<Heard, { kind: 'outcome' }>): AskedReport['state'] {
  if (outcome.kind !== 'answered') return outcome.kind === 'errored' ? 'refused' : 'lost';
  if (outcome.payload.status === 'Accepted') return 'asked';
  return outcome.payload.status === 'EmptyResultSet' ? 'empty' : 'refused';
}

export function askedReportRows({ before, after, heard, place }: PartChange<AskedReports>): readonly RowWrite[] {
  if (before === after) return [];
  return Object.entries(after).flatMap(([requestId, report]) => {
    if (report === before[requestId]) return [];
    const at = heard.input.time;
    const { action, requestedBy } = heard.kind === 'asked' ? heard.command : {};
    const asked = action === undefined ? {} : { action, requested_by: requestedBy, asked_at: at };
    const parts = heard.kind === 'call' && report.isComplete ? Number(heard.payload.seqNo) + 1 : report.parts.length;
    return [{ table: DEVICE_REPORT_REQUESTS, row: { ...place, request_id: Number(requestId), ...asked, state: report.state, parts, at } }];
  });
}
