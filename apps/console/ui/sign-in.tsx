// Asks for the API key when the server wants one and this tab has none that works, or leads to where people sign in.
// Where the key is kept is session-key.ts.
import { useEffect, useRef, useState } from 'preact/hooks';
import { useWords } from '../words/language.js';

/** `refused`: with which status the last key was turned down; null when none was tried. */
interface Props {
  readonly refused: number | null;
  /** Where people sign in; null where there is only a key. */
  readonly signIn: string | null;
  readonly onKey: (key: string) => void;
}

export function SignIn({ refused, signIn, onKey }: Props) {
  const { t } = useWords();
  const [key, setKey] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const problem = refused === null ? null : t(refused === 403 ? 'signIn.forbidden' : 'signIn.wrong');
  return (
    <form
      class="card sign-in"
      onSubmit={(event) => {
        event.preventDefault();
        if (key.trim() !== '') onKey(key.trim());
      }}
    >
      <h1>{t('signIn.title')}</h1>
      {signIn !== null && (
        <p>
          <a href={signIn}>{t('signIn.provider')}</a>
        </p>
      )}
      <p>{t(signIn === null ? 'signIn.text' : 'signIn.orKey')}</p>
      <label for="api-key">{t('signIn.label')}</label>
      <input
        id="api-key"
        ref={field}
        type="password"
        autocomplete="off"
        spellcheck={false}
        value={key}
        aria-invalid={problem !== null}
        aria-describedby="api-key-note"
        onInput={(event) => setKey(event.currentTarget.value)}
      />
      <p id="api-key-note" class={problem === null ? 'muted' : 'problem'} role={problem === null ? undefined : 'alert'}>
        {problem ?? t('signIn.kept')}
      </p>
      <button type="submit" class="primary" disabled={key.trim() === ''}>
        {t('signIn.submit')}
      </button>
    </form>
  );
}
