// Time and chance as the system gives them.
// Virtual ones belong to the simulation.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock, Ids, Random } from '#ports';

/** A timer of Node runs a longer one at once, and what is no number as well. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, Number.isNaN(delayMs) ? LONGEST_DELAY_MS : Math.min(delayMs, LONGEST_DELAY_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export const systemIds: Ids = { next: () => randomUUID() };

/** 53 random bits from the operating system: good enough to be secret, if someone leans on it. */
export const systemRandom: Random = { next: () => Number(randomBytes(8).readBigUInt64BE() >> 11n) / 2 ** 53 };
