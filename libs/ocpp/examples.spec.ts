// Messages as stations send them, with the field deviations that must pass and the ones that must be seen.
import { describe, expect, it } from '@jest/globals';
import { instantMs, type RequestOf, type V16, type V201, validate } from './index.js';

const at = '2026-11-24T10:15:00.250Z';
const reading = (measurand: string, unit: string, value: string, phase?: string) => ({
  value,
  context: 'Sample.Periodic',
  measurand,
  unit,
  ...(phase === undefined ? {} : { phase }),
});

const meterValues16 = {
  connectorId: 1,
  transactionId: 1_912_873_001,
  meterValue: [
    {
      timestamp: at,
      sampledValue: [
        reading('Energy.Active.Import.Register', 'Wh', '1204512'),
        reading('Power.Active.Import', 'W', '11042.7'),
        reading('Current.Import', 'A', '16.01', 'L1'),
        reading('Current.Import', 'A', '15.98', 'L2'),
        reading('Current.Import', 'A', '16.00', 'L3'),
        reading('Voltage', 'V', '230.1', 'L1-N'),
        reading('Temperature', 'Celcius', '41'),
      ],
    },
  ],
};

const updated201: V201.TransactionEventRequest = {
  eventType: 'Updated',
  timestamp: at,
  triggerReason: 'MeterValuePeriodic',
  seqNo: 4,
  transactionInfo: { transactionId: '3f6b0e3c-7d0e-4e3a-9f1d-55a4d2d9c001', chargingState: 'Charging' },
  evse: { id: 1, connectorId: 1 },
  meterValue: [
    {
      timestamp: at,
      sampledValue: [{ value: 1204.512, measurand: 'Energy.Active.Import.Register', unitOfMeasure: { unit: 'kWh', multiplier: 0 } }],
    },
  ],
  customData: { vendorId: 'example', anything: { goes: true } },
};

describe('OCPP 1.6', () => {
  it('takes meter values with seven readings, Celsius in either spelling', () => {
    expect(validate('ocpp1.6', 'MeterValues', 'request', meterValues16)).toEqual([]);
    const spelt = JSON.parse(JSON.stringify(meterValues16).replace('Celcius', 'Celsius')) as unknown;
    expect(validate('ocpp1.6', 'MeterValues', 'request', spelt)).toEqual([]);
    const stop = { transactionId: 1, meterStop: 2, timestamp: at, transactionData: meterValues16.meterValue };
    expect(validate('ocpp1.6', 'StopTransaction', 'request', stop)).toEqual([]);
    expect(validate('ocpp1.6', 'StopTransaction', 'request', JSON.parse(JSON.stringify(stop).replace('Celcius', 'Celsius')))).toEqual([]);
  });

  it('sees a fractional meterStart, which some stations send', () => {
    const start: V16.StartTransactionRequest = { connectorId: 1, idTag: 'DEADBEEF', meterStart: 12.5, timestamp: at };
    expect(validate('ocpp1.6', 'StartTransaction', 'request', start)).toEqual([
      { path: '/meterStart', keyword: 'type', message: 'must be an integer of 32 bits' },
    ]);
  });

  it('takes limits with one decimal although 0.3 is no multiple of 0.1 in binary', () => {
    const profileWith = (limit: number): RequestOf<'ocpp1.6', 'SetChargingProfile'> => ({
      connectorId: 1,
      csChargingProfiles: {
        chargingProfileId: 1,
        stackLevel: 0,
        chargingProfilePurpose: 'TxProfile',
        chargingProfileKind: 'Absolute',
        chargingSchedule: { chargingRateUnit: 'A', startSchedule: at, chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
      },
    });
    for (const limit of [0.3, 6.1, 16.1, 32.7, 8.1])
      expect(validate('ocpp1.6', 'SetChargingProfile', 'request', profileWith(limit))).toEqual([]);
    expect(validate('ocpp1.6', 'SetChargingProfile', 'request', profileWith(6.05))).toHaveLength(1);
  });
});

describe('OCPP 2.0.1', () => {
  it('takes a transaction event with meter values and custom data', () => {
    expect(validate('ocpp2.0.1', 'TransactionEvent', 'request', updated201)).toEqual([]);
  });

  it('points at the reading that is wrong', () => {
    const wrong = { ...updated201, meterValue: [{ timestamp: at, sampledValue: [{ value: '1204.512' }] }] };
    expect(validate('ocpp2.0.1', 'TransactionEvent', 'request', wrong)).toEqual([
      { path: '/meterValue/0/sampledValue/0/value', keyword: 'type', message: 'must be number' },
    ]);
  });

  it('takes an empty answer to a transaction event, and one with a cost of zero', () => {
    expect(validate('ocpp2.0.1', 'TransactionEvent', 'response', {})).toEqual([]);
    expect(validate('ocpp2.0.1', 'TransactionEvent', 'response', { totalCost: 0, idTokenInfo: { status: 'Accepted' } })).toEqual([]);
  });
});

describe('timestamps', () => {
  it.each([
    ['2026-11-24T10:15:00Z', '2026-11-24T10:15:00.000Z'],
    ['2026-11-24T10:15:00.1239999Z', '2026-11-24T10:15:00.123Z'],
    ['2026-11-24T10:15:00', '2026-11-24T10:15:00.000Z'],
    ['2026-11-24 10:15:00+01:00', '2026-11-24T09:15:00.000Z'],
    ['2026-11-24T10:15:00-0330', '2026-11-24T13:45:00.000Z'],
    ['2026-11-24T10:15Z', '2026-11-24T10:15:00.000Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('read %s as %s', (text, iso) => {
    expect(new Date(instantMs(text) ?? Number.NaN).toISOString()).toBe(iso);
    expect(validate('ocpp1.6', 'Heartbeat', 'response', { currentTime: text })).toEqual([]);
  });

  it.each([
    '222222017-01-01T00:00:00Z',
    '+010000-01-01T00:00:00Z',
    '9999-12-31T23:59:59-14:00',
    '0001-01-01T00:00:00+14:00',
    '0000-06-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-24T24:00:00Z',
    'foo 1',
    '',
    '1732443300',
  ])('refuse %p', (text) => {
    expect(instantMs(text)).toBeUndefined();
    expect(validate('ocpp1.6', 'Heartbeat', 'response', { currentTime: text })).toHaveLength(1);
  });
});
