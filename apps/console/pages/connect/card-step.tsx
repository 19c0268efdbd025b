// A card that may charge.
import { useState } from 'preact/hooks';
import type { LiveNetwork } from '../../model/live-network.js';
import { useSending } from '../../ui/use-sending.js';
import { useWords } from '../../words/language.js';
import { Problem } from './problem.js';

export function CardStep({ live }: { readonly live: LiveNetwork }) {
  const { t } = useWords();
  const [card, setCard] = useState('');
  const [allowed, setAllowed] = useState<string | null>(null);
  const { isBusy, problem, send } = useSending();
  const allow = send(async () => {
    const idToken = card.trim();
    await live.ask.put(`/v1/tokens/ISO14443/${encodeURIComponent(idToken)}`, { status: 'Accepted' });
    setAllowed(idToken);
    setCard('');
  });
  return (
    <form class="simulator" onSubmit={allow}>
      <label>
        {t('first.card')}
        <input
          required
          maxLength={36}
          spellcheck={false}
          placeholder="04A1B2C3"
          autocomplete="off"
          value={card}
          onInput={(event) => setCard(event.currentTarget.value)}
        />
      </label>
      <p class="simulator-end">
        <button type="submit" disabled={isBusy}>
          {t('first.allow')}
        </button>{' '}
        {allowed !== null && <span role="status">✓ {t('first.allowed', { card: allowed })}</span>}
      </p>
      <Problem text={problem} />
    </form>
  );
}
