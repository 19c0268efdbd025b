// A form that sends one thing: what went wrong is told beside it, and nothing is sent twice at once.
import { useState } from 'preact/hooks';

export function useSending() {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const send = (work: () => Promise<void>) => (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    void work()
      .catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)))
      .finally(() => setBusy(false));
  };
  return { isBusy, problem, send };
}
