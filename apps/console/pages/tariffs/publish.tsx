// Publishes the prices that were tried: asked for twice, since drivers pay by them from then on.
import { useState } from 'preact/hooks';
import type { Row } from '../../api/loose-json.js';
import { type ListedTariff, publishTariff } from '../../api/tariff-shapes.js';
import { useSending } from '../../ui/use-sending.js';
import { useStore } from '../../ui/use-store.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';

interface Props extends Pick<PageProps, 'live'> {
  readonly tariff: ListedTariff;
  readonly changed: Row;
  readonly onPublished: () => void;
}

export function Publish({ live, tariff, changed, onPublished }: Props) {
  const { t } = useWords();
  const { sites } = useStore(live.network);
  const [isSure, setSure] = useState(false);
  const { isBusy, problem, send } = useSending();
  const where = tariff.sites.map((siteId) => sites.get(siteId)?.name ?? siteId).join(', ');
  const publish = send(async () => {
    await publishTariff(live.ask, tariff, changed, live.nowMs());
    onPublished();
  });
  if (!isSure)
    return (
      <button type="button" onClick={() => setSure(true)}>
        {t('publish.ask')}
      </button>
    );
  return (
    <fieldset class="hint" aria-label={t('publish.ask')}>
      <p>{where === '' ? t('publish.nowhere') : t('publish.means', { sites: where })}</p>
      <p>
        <button type="button" class="primary" disabled={isBusy} onClick={publish}>
          {t('publish.do')}
        </button>{' '}
        <button type="button" class="quiet" onClick={() => setSure(false)}>
          {t('publish.not')}
        </button>
      </p>
      {problem !== null && (
        <p class="problem" role="alert">
          {t('publish.failed', { reason: problem })}
        </p>
      )}
    </fieldset>
  );
}
