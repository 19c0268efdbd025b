// Long computations beside others in one process: after some milliseconds everybody else has a turn, edges that answer stations first of all.
import { setImmediate as loopTurn } from 'node:timers/promises';
import type { Clock } from '#ports';
import { arrivals } from './arrivals.js';

/** Longer than a small batch takes, short beside what a station notices [ms]. */
const TURN_MS = 10;
/**
 * The others go on until a turn of the event loop finds next to nothing to do [ms], and no longer than a computation can wait [ms]: a listening socket
 * takes one connection in each turn of the loop, so that a crowd that comes back needs many turns and little time. While it does, computations have
 * next to none: whoever waits too long outside gives up and comes again, which costs more than it would have taken to let it in.
 */
const NOTHING_TO_DO_MS = 0.2;
const OTHERS_MS = 30;
const CROWD_MS = 200;

/** One computation after the other: of several at once each would take its milliseconds between two turns of everybody else. */
let queue = Promise.resolve();
/** What computations have taken since others had a turn [ms]. */
let takenMs = 0;

async function letOthers(): Promise<void> {
  const began = performance.now();
  for (let before = began, now = began; ; before = now) {
    await loopTurn();
    now = performance.now();
    if (now - before < NOTHING_TO_DO_MS || now - began >= (arrivals.isCrowd ? CROWD_MS : OTHERS_MS)) break;
  }
  takenMs = 0;
}

function othersTurn(): Promise<void> {
  queue = queue.then(letOthers);
  return queue;
}

/** Runs `work`, which is short and has no steps: it counts for when others have their next turn. */
export function counted<Result>(clock: Pick<Clock, 'now'>, work: () => Result): Result {
  const sinceMs = clock.now();
  const result = work();
  takenMs += clock.now() - sinceMs;
  return result;
}

/** Runs `steps` to their end. Where time stands still while one computes, as in the simulation, without a pause. */
export async function inTurns<Result>(clock: Pick<Clock, 'now'>, steps: Generator<undefined, Result>): Promise<Result> {
  if (takenMs >= TURN_MS) await othersTurn();
  for (let sinceMs = clock.now(), step = steps.next(); ; step = steps.next()) {
    const nowMs = clock.now();
    takenMs += nowMs - sinceMs;
    sinceMs = nowMs;
    if (step.done === true) return step.value;
    if (takenMs < TURN_MS) continue;
    await othersTurn();
    sinceMs = clock.now();
  }
}
