// Makes a webhook; its secret is shown once.
import { useState } from 'preact/hooks';
import { makeWebhook } from '../../api/partner-shapes.js';
import type { LiveNetwork } from '../../model/live-network.js';
import { useSending } from '../../ui/use-sending.js';
import { useWords } from '../../words/language.js';
import { CopyBlock } from '../connect/copy-block.js';
import { KindsChoice, kindsIn } from './kinds-choice.js';

export function NewWebhook({ live, onMade }: { live: LiveNetwork; onMade: () => void }) {
  const { t } = useWords();
  const [secret, setSecret] = useState<string | null>(null);
  const { isBusy, problem, send } = useSending();
  const make = async (form: HTMLFormElement) => {
    const data = new FormData(form);
    setSecret(await makeWebhook(live.ask, String(data.get('url') ?? '').trim(), kindsIn(data)));
    form.reset();
    onMade();
  };
  return (
    <section class="card" aria-labelledby="new-webhook">
      <h2 id="new-webhook">{t('partners.new')}</h2>
      <p class="muted">{t('partners.newText')}</p>
      <form class="simulator" onSubmit={(event) => send(() => make(event.currentTarget))(event)}>
        <label>
          {t('partners.address')}
          <input name="url" type="text" inputMode="url" required placeholder="https://partner.example/hook" autocomplete="off" />
        </label>
        <KindsChoice chosen={(kind) => kind.startsWith('alert.')} />
        <p class="simulator-end">
          <button type="submit" class="primary" disabled={isBusy}>
            {t('partners.make')}
          </button>
        </p>
      </form>
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {secret !== null && (
        <div role="status">
          <p>{t('partners.secret')}</p>
          <CopyBlock text={secret} />
        </div>
      )}
    </section>
  );
}
