// A report of a station that comes in parts (NotifyReport, NotifyMonitoringReport, …): complete with part n when 0 … n are there.
// Parts come in any order, and twice. What is in them is others' business.
import type { Json } from './json.js';

export interface ReportParts {
  /** seqNo of the parts that came; empty once complete. */
  readonly parts: readonly number[];
  /** Number of parts, known with the last one. */
  readonly partCount?: number;
  /** When the first part came: what was told before belongs to an older report. */
  readonly fromMs?: number;
  readonly isComplete: boolean;
}

/** More parts, or items named in them, than any report has: one that does not end is not followed further. */
export const MOST_TOLD = 10_000;
export const NO_PARTS: ReportParts = { parts: [], isComplete: false };

/** The same object when the part says nothing new. */
export function withPart(report: ReportParts, { seqNo, tbc }: Json, nowMs: number): ReportParts {
  if (report.isComplete || typeof seqNo !== 'number' || report.parts.length >= MOST_TOLD) return report;
  const parts = report.parts.includes(seqNo) ? report.parts : [...report.parts, seqNo];
  const partCount = tbc === true ? report.partCount : seqNo + 1;
  const fromMs = report.fromMs ?? nowMs;
  if (partCount !== undefined && parts.length >= partCount) return { parts: [], fromMs, isComplete: true };
  if (parts === report.parts && partCount === report.partCount) return report;
  return { parts, fromMs, isComplete: false, ...(partCount !== undefined && { partCount }) };
}
