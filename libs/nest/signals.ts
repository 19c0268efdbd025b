// That a process is told to end, from its first moment on: whoever is still starting hears of it once he is through.
// What ending takes is the caller's.

/** Where signals come from; `process` is one. */
interface Signalled {
  on(signal: 'SIGTERM' | 'SIGINT', heard: (signal: string) => void): unknown;
}

/** Resolves with the first signal. A terminal tells us and whoever started us, who tells us again: one without a handler would cut the draining off. */
export function firstSignal(of: Signalled): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) of.on(signal, resolve);
  return promise;
}
