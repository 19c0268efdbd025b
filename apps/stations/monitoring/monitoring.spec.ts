// Monitors and events of a station as rows: set, cleared, reported in parts; severity of events, and how they end.
import { describe, expect, it } from '@jest/globals';
import { at, StationStream } from '../stream.fixture.js';

const about = { component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'Power' } };
const latest = (stream: StationStream, table: string, key: string): Readonly<Record<string, unknown>> => {
  const rows = new Map<unknown, Record<string, unknown>>();
  for (const row of stream.rows(table)) rows.set(row[key], { ...rows.get(row[key]), ...row });
  return Object.fromEntries(rows);
};
const monitored = (): StationStream =>
  StationStream.ready()
    .asked(1, 's', 'SetVariableMonitoring', { setMonitoringData: [{ ...about, value: 11000, type: 'UpperThreshold', severity: 3 }] })
    .answered(1, 's', { setMonitoringResult: [{ ...about, id: 7, type: 'UpperThreshold', severity: 3, status: 'Accepted' }] });
const event = (stream: StationStream, minute: number, more: object, ...others: object[]): StationStream =>
  stream.says(minute, 'NotifyEvent', {
    generatedAt: at(minute),
    seqNo: 0,
    eventData: [more, ...others].map((each, eventId) => ({
      eventId,
      timestamp: at(minute),
      trigger: 'Alerting',
      actualValue: '12000',
      eventNotificationType: 'CustomMonitor',
      ...about,
      variableMonitoringId: 7,
      ...each,
    })),
  });

describe('SetVariableMonitoring and ClearVariableMonitoring', () => {
  it('make a monitor with the value that was asked for, and take it away', () => {
    expect(latest(monitored(), 'device_monitors', 'monitor_id')).toMatchObject({
      7: { component: 'EVSE', evse_id: 1, variable: 'Power', type: 'UpperThreshold', value: 11000, severity: 3, removed: false },
    });
    const cleared = monitored()
      .asked(2, 'c', 'ClearVariableMonitoring', { id: [7, 8] })
      .answered(2, 'c', {
        clearMonitoringResult: [
          { id: 7, status: 'Accepted' },
          { id: 8, status: 'Rejected' },
        ],
      });
    expect(latest(cleared, 'device_monitors', 'monitor_id')).toMatchObject({ 7: { removed: true } });
    expect(cleared.rows('device_monitors')).toHaveLength(2);
  });
  it('make several of one type of a variable, each with its own value', () => {
    const threshold = (value: number, severity: number) => ({ ...about, type: 'UpperThreshold', value, severity });
    const set = (id: number, severity: number) => ({ ...about, type: 'UpperThreshold', id, severity, status: 'Accepted' });
    const stream = StationStream.ready()
      .asked(1, 's', 'SetVariableMonitoring', { setMonitoringData: [threshold(11000, 5), threshold(13000, 2)] })
      .answered(1, 's', { setMonitoringResult: [set(8, 2), set(7, 5)] });
    expect(latest(stream, 'device_monitors', 'monitor_id')).toMatchObject({
      7: { value: 11000, severity: 5 },
      8: { value: 13000, severity: 2 },
    });
  });
  it('leave nothing where the station refused', () => {
    const refused = StationStream.ready()
      .asked(1, 's', 'SetVariableMonitoring', { setMonitoringData: [{ ...about, value: 1, type: 'Delta', severity: 3 }] })
      .answered(1, 's', { setMonitoringResult: [{ ...about, type: 'Delta', severity: 3, status: 'UnsupportedMonitorType' }] });
    expect(refused.rows('device_monitors')).toEqual([]);
  });
});

describe('base, level and reports', () => {
  it('are shown once the station took them; after a new base its monitors are asked', () => {
    const stream = StationStream.ready()
      .asked(1, 'l', 'SetMonitoringLevel', { severity: 5 })
      .answered(1, 'l', { status: 'Accepted' })
      .asked(2, 'b', 'SetMonitoringBase', { monitoringBase: 'HardWiredOnly' })
      .answered(2, 'b', { status: 'Accepted' });
    expect(latest(stream, 'device_monitoring', 'station_id')).toMatchObject({ CP1: { level: 5, base: 'HardWiredOnly' } });
    expect(stream.commands()).toMatchObject([{ action: 'GetMonitoringReport', requestedBy: 'stations:monitoring' }]);
    const refused = StationStream.ready()
      .asked(1, 'b', 'SetMonitoringBase', { monitoringBase: 'All' })
      .answered(1, 'b', { status: 'Rejected' });
    expect(refused.rows('device_monitoring')).toEqual([]);
    expect(refused.commands()).toEqual([]);
  });
  it('tell monitors in parts; with all of them, those of before are gone', () => {
    const monitor = (id: number) => ({ ...about, variableMonitoring: [{ id, transaction: false, value: 1, type: 'Delta', severity: id }] });
    const stream = monitored()
      .asked(2, 'r', 'GetMonitoringReport', { requestId: 5 })
      .answered(2, 'r', { status: 'Accepted' })
      .says(3, 'NotifyMonitoringReport', { requestId: 5, seqNo: 1, generatedAt: at(3), monitor: [monitor(2)] });
    expect(latest(stream, 'device_monitoring', 'station_id')).toMatchObject({ CP1: { report_state: 'asked' } });
    stream.says(4, 'NotifyMonitoringReport', { requestId: 5, seqNo: 0, tbc: true, generatedAt: at(3), monitor: [monitor(1)] });
    expect(latest(stream, 'device_monitoring', 'station_id')).toMatchObject({ CP1: { report_state: 'complete', report_from: at(3) } });
    expect(Object.keys(latest(stream, 'device_monitors', 'monitor_id'))).toEqual(['1', '2', '7']);
  });
  it('are empty when there is none, and lost when nobody answered', () => {
    const asked = () => StationStream.ready().asked(2, 'r', 'GetMonitoringReport', { requestId: 5 });
    expect(asked().answered(2, 'r', { status: 'EmptyResultSet' }).rows('device_monitoring').at(-1)).toMatchObject({
      report_state: 'empty',
      report_from: at(2),
    });
    expect(asked().refused(2, 'r').rows('device_monitoring').at(-1)).toMatchObject({ report_state: 'lost' });
  });
});

