// Rows of EV-ChART from what is known of ports: what is in them, and that every file of them would be taken.
import { describe, expect, it } from '@jest/globals';
import { EV_CHART_MODULES, type ModuleNumber, validateEvChart, writeCsv } from '#domain/ev-chart';
import {
  type EndedSession,
  type EvChartRow,
  operationalSince,
  outageRows,
  portsInService,
  quarterOf,
  sessionRows,
  uptimeRows,
} from './ev-chart-rows.js';
import { portsOf } from './uptime-reads.js';

const ms = (text: string): number => Date.parse(`${text}Z`);
let order = 0;
const told = (at: string, evseId = 1) => ({ order: order++, atMs: ms(at), receivedMs: ms(at), eventId: `e${order}`, evseId });
const status = (at: string, word: string, evseId = 1) => ({ kind: 'status', connectorId: 1, status: word, ...told(at, evseId) }) as const;

const station = {
  stationId: 'CS',
  siteId: 'depot',
  closed: [],
  declarations: [],
  facts: [
    status('2025-07-10T00:00:00', 'Available'),
    status('2025-07-10T00:00:00', 'Available', 2),
    status('2026-06-30T23:00:00', 'Faulted'),
    status('2026-07-01T02:30:00', 'Available'),
    status('2026-08-10T00:00:00', 'Unavailable'),
    status('2026-08-10T01:00:00', 'Available'),
    { kind: 'removed', ...told('2026-06-01T00:00:00', 3) } as const,
  ],
  judgements: [
    {
      ...{ eventId: 'c1', receivedMs: ms('2026-08-11T00:00:00'), order: 99, evseId: 1, outageId: `CS-1:${ms('2026-08-10T00:00:00')}` },
      ...{
        cause: 'vandalism' as const,
        fromMs: ms('2026-08-10T00:00:00'),
        toMs: ms('2026-08-10T00:45:00'),
        evidence: 'police report',
        note: null,
        classifiedBy: 'api:ann',
      },
    },
  ],
  sessions: [],
};
const quarter = { ...quarterOf(2026, 3), knownMs: ms('2026-10-20T00:00:00'), networkProvider: 'our_net' };
const ports = portsInService(portsOf(station), quarter);
const session: EndedSession = {
  ...{
    sessionId: 's1',
    stationId: 'CS',
    portId: 'CS-1',
    connectorId: 1,
    startedMs: ms('2026-07-04T10:00:00'),
    endedMs: ms('2026-07-04T11:00:00'),
  },
  ...{ energyWh: 7_123.4, powerW: 11_004, reason: 'Local', paymentMethod: 'rfid' },
};

function faults(number: ModuleNumber, rows: readonly EvChartRow[]) {
  const columns = EV_CHART_MODULES[number].fields.map(({ name }) => name);
  return validateEvChart(number, writeCsv(columns, rows), { operationalSince: () => operationalSince(ports) });
}

