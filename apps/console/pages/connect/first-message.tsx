// Waits for a charger to speak, and tells what it said: the end of the guide.
import type { LiveNetwork } from '../../model/live-network.js';
import { addressOf } from '../../ui/router.js';
import { useRead } from '../../ui/use-read.js';
import { useWords } from '../../words/language.js';

const EVERY_MS = 1_000;

interface Props {
  readonly live: LiveNetwork;
  readonly stationId: string;
  readonly onDone: () => void;
}

export function FirstMessage({ live, stationId, onDone }: Props) {
  const { t, time } = useWords();
  const { told, problem } = useRead(() => live.messages(stationId, null, null), EVERY_MS, [live, stationId]);
  const first = told?.messages.findLast(({ direction }) => direction === 'received');
  if (first === undefined)
    return (
      <p class="waiting" role="status">
        <span class="pulse" aria-hidden="true" />
        {problem ?? t('first.waiting', { station: stationId })}
      </p>
    );
  const at = first.atMs === null ? '–' : time(first.atMs, undefined, true);
  return (
    <>
      <p role="status">✓ {t('first.heard', { station: stationId, action: first.action ?? first.type, time: at })}</p>
      <pre class="message-text">{first.text}</pre>
      <p>
        <button type="button" class="primary" onClick={onDone}>
          {t('nav.toLive')}
        </button>{' '}
        <a href={addressOf('devices', stationId)}>{t('first.toStation')}</a>
      </p>
    </>
  );
}
