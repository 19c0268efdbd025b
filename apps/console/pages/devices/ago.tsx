// How long ago something was, by the server's clock; a dash where nobody knows.
import { useTick } from '../../ui/use-store.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';

export function Ago({ atMs, live }: Pick<PageProps, 'live'> & { atMs: number | null }) {
  const { age } = useWords();
  const nowMs = useTick(live.nowMs);
  return atMs === null ? <>–</> : <time dateTime={new Date(atMs).toISOString()}>{age(nowMs - atMs)}</time>;
}
