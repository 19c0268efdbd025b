// Where a site is above a limit by what is measured: episodes with their reasons, told as events and kept as rows (ADR 0034).
// What is above and why is the domain's; what might be drawn at most is told as a shortfall.
import type { LimitExceeded, Recorded, SiteEvent } from '#contracts';
import {
  committedMa,
  DEFAULT_LEASE_SECONDS,
  type Draw,
  type EvseConfig,
  type EvseLedger,
  type Exceedance,
  type ExceedanceReason,
  exceedances,
  type MeteredDraw,
  mayExceed,
  type StationDraws,
  stationBoundMa,
} from '#domain/load-balancing';
import type { Output, RowWrite, TableSpec } from '#service';
import { FRESH_MS } from './measured-power.js';
import { lastChangeMs, lineCurrent, OBEY_WITHIN_MS } from './samples.js';
import { perShard } from './shards.js';
import { type Measured, networkOf, placementsOf, type SiteState, type StationState, stationCount, stationsOf } from './state.js';

/** A car comes down within this time after its station confirmed a limit; a sample of before says nothing about afterwards [ms]. */
const SETTLED_MS = 5_000;
/** While something is above, it is looked at this often even if nobody speaks [ms]. */
const LOOK_MS = 60_000;
const QUARTER_MS = 900_000;
/** The most a station's clock may be off before its leases have no end [ms]. */
const SKEW_MS = 60_000;

/** Time above a limit and the charge that flowed above it [ms, mA·ms]. */
interface Above {
  readonly ms: number;
  readonly mAms: number;
  /** The most that flowed, and the limit then. */
  readonly flowMa: number;
  readonly limitMa: number;
}
export interface QuarterAbove extends Above {
  readonly fromMs: number;
}
export interface Episode extends Above {
  readonly sinceMs: number;
  /** Up to when it is counted, and what was above then. */
  readonly countedMs: number;
  readonly aboveMa: number;
  readonly reasons: readonly ExceedanceReason[];
}

function isNothing(record: Readonly<Record<string, unknown>>): boolean {
  for (const _key in record) return false;
  return true;
}
const columnOf = ({ nodeId, phase }: Pick<Exceedance, 'nodeId' | 'phase'>): string => `${nodeId}/${phase}`;

// What is above

/** Sites with more stations than this are looked at once a second at most, and for each news of limits. */
const MANY_STATIONS = 50;

const isMetered = perShard<StationState, boolean>((stations) => stations.some(({ measured }) => !isNothing(measured)));

/** What is above now, where this record may have changed it; undefined = not looked at. */
function found(before: SiteState, heard: SiteState, input: Recorded<SiteEvent>): readonly Exceedance[] | undefined {
  const isNews = before.gridLimits !== heard.gridLimits || before.measurements !== heard.measurements || input.type === 'TimeReached';
  const isNextSecond = Math.floor(before.nowMs / 1000) !== Math.floor(heard.nowMs / 1000);
  const isDue =
    before.stations !== heard.stations &&
    (isNextSecond || stationCount(heard) <= MANY_STATIONS) &&
    (isMetered(heard.stations).includes(true) || !isNothing(heard.exceeded));
  if (!isNews && !isDue) return undefined;
  if (last?.heard !== heard) last = { heard, found: lookAt(heard) };
  return last.found;
}
/** `decide` and `evolve` look at the same, one after the other. */
let last: { readonly heard: SiteState; readonly found: readonly Exceedance[] | undefined } | undefined;

function lookAt(state: SiteState): readonly Exceedance[] | undefined {
  const network = networkOf(state);
  const { config, nowMs, configuredMs, gridLimits, measurements } = state;
  if (network === undefined || config === undefined) return undefined;
  const placements = placementsOf(config);
  const place = { network, conditions: { gridLimits, measurements }, nowMs };
  const placed = stationsOf(state).flatMap((station) => {
    const placement = placements.get(station.config);
    return placement === undefined || isNothing(station.measured) ? [] : [{ station, placement }];
  });
  const metered = placed.flatMap(({ station, placement }) => meteredDraws(station, placement, config.voltageV));
  if (!mayExceed(place, metered)) return [];
  const stations = placed.flatMap(({ station, placement }) => drawsOf(station, placement, config.voltageV, nowMs));
  const leaseMs = (config.leaseSeconds ?? DEFAULT_LEASE_SECONDS) * 1000 + SKEW_MS;
  return exceedances({ ...place, stations, leaseMs, configuredMs });
}

