// What the events for a connection come to: the power it may draw or feed back at each instant, and what holds once the grid operator has fallen silent.
// Who is meant by an event is routing.ts'; what stations get of it is load balancing's.
import type { GridEvent, SignalRefusal } from './event.js';
import { type Stretch, stretchesOf } from './intervals.js';
import { type Bound, fromNow, laidOver, lower, type Step, timelineOf, valueAt } from './timeline.js';

export type GridDirection = 'import' | 'export';

/** What contract and operator say beside the signals. */
export interface CapacityRules {
  /** What holds once nothing is heard any more, in an emergency of the grid, and at SIMPLE level 3 [W]. */
  readonly fallbackW: number;
  /** What SIMPLE levels 1 and 2 are parts of [W]; absent: they cannot be followed. */
  readonly ratedW?: number;
  /** Parts of `ratedW` at SIMPLE levels 1 and 2; 0.8 and 0.5 unless the contract says otherwise. */
  readonly simpleLevels?: readonly [number, number];
  /** Which part of a `randomizeStart` this connection begins earlier by, 0 to 1. */
  readonly early?: number;
}

export interface EventRefusal extends SignalRefusal {
  readonly eventId: string;
}

export interface Capacity {
  /** [W], from now on; a step without a value: nothing is limited. */
  readonly steps: readonly Step[];
  /** [W] after the last word was too long ago: the lower of what was declared and what is subscribed. */
  readonly fallbackW: number;
  /** What could not be read counts as the tighter of what held before (`notLoosened`). */
  readonly refusals: readonly EventRefusal[];
  /** Payload types that say something else than how much may flow. */
  readonly unheeded: readonly string[];
}

const LIMITS = ['LIMIT', 'SUBSCRIPTION', 'RESERVATION'] as const;
type Kind = (typeof LIMITS)[number];
const EMERGENCIES = ['ALERT_GRID_EMERGENCY', 'ALERT_BLACK_START'];
/** What says how much is to be drawn. */
const SETPOINTS = ['DISPATCH_SETPOINT', 'DISPATCH_SETPOINT_RELATIVE', 'CONTROL_SETPOINT'];
const WATTS: Readonly<Record<string, number>> = { W: 1, KW: 1e3, MW: 1e6 };
const SIMPLE_LEVELS = [0.8, 0.5] as const;
/** More than any grid connection, and still a number that sums can be made of. */
const MOST_W = 1e10;

/**
 * Scheduled limits hold where there are any; elsewhere what is subscribed and reserved. SIMPLE levels, setpoints and emergencies bound what is drawn beside them, and the lowest counts.
 * Priorities decide among events that say the same kind of thing.
 */
export function capacityOf(
  events: readonly GridEvent[],
  direction: GridDirection,
  rules: CapacityRules,
  nowMs: number,
  untilMs: number,
): Capacity {
  const refusals: EventRefusal[] = [];
  const unheeded = new Set<string>();
  const bounds: Record<Kind | 'BESIDE', Bound[]> = { LIMIT: [], SUBSCRIPTION: [], RESERVATION: [], BESIDE: [] };
  for (const event of events) {
    const read = stretchesOf(event, nowMs, untilMs, rules.early);
    const { eventId, priority } = event;
    const empty = described(event, direction);
    if (empty !== undefined) refusals.push({ eventId, path: 'intervals', message: `${empty}: no interval says how much` });
    if ('path' in read) {
      refusals.push({ eventId, ...read });
      continue;
    }
    for (const stretch of read) {
      const meaning = meaningOf(event, stretch, direction, rules);
      if (meaning === undefined) unheeded.add(stretch.type);
      else if ('message' in meaning) refusals.push({ eventId, ...meaning });
      else if ('value' in meaning)
        bounds[meaning.kind].push({ fromMs: stretch.fromMs, toMs: stretch.toMs, value: meaning.value, priority });
    }
  }
  const subscribed = timelineOf(bounds.SUBSCRIPTION);
  const reserved = laidOver(subscribed, timelineOf(bounds.RESERVATION), (have, more) =>
    have === undefined ? undefined : have + (more ?? 0),
  );
  const scheduled = laidOver(timelineOf(bounds.LIMIT), reserved, (limit, contract) => limit ?? contract);
  const steps = laidOver(scheduled, timelineOf(bounds.BESIDE), lower);
  const fallbackW = Math.min(rules.fallbackW, valueAt(subscribed, nowMs) ?? Number.POSITIVE_INFINITY);
  return { steps: fromNow(steps, nowMs), fallbackW, refusals, unheeded: [...unheeded].sort() };
}

