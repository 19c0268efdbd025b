// What sites are told, whoever says it: one limit for a node and a direction, with its end and what holds then.
// What that is, is decided by each way in which grid operators speak.
import type { SiteEventData } from '#contracts';
import type { GridDirection, Step } from '#domain/grid-signals';
import type { Output } from '#service';

/** What a site was told last, for one direction. */
export interface Told {
  readonly siteId: string;
  readonly nodeId?: string;
  readonly direction: GridDirection;
  readonly limitId: string;
  readonly steps: readonly Step[];
  readonly fallbackW?: number;
  readonly expiresMs: number;
}

export function limitOutput(
  source: string,
  { siteId, nodeId, direction, limitId, steps, fallbackW, expiresMs }: Told,
  nowMs: number,
): Output {
  const schedule = steps.map(({ fromMs, value }) => ({ startsAt: iso(fromMs), ...(value !== undefined && { limitW: Math.floor(value) }) }));
  const data: SiteEventData['GridLimitReceived'] = {
    limitId,
    ...(nodeId !== undefined && { nodeId }),
    ...(direction === 'export' && { direction }),
    schedule: schedule.length > 0 ? schedule : [{ startsAt: iso(nowMs) }],
    expiresAt: iso(expiresMs),
    ...(fallbackW !== undefined && { fallback: { limitW: Math.floor(fallbackW) } }),
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

const iso = (ms: number): string => new Date(ms).toISOString();
