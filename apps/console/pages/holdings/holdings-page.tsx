// What stations hold: their local list, who an outlet is kept for until when, and messages on the display; read again every minute.
// What is sent to them goes on without anybody looking.
import type { Holding } from '../../api/holding-shapes.js';
import { addressOf } from '../../ui/router.js';
import { useRead } from '../../ui/use-read.js';
import { Loading, Unreadable } from '../../ui/whole-page-states.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';

const EVERY_MS = 60_000;
/** States of a list that somebody may want to look into. */
const WORTH_A_LOOK: ReadonlySet<string> = new Set(['behind', 'failed', 'foreign']);

export function HoldingsPage({ live }: PageProps) {
  const { t, count, plural } = useWords();
  const { told: holdings, problem, readAgain } = useRead(() => live.holdings(), EVERY_MS, [live]);
  if (holdings === null) return problem === null ? <Loading /> : <Unreadable reason={problem} onRetry={readAgain} />;
  const held = holdings.filter(holdsAnything);
  const others = holdings.length - held.length;
  return (
    <div class="live">
      <h1>{t('nav.holdings')}</h1>
      <section class="card sessions" aria-labelledby="holdings">
        <h2 id="holdings">
          {t('holdings.title')} <span class="muted">{count(held.length)}</span>
        </h2>
        {problem !== null && <p class="warning">{problem}</p>}
        {holdings.length === 0 && <p class="muted">{t('holdings.none')}</p>}
        {others > 0 && <p class="muted">{plural('holdings.others', others)}</p>}
        {held.length > 0 && (
          <table>
            <thead>
              <tr>
                <th scope="col">{t('sessions.station')}</th>
                <th scope="col">{t('holdings.list')}</th>
                <th scope="col">{t('holdings.reservations')}</th>
                <th scope="col" class="number">
                  {t('holdings.messages')}
                </th>
              </tr>
            </thead>
            <tbody>
              {held.map((holding) => (
                <Row key={holding.stationId} holding={holding} />
              ))}
            </tbody>
          </table>
        )}
      </section>
    </div>
  );
}

const holdsAnything = ({ localList, reservations, messagesShown }: Holding): boolean =>
  (localList !== null && localList.state !== 'empty') || reservations.length > 0 || messagesShown > 0;

function Row({ holding }: { holding: Holding }) {
  const { t, count, state } = useWords();
  const { stationId, localList, reservations, messagesShown } = holding;
  return (
    <tr>
      <th scope="row">
        <a href={addressOf('devices', stationId)}>{stationId}</a>
      </th>
      <td data-label={t('holdings.list')}>
        {localList === null ? (
          '–'
        ) : (
          <span class={WORTH_A_LOOK.has(localList.state) ? 'warning' : ''}>
            {localList.version === null || localList.entries === null
              ? state(localList.state)
              : t('holdings.version', { version: localList.version, entries: localList.entries, state: state(localList.state) })}
          </span>
        )}
      </td>
      <td data-label={t('holdings.reservations')}>
        {reservations.length === 0
          ? '–'
          : reservations.map(({ reservationId, evseId, expiresAtMs }) => (
              <div key={reservationId}>
                {t('holdings.reserved', {
                  evse: evseId ?? '*',
                  until: expiresAtMs === null ? '–' : new Date(expiresAtMs).toISOString().slice(0, 16).replace('T', ' '),
                })}
              </div>
            ))}
      </td>
      <td class="number" data-label={t('holdings.messages')}>
        {count(messagesShown)}
      </td>
    </tr>
  );
}
