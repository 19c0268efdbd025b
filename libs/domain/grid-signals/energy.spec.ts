// Prices and carbon by events.
import { describe, expect, it } from '@jest/globals';
import { energyOf } from './energy.js';
import type { GridEvent } from './event.js';

const NOW = Date.parse('2026-07-01T06:00:00Z');
const HOUR = 3_600_000;
const say = (type: string, units: string, values: readonly number[], given: Partial<GridEvent> = {}): GridEvent => ({
  eventId: type,
  targets: [],
  payloadDescriptors: [{ payloadType: type, units }],
  intervalPeriod: { start: new Date(NOW).toISOString(), duration: `PT${values.length}H` },
  intervals: [{ id: 0, payloads: [{ type, values }] }],
  ...given,
});
const told = (...events: readonly GridEvent[]) =>
  energyOf(events, NOW, NOW + 24 * HOUR).map(({ fromMs, toMs, ...said }) => [(fromMs - NOW) / HOUR, (toMs - NOW) / HOUR, said]);

describe('energyOf', () => {
  it('lays prices, feed-in and carbon over one another', () => {
    expect(told(say('PRICE', 'KWH', [0.2, 0.3]), say('GHG', 'GHG', [100, 100, 400]), say('EXPORT_PRICE', 'KWH', [0.05]))).toEqual([
      [0, 1, { pricePerKwh: 0.2, feedInPerKwh: 0.05, carbonKgPerKwh: 0.1 }],
      [1, 2, { pricePerKwh: 0.3, carbonKgPerKwh: 0.1 }],
      [2, 3, { carbonKgPerKwh: 0.4 }],
    ]);
  });
  it('takes the dear one of two that contradict, the first by priority, and none in another unit', () => {
    expect(told(say('PRICE', 'KWH', [0.2]), say('PRICE', 'KWH', [0.5]))).toEqual([[0, 1, { pricePerKwh: 0.5 }]]);
    expect(told(say('EXPORT_PRICE', 'KWH', [0.2]), say('EXPORT_PRICE', 'KWH', [0.5]))).toEqual([[0, 1, { feedInPerKwh: 0.2 }]]);
    expect(told(say('PRICE', 'KWH', [0.2], { priority: 0 }), say('PRICE', 'KWH', [0.5]))).toEqual([[0, 1, { pricePerKwh: 0.2 }]]);
    expect(told(say('PRICE', 'KVAH', [0.2]))).toEqual([]);
  });
  it('reads negative prices, and prices by the MWh', () => {
    expect(told(say('PRICE', 'MWH', [-20]))).toEqual([[0, 1, { pricePerKwh: -0.02 }]]);
  });
});
