// Rows of devices in a real database, as the stations service writes them and the api reads them.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '#ports';
import { migrate, writeRows } from '#service';
import { scratchDatabase } from '#testing';
import { at, StationStream } from '../stations/stream.fixture.js';
import { type DeviceReads, deviceReads } from './device-reads.js';

const about = { component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'Power' } };
const order = {
  campaignId: 'c',
  kind: 'log' as const,
  messages: [
    {
      ocppVersion: 'ocpp2.0.1' as const,
      action: 'GetLog',
      payload: { logType: 'SecurityLog', requestId: 1, log: { remoteLocation: 'https://x' } },
    },
  ],
  stations: [{ stationId: 'CP1', ocppVersion: 'ocpp2.0.1' as const }],
  waveSize: 1,
  attempts: 1,
  retryAfterS: 60,
  quietAfterS: 60,
  requestedBy: 'api:tests',
};
const stream = (): StationStream =>
  StationStream.ready()
    .asked(1, 's', 'SetVariableMonitoring', { setMonitoringData: [{ ...about, value: 9, type: 'UpperThreshold', severity: 3 }] })
    .answered(1, 's', { setMonitoringResult: [{ ...about, id: 7, type: 'UpperThreshold', severity: 3, status: 'Accepted' }] })
    .says(2, 'NotifyEvent', {
      generatedAt: at(2),
      seqNo: 0,
      eventData: [1, 2].map((eventId) => ({
        ...about,
        eventId,
        timestamp: at(2),
        trigger: 'Alerting',
        actualValue: '12',
        eventNotificationType: 'CustomMonitor',
        variableMonitoringId: eventId === 1 ? 7 : 8,
      })),
    })
    .says(3, 'SecurityEventNotification', { type: 'TamperDetectionActivated', timestamp: at(3) })
    .asked(4, 'r', 'Reset', { type: 'Immediate' })
    .answered(4, 'r', { status: 'Accepted' })
    .asked(5, 'g', 'GetReport', { requestId: 12 })
    .asked(6, 'v', 'SetVariables', { setVariableData: [{ ...about, attributeValue: '5' }] })
    .answered(6, 'v', { setVariableResult: [{ ...about, attributeStatus: 'Accepted' }] })
    .asked(7, 'l', 'GetLog', order.messages[0]?.payload ?? {})
    .add('CampaignRequested', 8, order, '')
    .add('DeviceSettingsWanted', 9, { templateId: 't', appliesTo: {}, settings: [{ ...about, value: '6' }], requestedBy: 'api:tests' }, '');

describe('rows of devices', () => {
  let database: Database;
  let reads: DeviceReads;
  beforeAll(async () => {
    database = await scratchDatabase();
    for (const app of ['session', 'stations']) await migrate(database, app, join(import.meta.dirname, `../${app}/migrations`));
    await database.query(
      "insert into site_stations (tenant_id, station_id, site_id) values ('default', 'CP1', 'depot'), ('default', 'CP2', 'depot')",
    );
    await writeRows(database, stream().writes());
    reads = deviceReads({ database });
  });
  afterAll(() => database?.close());

  it('are read of the station alone', async () => {
    expect(await reads.monitors('default', 'CP1')).toMatchObject({
      base: null,
      items: [{ monitorId: 7, ...about, value: 9, severity: 3 }],
    });
    expect(await reads.monitors('default', 'CP2')).toMatchObject({ items: [] });
    expect(await reads.orders('default', 'CP1')).toMatchObject([
      { action: 'Reset', subject: '0/0', state: 'accepted', answer: 'Accepted' },
    ]);
    expect(await reads.reports('default', 'CP1')).toMatchObject([{ requestId: 12, action: 'GetReport', state: 'asked' }]);
    expect(await reads.transfers('default', 'CP1')).toMatchObject([{ kind: 'log', action: 'GetLog', status: 'asked', requestId: 1 }]);
    expect(await reads.toldVariables('default', 'CP1')).toMatchObject([
      { component: 'EVSE', evseId: 1, variable: 'Power', value: '5', setStatus: 'Accepted' },
    ]);
    expect(await reads.templates('default', 'depot')).toMatchObject([
      { templateId: 't', settings: [{ component: 'EVSE', evseId: 1, value: '6', attribute: 'Actual' }] },
    ]);
    expect(await reads.templates('other', 'depot')).toEqual([]);
  });
  it('are events by page, by how severe they are, and by what stands', async () => {
    const first = await reads.deviceEvents('default', { limit: 1 });
    expect(first.items).toMatchObject([{ stationId: 'CP1', monitorId: 8, severity: null, ...about }]);
    const second = await reads.deviceEvents('default', { limit: 1, cursor: first.nextCursor ?? '' });
    expect(second).toMatchObject({ items: [{ monitorId: 7, severity: 3 }], nextCursor: null });
    expect((await reads.deviceEvents('default', { limit: 9, severity: 3, standing: 'true', acknowledged: 'false' })).items).toHaveLength(1);
    expect((await reads.securityEvents('default', { limit: 9, criticality: 'critical' })).items).toMatchObject([
      { type: 'TamperDetectionActivated' },
    ]);
    expect((await reads.securityEvents('default', { limit: 9, criticality: 'ordinary' })).items).toEqual([]);
  });
  it('are campaigns with the progress of their stations', async () => {
    expect((await reads.campaigns('default', { limit: 9 })).items).toMatchObject([
      { campaignId: 'c', kind: 'log', state: 'running', progress: { running: 1 } },
    ]);
    expect(await reads.campaign('default', 'c')).toMatchObject({
      messages: order.messages,
      siteIds: ['depot'],
      stations: [{ stationId: 'CP1', siteId: 'depot', action: 'GetLog', state: 'running', attempts: 1 }],
    });
    expect(await reads.campaign('other', 'c')).toBeUndefined();
  });
});
