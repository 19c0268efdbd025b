// The frame around every page: who may see it, the header, the page that belongs to the address.
// States: Starting -> Connected <-> SigningIn. Pages are listed in pages/index.ts and draw themselves.
import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { httpApi } from './api/http-api.js';
import { type Offer, readOffer, signOut } from './api/offer.js';
import { thisBrowser } from './model/browser.js';
import { type LiveNetwork, liveNetwork } from './model/live-network.js';
import { PAGES } from './pages/index.js';
import { Acting } from './ui/acting.js';
import { ConnectionBanner, RowsBanner } from './ui/connection-banner.js';
import { Header } from './ui/header.js';
import { addressOf, useRoute } from './ui/router.js';
import { currentCsrfToken, currentKey, isTyped, keepCsrfToken, keepKey } from './ui/session-key.js';
import { SignIn } from './ui/sign-in.js';
import { usePage } from './ui/use-page.js';
import { Whole } from './ui/use-read.js';
import { useStore } from './ui/use-store.js';
import { Loading, Unreadable } from './ui/whole-page-states.js';
import { useWords } from './words/language.js';

type Gate =
  | { kind: 'Starting' }
  | { kind: 'Connected'; live: LiveNetwork }
  | { kind: 'SigningIn'; refused: number | null; signIn: string | null };

export function App() {
  const { gate, enter, leave } = useGate();
  const route = useRoute();
  const words = useWords();
  const page = PAGES.find(({ name }) => name === route.page);
  const { View, problem, again } = usePage(page);

  useEffect(() => {
    const title = page === undefined ? '' : `${words.t(page.title)} · `;
    document.title = `${title}${words.t('app.title')}`;
  }, [page, words]);

  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
        {words.t('app.skip')}
      </button>
      <Header
        route={route}
        feed={gate.kind === 'Connected' ? gate.live.feed : null}
        onLeave={gate.kind === 'Connected' && (isTyped() || currentCsrfToken() !== null) ? leave : null}
      />
      {gate.kind === 'Connected' && <ConnectionBanner live={gate.live} />}
      {gate.kind === 'Connected' && <RowsBanner live={gate.live} />}
      <main id="content" tabIndex={-1}>
        {gate.kind === 'Starting' && <Loading />}
        {gate.kind === 'SigningIn' && <SignIn refused={gate.refused} signIn={gate.signIn} onKey={enter} />}
        {gate.kind === 'Connected' && page === undefined && <NoSuchPage />}
        {gate.kind === 'Connected' &&
          page !== undefined &&
          (View !== null ? (
            <WhatIsRead live={gate.live}>
              <View key={page.name} live={gate.live} rest={route.rest} />
            </WhatIsRead>
          ) : problem === null ? (
            <Loading />
          ) : (
            <Unreadable reason={problem} onRetry={again} />
          ))}
      </main>
      {gate.kind === 'Connected' && <Acting live={gate.live} />}
    </>
  );
}

function WhatIsRead({ live, children }: { live: LiveNetwork; children: ComponentChildren }) {
  const left = useStore(live.recordsLeft);
  return <Whole.Provider value={left === 0}>{children}</Whole.Provider>;
}

function NoSuchPage() {
  const { t } = useWords();
  return (
    <section class="card notice">
      <h1>{t('nav.unknown')}</h1>
      <a href={addressOf('')}>{t('nav.toLive')}</a>
    </section>
  );
}

function useGate() {
  const [gate, setGate] = useState<Gate>({ kind: 'Starting' });
  const connection = useRef<AbortController | null>(null);

  const connect = useCallback(() => {
    connection.current?.abort();
    const controller = new AbortController();
    connection.current = controller;
    const refused = async (status: number) => {
      const held = currentKey();
      // A key from before the data directory was replaced: a loopback server hands out the new one.
      const offer = status === 401 ? await offered() : null;
      if (controller.signal.aborted) return;
      if (offer?.kind === 'key' && offer.key !== held) {
        keepKey(offer.key, 'offered');
        connect();
        return;
      }
      controller.abort();
      if (status === 401) keepKey(null, 'typed');
      const isKnown = held !== null || currentCsrfToken() !== null;
      keepCsrfToken(null);
      setGate({ kind: 'SigningIn', refused: isKnown ? status : null, signIn: offer?.kind === 'signIn' ? offer.address : null });
    };
    // The feed may stay open long after the key behind it was taken back: whatever is asked meanwhile tells.
    const api = httpApi(currentKey, undefined, currentCsrfToken, () => void refused(401));
    const live = liveNetwork(api, thisBrowser(controller.signal), controller.signal);
    live.feed.subscribe(() => {
      const state = live.feed.get();
      if (state.kind === 'Refused') void refused(state.status);
    });
    setGate({ kind: 'Connected', live });
  }, []);

  useEffect(() => {
    const start = async () => {
      if (currentKey() === null) {
        const offer = await offered();
        if (offer?.kind === 'key') keepKey(offer.key, 'offered');
        if (offer?.kind === 'session') keepCsrfToken(offer.csrfToken);
      }
      connect();
    };
    void start();
    return () => connection.current?.abort();
  }, [connect]);

  const enter = (key: string) => {
    keepKey(key, 'typed');
    connect();
  };
  const leave = () => {
    const session = currentCsrfToken();
    keepKey(null, 'typed');
    keepCsrfToken(null);
    connection.current?.abort();
    const ended =
      session === null ? Promise.resolve() : signOut(session).catch((error: unknown) => console.warn('Signing out failed', error));
    void ended
      .then(offered)
      .then((offer) => setGate({ kind: 'SigningIn', refused: null, signIn: offer?.kind === 'signIn' ? offer.address : null }));
  };
  return { gate, enter, leave };
}

/** A server that cannot be reached offers nothing; that it cannot be reached is the feed's to tell. */
async function offered(): Promise<Offer | null> {
  try {
    return await readOffer();
  } catch (error) {
    console.warn('Nothing was offered', error);
    return null;
  }
}
