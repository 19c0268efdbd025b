// The 1.6 transactionId as a function of the start.
import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { transactionIdOf } from './transaction-id.js';

const hmac = (text: string): string => createHmac('sha256', 'key').update(text).digest('hex');
const station = { tenantId: 'default', stationId: 'CP1' };
const start = { connectorId: 1, tokenHash: 'h', timestamp: '2026-11-01T12:00:00Z', meterStart: 5 };

describe('transactionIdOf', () => {
  it('is a positive 31-bit integer, the same for the same start', () =>
    fc.assert(
      fc.property(fc.record({ connectorId: fc.nat(), tokenHash: fc.string(), timestamp: fc.string(), meterStart: fc.integer() }), (any) => {
        const id = transactionIdOf(station, any, hmac);
        expect(Number.isInteger(id) && id > 0 && id < 2 ** 31).toBe(true);
        expect(transactionIdOf(station, { ...any }, hmac)).toBe(id);
      }),
    ));
  it('differs by tenant, station and every part of the start', () => {
    const ids = [
      transactionIdOf(station, start, hmac),
      transactionIdOf({ ...station, tenantId: 'other' }, start, hmac),
      transactionIdOf({ ...station, stationId: 'CP2' }, start, hmac),
      ...Object.keys(start).map((field) => transactionIdOf(station, { ...start, [field]: 'x' }, hmac)),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
  it('skips zero, which means "none" to stations', () =>
    expect(transactionIdOf(station, start, () => `${'8000000000000000'}0000002a${'0'.repeat(40)}`)).toBe(42));
});
