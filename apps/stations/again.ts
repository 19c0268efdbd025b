// What did not arrive at a station that stays connected is tried again a while later; at one that was away, when it is back.
// What there is to try is the business of each part that does (`triesAgain`).
import { didNotArrive, type Heard } from './heard.js';
import type { Station } from './station.js';

/** The deadline, and in place of a part whose it is. */
export const AGAIN = 'again';
/** A station may be busy for minutes, and one that never answers must not be asked all the time. */
const AGAIN_MS = 15 * 60_000;

export const isAgain = (heard: Heard): boolean => heard.kind === 'due' && heard.part === AGAIN;

/** When to try again [ms since 1970]; undefined where nothing waits for it. `requesters`: whose commands are tried again. */
export function evolveAgain(
  againMs: number | undefined,
  heard: Heard,
  { isOnline }: Station,
  requesters: ReadonlySet<string>,
): number | undefined {
  if (!isOnline || isAgain(heard) || heard.input.type === 'StationConnected') return undefined;
  const isLost = heard.kind === 'outcome' && didNotArrive(heard) && requesters.has(heard.command.requestedBy);
  return isLost ? (againMs ?? heard.nowMs + AGAIN_MS) : againMs;
}