type Meaning = { readonly kind: Kind | 'BESIDE'; readonly value: number } | { readonly kind: 'other' } | SignalRefusal;

/** Undefined: it says nothing about power. `other`: about the other direction, or that all is well. */
function meaningOf(
  event: GridEvent,
  { type, value, intervalId }: Stretch,
  direction: GridDirection,
  rules: CapacityRules,
): Meaning | undefined {
  const path = `intervals[id=${intervalId}].payloads`;
  const [way, kind] = [/^(IMPORT|EXPORT)_CAPACITY_/.exec(type)?.[1], LIMITS.find((each) => type.endsWith(`_CAPACITY_${each}`))];
  if (way !== undefined && kind !== undefined) {
    if (way.toLowerCase() !== direction) return { kind: 'other' };
    const { units, watts } = unitOf(event, type);
    if (watts === undefined) return { path, message: `${type} in ${units ?? 'no unit'}: KW was expected` };
    return isAmount(value, watts) ? { kind, value: value * watts } : { path, message: `${type}: ${AN_AMOUNT}` };
  }
  if (SETPOINTS.includes(type)) return direction === 'export' ? { kind: 'other' } : setpoint(event, type, value, path);
  if (type !== 'SIMPLE' && !EMERGENCIES.includes(type)) return undefined;
  if (direction === 'export') return { kind: 'other' };
  if (type !== 'SIMPLE') return { kind: 'BESIDE', value: rules.fallbackW };
  if (value === 0) return { kind: 'other' };
  if (value === 3) return { kind: 'BESIDE', value: rules.fallbackW };
  if (value !== 1 && value !== 2) return { path, message: 'SIMPLE: 0, 1, 2 or 3 was expected' };
  if (rules.ratedW === undefined) return { path, message: `SIMPLE ${value}: a part of what? ratedW is not configured` };
  return { kind: 'BESIDE', value: rules.ratedW * ((rules.simpleLevels ?? SIMPLE_LEVELS)[value - 1] ?? 0) };
}

function unitOf(
  { payloadDescriptors }: GridEvent,
  type: string,
): { readonly units?: string | undefined; readonly watts?: number | undefined } {
  const told = payloadDescriptors.filter(({ payloadType }) => payloadType === type).map(({ units }) => units?.toUpperCase());
  // Of two units nobody knows which is meant.
  const units = [...new Set(told)].map((each) => each ?? 'no unit').join(' and ') || undefined;
  return { units, watts: WATTS[units ?? ''] };
}

/** What of that direction an event without any interval describes: it means to limit, and does not say to what. */
function described({ intervals, payloadDescriptors }: GridEvent, direction: GridDirection): string | undefined {
  const isLimit = (type: string): boolean => LIMITS.some((kind) => type === `${direction.toUpperCase()}_CAPACITY_${kind}`);
  return intervals.length > 0 ? undefined : payloadDescriptors.find(({ payloadType }) => isLimit(payloadType))?.payloadType;
}

/** What a site is to draw is the most that its cars may; that they do, nobody can promise. */
function setpoint(event: GridEvent, type: string, value: Stretch['value'], path: string): Meaning {
  if (type === 'DISPATCH_SETPOINT_RELATIVE') return { path, message: `${type}: more or less than what? DISPATCH_SETPOINT was expected` };
  const { units, watts } = unitOf(event, type);
  if (watts === undefined) return { path, message: `${type} in ${units ?? 'no unit'}: KW was expected` };
  if (typeof value === 'number' && value < 0) return { path, message: `${type} below zero: cars are no storage to be dispatched` };
  return isAmount(value, watts) ? { kind: 'BESIDE', value: value * watts } : { path, message: `${type}: ${AN_AMOUNT}` };
}

const AN_AMOUNT = `a number of zero or more was expected, and at most ${MOST_W / 1e9} GW`;
const isAmount = (value: unknown, watts: number): value is number => typeof value === 'number' && value >= 0 && value * watts <= MOST_W;

/** What cannot be read loosens nothing: the lower of what held before and of what is known now, and of the fallback where neither says anything. */
export function notLoosened(capacity: Capacity, before: readonly Step[], nowMs: number): Capacity {
  if (capacity.refusals.length === 0) return capacity;
  const held = fromNow(before, nowMs);
  const steps = laidOver(
    capacity.steps,
    held.length === 0 && Number.isFinite(capacity.fallbackW) ? [{ fromMs: nowMs, value: capacity.fallbackW }] : held,
    lower,
  );
  return { ...capacity, steps };
}
