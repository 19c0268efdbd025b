// What flows in a site by its meters, against the limits that bind: the columns above theirs, and what may have brought that about.
// What cars feed back is looked at apart, against the limits on that. What could flow at most is the ledger's; episodes over time are the service's.
import { SETTLE_MS } from './grant.js';
import { longestMs } from './lease.js';
import { type Conditions, capacityAt, type Direction, exportCapacityAt, type GridLimit, unmanagedAt } from './limits.js';
import { addCurrent, emptyLoad, type Load, magnitude } from './load.js';
import { COLUMNS, type ColumnName, type Network, pathOf, TOTAL } from './network.js';
import type { Route } from './routes.js';
import { isClearlyAbove } from './tolerance.js';

/** Less than this above a limit is a meter's rounding [mA], or this share of the limit. */
const ROUNDING_MA = 100;
const ROUNDING_SHARE = 0.005;
/** How long a cut may take to bind after it came: where all is up, and beyond the longest lease otherwise (P6) [ms]. */
const NOTICE_MS = 30_000;

export interface MeteredDraw {
  readonly route: Route;
  readonly mostMa: number;
}

/** What is known of the current of an EVSE one way, per wired line [mA]. "Draws" is "feeds back" where that is looked at. */
export interface Draw extends MeteredDraw {
  readonly stationId: string;
  readonly evseId: number;
  readonly lines: readonly number[];
  /** It draws no less, and `mostMa` at most, by its meter: equal where the meter tells currents; no less than 0 where it told long ago. */
  readonly leastMa: number;
  /** The most it may draw under anything that may be in force, were it to obey; asked only where it matters. */
  allowedMa(): number;
  /** What the split gives it now. */
  readonly wantedMa: number;
  /** Nothing was heard of it for so long that its meter says nothing any more. */
  readonly isUnheard: boolean;
  /** It was given another limit a moment ago. */
  readonly isFollowing: boolean;
  readonly isDisobedient: boolean;
  readonly isOnline: boolean;
}

export interface StationDraws {
  /** Confirmed maximum of the whole station per phase [mA], Infinity without one. */
  readonly boundMa: number;
  readonly evses: readonly Draw[];
}

export interface Exceedance {
  readonly nodeId: string;
  readonly phase: ColumnName;
  /** Absent = of what is drawn. */
  readonly direction?: 'export';
  /** What the node may carry now, and what flows there: stations and other loads [mA]. */
  readonly limitMa: number;
  readonly flowMa: number;
  /** Never empty. */
  readonly reasons: readonly ExceedanceReason[];
}

/**
 * Why more flows than is allowed. `disobedient`: draws more than it was told. `following`: was told a moment ago. `unconfirmed`: may still
 * obey a higher limit of before. `unheard`: counts as it last was, its meter is silent. `cut`: the limit was announced too
 * late to bind yet. `configuration`: the same by a changed configuration. `unmanaged`: other loads leave less than stations were given.
 * `unconfigured`: a station draws where nothing is configured. `tolerance`: several stations a little above what they were told.
 */
export type ExceedanceReason =
  | {
      readonly kind: 'disobedient' | 'following';
      readonly stationId: string;
      readonly evseId: number;
      readonly allowedMa: number;
      readonly drawnMa: number;
    }
  | {
      readonly kind: 'unconfirmed';
      readonly stationId: string;
      readonly evseId: number;
      readonly allowedMa: number;
      readonly wantedMa: number;
      readonly isOnline: boolean;
    }
  | { readonly kind: 'unheard'; readonly stationId: string; readonly evseId: number; readonly countedMa: number }
  | {
      readonly kind: 'cut';
      readonly limitId: string;
      readonly source: string;
      readonly announcedMs: number;
      readonly bindsFromMs: number;
    }
  | { readonly kind: 'configuration'; readonly acceptedMs: number }
  | { readonly kind: 'unmanaged'; readonly loadMa: number; readonly isMeasured: boolean }
  | { readonly kind: 'unconfigured'; readonly stationId: string; readonly evseId: number; readonly drawnMa: number }
  | { readonly kind: 'tolerance'; readonly aboveMa: number }
  | { readonly kind: 'unknown' };

type NamedLimit = GridLimit & { readonly limitId: string };

export interface Flows {
  readonly network: Network;
  /** Export: what cars feed back, other loads and their own production apart. */
  readonly direction: Direction;
  readonly conditions: Omit<Conditions, 'gridLimits'> & { readonly gridLimits: readonly NamedLimit[] };
  readonly stations: readonly StationDraws[];
  readonly nowMs: number;
  /** How long a station may go on with what it has without hearing from us, its clock included [ms]. */
  readonly leaseMs: number;
  /** When the limits of the tree were last configured. */
  readonly configuredMs: number;
}

/** Whether any column might be above its limit: a quick look at what each EVSE draws at most, as its meter says. */
export function mayExceed(
  { network, conditions, direction, nowMs }: Pick<Flows, 'network' | 'conditions' | 'direction' | 'nowMs'>,
  draws: Iterable<MeteredDraw>,
): boolean {
  const load = clearedLoad(network);
  for (const { route, mostMa } of draws) addCurrent(load, route, mostMa);
  const capacity = allowedAt(network, conditions, direction, nowMs);
  return network.columns.some((column, index) => magnitude(load, index) > (capacity[index] as number) + marginOf(network, column));
}

