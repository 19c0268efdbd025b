// Where a site is above a limit by what is measured: episodes with their reasons, told as events and remembered for rows (ADR 0034).
// What is above now is metered-flows.ts, its rows exceedance-rows.ts; what might be drawn at most is told as a shortfall.
import type { LimitExceeded, Recorded, SiteEvent } from '#contracts';
import type { Exceedance, ExceedanceReason } from '#domain/load-balancing';
import type { Output } from '#service';
import { exceededNow, isLookedAt, isNothing } from './metered-flows.js';
import type { SiteState } from './state.js';

/** While something is above, it is looked at this often even if nobody speaks [ms]. */
const LOOK_MS = 60_000;
const QUARTER_MS = 900_000;

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

type Place = Pick<Exceedance, 'nodeId' | 'phase' | 'direction'>;
const columnOf = ({ nodeId, phase, direction }: Place): string => `${nodeId}/${phase}${direction === undefined ? '' : ` ${direction}`}`;

/** Node, phase and direction of what is remembered of a column. */
export function placeOf(column: string): { readonly nodeId: string; readonly phase: string; readonly direction?: 'export' } {
  const slash = column.lastIndexOf('/');
  const [phase = '', direction] = column.slice(slash + 1).split(' ');
  return { nodeId: column.slice(0, slash), phase, ...(direction === 'export' && { direction }) };
}

/** What follows from it for those who listen: news of an episode, at most one for each column. */
export function exceedanceNews(before: SiteState, heard: SiteState, input: Recorded<SiteEvent>): readonly Output[] {
  if (!isLookedAt(before, heard, input)) return [];
  const after = counted(heard, exceededNow(heard));
  const told = (column: string, episode: Episode, isOver: boolean): Output => {
    const { sinceMs, limitMa, flowMa, ms, mAms, reasons } = episode;
    const data: LimitExceeded = {
      ...placeOf(column),
      since: new Date(sinceMs).toISOString(),
      isOver,
      limitMa,
      flowMa,
      seconds: ms / 1000,
      energyAboveWh: energyAboveWh(mAms, heard),
      reasons,
    };
    return { topic: 'balancing-events', type: 'LimitExceeded', data };
  };
  const isNews = (column: string, { reasons }: Episode): boolean => causesOf(heard.exceeded[column]?.reasons) !== causesOf(reasons);
  return [
    ...Object.entries(after.over).map(([column, episode]) => told(column, episode, true)),
    ...Object.entries(after.open).flatMap(([column, episode]) => (isNews(column, episode) ? [told(column, episode, false)] : [])),
  ];
}

/** Remembers what is above, and for how long. An episode that begins is told: where none goes on and none was told nothing is above, and nobody looks again (ADR 0139). */
export function withExceedances(
  before: SiteState,
  heard: SiteState,
  state: SiteState,
  input: Recorded<SiteEvent>,
  outputs: readonly Output[],
): SiteState {
  const isAbove = !isNothing(heard.exceeded) || outputs.some(({ type }) => type === 'LimitExceeded');
  if ((!isAbove && isNothing(state.exceededLately)) || !isLookedAt(before, heard, input)) return state;
  const now = isAbove ? exceededNow(heard) : [];
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

export const upTo = ({ ms, mAms, aboveMa, countedMs }: Episode, nowMs: number): Pick<Above, 'ms' | 'mAms'> => ({
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

const causesOf = (reasons: readonly ExceedanceReason[] = []): string => reasons.map(causeOf).join();

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
export const energyAboveWh = (mAms: number, { config }: SiteState): number => Math.round((mAms * (config?.voltageV ?? 0)) / 3.6e6) / 1000;

// Quarter hours

const quarterOf = (ms: number): number => Math.floor(ms / QUARTER_MS) * QUARTER_MS;

/** The quarter hours that a look at `nowMs` changes, with all that was above in them: by column, a column's in order of time. */
export function quartersOf({ exceeded, exceededLately, nowMs }: SiteState): readonly (readonly [column: string, QuarterAbove])[] {
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