describe('a quarter', () => {
  it('has the ports that were in service in it', () => {
    expect(ports.map(({ portId }) => portId)).toEqual(['CS-1', 'CS-2']);
  });

  it('has each session, and a blank row for a port without', () => {
    const rows = sessionRows(ports, [session], quarter);
    expect(rows).toMatchObject([
      { station_id: 'CS', network_provider: 'our_net', port_id: 'CS-2' },
      {
        port_id: 'CS-1',
        session_id: 's1',
        session_start: '2026-07-04T10:00:00.000Z',
        session_error: 'none',
        energy_kwh: '7.12',
        power_kw: '11.00',
        payment_method: 'rfid',
      },
    ]);
    expect(faults(2, rows)).toEqual([]);
    const failed = sessionRows(ports, [{ ...session, portId: 'CS-0', reason: 'PowerLoss', paymentMethod: null }], quarter);
    const half = sessionRows(ports, [{ ...session, energyWh: 1005, powerW: 1005 }], quarter).at(-1);
    expect(half).toMatchObject({ energy_kwh: '1.01', power_kw: '1.01' });
    expect(failed.at(-1)).toMatchObject({ port_id: 'CS-0', session_error: 'PowerLoss', payment_method: 'unknown' });
    const feedingBack = sessionRows(ports, [{ ...session, energyWh: 0, powerW: -7400 }], quarter);
    expect(feedingBack.at(-1)).toMatchObject({ energy_kwh: '0.00', power_kw: '0.00' });
    expect(faults(2, feedingBack)).toEqual([]);
  });

  it('has the twelve months up to the end of each month, and of a first year what there is of it, without a percentage', () => {
    const rows = uptimeRows(ports, quarter).filter(({ port_id }) => port_id === 'CS-1');
    const whole = { total_outage_excl: '45.00', uptime: '99.95', total_outage: '270.00' };
    expect(rows).toMatchObject([
      {
        uptime_reporting_start: '2025-08-01T00:00:00.000Z',
        uptime_reporting_end: '2026-07-31T23:59:59.000Z',
        uptime: '99.96',
        total_outage: '210.00',
      },
      { uptime_reporting_start: '2025-09-01T00:00:00.000Z', uptime_reporting_end: '2026-08-31T23:59:59.000Z', ...whole },
      { uptime_reporting_start: '2025-10-01T00:00:00.000Z', uptime_reporting_end: '2026-09-30T23:59:59.000Z', ...whole },
    ]);
    expect(faults(3, uptimeRows(ports, quarter))).toEqual([]);
    const young = { ...station, stationId: 'N', facts: [status('2026-08-20T11:00:00', 'Available')], judgements: [] };
    expect(uptimeRows(portsOf(young), quarter)).toMatchObject([
      { uptime_reporting_start: '2026-08-20T00:00:00.000Z', uptime_reporting_end: '2026-08-31T23:59:59.000Z', uptime: '' },
      { uptime_reporting_start: '2026-08-20T00:00:00.000Z', uptime_reporting_end: '2026-09-30T23:59:59.000Z', uptime: '' },
    ]);
    expect(uptimeRows(ports, { ...quarter, knownMs: ms('2026-08-15T00:00:00') })).toHaveLength(4);
  });

  it('of a station that came from another network tells what is known of it, with the percentage that is asked of an old one', () => {
    const facts = [
      status('2026-05-10T09:00:00', 'Available'),
      status('2026-08-01T00:00:00', 'Faulted'),
      status('2026-08-02T00:00:00', 'Available'),
    ];
    const came = portsOf({ ...station, facts, judgements: [], operationalSince: '2021-03-01' });
    const rows = uptimeRows(came, quarter);
    const start = '2026-05-10T00:00:00.000Z';
    expect(rows.map((row) => [row.uptime_reporting_start, row.uptime])).toEqual([
      [start, '100.00'],
      [start, '99.72'],
      [start, '99.72'],
    ]);
    expect(
      validateEvChart(
        3,
        writeCsv(
          EV_CHART_MODULES[3].fields.map(({ name }) => name),
          rows,
        ),
        {
          operationalSince: () => operationalSince(came),
        },
      ),
    ).toEqual([]);
    // Tried out before it was opened: nothing counts from before that day.
    const opened = (operationalSince: string) => uptimeRows(portsOf({ ...station, facts, judgements: [], operationalSince }), quarter);
    expect(opened('2026-08-15')).toMatchObject([
      { uptime_reporting_start: '2026-08-15T00:00:00.000Z', total_outage: '0.00', uptime: '' },
      { uptime_reporting_start: '2026-08-15T00:00:00.000Z' },
    ]);
  });

  it('knows how old a station is also by ports that it has no more', () => {
    const gone = { kind: 'removed', ...told('2026-04-01T00:00:00', 9) } as const;
    const facts = [status('2020-01-01T00:00:00', 'Available', 9), gone, status('2026-04-02T00:00:00', 'Available')];
    const rows = uptimeRows(portsInService(portsOf({ ...station, facts, judgements: [] }), quarter), quarter);
    expect(rows.map(({ port_id, uptime }) => [port_id, uptime])).toEqual(Array(3).fill(['CS-1', '100.00']));
  });

  it('has its part of each outage, what is excluded apart from the rest', () => {
    const rows = outageRows(ports, quarter);
    expect(rows).toMatchObject([
      { outage_id: '2026-07-01T00:00:00.000Z', outage_duration: '150.00', excluded_outage: 'FALSE' },
      {
        outage_id: '2026-08-10T00:00:00.000Z',
        outage_duration: '45.00',
        excluded_outage: 'TRUE',
        excluded_outage_reason: '4',
        excluded_outage_notes: 'police report',
      },
      { outage_id: '2026-08-10T00:45:00.000Z', outage_duration: '15.00', excluded_outage: 'FALSE' },
      { port_id: 'CS-2' },
    ]);
    expect(rows[3]).not.toHaveProperty('outage_id');
    expect(faults(4, rows)).toEqual([]);
  });

  it('is taken whatever somebody wrote as evidence', () => {
    const [judgement] = station.judgements;
    for (const evidence of [
      `- ${'the log book says so, '.repeat(20)}`,
      '😀'.repeat(250),
      'pasted\u2028from\va, "letter"\u0085\r\nof ours',
    ]) {
      const judgements = judgement === undefined ? [] : [{ ...judgement, evidence }];
      const rows = outageRows(portsInService(portsOf({ ...station, judgements }), quarter), quarter);
      expect(faults(4, rows)).toEqual([]);
      const notes = rows[1]?.excluded_outage_notes ?? '';
      expect(notes.length).toBeGreaterThan(30);
      expect(evidence.startsWith(notes)).toBe(true);
      expect(notes.isWellFormed()).toBe(true);
    }
  });
});
