// One session on one time axis: what it drew against what it might, what it did, what held it back and why, and what a kWh cost then.
// Reading it is session-shapes.ts, sentences are words/reasons.ts, drawing is the page's.

import type { CostLine, SessionPeriod, SessionStory } from '../api/session-shapes.js';
import type { LimitCommand } from '../api/story-shapes.js';

export interface Axis {
  readonly fromMs: number;
  readonly toMs: number;
}

/** From its start to its end, or to now. */
export const axisOf = ({ session: { startedAtMs, endedAtMs } }: SessionStory, nowMs: number): Axis => ({
  fromMs: startedAtMs,
  toMs: Math.max(startedAtMs + 60_000, endedAtMs ?? nowMs),
});

/** What a session does, for the colour and the word. */
export type Doing = 'charging' | 'pausedByNetwork' | 'pausedByStation' | 'pausedByCar' | 'connected';

export interface DoingSpan extends Axis {
  readonly doing: Doing;
}

export function doingOf({ state, pausedBy }: Pick<SessionPeriod, 'state' | 'pausedBy'>): Doing {
  if (state === 'Charging') return 'charging';
  if (pausedBy === 'network') return 'pausedByNetwork';
  if (pausedBy === 'vehicle' || state === 'SuspendedEV') return 'pausedByCar';
  return state === 'SuspendedEVSE' ? 'pausedByStation' : 'connected';
}

/** Neighbours that do the same are one. */
export function doingSpans(periods: readonly SessionPeriod[]): readonly DoingSpan[] {
  const spans: { fromMs: number; toMs: number; doing: Doing }[] = [];
  for (const period of periods) {
    const [doing, last] = [doingOf(period), spans.at(-1)];
    if (last !== undefined && last.doing === doing && period.fromMs - last.toMs < 1_000) last.toMs = period.toMs;
    else spans.push({ fromMs: period.fromMs, toMs: period.toMs, doing });
  }
  return spans;
}

/** A limit while it was in force. `command`: the decision, with its reason; null before the first one. */
export interface LimitSpan extends Axis {
  readonly limitA: number;
  readonly command: LimitCommand | null;
}

const NEVER_IN_FORCE: ReadonlySet<string> = new Set(['rejected', 'refused']);

/** Before its first limit a session has the station's safe level, which is taken to be 0 A. Renewals of the same are one. */
export function limitSpans({ limits }: SessionStory, { fromMs, toMs }: Axis): readonly LimitSpan[] {
  const decided = limits.filter(({ slot, cause, outcome }) => slot === 'plan' && cause !== 'clear' && !NEVER_IN_FORCE.has(outcome));
  const spans: { fromMs: number; toMs: number; limitA: number; command: LimitCommand | null }[] = [
    { fromMs, toMs, limitA: 0, command: null },
  ];
  for (const command of decided) {
    const last = spans.at(-1);
    if (last?.command != null && last.limitA === command.limitA && whyOf(last.command) === whyOf(command)) continue;
    const atMs = Math.min(Math.max(command.atMs, fromMs), toMs);
    if (last !== undefined) last.toMs = atMs;
    spans.push({ fromMs: atMs, toMs, limitA: command.limitA, command });
  }
  return spans.filter((span) => span.toMs > span.fromMs);
}

const whyOf = ({ heldBy, tight, capA }: LimitCommand): string =>
  JSON.stringify([heldBy, tight?.nodeId, tight?.phase, tight?.limitedBy, capA]);

/** A stretch in which the session would have drawn more, with the limit that kept it from that. */
export interface HeldSpan extends LimitSpan {
  readonly doing: Doing;
}

/** A meter or a car may differ that much from the limit it follows. */
const NEARLY = 0.92;
const SLIGHTLY_ABOVE = 1.06;

