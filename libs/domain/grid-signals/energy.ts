// What energy costs, earns and emits by the events of a grid operator, for times ahead.
// Whose bills that changes is nobody's: it is for planning.
import type { GridEvent } from './event.js';
import { stretchesOf } from './intervals.js';
import { type Bound, fromNow, type Step, timelineOf, valueAt } from './timeline.js';

export interface EnergyWindow {
  readonly fromMs: number;
  readonly toMs: number;
  /** Per kWh, in the currency of the program. */
  readonly pricePerKwh?: number;
  readonly feedInPerKwh?: number;
  readonly carbonKgPerKwh?: number;
}

/** Payload type → what it is here, and by what its numbers are multiplied in each unit they may have (OpenADR 3, enumerations). */
const KINDS = {
  PRICE: { name: 'pricePerKwh', units: { KWH: 1, MWH: 1e-3 } },
  EXPORT_PRICE: { name: 'feedInPerKwh', units: { KWH: 1, MWH: 1e-3 } },
  GHG: { name: 'carbonKgPerKwh', units: { GHG: 1e-3, 'G/KWH': 1e-3, 'KG/KWH': 1 } },
} as const;
type Kind = keyof typeof KINDS;
export const ENERGY_PAYLOADS: ReadonlySet<string> = new Set(Object.keys(KINDS));

/** In order of time, none over another; times of which nothing is said are left out, and so is what has another unit. Of equal priority the higher price counts. */
export function energyOf(events: readonly GridEvent[], nowMs: number, untilMs: number): readonly EnergyWindow[] {
  const lines = (Object.keys(KINDS) as Kind[]).map((kind) => ({ name: KINDS[kind].name, steps: lineOf(kind, events, nowMs, untilMs) }));
  const times = [...new Set(lines.flatMap(({ steps }) => steps.map(({ fromMs }) => fromMs)))].sort((a, b) => a - b);
  return times.flatMap((fromMs, index) => {
    const toMs = Math.min(untilMs, times[index + 1] ?? untilMs);
    const said = lines.flatMap(({ name, steps }) => {
      const value = valueAt(steps, fromMs);
      return value === undefined ? [] : [[name, value] as const];
    });
    return said.length === 0 || toMs <= fromMs ? [] : [{ fromMs, toMs, ...Object.fromEntries(said) }];
  });
}

function lineOf(kind: Kind, events: readonly GridEvent[], nowMs: number, untilMs: number): readonly Step[] {
  const units: Readonly<Record<string, number>> = KINDS[kind].units;
  const sign = kind === 'EXPORT_PRICE' ? 1 : -1;
  const bounds = events.flatMap((event): readonly Bound[] => {
    const factor = units[event.payloadDescriptors.find(({ payloadType }) => payloadType === kind)?.units?.toUpperCase() ?? ''];
    const read = stretchesOf(event, nowMs, untilMs);
    if (factor === undefined || 'path' in read) return [];
    return read.flatMap(({ type, value, fromMs, toMs }) =>
      type === kind && typeof value === 'number' ? [{ fromMs, toMs, value: sign * value * factor, priority: event.priority }] : [],
    );
  });
  // The lowest of equals holds in a timeline; the dear one is the careful one.
  const steps = timelineOf(bounds).map(({ fromMs, value }) => ({ fromMs, ...(value !== undefined && { value: sign * value }) }));
  return fromNow(steps, nowMs);
}
