// What a month was first reported as, and how that changed with what came later. Nothing is overwritten: every figure is that of a moment,
// and can be computed again from what was known then.
import { type Declaration, declaredOf } from './declarations.js';
import { type Classification, exclusionsOf } from './exclusions.js';
import { knownBy, type PortFact } from './facts.js';
import type { RuleSet } from './rules.js';
import type { Span } from './spans.js';
import { type Port, type Segment, timelineOf } from './timeline.js';
import { type Amounts, type Uptime, uptime } from './uptime.js';

export interface PortHistory {
  readonly facts: readonly PortFact[];
  readonly classifications: readonly Classification[];
  readonly declarations?: readonly Declaration[];
  readonly closed?: readonly Span[];
}

/** The last timeline of a port: its months and quarters are asked for one after the other. */
const timelines = new WeakMap<PortHistory, { readonly name: string; readonly timeline: readonly Segment[] }>();

function timelineKnownAt(history: PortHistory, port: Port, knownMs: number): readonly Segment[] {
  const name = `${port.evseId}/${port.connectors}/${knownMs}`;
  const last = timelines.get(history);
  if (last?.name === name) return last.timeline;
  const { facts, declarations = [] } = history;
  const timeline = timelineOf(knownBy(facts, knownMs), port, knownMs, declaredOf(knownBy(declarations, knownMs), knownMs));
  timelines.set(history, { name, timeline });
  return timeline;
}

/** By what was known at an instant; nothing after it is counted. */
export function uptimeKnownAt(history: PortHistory, port: Port, { fromMs, toMs }: Span, rules: RuleSet, knownMs: number): Uptime {
  const { classifications, closed = [] } = history;
  const timeline = timelineKnownAt(history, port, knownMs);
  const exclusions = exclusionsOf(knownBy(classifications, knownMs));
  return uptime({ fromMs, toMs, timeline, exclusions, closed, rules });
}

/** A window counts as reported this long after its end: what is under way at midnight has arrived by then. */
export const SETTLING_MS = 24 * 3_600_000;

/** From when on it counts: a silence, once it lasted for longer than it may, which no record tells. */
const countsFromMs = (told: PortFact | Classification | Declaration): number =>
  'kind' in told && told.kind === 'offline' ? Math.max(told.receivedMs, told.atMs + told.graceMs + 1) : told.receivedMs;

export interface Correction {
  /** When it came to be known. */
  readonly knownMs: number;
  /** Ids of the records that came then. */
  readonly because: readonly string[];
  readonly before: Amounts;
  readonly after: Amounts;
}

/** Every change of the figure after it was first reported, up to `knownMs`, in order. */
export function correctionsOf(history: PortHistory, port: Port, window: Span, rules: RuleSet, knownMs: number): readonly Correction[] {
  const reportedMs = window.toMs + SETTLING_MS;
  // What people say of later may take the place of what they said of then.
  const late = [...history.facts, ...history.classifications, ...(history.declarations ?? [])].filter(
    (each) => countsFromMs(each) > reportedMs && countsFromMs(each) <= knownMs && !('atMs' in each && each.atMs >= window.toMs),
  );
  const arrivals = Map.groupBy(late, countsFromMs);
  let before = amounts(uptimeKnownAt(history, port, window, rules, reportedMs));
  return [...arrivals.keys()]
    .sort((a, b) => a - b)
    .flatMap((arrivalMs): readonly Correction[] => {
      const after = amounts(uptimeKnownAt(history, port, window, rules, arrivalMs));
      const because = (arrivals.get(arrivalMs) ?? []).map(({ eventId }) => eventId);
      const correction = { knownMs: arrivalMs, because, before, after };
      if (JSON.stringify(before) === JSON.stringify(after)) return [];
      before = after;
      return [correction];
    });
}

const amounts = ({ inServiceMs, outageMs, excludedMs, divisorMs }: Uptime): Amounts => ({ inServiceMs, outageMs, excludedMs, divisorMs });
