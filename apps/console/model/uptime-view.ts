// What figures of uptime mean for the page: who fails and who soon will, outages as pieces of a line, months to choose from, rows as CSV. Pure.
// The figures are the api's; nothing is counted here but what is left.
import type { Outage, PortUptime, Rules, UptimeFigure, UptimeReport } from '../api/uptime-shapes.js';

type Window = Pick<UptimeReport, 'fromMs' | 'toMs' | 'knownMs'>;

/** `tight`: less than a quarter of what was allowed is left. */
export type Standing = 'missed' | 'tight' | 'good' | 'unknown';
const TIGHT_SHARE = 0.25;

export function standingOf({ meets, minutesLeft, outageMinutes, excludedMinutes }: UptimeFigure): Standing {
  if (meets === null || minutesLeft === null) return 'unknown';
  if (!meets) return 'missed';
  const allowed = minutesLeft + outageMinutes - excludedMinutes;
  return minutesLeft < TIGHT_SHARE * allowed ? 'tight' : 'good';
}

/** What may be down within the window and still meet the rules [minutes]; null where there is nothing to compare with. */
export function allowedMinutes({ inServiceMinutes, uptimePercent }: UptimeFigure, { divisorMinutes, targetPercent }: Rules): number | null {
  return uptimePercent === null ? null : ((divisorMinutes ?? inServiceMinutes) * (100 - targetPercent)) / 100;
}

export interface Spent {
  readonly atMs: number;
  /** Of what is allowed; 1: all of it. */
  readonly share: number;
}

/** How much of the budget was spent when, from the beginning of the window to what is known: level but for outages. */
export function spentOver(outages: readonly Outage[], { fromMs, toMs, knownMs }: Window, allowed: number): readonly Spent[] {
  const untilMs = Math.min(knownMs, toMs);
  let spent = 0;
  const corners = outages
    .toSorted((a, b) => a.startedMs - b.startedMs)
    .flatMap(({ startedMs, endedMs, minutes, excludedMinutes }): readonly Spent[] => {
      const before = { atMs: Math.max(fromMs, startedMs), share: spent / allowed };
      spent += minutes - excludedMinutes;
      return [before, { atMs: Math.min(untilMs, endedMs ?? untilMs), share: spent / allowed }];
    });
  return [{ atMs: fromMs, share: 0 }, ...corners, { atMs: untilMs, share: spent / allowed }];
}

const DAY_MS = 86_400_000;
/** What was spent within so many days tells the pace, and it is followed for so many ahead: further, nobody knows. */
const [PACE_DAYS, AHEAD_DAYS] = [30, 92];

/** The day on which nothing is left if as much is spent as in the last thirty, while what is old leaves a window that trails; null: it lasts. */
export function runsOutMs(
  outages: readonly Outage[],
  { fromMs, toMs, knownMs }: Window,
  allowed: number,
  isTrailing: boolean,
): number | null {
  if (knownMs >= toMs) return null;
  const spentSince = (ms: number): number =>
    outages.reduce((sum, { startedMs, endedMs, minutes, excludedMinutes }) => {
      const [begunMs, overMs] = [Math.max(fromMs, startedMs), endedMs ?? knownMs];
      const share = overMs <= begunMs ? 0 : Math.max(0, overMs - Math.max(ms, begunMs)) / (overMs - begunMs);
      return sum + (minutes - excludedMinutes) * share;
    }, 0);
  const perDay = spentSince(knownMs - PACE_DAYS * DAY_MS) / PACE_DAYS;
  if (perDay === 0 || spentSince(fromMs) >= allowed) return null;
  for (let day = 1; day <= AHEAD_DAYS; day += 1) {
    const atMs = knownMs + day * DAY_MS;
    if (!isTrailing && atMs >= toMs) return null;
    if (spentSince(isTrailing ? fromMs + Math.max(0, atMs - toMs) : fromMs) + perDay * day >= allowed) return atMs;
  }
  return null;
}

export interface PortLine extends PortUptime {
  readonly standing: Standing;
  /** Its outages within the window, earliest first. */
  readonly down: readonly Outage[];
  /** When it will miss the target if it stays down as it is now [ms]; null: it is up, or has missed it already. */
  readonly missesAtMs: number | null;
  /** When it will miss it if it goes on as in the last thirty days [ms]; null: it will not, or it is down or has missed it already. */
  readonly runsOutAtMs: number | null;
  /** What of its budget is spent, 1: all of it; null where there is none. */
  readonly spentShare: number | null;
}

const ORDER: readonly Standing[] = ['missed', 'tight', 'good', 'unknown'];

