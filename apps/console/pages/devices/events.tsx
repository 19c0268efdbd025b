// What devices told: monitors and security events, of one station or of all.
import type { DeviceEvent } from '../../api/device-shapes.js';
import { addressOf } from '../../ui/router.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';
import { Ago } from './ago.js';
import { Table } from './table.js';

export function Events({
  events,
  live,
  isLinked = false,
}: Pick<PageProps, 'live'> & { events: readonly DeviceEvent[]; isLinked?: boolean }) {
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
