// Capacity forecasts of OSCP 2.0 as limits of a connection: in watts on all lines together, or in amperes of each line; and what of them cannot be followed.
// How they arrive is the api's, what sites are told, apps/grid's.
import { instantMs } from '#kernel';
import type { SignalRefusal } from './event.js';

export const OSCP_TYPES = ['CONSUMPTION', 'GENERATION', 'FALLBACK_CONSUMPTION', 'FALLBACK_GENERATION', 'OPTIMUM'] as const;
export type OscpType = (typeof OSCP_TYPES)[number];
export const OSCP_PHASES = ['UNKNOWN', 'ONE', 'TWO', 'THREE', 'ALL'] as const;
export const OSCP_UNITS = ['A', 'W', 'KW', 'WH', 'KWH'] as const;

/** ForecastedBlock. */
export interface OscpBlock {
  readonly capacity: number;
  readonly phase: (typeof OSCP_PHASES)[number];
  readonly unit: (typeof OSCP_UNITS)[number];
  readonly start_time: string;
  readonly end_time: string;
}

/** What may flow; absent: no limit. */
export interface LineLimit {
  readonly limitW?: number;
  readonly linesA?: readonly [number, number, number];
}
export interface LimitStep extends LineLimit {
  readonly fromMs: number;
}

/** The most of a 230 V line (EN 50160): watts of one line are never more amperes than that says. */
const HIGHEST_V = 253;
/** More than any connection in any unit, and still a number that sums can be made of. */
const MOST = 1e12;
/** A line nobody limits [A]. */
const FREE_A = 10_000;
const LINES = ['ONE', 'TWO', 'THREE'] as const;
const POWER = { W: 1, KW: 1e3 } as const;
const ENERGY = { WH: 1, KWH: 1e3 } as const;

/** Why a block cannot be followed. */
export function oscpRefusals(blocks: readonly OscpBlock[]): readonly SignalRefusal[] {
  return blocks.flatMap(({ capacity, phase, unit, start_time, end_time }, index) => {
    const path = `forecasted_blocks.${index}`;
    const [fromMs, toMs] = [instantMs(start_time), instantMs(end_time)];
    if (fromMs === undefined || toMs === undefined || fromMs >= toMs)
      return [{ path, message: 'a start_time before its end_time was expected' }];
    if (!(capacity >= 0 && capacity <= MOST)) return [{ path: `${path}.capacity`, message: `a number from zero to ${MOST} was expected` }];
    const isLine = LINES.some((line) => line === phase);
    if (unit === 'A' && !isLine) return [{ path: `${path}.phase`, message: 'amperes are those of a line: ONE, TWO or THREE was expected' }];
    return [];
  });
}

/** What blocks say from `nowMs` on, the lowest of those that say something of the same; where none does, `otherwise` holds. Energy is spread over its block. */
export function stepsOfBlocks(blocks: readonly OscpBlock[], otherwise: LineLimit, nowMs: number): readonly LimitStep[] {
  const all = blocks
    .map((block) => ({ ...limitOf(block), fromMs: Date.parse(block.start_time), toMs: Date.parse(block.end_time) }))
    .filter(({ toMs }) => toMs > nowMs)
    .sort((a, b) => a.fromMs - b.fromMs);
  const times = [...new Set([nowMs, ...all.flatMap(({ fromMs, toMs }) => [fromMs, toMs]).filter((ms) => ms > nowMs)])].sort(
    (a, b) => a - b,
  );
  let begun = 0;
  let open: typeof all = [];
  const steps = times.map((fromMs): LimitStep => {
    open = open.filter(({ toMs }) => fromMs < toMs);
    for (let next = all[begun]; next !== undefined && next.fromMs <= fromMs; next = all[++begun]) open.push(next);
    return { fromMs, ...(open.length === 0 ? otherwise : tighter(open)) };
  });
  const said = ({ fromMs: _, ...limit }: LimitStep): string => JSON.stringify(limit);
  return steps.filter((step, index) => index === 0 || said(step) !== said(steps[index - 1] as LimitStep));
}

function limitOf({ capacity, phase, unit, start_time, end_time }: OscpBlock): LineLimit {
  const line = LINES.indexOf(phase as (typeof LINES)[number]);
  const hours = (Date.parse(end_time) - Date.parse(start_time)) / 3_600_000;
  const watts =
    unit === 'WH' || unit === 'KWH' ? (capacity * ENERGY[unit]) / hours : unit === 'A' ? capacity * HIGHEST_V : capacity * POWER[unit];
  if (line < 0) return { limitW: watts };
  const amps = unit === 'A' ? capacity : watts / HIGHEST_V;
  return { linesA: LINES.map((_, index) => (index === line ? amps : FREE_A)) as unknown as [number, number, number] };
}

/** The lower of all, line by line. */
export function tighter(limits: readonly LineLimit[]): LineLimit {
  const watts = limits.flatMap(({ limitW }) => limitW ?? []);
  const lines = limits.flatMap(({ linesA }) => (linesA === undefined ? [] : [linesA]));
  return {
    ...(watts.length > 0 && { limitW: Math.min(...watts) }),
    ...(lines.length > 0 && {
      linesA: [0, 1, 2].map((line) => Math.min(...lines.map((each) => each[line] ?? FREE_A))) as unknown as [number, number, number],
    }),
  };
}