/** It was held back where we paused it, and where it drew all it might under a limit that something made tight. */
export function heldSpans(story: SessionStory, axis: Axis, voltageV: number): readonly HeldSpan[] {
  const spans: HeldSpan[] = [];
  const parts = partsOf(story, axis, voltageV);
  const lines = carLines(parts, story.outletLines);
  for (const { fromMs, toMs, doing, limit, drawnA } of parts) {
    if (!isHeld(doing, limit, drawnA, lines)) continue;
    const last = spans.at(-1);
    if (last !== undefined && last.command === limit.command && last.doing === doing && fromMs - last.toMs < 1_000)
      spans[spans.length - 1] = { ...last, toMs };
    else spans.push({ ...limit, fromMs, toMs, doing });
  }
  return spans;
}

/** A period, or the part of it under one limit. `drawnA`: summed over the lines; null where nothing measured it. */
interface Part extends Axis {
  readonly doing: Doing;
  readonly limit: LimitSpan;
  readonly drawnA: number | null;
}

function partsOf(story: SessionStory, axis: Axis, voltageV: number): readonly Part[] {
  const limits = limitSpans(story, axis);
  return story.periods.flatMap((period) =>
    limits.flatMap((limit) => {
      const [fromMs, toMs] = [Math.max(limit.fromMs, period.fromMs), Math.min(limit.toMs, period.toMs)];
      if (toMs <= fromMs) return [];
      const drawnA = period.currentA ?? (period.powerW === null ? null : period.powerW / voltageV);
      return [{ fromMs, toMs, limit, drawnA, doing: doingOf(period) }];
    }),
  );
}

/** Around a change of the limit a reading is of both sides of it: so much of the time may disagree. */
const DISAGREES = 0.15;

/** On how many lines the car charges: the fewest on which it kept to its limits. */
function carLines(parts: readonly Part[], outletLines: number): number {
  const told = parts.filter(({ doing, limit, drawnA }) => doing === 'charging' && drawnA !== null && limit.limitA > 0);
  const time = (some: readonly Part[]): number => some.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const above = (lines: number) => told.filter(({ limit, drawnA }) => (drawnA ?? 0) > SLIGHTLY_ABOVE * limit.limitA * lines);
  return [1, 2].find((lines) => lines < outletLines && time(above(lines)) <= DISAGREES * time(told)) ?? outletLines;
}

function isHeld(doing: Doing, { limitA, command }: LimitSpan, drawnA: number | null, lines: number): boolean {
  if (doing === 'pausedByNetwork') return true;
  if (doing !== 'charging' || command === null || drawnA === null) return false;
  const isTight = command.heldBy !== null || command.tight !== null || command.capA !== null;
  return isTight && drawnA >= NEARLY * limitA * lines;
}

export interface HeldSum {
  readonly ms: number;
  /** The longest stretch of it. */
  readonly example: HeldSpan;
  readonly leastA: number;
  readonly mostA: number;
}

/** Time held back for each reason, the longest first. */
export function heldSums(spans: readonly HeldSpan[]): readonly HeldSum[] {
  const lasts = ({ fromMs, toMs }: Axis): number => toMs - fromMs;
  const groups = Map.groupBy(spans, ({ command }) => (command === null ? '' : whyOf(command)));
  return [...groups.values()]
    .flatMap((group) => {
      const [example] = group.toSorted((a, b) => lasts(b) - lasts(a));
      const limits = group.map(({ limitA }) => limitA);
      const ms = group.reduce((sum, span) => sum + lasts(span), 0);
      return example === undefined ? [] : [{ example, ms, leastA: Math.min(...limits), mostA: Math.max(...limits) }];
    })
    .sort((a, b) => b.ms - a.ms);
}

/** What a kWh cost, and until when: the lines of energy in the order of time. */
export interface PriceSpan extends Axis {
  readonly unitPrice: string;
}