type Placed = NonNullable<ReturnType<ReturnType<typeof placementsOf>['get']>>;

const kept = new WeakMap<StationState, { readonly placement: Placed; readonly draws: readonly MeteredDraw[] }>();

/** The most each EVSE of a station may have drawn when it was last measured; kept while nothing is heard of it. */
function meteredDraws(station: StationState, placement: Placed, voltageV: number): readonly MeteredDraw[] {
  const known = kept.get(station);
  if (known?.placement === placement) return known.draws;
  const draws = station.config.evses.flatMap((own): readonly MeteredDraw[] => {
    const route = placement.evses.get(own.evseId)?.route;
    const sample = station.measured[own.evseId];
    return route === undefined || sample === undefined ? [] : [{ route, mostMa: drawnBetween(sample, own, voltageV).mostMa }];
  });
  kept.set(station, { placement, draws });
  return draws;
}

/** What feeds back makes no room for others: it may end at any moment. */
function drawnBetween(sample: Measured, own: EvseConfig, voltageV: number): Pick<Draw, 'leastMa' | 'mostMa'> {
  const { atLeastMa = 0, atMostMa = 0 } = lineCurrent(sample, own, voltageV);
  return { leastMa: Math.max(0, atLeastMa), mostMa: Math.max(0, atMostMa) };
}

/** Of EVSEs that charge, or were measured though nothing is known to run there. */
function drawsOf(
  { config, ledger, measured, demands, shown }: StationState,
  placement: Placed,
  voltageV: number,
  nowMs: number,
): readonly StationDraws[] {
  const evses = ledger.evses.flatMap((evse) => {
    const { evseId, disobedient } = evse;
    const place = placement.evses.get(evseId);
    const own = config.evses.find((each) => each.evseId === evseId);
    const { [evseId]: sample } = measured;
    if (place === undefined || own === undefined || sample === undefined) return [];
    const isFresh = nowMs - sample.atMs <= FRESH_MS;
    if (demands[evseId] === undefined && !isFresh) return [];
    const changedMs = lastChangeMs(evse);
    const steppedMs = lastStepMs(evse, nowMs);
    // A sample of before a change holds on, as far as the change allows: what nobody has measured is told as a shortfall, not here.
    const isTelling = isFresh && (disobedient || sample.above > 0 || sample.atMs >= Math.max(changedMs, steppedMs) + SETTLED_MS);
    const { leastMa, mostMa } = drawnBetween(sample, own, voltageV);
    return [
      {
        stationId: ledger.stationId,
        evseId,
        ...place,
        leastMa: isTelling ? leastMa : 0,
        mostMa,
        allowedMa: () => committedMa(ledger, { ...evse, disobedient: disobedient && !isFresh }, nowMs, false),
        wantedMa: shown[evseId]?.limitMa ?? evse.safeMa,
        isUnheard: !isFresh,
        isFollowing: nowMs - changedMs <= OBEY_WITHIN_MS,
        isDisobedient: disobedient,
        isOnline: ledger.contact === 'online',
      },
    ];
  });
  return evses.length === 0 ? [] : [{ boundMa: stationBoundMa(ledger), evses }];
}

/** When the schedule it has been told last took another value. */
const lastStepMs = ({ plans }: EvseLedger, nowMs: number): number =>
  plans.flatMap(({ steps }) => steps).reduce((latest, { fromMs }) => (fromMs <= nowMs ? Math.max(latest, fromMs) : latest), 0);

// Episodes

