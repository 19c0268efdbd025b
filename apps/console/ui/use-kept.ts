// What somebody chose on a page, kept with its entry in the history: it is there again after a reload and on the way back.
// What others should see by the same link is in the address.
import { useState } from 'preact/hooks';

export function useKept(name: string): readonly [value: string, keep: (value: string) => void] {
  const [value, setValue] = useState(() => heldBy(history.state)[name] ?? '');
  const keep = (next: string) => {
    history.replaceState({ ...heldBy(history.state), [name]: next }, '');
    setValue(next);
  };
  return [value, keep];
}

const heldBy = (state: unknown): Readonly<Record<string, string>> =>
  typeof state === 'object' && state !== null ? (state as Readonly<Record<string, string>>) : {};
