// Limits from the grid as the owner of a site remembers them: one of each source at each node, and beside it the site's share of one over several sites.
// What they leave for stations is the domain's (limits); who may have how much of a shared one is network-limits'.
import type { GridLimitReceived, GridLimitWithdrawn } from '#contracts';
import {
  type GridLimit,
  type LimitStep,
  limitToMa,
  type NodeConfig,
  perPhase,
  type SiteConfig,
  stepAt,
  totalMaOfWatts,
} from '#domain/load-balancing';
import { withoutQuiet } from './outcomes.js';
import type { SiteState, StandingLimit } from './state.js';

/** A later one of the same kind: a limit for the site itself never ends its share of one over several sites, nor that one it. */
const takesPlaceOf = (later: GridLimitReceived, nodeId: string, earlier: StandingLimit): boolean =>
  earlier.source === later.source &&
  earlier.nodeId === nodeId &&
  (earlier.direction ?? 'import') === (later.direction ?? 'import') &&
  (earlier.shareSeq === undefined) === (later.shareSeq === undefined);

/** `offset`: where it stands in the site's stream. */
export function limitReceived(state: SiteState, limit: GridLimitReceived, offset: number): SiteState {
  const { config } = state;
  if (config === undefined) return state;
  const nodeId = limit.nodeId ?? config.root.nodeId;
  const bound = ({ limitA, limitW }: { readonly limitA?: number | readonly [number, number, number]; readonly limitW?: number }) => ({
    ...(limitA !== undefined && { limitMa: perPhase(limitA, limitToMa) }),
    ...(limitW !== undefined && { totalMa: totalMaOfWatts(limitW, config.voltageV) }),
  });
  const before = state.gridLimits.find((other) => takesPlaceOf(limit, nodeId, other));
  const steps = limit.schedule
    .map((step) => ({ fromMs: Date.parse(step.startsAt), ...bound(step) }))
    .sort((a, b) => a.fromMs - b.fromMs)
    .map((step) => ({ ...step, announcedMs: firstAnnouncedMs(before, step, state.nowMs) }));
  const others = state.gridLimits.filter((other) => other !== before);
  const entry = {
    limitId: limit.limitId,
    source: limit.source,
    offset,
    nodeId,
    ...(limit.direction === 'export' && { direction: limit.direction }),
    steps,
    expiresMs: Date.parse(limit.expiresAt),
    announcedMs: state.nowMs,
    ...(limit.fallback && { fallback: bound(limit.fallback) }),
    ...(limit.shareSeq !== undefined && { shareSeq: limit.shareSeq }),
  };
  const after = { ...state, gridLimits: [...others, withFloor(entry, config)] };
  // Less is told to everybody at once.
  return steps.some(({ announcedMs }) => announcedMs === state.nowMs) ? withoutQuiet(after, state.nowMs) : after;
}

/** What its source has to leave to its node, as the site is configured now. A share of a limit over several sites has none: what one site takes beyond its share the others would have to give. */
export function withFloor({ floorMa: _, ...limit }: StandingLimit, { root, voltageV }: SiteConfig): StandingLimit {
  const floor = nodeOf(root, limit.nodeId)?.gridFloor;
  const isMeant = floor?.source === limit.source && limit.direction !== 'export' && limit.shareSeq === undefined;
  return isMeant ? { ...limit, floorMa: totalMaOfWatts(floor.floorW, voltageV) } : limit;
}

const nodeOf = (node: NodeConfig, nodeId: string): NodeConfig | undefined =>
  node.nodeId === nodeId ? node : (node.children ?? []).map((child) => nodeOf(child, nodeId)).find((found) => found !== undefined);

/** When a source first said that no more would be allowed from a step on: it repeats itself, and what it only repeats is no news. */
function firstAnnouncedMs(before: GridLimit | undefined, step: LimitStep, nowMs: number): number {
  const was = before && stepAt({ ...before, floorMa: 0 }, Math.max(step.fromMs, nowMs));
  const isLower =
    was === undefined ||
    (step.totalMa ?? Number.POSITIVE_INFINITY) < (was.totalMa ?? Number.POSITIVE_INFINITY) ||
    (step.limitMa?.some((ma, phase) => ma < (was.limitMa?.[phase] ?? Number.POSITIVE_INFINITY)) ?? false);
  return isLower ? nowMs : (was.announcedMs ?? before?.announcedMs ?? nowMs);
}

/** What is free from now on is raised only as far as the ledger has room: stations follow as after any limit that ends (P6). */
export function limitWithdrawn(state: SiteState, { limitId, source, nodeId, shareOf }: GridLimitWithdrawn): SiteState {
  const isMeant = (limit: StandingLimit): boolean =>
    limit.limitId === limitId && limit.source === (source ?? limit.source) && limit.nodeId === (nodeId ?? limit.nodeId);
  const isOver = (limit: StandingLimit): boolean =>
    shareOf === undefined ? limit.shareSeq === undefined && isMeant(limit) : limit.shareSeq !== undefined && limit.source === shareOf;
  const gridLimits = state.gridLimits.filter((limit) => !isOver(limit));
  return gridLimits.length === state.gridLimits.length ? state : { ...state, gridLimits };
}
