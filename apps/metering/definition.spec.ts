// Given a station's facts, the series that metering keeps; and the same rows in a real database.
// How values, units and clocks are read is checked in libs/domain/metering.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encode } from '#contracts';
import { type EmbeddedDatabase, embeddedDatabase } from '#embedded';
import type { LogRecord } from '#ports';
import { foldBatch, migrate, type PartitionMemory, writeRows } from '#service';
import { scratch } from '#testing';
import { meteringDefinition } from './definition.js';
import type { StationPlace } from './station-place.js';

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 1, 12) + minute * 60_000).toISOString();
type Fact = readonly [type: string, data: unknown, minute: number];

const call = (ocppVersion: string, action: string, payload: unknown, minute: number, rest: object = {}): Fact => [
  'CallReceived',
  {
    connectionId: 'c',
    generation: { assignmentSeq: 1, offset: 0 },
    ocppVersion,
    messageId: 'm',
    action,
    violations: [],
    flags: [],
    answer: { kind: 'result', payload: {} },
    payload,
    ...rest,
  },
  minute,
];
const start16 = (connectorId: number, transactionId: string, meterStart: number, minute: number): Fact =>
  call('ocpp1.6', 'StartTransaction', { connectorId, idTag: 'x', meterStart, timestamp: at(minute) }, minute, { transactionId });
const stop16 = (transactionId: number, meterStop: number, minute: number): Fact =>
  call('ocpp1.6', 'StopTransaction', { transactionId, meterStop, timestamp: at(minute) }, minute);
const values16 = (connectorId: number, sampledValue: unknown, minute: number, stationMinute = minute): Fact =>
  call('ocpp1.6', 'MeterValues', { connectorId, transactionId: 7, meterValue: [{ timestamp: at(stationMinute), sampledValue }] }, minute);
const configured = (...evses: object[]): Fact => [
  'ConfigurationAccepted',
  {
    requestId: 'r',
    version: 1,
    change: { kind: 'station', assignmentSeq: 1, config: { stationId: 'cs', siteId: 'site', nodeId: 'n', securityProfile: 1, evses } },
  },
  0,
];
const evse = (evseId: number, rest: object = {}) => ({ evseId, phases: 3, minA: 6, maxA: 32, safeA: 0, ...rest });

function fold(...facts: Fact[]) {
  const ref = { topic: 'site-events', partition: 0 };
  const memory: PartitionMemory<StationPlace> = { ref, next: 0, seen: {}, states: new Map(), recorded: new Map() };
  const records = facts.map(
    ([type, data, minute], offset): LogRecord => ({
      ...encode({ id: `e${offset}`, type, source: '/edge', time: at(minute), tenantId: 't', siteId: 'site', stationId: 'cs', data }),
      ...ref,
      offset,
    }),
  );
  const result = foldBatch(meteringDefinition, memory, records);
  expect(result.parked).toEqual([]);
  expect(result.outbox).toEqual([]);
  const of = (name: string) => result.rows.filter(({ table }) => table.name === name).map(({ row }) => row);
  return {
    rows: result.rows,
    samples: of('meter_samples'),
    power: of('power_samples'),
    doubts: of('meter_doubts'),
    quirks: of('station_quirks'),
  };
}