/** What follows from it for those who listen: news of an episode, at most one for each column. */
export function exceedanceNews(before: SiteState, heard: SiteState, input: Recorded<SiteEvent>): readonly Output[] {
  const now = found(before, heard, input);
  if (now === undefined) return [];
  const after = counted(heard, now);
  const told = (column: string, episode: Episode, isOver: boolean): Output => {
    const slash = column.lastIndexOf('/');
    const { sinceMs, limitMa, flowMa, ms, mAms, reasons } = episode;
    const data: LimitExceeded = {
      nodeId: column.slice(0, slash),
      phase: column.slice(slash + 1),
      since: new Date(sinceMs).toISOString(),
      isOver,
      limitMa,
      flowMa,
      seconds: ms / 1000,
      energyAboveWh: energyWh(mAms, heard),
      reasons,
    };
    return { topic: 'balancing-events', type: 'LimitExceeded', data };
  };
  const begun = Object.entries(after.open).flatMap(([column, episode]) =>
    heard.exceeded[column]?.reasons.length === episode.reasons.length ? [] : [told(column, episode, false)],
  );
  return [...Object.entries(after.over).map(([column, episode]) => told(column, episode, true)), ...begun];
}

/** Remembers what is above, and for how long. */
export function withExceedances(before: SiteState, heard: SiteState, state: SiteState, input: Recorded<SiteEvent>): SiteState {
  const now = found(before, heard, input);
  if (now === undefined || (now.length === 0 && isNothing(state.exceeded) && isNothing(state.exceededLately))) return state;
  const { open } = counted(heard, now);
  const quarterMs = quarterOf(heard.nowMs);
  const lately = quartersOf(heard).filter(([, { fromMs }]) => fromMs === quarterMs);
  return { ...state, exceeded: open, exceededLately: Object.fromEntries(lately) };
}

export const nextExceedanceLookMs = ({ exceeded }: SiteState): readonly number[] =>
  Object.values(exceeded).map(({ countedMs }) => countedMs + LOOK_MS);

/** Episodes that go on or begin, and those that are over, counted up to now: what was above went on until now. */
function counted({ exceeded, nowMs }: SiteState, now: readonly Exceedance[]) {
  const open: Record<string, Episode> = {};
  for (const each of now) {
    const column = columnOf(each);
    const { flowMa, limitMa } = each;
    const before = exceeded[column];
    const isFurther = before === undefined || flowMa - limitMa > before.flowMa - before.limitMa;
    open[column] = {
      sinceMs: before?.sinceMs ?? nowMs,
      countedMs: nowMs,
      aboveMa: flowMa - limitMa,
      ...(before === undefined ? { ms: 0, mAms: 0 } : upTo(before, nowMs)),
      ...(isFurther ? { flowMa, limitMa } : { flowMa: before.flowMa, limitMa: before.limitMa }),
      reasons: allReasons(before?.reasons ?? [], each.reasons),
    };
  }
  const over = Object.fromEntries(
    Object.entries(exceeded).flatMap(([column, episode]) => (column in open ? [] : [[column, { ...episode, ...upTo(episode, nowMs) }]])),
  );
  return { open, over };
}

const upTo = ({ ms, mAms, aboveMa, countedMs }: Episode, nowMs: number): Pick<Above, 'ms' | 'mAms'> => ({
  ms: ms + nowMs - countedMs,
  mAms: mAms + (nowMs - countedMs) * aboveMa,
});

/** More than these say nothing more. */
const MOST_REASONS = 20;

/** Each cause once, as it was first seen; not knowing is none once something is known. */
function allReasons(before: readonly ExceedanceReason[], now: readonly ExceedanceReason[]): readonly ExceedanceReason[] {
  const known = new Map([...now, ...before].map((reason) => [causeOf(reason), reason]));
  const ordered = [...before, ...now].map(causeOf);
  const all = [...new Set(ordered)].flatMap((cause) => known.get(cause) ?? []);
  const telling = all.filter(({ kind }) => kind !== 'unknown');
  return (telling.length > 0 ? telling : all).slice(0, MOST_REASONS);
}

function causeOf(reason: ExceedanceReason): string {
  switch (reason.kind) {
    case 'cut':
      return `cut ${reason.limitId}`;
    case 'configuration':
    case 'unmanaged':
    case 'tolerance':
    case 'unknown':
      return reason.kind;
    default:
      return `${reason.kind} ${reason.stationId}/${reason.evseId}`;
  }
}

/** Over one line at nominal voltage. */
const energyWh = (mAms: number, { config }: SiteState): number => Math.round((mAms * (config?.voltageV ?? 0)) / 3.6e6) / 1000;

// Quarter hours

