// The button that leads to what can be asked of a station, where whoever is signed in may ask anything; and what is about to be acted on.
// Its dialog is the frame's, so that it outlives the row it was opened from; what is in it is pages/actions.
import { useEffect } from 'preact/hooks';
import type { LiveNetwork } from '../model/live-network.js';
import { createStore } from '../model/store.js';
import type { Page } from '../pages/index.js';
import { useWords } from '../words/language.js';
import { usePage } from './use-page.js';
import { useStore } from './use-store.js';

/** `evseId`: the outlet that is chosen at first; null: its first. */
export interface Target {
  readonly stationId: string;
  readonly evseId: number | null;
}
const acting = createStore<Target | null>(null);
const ASK = 'POST /v1/stations/{stationId}/commands';
const DIALOG: Page = {
  name: 'actions',
  title: 'actions.title',
  load: async () => (await import('../pages/actions/actions-dialog.js')).ActionsDialog,
};

export const useMayAct = (live: LiveNetwork): boolean => useStore(live.may).has(ASK);

export function ActionsButton({ live, target, isAway }: { live: LiveNetwork; target: Target; isAway: boolean }) {
  const { t } = useWords();
  if (!useMayAct(live)) return null;
  const text = t(isAway ? 'actions.away' : 'actions.title');
  const { stationId, evseId } = target;
  const name = evseId === null ? stationId : `${stationId} · ${evseId}`;
  return (
    <button type="button" aria-haspopup="dialog" aria-label={`${text}: ${name}`} onClick={() => acting.set(target)}>
      {text}
    </button>
  );
}

export function Acting({ live }: { live: LiveNetwork }) {
  const { t } = useWords();
  const target = useStore(acting);
  const { View, problem } = usePage(target === null ? undefined : DIALOG);
  useEffect(() => {
    const leave = () => acting.set(null);
    addEventListener('hashchange', leave);
    return () => {
      removeEventListener('hashchange', leave);
      leave();
    };
  }, [live]);
  if (target === null) return null;
  if (View !== null) return <View key={JSON.stringify(target)} live={live} rest={[target.stationId, String(target.evseId ?? '')]} />;
  return problem === null ? null : (
    <div class="banner" role="alert">
      {t('feed.reason', { reason: problem })}
    </div>
  );
}

/** What had the focus may be gone meanwhile: then the page has it. */
export function stopActing(): void {
  acting.set(null);
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) document.getElementById('content')?.focus();
  });
}
