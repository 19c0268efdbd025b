// What a page shows while it has nothing to show: it is being read, or it could not be.
// An empty network is neither: that is pages/connect.
import { useWords } from '../words/language.js';

export function Loading() {
  const { t } = useWords();
  return (
    <div class="skeleton" role="status">
      <span class="visually-hidden">{t('state.loading')}</span>
      <div class="card bone-strip" />
      <div class="card bone-panel" />
      <div class="card bone-panel" />
    </div>
  );
}

export function Unreadable({ reason, onRetry }: { reason: string; onRetry: () => void }) {
  const { t } = useWords();
  return (
    <section class="card notice" role="alert">
      <h1>{t('state.error')}</h1>
      <p>{t('state.errorHint')}</p>
      <p class="muted">{t('feed.reason', { reason })}</p>
      <button type="button" class="primary" onClick={onRetry}>
        {t('feed.retry')}
      </button>
    </section>
  );
}
