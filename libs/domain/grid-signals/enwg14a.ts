// Dimming of controllable devices by a German grid operator (§14a EnWG, BNetzA BK6-22-300): what it has to leave to them, and what holds when its control box falls silent.
// How the signal arrives, and what stations get of it, is others'.
import type { Step } from './timeline.js';

/** What each device may always draw (BK6-22-300, annex 1, 4.5.1) [W]. */
const DEVICE_W = 4_200;
/** By number of devices behind one energy management (4.5.2): from nine on the last one. */
const SIMULTANEITY = [0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45] as const;
/** After silence the fail-safe limit stays that long where nothing new is commanded [ms] (EEBUS LPC). */
export const FAIL_SAFE_AFTER_SILENCE_MS = 120_000;

export interface DimmedDevices {
  /** Charging points of more than 4.2 kW, and storages: each counts once. */
  readonly count: number;
  /** Dimmed one by one, or all of them behind an energy management, which may share it out. */
  readonly control: 'direct' | 'management';
}

/** What dimming has to leave to all of them together (Pmin,14a) [W]. */
export function guaranteedW({ count, control }: DimmedDevices): number {
  if (control === 'direct' || count < 2) return count * DEVICE_W;
  const factor = SIMULTANEITY[Math.min(count, 9) - 2] ?? 1;
  return Math.round(DEVICE_W + (count - 1) * factor * DEVICE_W);
}

/** What was commanded last; without a limit it is lifted. */
export interface Dimming {
  readonly limitW?: number;
  readonly untilMs?: number;
}
/** What holds from `nowMs` on, no less than is guaranteed; before `failSafeUntilMs` the fail-safe limit does. */
export function dimmed(
  { limitW, untilMs }: Dimming,
  floorW: number,
  failSafeW: number,
  nowMs: number,
  failSafeUntilMs = nowMs,
): { readonly steps: readonly Step[]; readonly fallbackW: number } {
  const fallbackW = Math.max(failSafeW, floorW);
  const fromMs = Math.max(nowMs, failSafeUntilMs);
  const isOver = limitW === undefined || (untilMs !== undefined && untilMs <= fromMs);
  const commanded: readonly Step[] = isOver ? [{ fromMs }] : [{ fromMs, value: Math.max(limitW, floorW) }];
  const end = isOver || untilMs === undefined ? [] : [{ fromMs: untilMs }];
  return { steps: [...(fromMs > nowMs ? [{ fromMs: nowMs, value: fallbackW }] : []), ...commanded, ...end], fallbackW };
}
