// Current where nothing is configured takes room from the others, and is told (P7).
// The site under test is site.fixture's.
import { describe, expect, it } from '@jest/globals';
import { type Site, site } from './site.fixture.js';
import { viewOf } from './site-view.js';
import { stationIn } from './state.js';
import { projectSite } from './tables.js';

const sample16 = (
  it: Site,
  values: readonly { readonly value: string; readonly measurand: string; readonly unit: string; readonly phase?: string }[],
  connectorId = 2,
): void =>
  it.call('A', 'MeterValues', {
    connectorId,
    transactionId: 7,
    meterValue: [{ timestamp: new Date(it.nowMs).toISOString(), sampledValue: values }],
  });
const amps = (it: Site, ampere: number, connectorId = 2): void =>
  sample16(it, [{ value: String(ampere), measurand: 'Current.Import', unit: 'A', phase: 'L1' }], connectorId);
const besideMa = (it: Site) =>
  viewOf(it.state)?.conditions.unconfigured?.map(({ stationId, outletId, lineMa }) => ({ stationId, outletId, lineMa })) ?? [];

describe('current at a connector that is not configured', () => {
  it('takes its room from those that are, on every line, since nobody knows which', () => {
    const it = site(['A', 'B'], 40);
    it.start('B', 1);
    it.pass(60_000);
    expect(it.plan('B')?.limitA).toBe(32);
    amps(it, 15.8);
    it.pass(60_000);
    expect(it.plan('B')?.limitA).toBe(24);
    expect(it.state.nodes.grid?.limitMa).toEqual([24_000, 24_000, 24_000]);
  });

  it('counts with the most it drew until it waits, ends, is free or is configured; its station may not go meanwhile', () => {
    const it = site(['A']);
    amps(it, 12);
    amps(it, 7);
    it.pass(3_600_000);
    expect(besideMa(it)).toEqual([{ stationId: 'A', outletId: 2, lineMa: 12_000 }]);
    const removal = { requestId: 'x', requestedBy: 'x', change: { kind: 'stationRemoved', stationId: 'A', assignmentSeq: 2 } } as const;
    it.put('ConfigurationRequested', removal as never, 'A');
    expect(it.told.filter(({ type }) => type === 'ConfigurationRefused')).toHaveLength(1);
    amps(it, 0.2);
    expect(besideMa(it)).toMatchObject([{ lineMa: 500 }]);
    const ends: readonly (() => void)[] = [
      () => amps(it, 0),
      () => it.call('A', 'StopTransaction', { transactionId: 7, meterStop: 1, timestamp: new Date(it.nowMs).toISOString() }),
      () => it.call('A', 'StatusNotification', { connectorId: 2, errorCode: 'NoError', status: 'Available' }),
      () => it.place('A', { connectors: 2 }),
    ];
    for (const end of ends) {
      amps(it, 9);
      expect(besideMa(it)).toHaveLength(1);
      end();
      expect(besideMa(it)).toEqual([]);
    }
  });

  it('is the rating of its station while a transaction there says nothing of it', () => {
    const it = site(['A']);
    sample16(it, [{ value: '4711', measurand: 'Energy.Active.Import.Register', unit: 'Wh' }]);
    expect(besideMa(it)).toMatchObject([{ lineMa: 32_000 }]);
    amps(it, 9);
    expect(besideMa(it)).toMatchObject([{ lineMa: 9_000 }]);
    sample16(it, [{ value: '4712', measurand: 'Energy.Active.Import.Register', unit: 'Wh' }]);
    expect(besideMa(it)).toMatchObject([{ lineMa: 9_000 }]);
  });

  it('is what a power may come to on one line; the meter of the whole station is none', () => {
    const it = site(['A']);
    sample16(it, [{ value: '2070', measurand: 'Power.Active.Import', unit: 'W' }]);
    expect(besideMa(it)).toMatchObject([{ lineMa: 10_000 }]);
    amps(it, 0);
    amps(it, 9, 0);
    expect(besideMa(it)).toEqual([]);
  });

  it('is told in 2.x by the EVSE, or by the transaction that was seen there', () => {
    const it = site(['A'], 20, 'ocpp2.0.1');
    const event = (eventType: string, ampere: number, more: object = {}): void =>
      it.call('A', 'TransactionEvent', {
        eventType,
        seqNo: 0,
        triggerReason: 'MeterValuePeriodic',
        timestamp: new Date(it.nowMs).toISOString(),
        transactionInfo: { transactionId: 'T' },
        meterValue: [{ timestamp: new Date(it.nowMs).toISOString(), sampledValue: [{ value: ampere, measurand: 'Current.Import' }] }],
        ...more,
      });
    event('Updated', 5);
    expect(besideMa(it)).toEqual([]);
    event('Started', 0, { evse: { id: 3, connectorId: 1 } });
    expect(besideMa(it)).toEqual([]);
    for (const ampere of [8, 0, 8]) event('Updated', ampere);
    expect(besideMa(it)).toEqual([{ stationId: 'A', outletId: 3, lineMa: 8_000 }]);
    event('Ended', 0);
    expect(besideMa(it)).toEqual([]);
    expect(stationIn(it.state, 'A')?.places).toBeUndefined();
  });

  it('makes a row while it lasts, and is a reason where a limit is exceeded', () => {
    const it = site(['A']);
    it.pass(60_000);
    const rows: unknown[] = [];
    it.heard = (change) =>
      rows.push(
        ...projectSite(change)
          .filter(({ table }) => table.name === 'unconfigured_loads')
          .map(({ row }) => row),
      );
    amps(it, 30);
    it.pass(60_000);
    amps(it, 0);
    expect(rows).toMatchObject([
      { station_id: 'A', outlet_id: 2, line_ma: 30_000, ended_at: null },
      { station_id: 'A', outlet_id: 2, line_ma: 30_000, ended_at: expect.any(String) },
    ]);
    const told = it.told.find(({ type }) => type === 'LimitExceeded')?.data;
    expect(told).toMatchObject({ nodeId: 'grid', reasons: [{ kind: 'unconfigured', stationId: 'A', evseId: 2, drawnMa: 30_000 }] });
    expect(stationIn(it.state, 'A')?.unconfigured).toBeUndefined();
  });
});
