// Lets a component show what is read from the api, and read it again every so often.
// What has a feed of its own is model/.
import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';

/** Whether what the api answers is all there is; what was read before it was is read again. */
export const Whole = createContext(true);

/** What could not be read is tried again as soon. */
const AFTER_FAILURE_MS = 15_000;

/** `of`: what is read is another thing when one of these changes. What was read before stays, with the reason why it is old. */
export function useRead<T>(look: () => Promise<T>, everyMs: number, of: readonly unknown[]) {
  const [state, setState] = useState<{ readonly told: T | null; readonly problem: string | null }>({ told: null, problem: null });
  const [round, setRound] = useState(0);
  const isWhole = useContext(Whole);
  useEffect(() => setState({ told: null, problem: null }), of);
  useEffect(() => {
    let isShown = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      let pauseMs = everyMs;
      try {
        const told = await look();
        if (isShown) setState({ told, problem: null });
      } catch (error) {
        pauseMs = Math.min(everyMs, AFTER_FAILURE_MS);
        if (isShown) setState((before) => ({ ...before, problem: error instanceof Error ? error.message : String(error) }));
      }
      if (isShown) timer = setTimeout(() => void read(), pauseMs);
    };
    void read();
    return () => {
      isShown = false;
      clearTimeout(timer);
    };
  }, [...of, everyMs, round, isWhole]);
  /** What is shown stays until there is something newer; a page that could not be read shows that it is being read. */
  const readAgain = () => {
    setState((before) => (before.told === null ? { told: null, problem: null } : before));
    setRound((before) => before + 1);
  };
  return { ...state, readAgain };
}
