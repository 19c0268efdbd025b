// Lets a component show what is read from the api, and read it again every so often.
// What has a feed of its own is model/.
import { useEffect, useState } from 'preact/hooks';

/** `of`: what is read is another thing when one of these changes. What was read before stays, with the reason why it is old. */
export function useRead<T>(look: () => Promise<T>, everyMs: number, of: readonly unknown[]) {
  const [state, setState] = useState<{ readonly told: T | null; readonly problem: string | null }>({ told: null, problem: null });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isShown = true;
    setState({ told: null, problem: null });
    const read = async () => {
      try {
        const told = await look();
        if (isShown) setState({ told, problem: null });
      } catch (error) {
        if (isShown) setState((before) => ({ ...before, problem: error instanceof Error ? error.message : String(error) }));
      }
    };
    void read();
    const timer = setInterval(() => void read(), everyMs);
    return () => {
      isShown = false;
      clearInterval(timer);
    };
  }, [...of, everyMs, round]);
  return { ...state, readAgain: () => setRound((before) => before + 1) };
}
