// One station: what it is, what its outlets do, what is odd about it, what was said, asked and configured. Read again every half minute;
// its outlets are live, its messages are messages.tsx's, what it can be asked is actions/.
import type { StationStory } from '../../api/station-shapes.js';
import { ActionsButton } from '../../ui/acting.js';
import { Facts } from '../../ui/facts.js';
import { addressOf } from '../../ui/router.js';
import { Table, Tables } from '../../ui/table.js';
import { useRead } from '../../ui/use-read.js';
import { useStore, useTick } from '../../ui/use-store.js';
import { Loading, Unreadable } from '../../ui/whole-page-states.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';
import { EvseGrid } from '../live/evse-grid.js';
import { Ago } from './ago.js';
import { eventsTable } from './events.js';
import { Messages } from './messages.js';

const EVERY_MS = 30_000;

export function StationPage({ live, stationId }: Pick<PageProps, 'live'> & { stationId: string }) {
  const words = useWords();
  const { t, state: wordOf } = words;
  const { told, problem, readAgain } = useRead<StationStory>(() => live.station(stationId), EVERY_MS, [live, stationId]);
  if (told === null) return problem === null ? <Loading /> : <Unreadable reason={problem} onRetry={readAgain} />;
  return (
    <div class="live">
      {problem !== null && <p class="warning">{problem}</p>}
      <Head live={live} told={told} />
      <Tables
        tables={[
          {
            id: 'quirks',
            title: t('station.quirks'),
            columns: [t('devices.name'), t('station.from'), t('station.does'), t('station.corrected'), t('station.times'), t('devices.at')],
            rows: told.quirks.map(({ quirk, from, does, corrections, times, lastAtMs }) => ({
              key: `${from} ${quirk}`,
              cells: [
                quirk,
                t(`station.from.${from}`),
                does ?? '–',
                corrections ?? '–',
                String(times ?? '–'),
                <Ago atMs={lastAtMs} live={live} />,
              ],
            })),
          },
          {
            id: 'refusals',
            title: t('station.refusals'),
            columns: [t('station.reason'), t('station.profile'), t('devices.at')],
            rows: told.refusals.map(({ eventId, reason, securityProfile, atMs }) => ({
              key: eventId,
              isBad: true,
              cells: [reason, String(securityProfile ?? '–'), <Ago atMs={atMs} live={live} />],
            })),
          },
          {
            id: 'orders',
            title: t('devices.orders'),
            columns: [t('devices.name'), t('devices.detail'), t('devices.state'), t('devices.answer'), t('devices.at')],
            rows: told.orders.map(({ action, subject, state, answer, atMs }) => ({
              key: `${action} ${subject}`,
              isBad: state === 'refused' || state === 'lost',
              cells: [action, subject, wordOf(state), answer ?? '–', <Ago atMs={atMs} live={live} />],
            })),
          },
          {
            id: 'settings',
            title: t('devices.settings'),
            columns: [t('devices.name'), t('devices.wanted'), t('devices.told'), t('devices.state')],
            rows: told.settings.map(({ name, wanted, told: is, state }) => ({
              key: name,
              isBad: state !== 'equal' && state !== 'hidden',
              cells: [name, wanted, is ?? '–', wordOf(state)],
            })),
          },
          {
            id: 'transfers',
            title: t('devices.transfers'),
            columns: [t('devices.kind'), t('devices.state'), t('devices.detail'), t('devices.at')],
            rows: told.transfers.map(({ kind, status, endedAs, detail, atMs }) => ({
              key: kind,
              isBad: endedAs === 'failed' || endedAs === 'unreached',
              cells: [kind, status, detail ?? '–', <Ago atMs={atMs} live={live} />],
            })),
          },
          {
            id: 'certificates',
            title: t('nav.certificates'),
            columns: [t('certificates.subject'), t('certificates.type'), t('devices.state'), t('certificates.end')],
            rows: told.certificates.map(({ certificateId, type, subject, state, notAfterMs }) => ({
              key: certificateId,
              cells: [subject ?? '–', type, wordOf(state), notAfterMs === null ? '–' : new Date(notAfterMs).toISOString().slice(0, 10)],
            })),
          },
          {
            id: 'monitors',
            title: t('devices.monitors'),
            columns: [t('devices.name'), t('devices.kind'), t('devices.value'), t('devices.severity')],
            rows: told.monitors.map(({ monitorId, name, type, value, severity }) => ({
              key: String(monitorId),
              cells: [name, type, String(value ?? '–'), String(severity ?? '–')],
            })),
          },
          eventsTable(told.events, live, words),
        ]}
      />
      <details class="card sessions">
        <summary class="fold-title">
          <h2>
            {t('station.variables')} <span class="muted">{told.variables.length}</span>
          </h2>
        </summary>
        <Table
          id="variables"
          none={t('station.variables.none')}
          columns={[t('devices.name'), t('devices.value'), t('station.mutability')]}
          rows={told.variables.map(({ name, attribute, value, mutability }) => ({
            key: `${name} ${attribute}`,
            cells: [attribute === null || attribute === 'Actual' ? name : `${name} (${attribute})`, value ?? '–', mutability ?? '–'],
          }))}
        />
      </details>
      <Messages live={live} stationId={stationId} />
    </div>
  );
}

function Head({ live, told: { station: read, identity } }: Pick<PageProps, 'live'> & { told: StationStory }) {
  const { t, age } = useWords();
  const nowMs = useTick(live.nowMs);
  const { sites, stations } = useStore(live.network);
  const station = stations.get(read.stationId) ?? read;
  const { lostAtMs } = station;
  const site = station.siteId === null ? undefined : sites.get(station.siteId);
  const { vendor, model, firmwareVersion, bootStatus, securityProfile } = identity;
  const facts: readonly (readonly [string, string])[] = [
    [t('station.site'), site?.name ?? station.siteId ?? '–'],
    [t('station.model'), [vendor, model].filter((each) => each !== null).join(' ') || '–'],
    [t('station.firmware'), firmwareVersion ?? '–'],
    [t('devices.version'), station.ocppVersion ?? '–'],
    [t('station.profile'), String(securityProfile ?? '–')],
    [t('station.boot'), bootStatus ?? '–'],
    [t('station.heard'), station.lastSeenAtMs === null ? t('evse.neverSeen') : age(nowMs - station.lastSeenAtMs)],
  ];
  return (
    <section class="card" aria-labelledby="station">
      <header class="site-head">
        <div>
          <p class="muted">
            <a href={addressOf('devices')}>{t('devices.all')}</a>
          </p>
          <h1 id="station">{station.stationId}</h1>
        </div>
        <div class="bar-end">
          <span class={station.online && lostAtMs === null ? 'pill pill-live' : 'pill pill-offline'}>
            <span class="pulse" aria-hidden="true" />
            {lostAtMs !== null
              ? t('station.lost', { age: age(nowMs - lostAtMs) })
              : t(station.online ? 'station.online' : 'station.offline')}
          </span>
          <ActionsButton live={live} target={{ stationId: station.stationId, evseId: null }} isAway={!station.online} />
        </div>
      </header>
      <Facts facts={facts} />
      <EvseGrid
        label={t('site.stationsOf', { site: station.stationId })}
        stations={[station]}
        filter={null}
        nowMs={nowMs}
        timeZone={site?.timeZone}
      />
    </section>
  );
}