describe('what is odd', () => {
  const boot = (vendor: string, minute: number): Fact =>
    call('ocpp1.6', 'BootNotification', { chargePointVendor: vendor, chargePointModel: 'M', firmwareVersion: '4.2.2' }, minute);

  it('is counted once for a message, with the first time and the last', () => {
    const strange = [
      { value: '16', measurand: 'Current.Import', unit: 'Amp' },
      { value: '16,5', unit: 'WH' },
    ];
    const { quirks } = fold(values16(0, strange, 1), values16(1, [{ value: '7' }], 2), values16(1, strange, 3));
    const row = (quirk: string, times: number, first: number, last: number) =>
      expect.objectContaining({ station_id: 'cs', quirk, times, first_at: at(first), last_at: at(last) });
    expect(quirks).toHaveLength(5);
    expect(quirks).toEqual(
      expect.arrayContaining([row('connectorZero', 1, 1, 1), row('unitSpelling', 2, 1, 3), row('decimalComma', 2, 1, 3)]),
    );
  });

  it('is put right by the table of its model until another model boots there', () => {
    const facts = [
      boot('OpenEVSE', 0),
      values16(1, [{ value: '361', unit: 'Wh' }], 1),
      boot('Another', 2),
      values16(1, [{ value: '361' }], 3),
    ];
    const { samples, quirks } = fold(...facts);
    expect(samples).toMatchObject([
      { value: 361_000, raw_value: '361', raw_unit: 'Wh', flags: 'unitOverridden' },
      { value: 361, flags: '' },
    ]);
    expect(quirks).toMatchObject([{ quirk: 'unitOverridden', times: 1 }]);
  });

  it('is nothing in a message that was refused', () =>
    expect(
      fold(
        call('ocpp1.6', 'MeterValues', { connectorId: 0 }, 1, { answer: { kind: 'error', code: 'FormationViolation', description: '' } }),
      ),
    ).toMatchObject({ quirks: [], samples: [] }));
});

describe('where a value belongs', () => {
  it('finds the EVSE of a 1.6 stop by its transaction', () => {
    const { power } = fold(start16(2, '7', 100, 0), stop16(7, 900, 30));
    expect(power).toMatchObject([
      { port_id: 'cs-2', energy_register_wh: 100, time: at(0) },
      { port_id: 'cs-2', energy_register_wh: 900, time: at(30), transaction_id: '7' },
    ]);
  });

  it('translates 1.6 connectors that share an EVSE', () => {
    const { power } = fold(configured(evse(1, { connectors: 2 }), evse(2, { connectors: 1 })), start16(2, '7', 100, 0), stop16(7, 900, 30));
    expect(power.map(({ port_id }) => port_id)).toEqual(['cs-1', 'cs-1']);
  });

  it('takes the only EVSE for a transaction nobody knows', () =>
    expect(fold(configured(evse(1)), stop16(99, 900, 30)).power).toMatchObject([{ port_id: 'cs-1' }]));

  it('remembers the EVSE of a 2.0.1 transaction that names it once', () => {
    const event = (eventType: string, rest: object, minute: number): Fact =>
      call(
        'ocpp2.0.1',
        'TransactionEvent',
        {
          eventType,
          timestamp: at(minute),
          triggerReason: 'MeterValuePeriodic',
          seqNo: minute,
          transactionInfo: { transactionId: 'abc' },
          ...rest,
        },
        minute,
      );
    const meterValue = [
      { timestamp: at(5), sampledValue: [{ value: 7.2, measurand: 'Power.Active.Import', unitOfMeasure: { unit: 'kW' } }] },
    ];
    const { power } = fold(event('Started', { evse: { id: 3, connectorId: 1 } }, 0), event('Updated', { meterValue }, 5));
    expect(power).toMatchObject([{ port_id: 'cs-3', transaction_id: 'abc', power_w: 7200 }]);
  });

  it('keeps the meter of the whole station out of the power of its ports', () => {
    const { samples, power } = fold(values16(0, [{ value: '22', measurand: 'Power.Active.Import', unit: 'kW' }], 1));
    expect(samples).toMatchObject([{ port_id: 'cs-0', value: 22_000, flags: 'connectorZero' }]);
    expect(power).toEqual([]);
  });
});

