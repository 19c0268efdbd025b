// How fast sockets were closed, as heard here. How fast they may be is the suites' business.
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Counted over some seconds, since our own ears may be late by one, and by as much as this process was. */
const WINDOW_S = 5;

/** Listens from now on; what it gives makes of the times [ms] of what was closed how many were in a second, in the worst few of them. */
export function closingsPerS(): (closedAt: readonly number[]) => number {
  const delay = monitorEventLoopDelay();
  delay.enable();
  return (closedAt) => {
    delay.disable();
    const most = Math.max(0, ...closedAt.map((at) => closedAt.filter((other) => other >= at && other < at + WINDOW_S * 1000).length));
    return most / (WINDOW_S + 1 + delay.max / 1e9);
  };
}
