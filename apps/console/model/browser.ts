// The browser as the live network sees it: pauses that end early, and whether anyone is looking.
// When to pause is feed/follow-feed.ts.
import type { Browser } from './live-network.js';

/** Listens to the window until `lifetime` aborts. */
export function thisBrowser(lifetime: AbortSignal): Browser {
  let end: (() => void) | null = null;
  const wake = () => end?.();
  const shown = () => {
    if (!document.hidden) wake();
  };
  window.addEventListener('online', wake, { signal: lifetime });
  document.addEventListener('visibilitychange', shown, { signal: lifetime });
  return {
    wake,
    hidden: () => document.hidden,
    report: (what, error) => console.warn(what, error),
    pause: (ms, signal) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          end = null;
          resolve();
        };
        const timer = setTimeout(done, ms);
        end = done;
        signal.addEventListener('abort', done, { once: true });
      }),
  };
}
