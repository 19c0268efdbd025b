// What devices told: monitors and security events, of one station or of all.
import type { DeviceEvent } from '../../api/device-shapes.js';
import { addressOf } from '../../ui/router.js';
import type { Words } from '../../words/format.js';
import type { PageProps } from '../index.js';
import { Ago } from './ago.js';

/** `isLinked`: each leads to its station. */
export const eventsTable = (events: readonly DeviceEvent[], live: PageProps['live'], { t }: Words, isLinked = false) => ({
  id: 'events',
  title: t('devices.events'),
  columns: [t('sessions.station'), t('devices.name'), t('devices.detail'), t('devices.severity'), t('devices.at')],
  rows: events.map(({ eventId, stationId, name, detail, severity, atMs }) => ({
    key: `${stationId} ${eventId}`,
    cells: [
      isLinked ? <a href={addressOf('devices', stationId)}>{stationId}</a> : stationId,
      name,
      detail ?? '–',
      severity,
      <Ago atMs={atMs} live={live} />,
    ],
  })),
});
