// What stations really send as meter values, and what is made of it.
// Energy of a session from these values is in registers.spec.ts.
import { describe, expect, it } from '@jest/globals';
import { normalise } from './normalise.js';
import { powerReadings } from './power-reading.js';
import type { EvseContext, Normalised } from './sample.js';

const NOW = '2026-03-01T12:00:00.000Z';
const values16 = (sampledValue: unknown, timestamp: unknown = NOW, evse: EvseContext = {}, connectorId = 1): Normalised =>
  normalise({
    ocppVersion: 'ocpp1.6',
    action: 'MeterValues',
    payload: { connectorId, transactionId: 77, meterValue: [{ timestamp, sampledValue }] },
    receivedAt: NOW,
    evse,
  });
const one16 = (sampled: object, timestamp: unknown = NOW, evse: EvseContext = {}) => values16([sampled], timestamp, evse).samples[0];

describe('messages', () => {
  it('reads a 1.6 value without measurand and unit as the register in Wh', () =>
    expect(one16({ value: '1234' })).toEqual({
      at: NOW,
      stationTime: NOW,
      receivedAt: NOW,
      evseId: 1,
      connectorId: 1,
      transactionId: '77',
      measurand: 'Energy.Active.Import.Register',
      context: 'Sample.Periodic',
      location: 'Outlet',
      unit: 'Wh',
      value: 1234,
      rawValue: '1234',
      isSigned: false,
      flags: [],
    }));

  it('makes samples of meterStart, meterStop and transactionData, however old the data is', () => {
    const start = normalise({
      ocppVersion: 'ocpp1.6',
      action: 'StartTransaction',
      payload: { connectorId: 2, idTag: 'x', meterStart: 500, timestamp: NOW },
      receivedAt: NOW,
    });
    expect(start.samples).toMatchObject([{ evseId: 2, value: 500, context: 'Transaction.Begin' }]);
    const transactionData = [{ timestamp: '2026-03-01T09:00:00Z', sampledValue: [{ value: '500', context: 'Transaction.Begin' }] }];
    const payload = { transactionId: 77, meterStop: 900, timestamp: NOW, transactionData };
    const stop = normalise({ ocppVersion: 'ocpp1.6', action: 'StopTransaction', payload, receivedAt: NOW, evse: { evseId: 2 } });
    expect(stop.samples).toMatchObject([
      { evseId: 2, transactionId: '77', value: 900, context: 'Transaction.End', at: NOW },
      { value: 500, context: 'Transaction.Begin', at: '2026-03-01T09:00:00.000Z', flags: [] },
    ]);
  });

  it('reads 2.0.1 values with multiplier and EVSE, offline ones at their own time', () => {
    const meterValue = [
      {
        timestamp: '2026-03-01T08:00:00Z',
        sampledValue: [{ value: 7.2, measurand: 'Power.Active.Import', unitOfMeasure: { unit: 'W', multiplier: 3 } }],
      },
    ];
    const payload = {
      eventType: 'Updated',
      offline: true,
      seqNo: 3,
      timestamp: NOW,
      triggerReason: 'MeterValuePeriodic',
      transactionInfo: { transactionId: 'abc' },
      evse: { id: 3, connectorId: 1 },
      meterValue,
    };
    expect(normalise({ ocppVersion: 'ocpp2.0.1', action: 'TransactionEvent', payload, receivedAt: NOW }).samples).toMatchObject([
      { at: '2026-03-01T08:00:00.000Z', evseId: 3, connectorId: 1, transactionId: 'abc', value: 7200, unit: 'W', flags: [] },
    ]);
  });

  it.each([
    [{ meterValue: [{ timestamp: NOW, sampledValue: [] }] }, ['sampledValueEmpty']],
    [{ meterValue: [{ timestamp: NOW, sampledValue: [{ value: '' }] }] }, ['valueEmpty']],
    [{ meterValue: [{ timestamp: NOW, sampledValue: [{ value: 'NaN' }] }] }, ['valueUnreadable']],
    [{ meterValue: [{ timestamp: NOW, sampledValue: [{ value: 'A1B2', format: 'SignedData' }] }] }, ['signedOnly']],
    [{ meterValue: null }, ['meterValueMissing']],
    [null, ['meterValueMissing']],
  ])('keeps quiet about what has no value, and says why: %#', (payload, flags) =>
    expect(normalise({ ocppVersion: 'ocpp1.6', action: 'MeterValues', payload, receivedAt: NOW })).toEqual({ samples: [], flags }),
  );

  it('takes one object where a list belongs, and a number where text belongs', () =>
    expect(
      normalise({
        ocppVersion: 'ocpp1.6',
        action: 'MeterValues',
        payload: { connectorId: 1, meterValue: { timestamp: NOW, sampledValue: { value: 12.5 } } },
        receivedAt: NOW,
      }).samples,
    ).toMatchObject([{ value: 12.5 }]));

  it('keeps values of connector 0 apart, and out of what EVSEs draw', () => {
    const { samples } = values16([{ value: '22', measurand: 'Power.Active.Import', unit: 'kW' }], NOW, {}, 0);
    expect(samples).toMatchObject([{ evseId: 0, flags: ['connectorZero'] }]);
    expect(powerReadings(samples)).toEqual([]);
  });
});

