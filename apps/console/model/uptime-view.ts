// What figures of uptime mean for the page: who fails and who soon will, outages as pieces of a line, months to choose from, rows as CSV. Pure.
// The figures are the api's; nothing is counted here but what is left.
import type { Outage, PortUptime, UptimeFigure, UptimeReport } from '../api/uptime-shapes.js';

/** `tight`: less than a quarter of what was allowed is left. */
export type Standing = 'missed' | 'tight' | 'good' | 'unknown';
const TIGHT_SHARE = 0.25;

export function standingOf({ meets, minutesLeft, outageMinutes, excludedMinutes }: UptimeFigure): Standing {
  if (meets === null || minutesLeft === null) return 'unknown';
  if (!meets) return 'missed';
  const allowed = minutesLeft + outageMinutes - excludedMinutes;
  return minutesLeft < TIGHT_SHARE * allowed ? 'tight' : 'good';
}

export interface PortLine extends PortUptime {
  readonly standing: Standing;
  /** Its outages within the window, earliest first. */
  readonly down: readonly Outage[];
  /** When it will miss the target if it stays down as it is now [ms]; null: it is up, or has missed it already. */
  readonly missesAtMs: number | null;
}

const ORDER: readonly Standing[] = ['missed', 'tight', 'good', 'unknown'];

/** Ports that need somebody first: missed, then those with the least left. */
export function portLines({ ports, knownMs, toMs }: UptimeReport, outages: readonly Outage[]): readonly PortLine[] {
  const byPort = Map.groupBy(outages, ({ portId }) => portId);
  return ports
    .map((port): PortLine => {
      const down = (byPort.get(port.portId) ?? []).toSorted((a, b) => a.startedMs - b.startedMs);
      const standing = standingOf(port);
      const counts = down.some(({ endedMs, minutes, excludedMinutes }) => endedMs === null && excludedMinutes < minutes);
      const missesAtMs = counts && standing !== 'missed' && port.minutesLeft !== null ? knownMs + port.minutesLeft * 60_000 : null;
      return { ...port, standing, down, missesAtMs: missesAtMs !== null && missesAtMs < toMs ? missesAtMs : null };
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
export function piecesOf(
  outages: readonly Outage[],
  { fromMs, toMs, knownMs }: Pick<UptimeReport, 'fromMs' | 'toMs' | 'knownMs'>,
): readonly Piece[] {
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
