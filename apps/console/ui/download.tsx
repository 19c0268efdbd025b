// A button that fetches a file of the api, with the key of the page, and hands it to the browser to keep.
import { useState } from 'preact/hooks';
import type { Ask } from '../api/http-api.js';
import { useWords } from '../words/language.js';

interface Props {
  readonly ask: Ask;
  readonly path: string;
  readonly name: string;
  readonly children: string;
}

export function Download({ ask, path, name, children }: Props) {
  const { t } = useWords();
  const [problem, setProblem] = useState<string | null>(null);
  const fetchIt = async () => {
    setProblem(null);
    try {
      const address = URL.createObjectURL(await ask.file(path));
      Object.assign(document.createElement('a'), { href: address, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch (error) {
      setProblem(t('feed.reason', { reason: error instanceof Error ? error.message : String(error) }));
    }
  };
  return (
    <>
      <button type="button" class="quiet" aria-label={`${children} ${name}`} onClick={() => void fetchIt()}>
        {children}
      </button>
      {problem !== null && (
        <span class="problem second" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}
