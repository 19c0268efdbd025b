// Whether it is the plan that keeps a car from more, and why: the other half of the reason of a limit, beside the full node.

import { type Claim, STEP_MA } from '../claim.js';
import { firstFull } from '../load.js';
import type { Split } from '../split.js';

/** `cheaperHour`: there is room, and using it now would cost more · `laterDeparture`: others who leave sooner have it · `needMet`: it has what it asked for. */
export type HeldBy = 'cheaperHour' | 'laterDeparture' | 'needMet';

/** `planned` as given, `fair` as it would have been: undefined where a car has no less. `column` = the full one, −1 where there is room. */
export function heldBack(
  capacity: Float64Array,
  { claim, isMet }: { readonly claim: Claim; readonly isMet: boolean },
  planned: { readonly limitMa: number; readonly load: Split['load'] },
  fairMa: number,
): { readonly by: HeldBy; readonly column: number } | undefined {
  const { limitMa, load } = planned;
  if (limitMa > fairMa - STEP_MA) return undefined;
  if (isMet) return { by: 'needMet', column: -1 };
  const column = firstFull(load, capacity, claim.route, limitMa === 0 ? claim.minMa : STEP_MA);
  return { by: column < 0 ? 'cheaperHour' : 'laterDeparture', column };
}
