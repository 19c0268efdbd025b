// Limits that others put on a site, as the api tells them, and what is announced of the hours ahead.
// The load itself and the limits sent to stations are story-shapes.ts.
import type { Ask } from './http-api.js';
import { listOf, numberOrNull, type Row, rowOf, text, textOrNull, timeOrNull } from './loose-json.js';

export interface SignalStep {
  readonly fromMs: number;
  /** null: until something else is said. */
  readonly toMs: number | null;
  /** Per phase; one of both. */
  readonly limitA: number | readonly number[] | null;
  readonly limitW: number | null;
}

export interface Signal {
  readonly limitId: string;
  readonly source: string;
  readonly nodeId: string | null;
  readonly isFedBack: boolean;
  /** A share of one over several sites. */
  readonly isShare: boolean;
  readonly receivedAtMs: number | null;
  readonly expiresAtMs: number | null;
  readonly inForce: (SignalStep & { readonly isFallback: boolean }) | null;
  readonly steps: readonly SignalStep[];
  /** The least it has to leave [W]; null where nothing is stated. */
  readonly floorW: number | null;
}

export interface Outlook {
  readonly limits: readonly { readonly atMs: number; readonly limitW: number }[];
  readonly plan: readonly { readonly atMs: number; readonly powerW: number }[];
  /** When the plan was made, and until when it counts. */
  readonly plannedAtMs: number | null;
  readonly expiresAtMs: number | null;
}

export async function readSignals(ask: Ask, siteId: string): Promise<{ readonly signals: readonly Signal[]; readonly outlook: Outlook }> {
  const path = `/v1/sites/${encodeURIComponent(siteId)}`;
  const [signals, outlook] = await Promise.all([ask.readAllowed(`${path}/grid-limits`), ask.readAllowed(`${path}/outlook`)]);
  return { signals: listOf(rowOf(signals).items).map(rowOf).map(readSignal), outlook: readOutlook(rowOf(outlook)) };
}

export function readSignal(row: Row): Signal {
  const expiresAtMs = timeOrNull(row.expiresAt);
  const steps = listOf(row.schedule).map(rowOf);
  const inForce = row.inForce === null ? null : rowOf(row.inForce);
  return {
    limitId: text(row.limitId),
    source: text(row.source),
    nodeId: textOrNull(row.nodeId),
    isFedBack: row.direction === 'export',
    isShare: row.isShare === true,
    receivedAtMs: timeOrNull(row.receivedAt),
    expiresAtMs,
    inForce: inForce && { ...readStep(inForce, timeOrNull(inForce.endsAt)), isFallback: inForce.isFallback === true },
    steps: steps.map((step, index) => readStep(step, timeOrNull(steps[index + 1]?.startsAt) ?? expiresAtMs)),
    floorW: numberOrNull(row.floorW),
  };
}

const readStep = ({ startsAt, limitA, limitW }: Row, toMs: number | null): SignalStep => ({
  fromMs: timeOrNull(startsAt) ?? 0,
  toMs,
  limitA: Array.isArray(limitA) ? limitA.map(Number) : numberOrNull(limitA),
  limitW: numberOrNull(limitW),
});

const readOutlook = ({ limits, plan }: Row): Outlook => {
  const { at, expiresAt, slots } = rowOf(plan);
  const told = (list: unknown, field: string) =>
    listOf(list)
      .map(rowOf)
      .flatMap((row) => {
        const [atMs, value] = [timeOrNull(row.at), numberOrNull(row[field])];
        return atMs === null || value === null ? [] : [{ atMs, value }];
      });
  return {
    limits: told(limits, 'limitW').map(({ atMs, value }) => ({ atMs, limitW: value })),
    plan: told(slots, 'powerW').map(({ atMs, value }) => ({ atMs, powerW: value })),
    plannedAtMs: timeOrNull(at),
    expiresAtMs: timeOrNull(expiresAt),
  };
};

/** A change of the limit or of the plan within the next so many ms, in order, with both as they are from then on. */
export function hoursAhead({ limits, plan }: Outlook, nowMs: number, aheadMs: number) {
  const instants = [...new Set([...limits, ...plan].map(({ atMs }) => atMs))]
    .filter((ms) => ms > nowMs && ms <= nowMs + aheadMs)
    .sort((a, b) => a - b);
  const at = [nowMs, ...instants].map((ms) => ({
    atMs: ms,
    limitW: limits.findLast(({ atMs }) => atMs <= ms)?.limitW ?? null,
    planW: plan.findLast(({ atMs }) => atMs <= ms)?.powerW ?? null,
  }));
  return at.filter((each, index) => index === 0 || each.limitW !== at[index - 1]?.limitW || each.planW !== at[index - 1]?.planW);
}

/** Whoever works for the network is one source: of it one limit stands at each node, and it takes back no limit of others. */
export const OPERATOR = 'operator';
/** No car charges with less on one of its lines (IEC 61851-1) [A]. */
export const LEAST_A = 6;

export interface ShortLimit {
  readonly siteId: string;
  /** null: the whole site. */
  readonly nodeId: string | null;
  readonly limitA: number;
  readonly minutes: number;
}

/** What limits a site, or a part of it, from now on for so long. Below the least current of a car it says that this is meant. */
export const shortLimitBody = ({ siteId, nodeId, limitA, minutes }: ShortLimit, nowMs: number) => ({
  siteIds: [siteId],
  ...(nodeId !== null && { nodeId }),
  source: OPERATOR,
  schedule: [{ startsAt: new Date(nowMs).toISOString(), limitA }],
  expiresAt: new Date(nowMs + minutes * 60_000).toISOString(),
  ...(limitA < LEAST_A && { stopsCharging: true }),
});

/** Its whole address: under one id a limit may stand at several sites and nodes. */
export const limitAddress = (siteId: string, { limitId, source, nodeId }: Pick<Signal, 'limitId' | 'source' | 'nodeId'>): string =>
  `/v1/grid/limits/${encodeURIComponent(limitId)}?${new URLSearchParams({ siteId, source, ...(nodeId !== null && { nodeId }) })}`;
