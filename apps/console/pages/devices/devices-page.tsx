// Devices: campaigns and what asks for attention, or with `#/devices/<station>` what one station is made of, told and was asked. Read again every half minute.
// Asking for something is done over the api; what is shown here goes on without anybody looking.
import type { DeviceEvent, DeviceOverview, StationDevice } from '../../api.js';
import { addressOf } from '../../ui/router.js';
import { useRead } from '../../ui/use-read.js';
import { useTick } from '../../ui/use-store.js';
import { Loading, Unreadable } from '../../ui/whole-page-states.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';
import { Table } from './table.js';

const EVERY_MS = 30_000;

export const DevicesPage = ({ live, rest: [stationId] }: PageProps) =>
  stationId === undefined ? <Overview live={live} /> : <OneStation live={live} stationId={stationId} />;

function Overview({ live }: Pick<PageProps, 'live'>) {
  const { t } = useWords();
  const { told, problem, readAgain } = useRead<DeviceOverview>(() => live.devices(), EVERY_MS, [live]);
  if (told === null) return problem === null ? <Loading /> : <Unreadable reason={problem} onRetry={readAgain} />;
  return (
    <>
      {problem !== null && <p class="warning">{problem}</p>}
      <Table
        id="campaigns"
        title={t('devices.campaigns')}
        none={t('devices.campaigns.none')}
        columns={[t('devices.kind'), t('devices.state'), t('devices.progress'), t('devices.at')]}
        rows={told.campaigns.map(({ campaignId, kind, state, progress, requestedAtMs }) => ({
          key: campaignId,
          cells: [kind, state, progress.map(([name, count]) => `${count} ${name}`).join(', '), <Ago atMs={requestedAtMs} live={live} />],
        }))}
      />
      <Events events={told.events} live={live} isLinked />
      <Table
        id="stations"
        title={t('devices.stations')}
        none={t('devices.none')}
        columns={[t('sessions.station'), t('devices.version')]}
        rows={told.stations.map(({ stationId, ocppVersion }) => ({
          key: stationId,
          cells: [<a href={addressOf('devices', stationId)}>{stationId}</a>, ocppVersion ?? '–'],
        }))}
      />
    </>
  );
}

function OneStation({ live, stationId }: Pick<PageProps, 'live'> & { stationId: string }) {
  const { t } = useWords();
  const { told, problem, readAgain } = useRead<StationDevice>(() => live.device(stationId), EVERY_MS, [live, stationId]);
  if (told === null) return problem === null ? <Loading /> : <Unreadable reason={problem} onRetry={readAgain} />;
  return (
    <>
      <h1>
        {t('devices.of', { station: stationId })} <a href={addressOf('devices')}>{t('devices.all')}</a>
      </h1>
      {problem !== null && <p class="warning">{problem}</p>}
      <Table
        id="transfers"
        title={t('devices.transfers')}
        none={t('devices.none')}
        columns={[t('devices.kind'), t('devices.state'), t('devices.detail'), t('devices.at')]}
        rows={told.transfers.map(({ kind, status, endedAs, detail, atMs }) => ({
          key: kind,
          isBad: endedAs === 'failed' || endedAs === 'unreached',
          cells: [kind, status, detail ?? '–', <Ago atMs={atMs} live={live} />],
        }))}
      />
      <Table
        id="settings"
        title={t('devices.settings')}
        none={t('devices.settings.none')}
        columns={[t('devices.name'), t('devices.wanted'), t('devices.told'), t('devices.state')]}
        rows={told.settings.map(({ name, wanted, told: is, state }) => ({
          key: name,
          isBad: state !== 'equal' && state !== 'hidden',
          cells: [name, wanted, is ?? '–', state],
        }))}
      />
      <Table
        id="monitors"
        title={t('devices.monitors')}
        none={t('devices.none')}
        columns={[t('devices.name'), t('devices.kind'), t('devices.value'), t('devices.severity')]}
        rows={told.monitors.map(({ monitorId, name, type, value, severity }) => ({
          key: String(monitorId),
          cells: [name, type, String(value ?? '–'), String(severity ?? '–')],
        }))}
      />
      <Events events={told.events} live={live} />
      <Table
        id="orders"
        title={t('devices.orders')}
        none={t('devices.none')}
        columns={[t('devices.name'), t('devices.detail'), t('devices.state'), t('devices.answer'), t('devices.at')]}
        rows={told.orders.map(({ action, subject, state, answer, atMs }) => ({
          key: `${action} ${subject}`,
          isBad: state === 'refused' || state === 'lost',
          cells: [action, subject, state, answer ?? '–', <Ago atMs={atMs} live={live} />],
        }))}
      />
    </>
  );
}

function Events({ events, live, isLinked = false }: Pick<PageProps, 'live'> & { events: readonly DeviceEvent[]; isLinked?: boolean }) {
  const { t } = useWords();
  return (
    <Table
      id="events"
      title={t('devices.events')}
      none={t('devices.events.none')}
      columns={[t('sessions.station'), t('devices.name'), t('devices.detail'), t('devices.severity'), t('devices.at')]}
      rows={events.map(({ eventId, stationId, name, detail, severity, atMs }) => ({
        key: `${stationId} ${eventId}`,
        cells: [
          isLinked ? <a href={addressOf('devices', stationId)}>{stationId}</a> : stationId,
          name,
          detail ?? '–',
          severity,
          <Ago atMs={atMs} live={live} />,
        ],
      }))}
    />
  );
}

function Ago({ atMs, live }: Pick<PageProps, 'live'> & { atMs: number | null }) {
  const { age } = useWords();
  const nowMs = useTick(live.nowMs);
  return atMs === null ? <>–</> : <time dateTime={new Date(atMs).toISOString()}>{age(nowMs - atMs)}</time>;
}