/** The sums of a quick look are forgotten with it, and there is one for every message: the next has the same place. */
const places = new WeakMap<Network, Load>();
function clearedLoad(network: Network): Load {
  const load = places.get(network) ?? emptyLoad(network);
  places.set(network, load);
  load.re.fill(0);
  load.im.fill(0);
  return load;
}

const allowedAt = (network: Network, conditions: Conditions, direction: Direction, t: number): Float64Array =>
  direction === 'import' ? capacityAt(network, conditions, t) : exportCapacityAt(network, conditions.gridLimits, t);

const marginOf = ({ nodes }: Network, { node, phase }: Network['columns'][number]): number =>
  (nodes[node]?.marginMa ?? 0) * (phase === 'total' ? 3 : 1);

/** The columns where more flows than is allowed, further sides of a line counting with it. */
export function exceedances(flows: Flows): readonly Exceedance[] {
  const { network, conditions, direction, stations, nowMs } = flows;
  const load = emptyLoad(network);
  const counted = new Map<Draw, number>();
  for (const station of stations)
    for (const [draw, ma] of countedMa(station)) {
      counted.set(draw, ma);
      addCurrent(load, draw.route, ma);
    }
  const capacity = allowedAt(network, conditions, direction, nowMs);
  const unmanaged = direction === 'import' ? unmanagedAt(network, conditions, nowMs) : [];
  const worst = new Map<number, { readonly flowMa: number; readonly limitMa: number; readonly column: number }>();
  for (const [column, place] of network.columns.entries()) {
    const { node, phase } = place;
    const roomMa = (capacity[column] as number) + marginOf(network, place);
    const stationsMa = magnitude(load, column);
    if (!(stationsMa > roomMa)) continue;
    const otherMa = onColumn(unmanaged[node] ?? [0, 0, 0], phase);
    const [flowMa, limitMa] = [Math.round(stationsMa + otherMa), Math.round(roomMa + otherMa)];
    if (flowMa - limitMa <= Math.max(ROUNDING_MA, limitMa * ROUNDING_SHARE)) continue;
    const key = node * COLUMNS + PLACE[phase];
    if (flowMa > (worst.get(key)?.flowMa ?? 0)) worst.set(key, { flowMa, limitMa, column });
  }
  return [...worst].map(([key, { flowMa, limitMa, column }]) => {
    const { node, phase } = network.columns[key] as Network['columns'][number];
    const nodeId = network.nodes[node]?.nodeId ?? '';
    const otherMa = onColumn(unmanaged[node] ?? [0, 0, 0], phase);
    const here = [...counted].flatMap(([draw, drawnMa]) =>
      draw.route.column.includes(column) ? [{ ...draw, drawnMa, allowedMa: draw.allowedMa() }] : [],
    );
    const way = direction === 'export' && ({ direction } as const);
    return { nodeId, phase, ...way, limitMa, flowMa, reasons: reasonsFor(flows, nodeId, phase, column, limitMa - otherMa, otherMa, here) };
  });
}

const PLACE: Readonly<Record<ColumnName, number>> = { L1: 0, L2: 1, L3: 2, total: TOTAL };

const onColumn = ([a, b, c]: readonly [number, number, number], phase: ColumnName): number =>
  phase === 'total' ? a + b + c : ([a, b, c][PLACE[phase]] as number);

/** What each EVSE counts: no less than its meter says; where that leaves room for doubt, the most it may draw, its station's maximum kept. */
function countedMa({ boundMa, evses }: StationDraws): readonly (readonly [Draw, number])[] {
  const onLine = [0, 0, 0];
  for (const { lines, leastMa } of evses) for (const line of lines) onLine[line] = (onLine[line] as number) + leastMa;
  return evses.map((draw) => {
    const { lines, leastMa, mostMa } = draw;
    if (leastMa === mostMa) return [draw, leastMa];
    const roomMa = Math.max(0, boundMa - Math.max(0, ...lines.map((line) => onLine[line] as number)));
    const ma = Math.max(leastMa, Math.min(mostMa, draw.allowedMa(), leastMa + roomMa));
    for (const line of lines) onLine[line] = (onLine[line] as number) + ma - leastMa;
    return [draw, ma];
  });
}

type Counted = Omit<Draw, 'allowedMa'> & { readonly drawnMa: number; readonly allowedMa: number };

/** The heaviest first; the rest is as good as told by them. */
const MOST_REASONS = 10;

