// Devices: campaigns and what asks for attention, read again every half minute; with `#/devices/<station>` one station.
// Asking for something is done over the api; what is shown here goes on without anybody looking.
import type { DeviceOverview } from '../../api/device-shapes.js';
import { addressOf } from '../../ui/router.js';
import { useRead } from '../../ui/use-read.js';
import { useStore, useTick } from '../../ui/use-store.js';
import { Loading, Unreadable } from '../../ui/whole-page-states.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';
import { Ago } from './ago.js';
import { Events } from './events.js';
import { StationPage } from './station-page.js';
import { Table } from './table.js';

const EVERY_MS = 30_000;

export const DevicesPage = ({ live, rest: [stationId] }: PageProps) =>
  stationId === undefined ? <Overview live={live} /> : <StationPage live={live} stationId={stationId} />;

function Overview({ live }: Pick<PageProps, 'live'>) {
  const { t, state: wordOf } = useWords();
  const { told, problem, readAgain } = useRead<DeviceOverview>(() => live.devices(), EVERY_MS, [live]);
  if (told === null) return problem === null ? <Loading /> : <Unreadable reason={problem} onRetry={readAgain} />;
  return (
    <div class="live">
      <h1>{t('nav.devices')}</h1>
      {problem !== null && <p class="warning">{problem}</p>}
      <Table
        id="campaigns"
        title={t('devices.campaigns')}
        none={t('devices.campaigns.none')}
        columns={[t('devices.kind'), t('devices.state'), t('devices.progress'), t('devices.at')]}
        rows={told.campaigns.map(({ campaignId, kind, state, progress, requestedAtMs }) => ({
          key: campaignId,
          cells: [
            kind,
            wordOf(state),
            progress.map(([name, count]) => `${count} ${wordOf(name)}`).join(', '),
            <Ago atMs={requestedAtMs} live={live} />,
          ],
        }))}
      />
      <Events events={told.events} live={live} isLinked />
      <Stations live={live} />
    </div>
  );
}

function Stations({ live }: Pick<PageProps, 'live'>) {
  const { t, age } = useWords();
  const { stations, sites } = useStore(live.network);
  const nowMs = useTick(live.nowMs, 10_000);
  return (
    <Table
      id="stations"
      title={t('devices.stations')}
      none={t('devices.none')}
      columns={[t('sessions.station'), t('grid.site'), t('devices.state'), t('devices.heard'), t('devices.version')]}
      rows={[...stations.values()].map(({ stationId, siteId, online, lastSeenAtMs, ocppVersion }) => ({
        key: stationId,
        isBad: !online && lastSeenAtMs !== null,
        cells: [
          <a href={addressOf('devices', stationId)}>{stationId}</a>,
          siteId === null ? '–' : (sites.get(siteId)?.name ?? siteId),
          t(online ? 'station.online' : lastSeenAtMs === null ? 'evse.neverSeen' : 'station.offline'),
          lastSeenAtMs === null ? '–' : age(nowMs - lastSeenAtMs),
          ocppVersion ?? '–',
        ],
      }))}
    />
  );
}
