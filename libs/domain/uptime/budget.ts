// What a rule set lets a port be down within its window: how much of it is spent, since when that much is, and whether it goes on being spent.
// Who is told of it is the api's.
import type { RuleSet } from './rules.js';
import { difference, measure } from './spans.js';
import type { Amounts, Uptime } from './uptime.js';

/** Rounded down; a rule set that demands more than its target is missed once all of it is spent. */
export const allowedMs = ({ divisorMs }: Pick<Amounts, 'divisorMs'>, { target }: Pick<RuleSet, 'target'>): number =>
  Math.floor((divisorMs * (10_000 - target.basisPoints)) / 10_000);

/** When so much had been spent [ms since 1970]; null: it has not. For rule sets that count every hour of the day. */
export function spentAtMs({ outages }: Pick<Uptime, 'outages'>, amountMs: number): number | null {
  let leftMs = amountMs;
  for (const span of outages.flatMap((outage) => difference([outage], outage.excluded))) {
    const lengthMs = measure([span]);
    if (lengthMs >= leftMs) return span.fromMs + leftMs;
    leftMs -= lengthMs;
  }
  return null;
}

/** Since when it is down and that counts [ms since 1970]; null: it is up, or what goes on is taken off. */
export function downSinceMs({ outages }: Pick<Uptime, 'outages'>): number | null {
  const last = outages.at(-1);
  if (last === undefined || last.endedMs !== undefined) return null;
  return difference([last], last.excluded).at(-1)?.toMs === last.toMs ? last.startedMs : null;
}