export const priceSpans = (lines: readonly CostLine[]): readonly PriceSpan[] =>
  lines
    .flatMap(({ dimension, unitPrice, fromMs, toMs }) =>
      dimension === 'ENERGY' && fromMs !== null && toMs !== null ? [{ unitPrice, fromMs, toMs }] : [],
    )
    .sort((a, b) => a.fromMs - b.fromMs);

/** As uPlot takes them: seconds, then mean power [kW], limit over all lines of the outlet [kW] and energy so far [kWh]. */
export interface SessionColumns {
  readonly atS: readonly number[];
  readonly powerKw: readonly (number | null)[];
  readonly limitKw: readonly (number | null)[];
  readonly energyKwh: readonly (number | null)[];
}

/** Steps: what stands at an instant holds until the next. Without a reading there is a gap, not a line. */
export function sessionColumns(story: SessionStory, axis: Axis, voltageV: number): SessionColumns {
  const { periods, outletLines } = story;
  const limits = limitSpans(story, axis);
  const instants = [
    axis.fromMs,
    ...periods.flatMap(({ fromMs, toMs }) => [fromMs, toMs]),
    ...limits.map(({ fromMs }) => fromMs),
    axis.toMs,
  ];
  const atMs = [...new Set(instants)].filter((ms) => ms >= axis.fromMs && ms <= axis.toMs).sort((a, b) => a - b);
  // Periods are in order and do not overlap, so that one walk is enough, however many there are.
  let [index, beforeWh] = [0, 0];
  const read = atMs.map((ms) => {
    for (let period = periods[index]; period !== undefined && period.toMs <= ms; period = periods[index]) {
      beforeWh += period.energyWh;
      index++;
    }
    const period = periods[index];
    if (period === undefined) {
      // A step is drawn up to its end only where there is a value.
      const last = periods.at(-1);
      return ms === last?.toMs ? { powerW: last.powerW, wh: beforeWh } : { powerW: null, wh: null };
    }
    if (ms < period.fromMs) return { powerW: null, wh: beforeWh };
    return { powerW: period.powerW, wh: beforeWh + (period.energyWh * (ms - period.fromMs)) / (period.toMs - period.fromMs) };
  });
  return {
    atS: atMs.map((ms) => ms / 1000),
    powerKw: read.map(({ powerW }) => kw(powerW)),
    limitKw: atMs.map((ms) => kw(limitW(within(limits, ms) ?? limits.at(-1), outletLines, voltageV))),
    energyKwh: read.map(({ wh }) => kw(wh)),
  };
}

/** A limit per line as power over all lines of the outlet [W]. */
export const limitW = (span: LimitSpan | undefined, lines: number, voltageV: number): number | null =>
  span === undefined ? null : span.limitA * lines * voltageV;

export const within = <T extends Axis>(spans: readonly T[], ms: number): T | undefined =>
  spans.findLast(({ fromMs, toMs }) => fromMs <= ms && ms < toMs);

const kw = (w: number | null): number | null => (w === null ? null : w / 1000);

export interface SocSpan extends Axis {
  readonly percent: number;
}
/** Who is not heard of for so long is not known to be where it was [ms]. */
const SOC_HOLDS_MS = 15 * 60_000;

/** A state of charge until the next one that was told; neighbours of the same whole per cent are one. */
export function socSpans({ soc }: Pick<SessionStory, 'soc'>, { toMs }: Axis): readonly SocSpan[] {
  const spans: { fromMs: number; toMs: number; percent: number }[] = [];
  for (const [index, { atMs, percent }] of soc.entries()) {
    const endMs = Math.min(soc[index + 1]?.atMs ?? toMs, atMs + SOC_HOLDS_MS, toMs);
    const last = spans.at(-1);
    if (last !== undefined && last.toMs === atMs && Math.floor(last.percent) === Math.floor(percent)) last.toMs = endMs;
    else if (endMs > atMs) spans.push({ fromMs: atMs, toMs: endMs, percent });
  }
  return spans;
}