describe('NotifyEvent', () => {
  it('is kept with the severity of its monitor until a later one clears it', () => {
    const stream = event(monitored(), 5, { trigger: 'Alerting' });
    const [id] = Object.keys(latest(stream, 'device_events', 'event_id'));
    expect(latest(stream, 'device_events', 'event_id')).toMatchObject({
      [id ?? '']: { severity: 3, monitor_id: 7, actual_value: '12000', is_clear: false },
    });
    event(stream, 6, { cleared: true, actualValue: '9000' });
    expect(latest(stream, 'device_events', 'event_id')).toMatchObject({ [id ?? '']: { cleared_at: at(6) } });
  });
  it('may be cleared within one message, and clears nothing of other variables', () => {
    const stream = event(monitored(), 5, {}, { variableMonitoringId: 9 }, { cleared: true });
    const rows = Object.values(latest(stream, 'device_events', 'event_id')) as {
      cleared_at?: string;
      monitor_id: number;
      severity: unknown;
    }[];
    expect(rows.map(({ cleared_at, monitor_id, severity }) => [monitor_id, cleared_at, severity])).toEqual([
      [7, at(5), 3],
      [9, undefined, null],
      [7, undefined, 3],
    ]);
  });
  it('learns its severity from an answer that is recorded after it', () => {
    const setting = { setMonitoringData: [{ ...about, value: 1, type: 'UpperThreshold', severity: 3 }] };
    const stream = event(StationStream.ready().asked(1, 's', 'SetVariableMonitoring', setting), 2, {});
    expect(Object.values(latest(stream, 'device_events', 'event_id'))).toMatchObject([{ severity: null }]);
    stream.answered(2, 's', { setMonitoringResult: [{ ...about, id: 7, type: 'UpperThreshold', severity: 3, status: 'Accepted' }] });
    expect(Object.values(latest(stream, 'device_events', 'event_id'))).toMatchObject([{ severity: 3 }]);
  });
  it('is acknowledged by somebody', () => {
    const stream = event(monitored(), 5, {});
    const [eventId = ''] = Object.keys(latest(stream, 'device_events', 'event_id'));
    stream.add('DeviceEventAcknowledged', 6, { stationId: 'CP1', eventId, acknowledgedBy: 'api:ann' });
    expect(latest(stream, 'device_events', 'event_id')).toMatchObject({
      [eventId]: { acknowledged_by: 'api:ann', acknowledged_at: at(6) },
    });
  });
});

describe('SecurityEventNotification', () => {
  it('is kept with how critical it is, and acknowledged', () => {
    const stream = StationStream.ready()
      .says(1, 'SecurityEventNotification', { type: 'TamperDetectionActivated', timestamp: at(0), techInfo: 'lid' })
      .says(2, 'SecurityEventNotification', { type: 'InvalidMessages', timestamp: 'nonsense' })
      .says(3, 'SecurityEventNotification', { type: 'com.vendor.Odd', timestamp: at(3) })
      .add('SecurityEventAcknowledged', 4, { stationId: 'CP1', eventId: '2', acknowledgedBy: 'api:ann', note: 'seen' });
    expect(Object.values(latest(stream, 'security_events', 'event_id'))).toMatchObject([
      { type: 'TamperDetectionActivated', criticality: 'critical', at: at(0), tech_info: 'lid', acknowledged_by: 'api:ann', note: 'seen' },
      { criticality: 'ordinary', at: at(2) },
      { criticality: 'unknown' },
    ]);
  });

  it('is once what a station tells again after its line was lost, like what it tells with NotifyEvent', () => {
    const security = { type: 'TamperDetectionActivated', timestamp: at(0) };
    const eventData = [
      { eventId: 1, timestamp: at(0), trigger: 'Alerting', actualValue: '90', ...{ component: { name: 'C' }, variable: { name: 'V' } } },
    ];
    for (const [action, payload, table] of [
      ['SecurityEventNotification', security, 'security_events'],
      ['NotifyEvent', { seqNo: 0, generatedAt: at(0), eventData }, 'device_events'],
    ] as const) {
      const stream = StationStream.ready().says(1, action, payload).connected(2, 'c2').says(2, action, payload);
      expect(stream.rows(table)).toHaveLength(1);
      // The same words on one connection are two events, as far as anybody can tell.
      expect(stream.says(3, action, payload).rows(table)).toHaveLength(2);
    }
  });
});
