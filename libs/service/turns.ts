// Long computations beside others in one process: after some milliseconds everybody else has a turn, edges that answer stations first of all.
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Clock } from '#ports';

/** Longer than a small batch takes, short beside what a station notices [ms]. */
const TURN_MS = 10;

/** Runs `steps` to their end. Where time stands still while one computes, as in the simulation, without a pause. */
export async function inTurns<Result>(clock: Pick<Clock, 'now'>, steps: Generator<undefined, Result>): Promise<Result> {
  for (let sinceMs = clock.now(), step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value;
    if (clock.now() - sinceMs < TURN_MS) continue;
    await othersTurn();
    sinceMs = clock.now();
  }
}
