// What sites are told, whoever says it: one limit for a node and a direction, with its end and what holds then.
// What that is, is decided by each way in which grid operators speak.
import type { SiteEventData } from '#contracts';
import type { GridDirection, LineLimit, Step } from '#domain/grid-signals';
import type { Output } from '#service';

/** What a site was told last, for one direction. */
export interface Told {
  readonly siteId: string;
  readonly nodeId?: string;
  readonly direction: GridDirection;
  readonly limitId: string;
  readonly steps: readonly (Step & Pick<LineLimit, 'linesA'>)[];
  readonly fallbackW?: number;
  readonly fallbackLinesA?: LineLimit['linesA'];
  readonly expiresMs: number;
}

export function limitOutput(
  source: string,
  { siteId, nodeId, direction, limitId, steps, fallbackW, fallbackLinesA, expiresMs }: Told,
  nowMs: number,
): Output {
  const schedule = steps.map(({ fromMs, value, linesA }) => ({ startsAt: iso(fromMs), ...limit(value, linesA) }));
  const data: SiteEventData['GridLimitReceived'] = {
    limitId,
    ...(nodeId !== undefined && { nodeId }),
    ...(direction === 'export' && { direction }),
    schedule: schedule.length > 0 ? schedule : [{ startsAt: iso(nowMs) }],
    expiresAt: iso(expiresMs),
    ...((fallbackW !== undefined || fallbackLinesA !== undefined) && { fallback: limit(fallbackW, fallbackLinesA) }),
    source,
  };
  return { topic: 'site-events', type: 'GridLimitReceived', siteId, data };
}

export function withdrawal(source: string, { siteId, nodeId, limitId }: Told): Output {
  const data: SiteEventData['GridLimitWithdrawn'] = {
    limitId,
    source,
    ...(nodeId !== undefined && { nodeId }),
    requestedBy: 'grid',
  };
  return { topic: 'site-events', type: 'GridLimitWithdrawn', siteId, data };
}

/** Rounded down, to whole watts and tenths of an ampere. */
const limit = (watts: number | undefined, linesA: LineLimit['linesA']) => ({
  ...(watts !== undefined && { limitW: Math.floor(watts) }),
  ...(linesA !== undefined && { limitA: linesA.map((amps) => Math.floor(amps * 10) / 10) as unknown as [number, number, number] }),
});

const iso = (ms: number): string => new Date(ms).toISOString();