/** Ports that need somebody first: missed, then those with the least left. */
export function portLines(report: UptimeReport, outages: readonly Outage[]): readonly PortLine[] {
  const { ports, knownMs, toMs, rules } = report;
  const byPort = Map.groupBy(outages, ({ portId }) => portId);
  return ports
    .map((port): PortLine => {
      const down = (byPort.get(port.portId) ?? []).toSorted((a, b) => a.startedMs - b.startedMs);
      const standing = standingOf(port);
      const counts = down.some(({ endedMs, minutes, excludedMinutes }) => endedMs === null && excludedMinutes < minutes);
      const missesAtMs = counts && standing !== 'missed' && port.minutesLeft !== null ? knownMs + port.minutesLeft * 60_000 : null;
      const allowed = allowedMinutes(port, rules);
      const isFollowed =
        allowed !== null && allowed > 0 && !counts && standing !== 'missed' && toMs - report.fromMs > PACE_DAYS * DAY_MS * 2;
      return {
        ...port,
        standing,
        down,
        missesAtMs: missesAtMs !== null && missesAtMs < toMs ? missesAtMs : null,
        runsOutAtMs: isFollowed ? runsOutMs(down, report, allowed, rules.isTrailing) : null,
        spentShare: allowed === null || allowed === 0 ? null : (port.outageMinutes - port.excludedMinutes) / allowed,
      };
    })
    .sort(
      (a, b) =>
        ORDER.indexOf(a.standing) - ORDER.indexOf(b.standing) ||
        (a.minutesLeft ?? Number.POSITIVE_INFINITY) - (b.minutesLeft ?? Number.POSITIVE_INFINITY) ||
        Number(a.uptimePercent ?? 100) - Number(b.uptimePercent ?? 100) ||
        (a.portId < b.portId ? -1 : 1),
    );
}

export interface Piece {
  readonly outageId: string;
  /** Place on the line, in per cent of the window. */
  readonly left: number;
  readonly width: number;
  readonly kind: 'counts' | 'partly' | 'excluded';
}

/** Outages within [fromMs, toMs); what lies outside is cut. */
export function piecesOf(outages: readonly Outage[], { fromMs, toMs, knownMs }: Window): readonly Piece[] {
  const share = (ms: number): number => (100 * (Math.min(toMs, Math.max(fromMs, ms)) - fromMs)) / (toMs - fromMs);
  return outages.flatMap(({ outageId, startedMs, endedMs, minutes, excludedMinutes }) => {
    const left = share(startedMs);
    const width = share(endedMs ?? knownMs) - left;
    const kind = excludedMinutes === 0 ? 'counts' : excludedMinutes < minutes ? 'partly' : 'excluded';
    return width > 0 ? [{ outageId, left, width, kind } as const] : [];
  });
}

/** `YYYY-MM` of an instant, UTC. */
export const monthOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7);

/** The month of an instant and those before it, latest first. */
export function monthsBefore(ms: number, count: number): readonly string[] {
  const now = new Date(ms);
  return Array.from({ length: count }, (_, back) => monthOf(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)));
}

/** First instants of the months within a window, UTC; of its days where it is a month or shorter. */
export function ticksOf(fromMs: number, toMs: number): readonly number[] {
  const isLong = toMs - fromMs > 32 * 86_400_000;
  const from = new Date(fromMs);
  const at = (step: number): number =>
    isLong ? Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + step) : Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), 1 + step * 7);
  return Array.from({ length: 13 }, (_, step) => at(step)).filter((ms) => ms >= fromMs && ms < toMs);
}

const CSV_COLUMNS = [
  'portId',
  'stationId',
  'evseId',
  'siteId',
  'uptimePercent',
  'meets',
  'minutesLeft',
  'outages',
  'outageMinutes',
  'excludedMinutes',
  'inServiceMinutes',
  'withoutExclusionsPercent',
] as const;

/** The report as CSV (RFC 4180), a row per port. A leading apostrophe keeps spreadsheets from calculating with ids. */
export function reportCsv(month: string, { rules, fromMs, toMs, knownMs, ports }: UptimeReport): string {
  const cell = (value: unknown): string => {
    const plain = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? '');
    return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  const asked = [month, rules.name, ...[fromMs, toMs, knownMs].map((ms) => new Date(ms).toISOString())];
  const rows = ports.map((port) => [...asked, ...CSV_COLUMNS.map((name) => port[name])]);
  const head = ['month', 'ruleSet', 'windowFrom', 'windowTo', 'knownAt', ...CSV_COLUMNS];
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
