// Says that the page shows the past, since when, and what can be done about it; and that it may not show all, while the server makes its rows anew.
// Keeping the feed open is feed/; a page that has nothing to show yet says so itself.
import type { LiveNetwork } from '../model/live-network.js';
import { useWords } from '../words/language.js';
import { useStore } from './use-store.js';

export function ConnectionBanner({ live }: { live: LiveNetwork }) {
  const { t, time } = useWords();
  const feed = useStore(live.feed);
  const lostAtMs = useStore(live.lostAtMs);
  // One failed attempt is a blink: the pill in the header shows it, a banner would only make the page jump.
  if ((feed.kind !== 'Reconnecting' && feed.kind !== 'Offline') || feed.failures < 2 || lostAtMs === null) return null;
  return (
    <div class={`banner banner-${feed.kind.toLowerCase()}`} role="alert">
      <div>
        <p>{t(feed.kind === 'Offline' ? 'feed.banner.offline' : 'feed.banner.reconnecting', { time: time(lostAtMs, undefined, true) })}</p>
        <p class="muted">{t('feed.reason', { reason: feed.reason })}</p>
      </div>
      <button type="button" onClick={live.retryNow}>
        {t('feed.retry')}
      </button>
    </div>
  );
}

export function RowsBanner({ live }: { live: LiveNetwork }) {
  const { t, plural } = useWords();
  const left = useStore(live.recordsLeft);
  if (left === 0) return null;
  return (
    <div class="banner">
      <div>
        {/* Said once; the number beside it goes down with every answer. */}
        <p role="status">{t('rows.banner')}</p>
        <p class="muted">{plural('rows.left', left)}</p>
      </div>
    </div>
  );
}
