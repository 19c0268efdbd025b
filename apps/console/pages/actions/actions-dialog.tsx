// What can be asked of a station, said before it is asked, and what became of it: a dialog over the page.
// The messages are offers.ts, sending them presses.ts, the button that leads here ui/acting.tsx.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Station } from '../../api/network-shapes.js';
import { stopActing } from '../../ui/acting.js';
import { useRead } from '../../ui/use-read.js';
import { useStore, useTick } from '../../ui/use-store.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';
import { OfferForm } from './offer-form.js';
import { connectorsOf, offersFor } from './offers.js';
import { PressLine } from './press-line.js';
import { presses } from './presses.js';

const EVERY_MS = 60_000;

export function ActionsDialog({ live, rest: [stationId = '', evseId = ''] }: PageProps) {
  const { t } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const station = useStore(live.network).stations.get(stationId);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="card sessions actions" aria-labelledby="actions" onClose={stopActing}>
      <header class="page-head">
        <h2 id="actions">
          {t('actions.title')}: {stationId}
        </h2>
        <button type="button" onClick={() => dialog.current?.close()}>
          {t('actions.close')}
        </button>
      </header>
      {station === undefined ? <p class="muted">{t('state.loading')}</p> : <Offers live={live} station={station} first={Number(evseId)} />}
      <Presses live={live} stationId={stationId} />
    </dialog>
  );
}

function Offers({ live, station, first }: Pick<PageProps, 'live'> & { station: Station; first: number }) {
  const { t, age } = useWords();
  const nowMs = useTick(live.nowMs);
  const { sessions } = useStore(live.network);
  const { stationId, ocppVersion, online, lostAtMs, evses } = station;
  const [chosen, setChosen] = useState(first);
  const { told, problem } = useRead(
    async () => connectorsOf(await live.ask.read(`/v1/stations/${encodeURIComponent(stationId)}`)),
    EVERY_MS,
    [live, stationId],
  );
  const evseId = evses.find((evse) => evse.evseId === chosen)?.evseId ?? evses[0]?.evseId ?? 1;
  const running = [...sessions.values()].filter((session) => session.stationId === stationId);
  const here = running.find((session) => session.evseId === evseId);
  const outlet = { evseId, connectorIds: told?.get(evseId) ?? [], transactionId: here?.transactionId ?? null };
  const offers = told === null ? [] : offersFor(ocppVersion, outlet);
  return (
    <>
      {!online && <p class="problem">▲ {t('actions.isAway')}</p>}
      {lostAtMs !== null && <p class="warning">▲ {t('actions.isLost', { age: age(nowMs - lostAtMs) })}</p>}
      {ocppVersion === null && <p class="warning">{t('actions.never')}</p>}
      {problem !== null && <p class="warning">{t('feed.reason', { reason: problem })}</p>}
      {evses.length > 1 && (
        <label>
          {t('actions.outlet')}{' '}
          <select value={evseId} onChange={(event) => setChosen(Number(event.currentTarget.value))}>
            {evses.map((evse) => (
              <option key={evse.evseId} value={evse.evseId}>
                {evse.evseId}
              </option>
            ))}
          </select>
        </label>
      )}
      {offers.map((offer) => (
        <OfferForm
          key={`${offer.name} ${evseId} ${offer.name === 'stop' ? outlet.transactionId : ''}`}
          live={live}
          stationId={stationId}
          offer={offer}
          isAway={!online}
          running={{ outlet: here === undefined ? 0 : 1, station: running.length }}
        />
      ))}
    </>
  );
}

function Presses({ live, stationId }: Pick<PageProps, 'live'> & { stationId: string }) {
  const { t } = useWords();
  const made = useStore(presses).filter((each) => each.stationId === stationId);
  return (
    <section aria-label={t('actions.sent')} tabIndex={-1}>
      <ul class="alerts" aria-live="polite">
        {made.map((each) => (
          <PressLine key={each.key} live={live} pressed={each} />
        ))}
      </ul>
    </section>
  );
}
