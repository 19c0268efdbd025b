// What wants a look now, as the api tells it.
// How it is said is pages/alerts.
import type { Ask } from './http-api.js';
import { listOf, numberOrNull, type Row, rowOf, text, textOrNull, timeOrNull } from './loose-json.js';

export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Alert {
  /** The same while it lasts. */
  readonly alertId: string;
  readonly kind: string;
  readonly severity: Severity;
  readonly siteId: string | null;
  readonly stationId: string | null;
  readonly evseId: number | null;
  readonly sinceMs: number | null;
  readonly detail: Row;
}

export interface AlertsTold {
  readonly items: readonly Alert[];
  readonly counts: Readonly<Record<Severity, number>>;
  readonly total: number;
}

export async function readAlerts(ask: Ask, severity: Severity | null): Promise<AlertsTold> {
  return alertsOf(rowOf(await ask.read(`/v1/alerts?${new URLSearchParams({ limit: '200', ...(severity !== null && { severity }) })}`)));
}

export function alertsOf({ items, counts, total }: Row): AlertsTold {
  const of = rowOf(counts);
  const count = (severity: Severity): number => numberOrNull(of[severity]) ?? 0;
  return {
    items: listOf(items).map(rowOf).map(readAlert),
    counts: { critical: count('critical'), warning: count('warning'), info: count('info') },
    total: numberOrNull(total) ?? 0,
  };
}

const readAlert = (row: Row): Alert => ({
  alertId: text(row.alertId),
  kind: text(row.kind),
  severity: SEVERITIES.find((each) => each === row.severity) ?? 'warning',
  siteId: textOrNull(row.siteId),
  stationId: textOrNull(row.stationId),
  evseId: numberOrNull(row.evseId),
  sinceMs: timeOrNull(row.since),
  detail: rowOf(row.detail),
});