const quarterOf = (ms: number): number => Math.floor(ms / QUARTER_MS) * QUARTER_MS;

/** The quarter hours that a look at `nowMs` changes, with all that was above in them: by column, a column's in order of time. */
function quartersOf({ exceeded, exceededLately, nowMs }: SiteState): readonly (readonly [column: string, QuarterAbove])[] {
  const kept = Object.entries(exceededLately).filter(([column]) => !(column in exceeded));
  const grown = Object.entries(exceeded).flatMap(([column, { countedMs, aboveMa, flowMa, limitMa }]) => {
    const quarters: [string, QuarterAbove][] = [];
    for (let fromMs = quarterOf(countedMs); fromMs <= nowMs; fromMs += QUARTER_MS) {
      const ms = Math.min(nowMs, fromMs + QUARTER_MS) - Math.max(countedMs, fromMs);
      const was = exceededLately[column]?.fromMs === fromMs ? exceededLately[column] : { ms: 0, mAms: 0, flowMa, limitMa };
      const highest = was.flowMa - was.limitMa > flowMa - limitMa ? was : { flowMa, limitMa };
      quarters.push([column, { fromMs, ms: was.ms + ms, mAms: was.mAms + ms * aboveMa, flowMa: highest.flowMa, limitMa: highest.limitMa }]);
    }
    return quarters;
  });
  return [...kept, ...grown];
}

// Rows

const violations: TableSpec = {
  name: 'limit_violations',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    node_id: 'text',
    phase: 'text',
    since: 'timestamptz',
    ended_at: 'timestamptz',
    counted_at: 'timestamptz',
    limit_ma: 'bigint',
    flow_ma: 'bigint',
    seconds: 'double precision',
    energy_above_wh: 'double precision',
    reasons: 'jsonb',
  },
  key: ['tenant_id', 'site_id', 'node_id', 'phase', 'since'],
};
const quarters: TableSpec = {
  name: 'limit_violations_15m',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    node_id: 'text',
    phase: 'text',
    bucket: 'timestamptz',
    seconds: 'double precision',
    energy_above_wh: 'double precision',
    flow_ma: 'bigint',
    limit_ma: 'bigint',
  },
  key: ['tenant_id', 'site_id', 'node_id', 'phase', 'bucket'],
};
export const EXCEEDANCE_TABLES = [violations, quarters] as const;

/** Episodes as far as they are counted, and the quarter hours they lie in. */
export function exceedanceRows(before: SiteState, after: SiteState): readonly RowWrite[] {
  if (before.exceeded === after.exceeded) return [];
  const at = new Date(after.nowMs).toISOString();
  const keyOf = (column: string) => {
    const slash = column.lastIndexOf('/');
    return { tenant_id: after.tenantId, site_id: after.siteId, node_id: column.slice(0, slash), phase: column.slice(slash + 1) };
  };
  const episode = (column: string, { sinceMs, limitMa, flowMa, ms, mAms, reasons }: Episode, endedAt: string | null): RowWrite => ({
    table: violations,
    row: {
      ...keyOf(column),
      since: new Date(sinceMs).toISOString(),
      ended_at: endedAt,
      counted_at: at,
      limit_ma: limitMa,
      flow_ma: flowMa,
      seconds: ms / 1000,
      energy_above_wh: energyWh(mAms, after),
      reasons,
    },
  });
  const over = Object.entries(before.exceeded).filter(([column, { sinceMs }]) => after.exceeded[column]?.sinceMs !== sinceMs);
  return [
    ...Object.entries(after.exceeded).map(([column, each]) => episode(column, each, null)),
    ...over.map(([column, each]) => episode(column, { ...each, ...upTo(each, after.nowMs) }, at)),
    ...quartersOf({ ...before, nowMs: after.nowMs })
      .filter(([column]) => column in before.exceeded)
      .map(([column, { fromMs, ms, mAms, flowMa, limitMa }]): RowWrite => {
        const numbers = { seconds: ms / 1000, energy_above_wh: energyWh(mAms, after), flow_ma: flowMa, limit_ma: limitMa };
        return { table: quarters, row: { ...keyOf(column), bucket: new Date(fromMs).toISOString(), ...numbers } };
      }),
  ];
}