describe('what is kept', () => {
  it('is every value beside how it was sent, and one power reading', () => {
    const phases = ['L1', 'L2', 'L3'].map((phase) => ({ value: '10.0', measurand: 'Current.Import', unit: 'A', phase }));
    const { samples, power } = fold(
      values16(1, [{ value: '1.5', unit: 'kWh' }, { value: '6.9', measurand: 'Power.Active.Import', unit: 'kW' }, ...phases], 1),
    );
    expect(samples).toHaveLength(5);
    expect(samples[0]).toMatchObject({ sample: 0, value: 1500, unit: 'Wh', raw_value: '1.5', raw_unit: 'kWh', flags: '' });
    expect(power).toMatchObject([{ power_w: 6900, energy_register_wh: 1500, current_a: 30, voltage_v: null }]);
  });

  it('is the station’s time within an outage, and ours when its clock is wrong', () => {
    const cut: Fact = [
      'StationDisconnected',
      { connectionId: 'c', edgeId: 'e', generation: { assignmentSeq: 1, offset: 0 }, closeCode: 1006, reason: '' },
      10,
    ];
    const back: Fact = [
      'StationConnected',
      { connectionId: 'd', edgeId: 'e', assignmentSeq: 1, ocppVersion: 'ocpp1.6', securityProfile: 1 },
      90,
    ];
    const { samples } = fold(cut, back, values16(1, [{ value: '1' }], 91, 40), values16(1, [{ value: '2' }], 92, -300));
    // What waited is not told on a connection that died at once.
    const again = (fact: Fact, minute: number): Fact => [fact[0], fact[1], minute];
    const flapped = fold(cut, back, again(cut, 93), again(back, 95), values16(1, [{ value: '1' }], 96, 40));
    expect(flapped.samples).toMatchObject([{ time: at(40), flags: '' }]);
    const held = fold(cut, back, again(cut, 193), again(back, 195), values16(1, [{ value: '1' }], 196, 40));
    expect(held.samples).toMatchObject([{ time: at(196), flags: 'clockBehind' }]);
    expect(samples).toMatchObject([
      { time: at(40), flags: '' },
      { time: at(92), station_time: at(-300), flags: 'clockBehind' },
    ]);
  });

  it('is also what held no value, with the reason', () => {
    const { samples, doubts } = fold(values16(1, [], 1), values16(1, [{ value: '' }, { value: '5' }], 2));
    expect(samples).toHaveLength(1);
    expect(doubts).toMatchObject([
      { action: 'MeterValues', flags: 'sampledValueEmpty' },
      { action: 'MeterValues', flags: 'valueEmpty' },
    ]);
  });

  it('is once what a station says again after its line was lost, under whatever id; another value at that time is another', () => {
    const [, data, minute] = values16(1, [{ value: '7' }], 2);
    const again = (value: string, connectionId: string): Fact => {
      const [type, told] = values16(1, [{ value }], 2);
      return [type, { ...(told as object), connectionId, messageId: 'another' }, 3];
    };
    const { samples, power } = fold(['CallReceived', data, minute], again('7', 'c2'), again('7', 'c3'), again('8', 'c4'));
    expect([samples.length, power.length]).toEqual([2, 2]);
  });
  it('is nothing of a message that was refused', () =>
    expect(
      fold(call('ocpp1.6', 'MeterValues', {}, 1, { answer: { kind: 'error', code: 'FormationViolation', description: '' } })).rows,
    ).toEqual([]));
});

describe('in the database', () => {
  let database: EmbeddedDatabase;
  beforeAll(async () => {
    database = await embeddedDatabase(scratch(), { isScratch: true });
    await migrate(database, 'metering', join(import.meta.dirname, 'migrations'));
  });
  afterAll(() => database.close());

  it('the same rows written twice are there once', async () => {
    const values = [0, 5, 10, 15].map((minute) =>
      values16(1, [{ value: String(1000 * (minute + 1)), measurand: 'Power.Active.Import', unit: 'W' }], minute),
    );
    const { rows } = fold(...values);
    for (let time = 0; time < 2; time++) await database.inTransaction((tx) => writeRows(tx, rows));
    const counted = await database.query(
      'select (select count(*) from meter_samples)::int as samples, (select count(*) from power_samples)::int as powers',
    );
    expect(counted.rows).toEqual([{ samples: 4, powers: 4 }]);
  });
});
