// The bar on top: name, pages, how live the page is, language.
// What the pages are is pages/index.ts.
import { useEffect, useRef } from 'preact/hooks';
import type { FeedState } from '../feed/follow-feed.js';
import type { Store } from '../model/store.js';
import { PAGES } from '../pages/index.js';
import { useLanguageChoice, useWords } from '../words/language.js';
import { LANGUAGES, type Language, type MessageKey } from '../words/messages.js';
import { addressOf, type Route } from './router.js';
import { useStore } from './use-store.js';

const PILL: Record<Exclude<FeedState['kind'], 'Refused'>, MessageKey> = {
  Connecting: 'feed.connecting',
  Live: 'feed.live',
  Reconnecting: 'feed.reconnecting',
  Offline: 'feed.offline',
};

export function Header({ route, feed, onLeave }: { route: Route; feed: Store<FeedState> | null; onLeave: (() => void) | null }) {
  const { t, language } = useWords();
  const choose = useLanguageChoice();
  const pages = useRef<HTMLElement>(null);
  // On a narrow screen the pages are a strip: the one that is shown is in sight.
  useEffect(() => {
    const [strip, current] = [pages.current, pages.current?.querySelector<HTMLElement>('[aria-current]')];
    if (strip && current) strip.scrollLeft = current.offsetLeft - strip.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;
  }, [route.page, language]);
  return (
    <header class="bar">
      <a class="brand" href={addressOf('')}>
        <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
          <rect width="32" height="32" rx="9" class="brand-plate" />
          <path d="M18.2 5 8.5 18.2h6.3L13.4 27l10-13.6h-6.6z" class="brand-bolt" />
        </svg>
        <span>{t('app.title')}</span>
      </a>
      <nav ref={pages} aria-label={t('nav.label')}>
        {PAGES.map(({ name, title }) => (
          <a key={name} href={addressOf(name)} aria-current={route.page === name ? 'page' : undefined}>
            {t(title)}
          </a>
        ))}
      </nav>
      <div class="bar-end">
        {feed !== null && <FeedPill feed={feed} />}
        <select aria-label={t('app.language')} value={language} onChange={(event) => choose(event.currentTarget.value as Language)}>
          {LANGUAGES.map((each) => (
            <option key={each} value={each}>
              {each.toUpperCase()}
            </option>
          ))}
        </select>
        {onLeave !== null && (
          <button type="button" class="quiet" onClick={onLeave}>
            {t('app.signOut')}
          </button>
        )}
      </div>
    </header>
  );
}

function FeedPill({ feed }: { feed: Store<FeedState> }) {
  const { t } = useWords();
  const { kind } = useStore(feed);
  if (kind === 'Refused') return null;
  return (
    <span class={`pill pill-${kind.toLowerCase()}`} role="status">
      <span class="pulse" aria-hidden="true" />
      {t(PILL[kind])}
    </span>
  );
}
