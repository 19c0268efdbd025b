// Time and chance as the system gives them.
// Virtual ones belong to the simulation.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock, Ids, Random } from '#ports';

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export const systemIds: Ids = { next: () => randomUUID() };

/** 53 random bits from the operating system. */
export const systemRandom: Random = { next: () => Number(randomBytes(8).readBigUInt64BE() >> 11n) / 2 ** 53 };
