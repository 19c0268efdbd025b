// Every message of a station and to it, as it stands in the log, newest first: the first page is read again every few seconds, older ones when asked for.
import { useState } from 'preact/hooks';
import type { MessagePage, StationMessage } from '../../api/station-shapes.js';
import { useRead } from '../../ui/use-read.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';

const EVERY_MS = 5_000;
const ARROWS: Record<StationMessage['direction'], string> = { received: '←', sent: '→', answer: '↩', connection: '●' };

export function Messages({ live, stationId }: Pick<PageProps, 'live'> & { stationId: string }) {
  const { t } = useWords();
  const [action, setAction] = useState<string | null>(null);
  const [older, setOlder] = useState<MessagePage | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const { told, problem } = useRead<MessagePage>(() => live.messages(stationId, action, null), EVERY_MS, [live, stationId, action]);
  const newest = told?.messages ?? [];
  const known = new Set(newest.map(({ eventId }) => eventId));
  const shown = [...newest, ...(older?.messages ?? []).filter(({ eventId }) => !known.has(eventId))];
  const cursor = older === null ? (told?.nextCursor ?? null) : older.nextCursor;
  const readOlder = async () => {
    try {
      const page = await live.messages(stationId, action, cursor);
      setFailed(null);
      // What moved out of the first page meanwhile stays in sight.
      setOlder({ messages: [...shown, ...page.messages], nextCursor: page.nextCursor });
    } catch (error) {
      setFailed(error instanceof Error ? error.message : String(error));
    }
  };
  const choose = (text: string) => {
    setOlder(null);
    setAction(text.trim() === '' ? null : text.trim());
  };
  return (
    <section class="card sessions" aria-labelledby="messages">
      <header class="site-head">
        <h2 id="messages">{t('station.messages')}</h2>
        <label>
          <span class="muted">{t('station.action')}</span>{' '}
          <input type="search" placeholder="StatusNotification" onChange={(event) => choose(event.currentTarget.value)} />
        </label>
      </header>
      {problem !== null && <p class="warning">{problem}</p>}
      {shown.length === 0 && <p class="muted">{told === null ? t('state.loading') : t('station.messages.none')}</p>}
      <ul class="messages">
        {shown.map((message) => (
          <Message key={message.eventId} message={message} />
        ))}
      </ul>
      {failed !== null && <p class="warning">{failed}</p>}
      {cursor !== null && (
        <button type="button" class="older" onClick={() => void readOlder()}>
          {t('station.older')}
        </button>
      )}
    </section>
  );
}

function Message({ message: { type, direction, action, status, atMs, remarks, text } }: { message: StationMessage }) {
  const { t } = useWords();
  const at = atMs === null ? '–' : new Date(atMs).toISOString();
  return (
    <li class="message-line">
      <details class={`message message-${direction}`}>
        <summary class="message-head">
          <span aria-hidden="true">{ARROWS[direction]}</span>
          <span class="visually-hidden">{t(`station.direction.${direction}`)}</span>
          <strong>{action ?? type}</strong>
          {action !== null && direction !== 'received' && <span class="muted">{[type, status ?? ''].join(' ')}</span>}
          {remarks.length > 0 && <span class="warning">▲ {remarks.join(' · ')}</span>}
          <time class="message-at muted" dateTime={at}>
            {at.slice(0, 10)} {at.slice(11, 23)} UTC
          </time>
        </summary>
        <pre class="message-text">{text}</pre>
      </details>
    </li>
  );
}
