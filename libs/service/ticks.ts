// One timer for all services of a process. Each looks ten times a second whether something of its own is due: the looks cost little, a timer for each as much again.
import type { Cancel, Clock } from '#ports';

const TICK_MS = 100;
const looking = new WeakMap<Clock, Set<() => void>>();

/** Calls `look`, which never throws, ten times a second until it is cancelled. */
export function everyTick(clock: Clock, look: () => void): Cancel {
  const looks = looking.get(clock) ?? begin(clock);
  looks.add(look);
  return () => void looks.delete(look);
}

function begin(clock: Clock): Set<() => void> {
  const looks = new Set<() => void>();
  const tick = (): void => {
    for (const look of looks) look();
    if (looks.size > 0) clock.after(TICK_MS, tick);
    else looking.delete(clock);
  };
  looking.set(clock, looks);
  clock.after(TICK_MS, tick);
  return looks;
}
