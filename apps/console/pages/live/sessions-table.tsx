// The running sessions, sortable by any column; on a narrow screen each row becomes a card.
// Completing a session from its outlet is model/network-state.ts.
import { useMemo, useState } from 'preact/hooks';
import { isFeedingBack } from '../../model/evse-state.js';
import type { LiveNetwork } from '../../model/live-network.js';
import type { RunningSession } from '../../model/network-state.js';
import { ActionsButton, useMayAct } from '../../ui/acting.js';
import { pure } from '../../ui/pure.js';
import { addressOf } from '../../ui/router.js';
import { useTick } from '../../ui/use-store.js';
import { useWords } from '../../words/language.js';
import type { MessageKey } from '../../words/messages.js';

type Column = 'station' | 'started' | 'energy' | 'power' | 'limit' | 'cost';

interface Sorting {
  readonly by: Column;
  readonly descending: boolean;
}

const COLUMNS: readonly { name: Column; title: MessageKey; numeric: boolean }[] = [
  { name: 'station', title: 'sessions.station', numeric: false },
  { name: 'started', title: 'sessions.started', numeric: true },
  { name: 'energy', title: 'sessions.energy', numeric: true },
  { name: 'power', title: 'sessions.power', numeric: true },
  { name: 'limit', title: 'sessions.limit', numeric: true },
  { name: 'cost', title: 'sessions.cost', numeric: true },
];
const FIRST_ROWS = 50;

export const SessionsTable = pure(function SessionsTable({ sessions, live }: { sessions: readonly RunningSession[]; live: LiveNetwork }) {
  const { t, count } = useWords();
  const nowMs = useTick(live.nowMs);
  const [sorting, setSorting] = useState<Sorting>({ by: 'started', descending: true });
  const [all, setAll] = useState(false);
  const mayAct = useMayAct(live);
  const sorted = useMemo(() => sessions.toSorted(inOrder(sorting)), [sessions, sorting]);
  const shown = all ? sorted : sorted.slice(0, FIRST_ROWS);
  const sortBy = (by: Column) => setSorting({ by, descending: sorting.by === by ? !sorting.descending : by !== 'station' });
  return (
    <section class="card sessions" aria-labelledby="sessions">
      <h2 id="sessions">
        {t('sessions.title')} <span class="muted">{count(sessions.length)}</span>
      </h2>
      {sessions.length === 0 ? (
        <p class="muted">{t('sessions.none')}</p>
      ) : (
        <table>
          <thead>
            <tr>
              {COLUMNS.map(({ name, title, numeric }) => (
                <th
                  key={name}
                  scope="col"
                  class={numeric ? 'number' : undefined}
                  aria-sort={sorting.by !== name ? 'none' : sorting.descending ? 'descending' : 'ascending'}
                >
                  <button type="button" class="sort" onClick={() => sortBy(name)}>
                    {t(title)}
                    <span aria-hidden="true">{sorting.by !== name ? '' : sorting.descending ? ' ↓' : ' ↑'}</span>
                  </button>
                </th>
              ))}
              {mayAct && (
                <th scope="col">
                  <span class="visually-hidden">{t('actions.title')}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {shown.map((session) => (
              <Row key={session.sessionId} session={session} lastedMs={wholeMs(nowMs - session.startedAtMs)} live={live} mayAct={mayAct} />
            ))}
          </tbody>
        </table>
      )}
      {shown.length < sessions.length && (
        <button type="button" onClick={() => setAll(true)}>
          {t('sessions.more', { count: count(sessions.length - shown.length) })}
        </button>
      )}
    </section>
  );
});

/** As it is told: in seconds, then in minutes. */
const wholeMs = (ms: number): number => (ms < 60_000 ? Math.floor(ms / 1_000) * 1_000 : Math.floor(ms / 60_000) * 60_000);

const Row = pure(function Row({
  session,
  lastedMs,
  live,
  mayAct,
}: {
  session: RunningSession;
  lastedMs: number;
  live: LiveNetwork;
  mayAct: boolean;
}) {
  const { t, time, duration, energy, power, current, money } = useWords();
  const place = [session.siteName, session.evseId === null ? null : t('sessions.outlet', { id: session.evseId })]
    .filter((each) => each !== null)
    .join(' · ');
  return (
    <tr>
      <th scope="row">
        <a href={addressOf('sessions', session.sessionId)}>{session.stationId}</a>
        <span class="muted second">
          {place}
          {!session.online && <span class="warning"> · {t('sessions.stationOffline')}</span>}
        </span>
      </th>
      <td class="number" data-label={t('sessions.started')}>
        {time(session.startedAtMs, session.timeZone ?? undefined)}
        <span class="muted second">{duration(lastedMs)}</span>
      </td>
      <td class="number" data-label={t('sessions.energy')}>
        {energy(session.energyWh)}
        {session.exportedWh !== null && session.exportedWh > 0 && (
          <span class="muted second">{t('sessions.fedBack', { energy: energy(session.exportedWh) })}</span>
        )}
      </td>
      <td class="number" data-label={t('sessions.power')}>
        {isFeedingBack(session.powerW) ? t('sessions.feedsBack', { power: power(-(session.powerW ?? 0)) }) : power(session.powerW)}
        {session.consent !== null && <span class="muted second">{t(`sessions.consent.${session.consent}`)}</span>}
      </td>
      <td class="number" data-label={t('sessions.limit')}>
        {current(session.limitA)}
        {session.heldBy !== null && <span class="muted second">{t(`sessions.heldBy.${session.heldBy}`)}</span>}
      </td>
      <td class="number" data-label={t('sessions.cost')}>
        {money(session.cost)}
      </td>
      {mayAct && (
        <td data-label={t('actions.title')}>
          <ActionsButton live={live} target={{ stationId: session.stationId, evseId: session.evseId }} isAway={!session.online} />
        </td>
      )}
    </tr>
  );
});

type Compare = (a: RunningSession, b: RunningSession) => number;
const byNumber = new Intl.Collator('en', { numeric: true });
const ORDER: Readonly<Record<Column, Compare>> = {
  station: (a, b) => byNumber.compare(a.stationId, b.stationId),
  started: (a, b) => a.startedAtMs - b.startedAtMs,
  energy: (a, b) => a.energyWh - b.energyWh,
  power: (a, b) => (a.powerW ?? -1) - (b.powerW ?? -1),
  limit: (a, b) => (a.limitA ?? -1) - (b.limitA ?? -1),
  // Only the order of rows hangs on it, so a float will do here.
  cost: (a, b) => Number(a.cost?.amount ?? -1) - Number(b.cost?.amount ?? -1),
};

/** Ties by session id, so that rows keep their places while numbers move. */
const inOrder =
  ({ by, descending }: Sorting): Compare =>
  (a, b) =>
    (ORDER[by](a, b) || (a.sessionId < b.sessionId ? -1 : 1)) * (descending ? -1 : 1);