describe('units', () => {
  it.each([
    [{ value: '1.2345', unit: 'kWh' }, 1234.5, 'Wh', []],
    [{ value: '7.4', measurand: 'Power.Active.Import', unit: 'kW' }, 7400, 'W', []],
    [{ value: '41', measurand: 'Temperature', unit: 'Celcius' }, 41, 'Celsius', []],
    [{ value: '16', measurand: 'Current.Import', unit: 'Amp' }, 16, 'A', ['unitSpelling']],
    [{ value: '160', measurand: 'Current.Import', unit: 'dA' }, 16, 'A', ['unitSpelling']],
    [{ value: '55', measurand: 'SoC', unit: '' }, 55, '%', ['unitSpelling']],
    [{ value: '230', measurand: 'Voltage' }, 230, 'V', []],
    [{ value: '16', measurand: 'Current.Import', unit: 'Wh' }, 16, 'A', ['unitContradicts']],
    [{ value: '7', measurand: 'Power.Active.Import', unit: 'kWh' }, 7000, 'W', ['unitContradicts']],
    [{ value: '12,5', measurand: 'Current.Import', unit: 'A' }, 12.5, 'A', ['decimalComma']],
    [{ value: '11000', measurand: 'Power.Active.Import', unit: 'kW' }, 11_000_000, 'W', ['outOfRange']],
    [{ value: '-1' }, -1, 'Wh', ['negative']],
    [{ value: '3', unit: 'furlong' }, 3, 'Wh', ['unitUnknown']],
  ])('%j', (sampled, value, unit, flags) => expect(one16(sampled)).toMatchObject({ value, unit, flags, rawValue: sampled.value }));

  it('converts by the table of a model that mislabels', () =>
    expect(one16({ value: '12.5', unit: 'Wh' }, NOW, { unitOverrides: { 'Energy.Active.Import.Register': 'kWh' } })).toMatchObject({
      value: 12_500,
      rawUnit: 'Wh',
      flags: ['unitOverridden'],
    }));

  it('leaves a start register alone: it has no label that could be wrong', () => {
    const evse = { unitOverrides: { 'Energy.Active.Import.Register': 'kWh' } };
    const message = { ocppVersion: 'ocpp1.6', action: 'StartTransaction', payload: { meterStart: 1234 }, receivedAt: NOW, evse } as const;
    expect(normalise(message).samples).toMatchObject([{ value: 1234 }]);
  });
});

describe('clocks', () => {
  it.each([
    ['1970-01-01T00:05:00Z', 'clockUnset'],
    ['2026-03-01T12:00:01', 'clockNoOffset'],
    ['2026-03-01T12:05:01Z', 'clockAhead'],
    ['2026-03-01T11:54:59Z', 'clockBehind'],
    ['yesterday', 'clockUnreadable'],
    [undefined, 'clockMissing'],
  ])('%s is not believed', (timestamp, flag) => {
    const sample = one16({ value: '1' }, timestamp === undefined ? null : timestamp);
    expect(sample).toMatchObject({ at: NOW, flags: [flag] });
    expect(sample?.stationTime).toBe(timestamp);
  });

  it('believes five minutes, and what waited in the station', () => {
    expect(one16({ value: '1' }, '2026-03-01T13:04:59+01:00')).toMatchObject({ at: '2026-03-01T12:04:59.000Z', flags: [] });
    expect(one16({ value: '1' }, '2026-02-27T12:00:00Z', { queued: true })).toMatchObject({ at: '2026-02-27T12:00:00.000Z', flags: [] });
  });

  it('believes a 1.6 time from while the station was cut off, and no other old one', () => {
    const outage = { from: '2026-03-01T09:00:00Z', to: '2026-03-01T11:50:00Z' };
    expect(one16({ value: '1' }, '2026-03-01T10:00:00Z', { outage })).toMatchObject({ at: '2026-03-01T10:00:00.000Z', flags: [] });
    expect(one16({ value: '1' }, '2026-03-01T08:54:00Z', { outage })).toMatchObject({ at: NOW, flags: ['clockBehind'] });
  });
});

