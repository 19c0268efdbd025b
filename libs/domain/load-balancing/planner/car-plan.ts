// What a plan wants for one car, for as long as the plan holds.
// Targets only: whether the network has room for them is looked at when they are used.
import type { Target } from './split-as-planned.js';

export interface CarPlan {
  /** In order of time; before the first one the plan says nothing. */
  readonly steps: readonly { readonly fromMs: number; readonly wantMa: number }[];
  /** From then on it is too old to be used. */
  readonly untilMs: number;
  /** More than planned costs money. */
  readonly isCapped: boolean;
  /** Of more than planned, the share it could not have later just as well, 0 … 1; absent = unknown. */
  readonly worth?: number;
  /** It has what it asked for. */
  readonly isMet: boolean;
}

export function targetAt({ steps, untilMs, isCapped, worth }: CarPlan, t: number, keep: boolean): Target | undefined {
  const step = t < untilMs ? steps.findLast(({ fromMs }) => fromMs <= t) : undefined;
  // What levels and rounding keep back is planned for again from what was delivered.
  return step && { wantMa: step.wantMa, keep, isCapped, ...(worth !== undefined && { worth }) };
}

/** When it wants something else. */
export const planChanges = ({ steps, untilMs }: CarPlan): readonly number[] => [...steps.map(({ fromMs }) => fromMs), untilMs];
