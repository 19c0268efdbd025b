// Devices: campaigns and what asks for attention, read again every half minute; with `#/devices/<station>` one station.
// Asking for something is done over the api; what is shown here goes on without anybody looking.
import type { DeviceOverview } from '../../api/device-shapes.js';
import { stationsSought } from '../../model/network-state.js';
import { addressOf } from '../../ui/router.js';
import { Search } from '../../ui/search.js';
import { Table, Tables } from '../../ui/table.js';
import { useKept } from '../../ui/use-kept.js';
import { useRead } from '../../ui/use-read.js';
import { useStore, useTick } from '../../ui/use-store.js';
import { Loading, Unreadable } from '../../ui/whole-page-states.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';
import { Ago } from './ago.js';
import { eventsTable } from './events.js';
import { StationPage } from './station-page.js';

const EVERY_MS = 30_000;
/** More than that nobody reads; who looks for one searches. */
const MOST = 200;

export const DevicesPage = ({ live, rest: [stationId] }: PageProps) =>
  stationId === undefined ? <Overview live={live} /> : <StationPage live={live} stationId={stationId} />;

function Overview({ live }: Pick<PageProps, 'live'>) {
  const words = useWords();
  const { t, state: wordOf } = words;
  const { told, problem, readAgain } = useRead<DeviceOverview>(() => live.devices(), EVERY_MS, [live]);
  const { readAtMs } = useStore(live.network);
  if (told === null) return problem === null ? <Loading /> : <Unreadable reason={problem} onRetry={readAgain} />;
  if (readAtMs === null) return <Loading />;
  const events = eventsTable(told.events, live, words, true);
  const campaigns = {
    id: 'campaigns',
    title: t('devices.campaigns'),
    columns: [t('devices.kind'), t('devices.state'), t('devices.progress'), t('devices.at')],
    rows: told.campaigns.map(({ campaignId, kind, state, progress, requestedAtMs }) => ({
      key: campaignId,
      cells: [
        kind,
        wordOf(state),
        progress.map(([name, count]) => `${count} ${wordOf(name)}`).join(', '),
        <Ago atMs={requestedAtMs} live={live} />,
      ],
    })),
  };
  return (
    <div class="live">
      <h1>{t('nav.devices')}</h1>
      {problem !== null && <p class="warning">{problem}</p>}
      {events.rows.length > 0 && <Table {...events} />}
      <Stations live={live} />
      <Tables tables={events.rows.length > 0 ? [campaigns] : [campaigns, events]} />
    </div>
  );
}

function Stations({ live }: Pick<PageProps, 'live'>) {
  const { t, age, count } = useWords();
  const { stations, sites } = useStore(live.network);
  const [sought, setSought] = useKept('sought');
  const nowMs = useTick(live.nowMs, 10_000);
  const shown = stationsSought([...stations.values()], sites, sought);
  return (
    <section class="card sessions" aria-labelledby="stations">
      <div class="page-head">
        <h2 id="stations">
          {t('devices.stations')} <span class="muted">{count(shown.length)}</span>
        </h2>
        <Search value={sought} onSeek={setSought} hint={t('devices.seek')} />
      </div>
      <Table
        id="stations-rows"
        none={t(stations.size === 0 ? 'devices.none' : 'devices.noneFound')}
        columns={[
          t('sessions.station'),
          t('grid.site'),
          t('devices.state'),
          t('devices.heard'),
          t('station.model'),
          t('station.firmware'),
          t('devices.version'),
        ]}
        rows={shown.slice(0, MOST).map(({ stationId, siteId, online, lostAtMs, lastSeenAtMs, ocppVersion, model, firmwareVersion }) => ({
          key: stationId,
          isBad: (!online && lastSeenAtMs !== null) || lostAtMs !== null,
          cells: [
            <a href={addressOf('devices', stationId)}>{stationId}</a>,
            siteId === null ? '–' : (sites.get(siteId)?.name ?? siteId),
            lostAtMs !== null
              ? t('station.lost', { age: age(nowMs - lostAtMs) })
              : t(online ? 'station.online' : lastSeenAtMs === null ? 'evse.neverSeen' : 'station.offline'),
            lastSeenAtMs === null ? '–' : age(nowMs - lastSeenAtMs),
            model ?? '–',
            firmwareVersion ?? '–',
            ocppVersion ?? '–',
          ],
        }))}
      />
      {shown.length > MOST && <p class="muted small">{t('devices.more', { count: count(shown.length - MOST) })}</p>}
    </section>
  );
}
