// A text to paste elsewhere, with a button that copies it.
// What the text says is its owner's.
import { useEffect, useState } from 'preact/hooks';
import { useWords } from '../../words/language.js';

type Outcome = 'copied' | 'copyFailed' | null;

export function CopyBlock({ text }: { text: string }) {
  const { t } = useWords();
  const [outcome, setOutcome] = useState<Outcome>(null);
  useEffect(() => {
    if (outcome === null) return undefined;
    const timer = setTimeout(() => setOutcome(null), 2_500);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => {
    try {
      // Absent on plain http from another machine.
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
    } catch (error) {
      console.warn('Copying was not allowed', error);
      setOutcome('copyFailed');
    }
  };
  return (
    <div class="copy">
      <pre>
        <code>{text}</code>
      </pre>
      <button type="button" onClick={copy} aria-live="polite">
        {t(outcome === null ? 'first.copy' : `first.${outcome}`)}
      </button>
    </div>
  );
}
