// Lets a component follow a store, and the clock.
// The stores themselves are model/.
import { useEffect, useState } from 'preact/hooks';
import type { Store } from '../model/store.js';

export function useStore<T>(store: Store<T>): T {
  const [value, setValue] = useState(store.get());
  useEffect(() => {
    const heard = () => setValue(() => store.get());
    heard();
    return store.subscribe(heard);
  }, [store]);
  return value;
}

/** `read()` again every `everyMs` while the page is visible; null: time stands still. */
export function useTick(read: () => number, everyMs: number | null = 1_000): number {
  const [value, setValue] = useState(read);
  useEffect(() => {
    if (everyMs === null) return undefined;
    const tick = () => {
      if (!document.hidden) setValue(read);
    };
    tick();
    const timer = setInterval(tick, everyMs);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [read, everyMs]);
  return value;
}