describe('where and why a value was taken', () => {
  it.each(['Interruption.Begin', 'Interruption.End', 'Sample.Clock', 'Trigger', 'Other', 'Transaction.Begin'])(
    'keeps the context %s as it was said',
    (context) => expect(one16({ value: '1', context })).toMatchObject({ context, flags: [] }),
  );
  it.each(['Body', 'Cable', 'EV', 'Inlet', 'Outlet'])('keeps the location %s', (location) =>
    expect(one16({ value: '1', location })).toMatchObject({ location, flags: [] }),
  );
  it('takes the context of 2.x events that say none from where they stand in the transaction', () => {
    const contextIn = (eventType: string) =>
      normalise({
        ocppVersion: 'ocpp2.0.1',
        action: 'TransactionEvent',
        payload: { eventType, meterValue: [{ timestamp: NOW, sampledValue: [{ value: 1 }] }] },
        receivedAt: NOW,
      }).samples[0]?.context;
    expect(['Started', 'Updated', 'Ended'].map(contextIn)).toEqual(['Transaction.Begin', 'Sample.Periodic', 'Transaction.End']);
  });
});

describe('what an EVSE draws', () => {
  const current = (value: string, phase?: string) => ({ value, measurand: 'Current.Import', unit: 'A', ...(phase && { phase }) });
  const power = (value: string, phase?: string) => ({ value, measurand: 'Power.Active.Import', unit: 'W', ...(phase && { phase }) });
  const voltage = (value: string, phase?: string) => ({ value, measurand: 'Voltage', unit: 'V', ...(phase && { phase }) });
  const reading = (...sampled: object[]) => powerReadings(values16(sampled).samples)[0];

  it.each([
    [
      'current tagged L1-N',
      [current('10', 'L1-N'), current('11', 'L2-N'), current('12', 'L3-N')],
      { currentA: 33, phaseCurrentA: { L1: 10, L2: 11, L3: 12 } },
    ],
    ['only the neutral', [current('10', 'N')], { currentA: 10, flags: ['onlyNeutral'] }],
    ['voltage as L1', [current('10', 'L1'), voltage('230', 'L1')], { voltageV: 230, powerW: 2300, flags: ['powerDerived'] }],
    ['voltage between lines', [voltage('400', 'L1-L2'), voltage('400', 'L2-L3')], { voltageV: 230.94 }],
    ['a total that agrees', [power('6900'), power('2300', 'L1'), power('2300', 'L2'), power('2300', 'L3')], { powerW: 6900, flags: [] }],
    [
      'a total that is wrong',
      [power('2300'), power('2300', 'L1'), power('2300', 'L2'), power('2300', 'L3')],
      { powerW: 6900, flags: ['totalMismatch'] },
    ],
    ['no total', [power('2300', 'L1'), power('2200', 'L2')], { powerW: 4500, flags: [] }],
    ['a total without phases', [power('7100')], { powerW: 7100 }],
    [
      'a register for each line',
      [
        { value: '300', phase: 'L1' },
        { value: '0.2', phase: 'L2-N', unit: 'kWh' },
        { value: '100', phase: 'L3' },
      ],
      { energyRegisterWh: 600 },
    ],
    ['the register of the EVSE beside those of its lines', [{ value: '600' }, { value: '200', phase: 'L1' }], { energyRegisterWh: 600 }],
    [
      'the outlet, and not what is told of the inlet, the cable or the car beside it',
      [
        { value: '900', location: 'EV' },
        { value: '1000', location: 'Outlet' },
        { value: '1100', location: 'Inlet' },
        { ...power('7000'), location: 'Outlet' },
        { ...power('7400'), location: 'Inlet' },
      ],
      { energyRegisterWh: 1000, powerW: 7000 },
    ],
    ['what is told of the inlet where nothing is told of the outlet', [{ value: '1100', location: 'Inlet' }], { energyRegisterWh: 1100 }],
    [
      'what flowed back, on a register of its own',
      [
        { value: '900', measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
        { value: '0.3', measurand: 'Energy.Active.Export.Register', unit: 'kWh' },
      ],
      { energyRegisterWh: 900, exportRegisterWh: 300 },
    ],
    [
      'the power that flows back, beside that which is drawn',
      [
        { value: '0', measurand: 'Power.Active.Import', unit: 'W' },
        { value: '1.5', measurand: 'Power.Active.Export', phase: 'L1', unit: 'kW' },
        { value: '1500', measurand: 'Power.Active.Export', phase: 'L2', unit: 'W' },
      ],
      { powerW: 0, exportedW: 3000 },
    ],
  ])('%s', (_, sampled, expected) => expect(reading(...sampled)).toMatchObject(expected));
});
