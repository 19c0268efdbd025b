// Sessions, running and past: found by site, state and a part of a name, a page at a time. The choice is in the address; one session is session-page.tsx.
// The newest page is read again every few seconds, older ones when asked for.
import { useState } from 'preact/hooks';
import type { Site, Station } from '../../api/network-shapes.js';
import { readSessions, type SessionRow, type SessionPage as Sessions, type SessionsQuery } from '../../api/session-shapes.js';
import { addressOf } from '../../ui/router.js';
import { useRead } from '../../ui/use-read.js';
import { useStore } from '../../ui/use-store.js';
import { Loading, Unreadable } from '../../ui/whole-page-states.js';
import { useWords } from '../../words/language.js';
import { heldNowSentence } from '../../words/reasons.js';
import type { PageProps } from '../index.js';
import { SessionPage } from './session-page.js';

const EVERY_MS = 10_000;
/** Stands for "every" in an address, which has no empty parts. */
const EVERY = '-';
const STATUSES = ['all', 'active', 'ended'] as const;

const addressFor = ({ status, siteId, search }: SessionsQuery): string => addressOf('sessions', 'list', status, siteId ?? EVERY, search);

export function SessionsPage({ live, rest }: PageProps) {
  const [first = 'list', status, site, search = ''] = rest;
  if (first !== 'list') return <SessionPage live={live} sessionId={first} />;
  const query: SessionsQuery = {
    status: STATUSES.find((each) => each === status) ?? 'all',
    siteId: site === undefined || site === EVERY ? null : site,
    search,
  };
  return <SessionList key={addressFor(query)} live={live} query={query} />;
}

function SessionList({ live, query }: Pick<PageProps, 'live'> & { query: SessionsQuery }) {
  const { t, plural } = useWords();
  const { sites, stations } = useStore(live.network);
  const [older, setOlder] = useState<Sessions | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const { told, problem, readAgain } = useRead<Sessions>(() => readSessions(live.ask, query, null), EVERY_MS, [live]);
  const known = new Set(told?.items.map(({ sessionId }) => sessionId));
  const shown = [...(told?.items ?? []), ...(older?.items ?? []).filter(({ sessionId }) => !known.has(sessionId))];
  const cursor = (older ?? told)?.nextCursor ?? null;
  const readOlder = async () => {
    try {
      const page = await readSessions(live.ask, query, cursor);
      setFailed(null);
      // What moved out of the newest page meanwhile stays in sight.
      setOlder({ items: [...shown, ...page.items], nextCursor: page.nextCursor });
    } catch (error) {
      setFailed(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <div class="live">
      <header class="page-head">
        <h1>{t('sessions.all')}</h1>
        <Choices query={query} sites={[...sites.values()]} />
      </header>
      {told === null && (problem === null ? <Loading /> : <Unreadable reason={problem} onRetry={readAgain} />)}
      {told !== null && (
        <section class="card sessions" aria-label={t('sessions.all')}>
          {problem !== null && <p class="warning">{t('feed.reason', { reason: problem })}</p>}
          {shown.length === 0 ? (
            <p class="muted">
              {t(query.status === 'all' && query.siteId === null && query.search === '' ? 'sessions.noneYet' : 'sessions.noneFound')}
            </p>
          ) : (
            <Rows rows={shown} sites={sites} stations={stations} nowMs={live.nowMs()} />
          )}
          {failed !== null && <p class="warning">{failed}</p>}
          <p class="list-end">
            {cursor !== null && (
              <button type="button" onClick={() => void readOlder()}>
                {t('sessions.older')}
              </button>
            )}
            <span class="muted">{plural('sessions.shown', shown.length)}</span>
          </p>
        </section>
      )}
    </div>
  );
}

function Choices({ query, sites }: { query: SessionsQuery; sites: readonly Site[] }) {
  const { t } = useWords();
  const go = (change: Partial<SessionsQuery>) => {
    location.hash = addressFor({ ...query, ...change });
  };
  return (
    <search class="choices">
      <fieldset class="views" aria-label={t('sessions.which')}>
        {STATUSES.map((status) => (
          <button type="button" key={status} aria-pressed={status === query.status} onClick={() => go({ status })}>
            {t(`sessions.status.${status}`)}
          </button>
        ))}
      </fieldset>
      <select
        aria-label={t('station.site')}
        value={query.siteId ?? EVERY}
        onChange={({ currentTarget: { value } }) => go({ siteId: value === EVERY ? null : value })}
      >
        <option value={EVERY}>{t('sessions.everySite')}</option>
        {sites.map(({ siteId, name }) => (
          <option key={siteId} value={siteId}>
            {name}
          </option>
        ))}
      </select>
      <input
        type="search"
        aria-label={t('sessions.search')}
        placeholder={t('sessions.searchFor')}
        maxLength={50}
        defaultValue={query.search}
        onChange={({ currentTarget: { value } }) => go({ search: value.trim() })}
      />
    </search>
  );
}

interface RowsProps {
  readonly rows: readonly SessionRow[];
  readonly sites: ReadonlyMap<string, Site>;
  readonly stations: ReadonlyMap<string, Station>;
  readonly nowMs: number;
}

function Rows({ rows, sites, stations, nowMs }: RowsProps) {
  const words = useWords();
  const { t, moment, duration, energy, money, power } = words;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t('sessions.station')}</th>
          <th scope="col">{t('sessions.started')}</th>
          <th scope="col">{t('sessions.now')}</th>
          <th scope="col" class="number">
            {t('sessions.duration')}
          </th>
          <th scope="col" class="number">
            {t('sessions.energy')}
          </th>
          <th scope="col" class="number">
            {t('sessions.costs')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((session) => {
          const { sessionId, stationId, siteId, evseId, active, startedAtMs, endedAtMs, energyWh, cost, powerW, reason } = session;
          const site = siteId === null ? undefined : sites.get(siteId);
          const evse = stations.get(stationId)?.evses.find((each) => each.sessionId === sessionId);
          const zone = site?.timeZone ?? 'UTC';
          return (
            <tr key={sessionId}>
              <th scope="row">
                <a href={addressOf('sessions', sessionId)}>{stationId}</a>
                <span class="muted second">
                  {[site?.name ?? siteId, evseId === null ? null : t('sessions.outlet', { id: evseId })].filter(Boolean).join(' · ')}
                </span>
              </th>
              <td data-label={t('sessions.started')}>
                {moment(startedAtMs, 'minute', zone)} <span class="muted">{words.shortZone(zone, startedAtMs)}</span>
              </td>
              <td data-label={t('sessions.now')}>
                {active ? t('sessions.running', { power: power(evse?.powerW ?? powerW) }) : t('sessions.ended')}
                <span class="muted second">{active ? (evse === undefined ? '' : heldNowSentence(evse, words)) : (reason ?? '')}</span>
              </td>
              <td class="number" data-label={t('sessions.duration')}>
                {duration((endedAtMs ?? nowMs) - startedAtMs)}
              </td>
              <td class="number" data-label={t('sessions.energy')}>
                {energy(energyWh)}
              </td>
              <td class="number" data-label={t('sessions.costs')}>
                {cost === null && !active ? t('sessions.free') : money(cost)}
                {active && cost !== null && <span class="muted second">{t('sessions.soFar')}</span>}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