function reasonsFor(
  { network, conditions: { gridLimits, measurements, unconfigured = [] }, direction, nowMs, leaseMs, configuredMs }: Flows,
  nodeId: string,
  phase: ColumnName,
  column: number,
  roomMa: number,
  otherMa: number,
  here: readonly Counted[],
): readonly ExceedanceReason[] {
  const stations = here
    .toSorted((a, b) => b.drawnMa - b.wantedMa - (a.drawnMa - a.wantedMa))
    .flatMap((draw): readonly ExceedanceReason[] => {
      const { stationId, evseId, drawnMa, allowedMa, wantedMa, isOnline } = draw;
      const place = { stationId, evseId };
      if (draw.isFollowing && isClearlyAbove(drawnMa, allowedMa)) return [{ kind: 'following', ...place, allowedMa, drawnMa }];
      if (draw.isDisobedient || isClearlyAbove(drawnMa, allowedMa)) return [{ kind: 'disobedient', ...place, allowedMa, drawnMa }];
      if (allowedMa > wantedMa && drawnMa > wantedMa) return [{ kind: 'unconfirmed', ...place, allowedMa, wantedMa, isOnline }];
      return draw.isUnheard && drawnMa > 0 ? [{ kind: 'unheard', ...place, countedMa: drawnMa }] : [];
    })
    .slice(0, MOST_REASONS);
  const hereLimits = gridLimits.filter((limit) => limit.nodeId === nodeId && (limit.direction ?? 'import') === direction);
  const cut = lateCut(hereLimits, phase, nowMs, (ma) =>
    stations.length === 0 ? 0 : mayHaveLasted(network, nodeId, phase, ma) ? longestMs(leaseMs) : leaseMs,
  );
  const isConfigured = nowMs < configuredMs + NOTICE_MS;
  const shareOf = ({ route }: Counted): number => {
    const k = route.column.indexOf(column);
    return Math.hypot(route.re[k] as number, route.im[k] as number);
  };
  const allowedMa = here.reduce((sum, each) => sum + each.allowedMa * shareOf(each), 0);
  const toleratedMa = here.reduce((sum, each) => sum + Math.max(0, each.drawnMa - each.allowedMa) * shareOf(each), 0);
  const isTooMuch = otherMa > 0 && allowedMa > roomMa;
  const node = network.indexOf.get(nodeId) ?? -1;
  const beside = (direction === 'import' ? unconfigured : []).filter((each) => pathOf(network, each.nodeId).includes(node));
  const isMeasured = measurements.some((each) => each.nodeId === nodeId && nowMs < each.untilMs);
  const reasons: readonly ExceedanceReason[] = [
    ...stations,
    ...(cut ? [cut] : []),
    ...(isConfigured ? [{ kind: 'configuration', acceptedMs: configuredMs } as const] : []),
    ...beside.map(({ stationId, outletId, lineMa }) => ({ kind: 'unconfigured', stationId, evseId: outletId, drawnMa: lineMa }) as const),
    ...(isTooMuch && !cut && beside.length === 0 ? [{ kind: 'unmanaged', loadMa: otherMa, isMeasured } as const] : []),
    ...(stations.length === 0 && toleratedMa > 0 ? [{ kind: 'tolerance', aboveMa: Math.round(toleratedMa) } as const] : []),
  ];
  return reasons.length > 0 ? reasons : [{ kind: 'unknown' }];
}

/** A limit below what nobody was said to take away: what lasts counted on that. */
function mayHaveLasted({ nodes, indexOf }: Network, nodeId: string, phase: ColumnName, limitMa: number): boolean {
  const { isFirmStated = false, firmMa = [0, 0, 0] } = nodes[indexOf.get(nodeId) ?? -1] ?? {};
  return isFirmStated && limitMa < onColumn(firmMa, phase);
}

const atLeast = (floorMa: number, ma: number | undefined): number | undefined => (ma === undefined ? undefined : Math.max(ma, floorMa));

/** Of the limits here, the one that binds, if it was announced so late that it may not be kept yet: `lateMs` longer where a station may not know of it. */
function lateCut(
  gridLimits: readonly NamedLimit[],
  phase: ColumnName,
  nowMs: number,
  lateMs: (limitMa: number) => number,
): Extract<ExceedanceReason, { kind: 'cut' }> | undefined {
  const inForce = gridLimits.flatMap(({ limitId, source, steps, expiresMs, fallback, announcedMs = 0, floorMa = 0 }) => {
    const step =
      nowMs >= expiresMs ? fallback && { fromMs: expiresMs, announcedMs, ...fallback } : steps.findLast(({ fromMs }) => fromMs <= nowMs);
    const ma = phase === 'total' ? atLeast(floorMa, step?.totalMa) : step?.limitMa?.[PLACE[phase]];
    return step === undefined || ma === undefined ? [] : [{ limitId, source, ma, fromMs: step.fromMs, announcedMs: step.announcedMs ?? 0 }];
  });
  const [tightest] = inForce.toSorted((a, b) => a.ma - b.ma);
  if (tightest === undefined) return undefined;
  const { limitId, source, ma, fromMs, announcedMs } = tightest;
  const bindsFromMs = Math.max(fromMs, announcedMs + NOTICE_MS + lateMs(ma));
  return nowMs < bindsFromMs + SETTLE_MS && bindsFromMs > fromMs ? { kind: 'cut', limitId, source, announcedMs, bindsFromMs } : undefined;
}
