// Times as stations and operators write them, and the rows that have no room for some.
import { describe, expect, it } from '@jest/globals';
import { instantOrNull } from './json.js';
import { at, StationStream } from './stream.fixture.js';

const BEYOND = '9999-12-31T23:59:59-14:00';

describe('an instant', () => {
  it('is of a year that rows have room for', () => {
    expect(instantOrNull('2026-11-01T12:00:00+02:00')).toBe('2026-11-01T10:00:00.000Z');
    for (const text of [BEYOND, '0001-01-01T00:00:00+14:00', '0000-06-01T00:00:00Z', 'never', 7, undefined])
      expect(instantOrNull(text)).toBeNull();
  });
  it.each([
    ['security_events', 'SecurityEventNotification', { type: 'x', timestamp: BEYOND }],
    ['der_alarms', 'NotifyDERAlarm', { controlType: 'Gradients', timestamp: BEYOND }],
    ['settlements', 'NotifySettlement', { pspRef: 'p', status: 'Settled', settlementAmount: 1, settlementTime: BEYOND }],
  ])('that has none leaves the row of %s with the time it was heard', (table, action, payload) => {
    const [row] = StationStream.ready('ocpp2.1').says(3, action, payload).rows(table);
    expect([row?.at, row?.since, row?.settled_at]).toContain(at(3));
  });
  it('in a stream of values is of those that have one', () =>
    expect(
      StationStream.ready('ocpp2.1')
        .says(3, 'NotifyPeriodicEventStream', { id: 1, pending: 0, basetime: BEYOND, data: [{ t: 0, v: '1' }] })
        .rows('event_stream_values'),
    ).toEqual([]));
});

describe('what has no end that could be written', () => {
  it('is a reservation that is shown without one', () => {
    const payload = { id: 7, evseId: 1, expiryDateTime: BEYOND, idToken: { idToken: 'x', type: 'ISO14443' } };
    const stream = StationStream.ready().asked(1, 'r', 'ReserveNow', payload).answered(2, 'r', { status: 'Accepted' });
    expect(stream.rows('reservations').at(-1)).toMatchObject({ state: 'active', expires_at: null });
  });
  it('is a payment in a browser that is shown without one', () => {
    const stream = StationStream.ready('ocpp2.1').asked(1, 'w', 'NotifyWebPaymentStarted', { evseId: 1, timeout: 1e15 });
    expect(stream.rows('web_payments')).toMatchObject([{ state: 'sent', expires_at: null }]);
  });
});
