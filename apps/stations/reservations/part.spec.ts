// A reservation from the question to its end, by whatever it ends.
import { describe, expect, it } from '@jest/globals';
import { at, StationStream } from '../stream.fixture.js';
import { reservations } from './part.js';

const payload201 = { id: 7, evseId: 1, expiryDateTime: at(30), idToken: { idToken: 'sealed:v1:#ann:x', type: 'ISO14443' } };
const payload16 = { reservationId: 7, connectorId: 1, expiryDate: at(30), idTag: 'sealed:v1:#ann:x' };
const asked = (version: 'ocpp1.6' | 'ocpp2.0.1' = 'ocpp2.0.1'): StationStream =>
  StationStream.ready(version)
    .boots(1)
    .asked(2, 'r', 'ReserveNow', version === 'ocpp1.6' ? payload16 : payload201);
const active = (version: 'ocpp1.6' | 'ocpp2.0.1' = 'ocpp2.0.1') => asked(version).answered(2, 'r', { status: 'Accepted' });
const shown = (stream: StationStream) => stream.rows('reservations').at(-1);

describe.each(['ocpp1.6', 'ocpp2.0.1'] as const)('a reservation in %s', (version) => {
  it('is shown as asked for, and active when the station took it', () => {
    expect(shown(asked(version))).toMatchObject({
      reservation_id: 7,
      evse_id: 1,
      token_hash: '#ann',
      state: 'requested',
      requested_by: 'api:tests',
    });
    expect(shown(active(version))).toMatchObject({ state: 'active', expires_at: at(30) });
  });
  it('ends when its time is over, whether the station says so or not', () =>
    expect(shown(active(version).due(30))).toMatchObject({ state: 'expired' }));
  it('ends when it is called off, also where the station does not know it any more', () => {
    const called = (status: string) =>
      shown(active(version).asked(3, 'c', 'CancelReservation', { reservationId: 7 }).answered(3, 'c', { status }));
    expect(called('Accepted')).toMatchObject({ state: 'cancelled' });
    expect(called('Rejected')).toMatchObject({ state: 'removed' });
  });
});

describe('a reservation', () => {
  it('is used by the transaction that names it', () => {
    const event = { eventType: 'Started', transactionInfo: { transactionId: 'T' }, reservationId: 7 };
    expect(shown(active().says(5, 'TransactionEvent', event))).toMatchObject({ state: 'used', transaction_id: 'T' });
    const start = { connectorId: 1, idTag: 'x', meterStart: 0, timestamp: at(5), reservationId: 7 };
    expect(shown(active('ocpp1.6').says(5, 'StartTransaction', start, { transactionId: '12' }))).toMatchObject({
      state: 'used',
      transaction_id: '12',
    });
  });
  it('of somebody else is not touched by other transactions', () => {
    const { reservationId: _, ...event } = { eventType: 'Started', transactionInfo: { transactionId: 'T' }, reservationId: 7 };
    expect(shown(active().says(5, 'TransactionEvent', event))).toMatchObject({ state: 'active' });
    expect(shown(active().says(5, 'TransactionEvent', { ...event, reservationId: 8 }))).toMatchObject({ state: 'active' });
  });
  it.each([
    ['Expired', 'expired'],
    ['Removed', 'removed'],
    ['NoTransaction', 'noTransaction'],
  ])('that the station calls %s is %s', (reservationUpdateStatus, state) =>
    expect(shown(active().says(9, 'ReservationStatusUpdate', { reservationId: 7, reservationUpdateStatus }))).toMatchObject({ state }),
  );
  it.each(['Faulted', 'Occupied', 'Rejected', 'Unavailable'])('that the station answers with %s is refused', (status) =>
    expect(shown(asked().answered(2, 'r', { status }))).toMatchObject({ state: 'refused', reason: status }),
  );
  it('without an answer may be kept: it stays until its time is over, and a late answer counts', () => {
    const silent = () => asked().unanswered(3, 'r');
    expect(shown(silent())).toMatchObject({ state: 'unknown' });
    expect(shown(silent().answered(4, 'r', { status: 'Accepted' }))).toMatchObject({ state: 'active' });
    expect(shown(silent().due(30))).toMatchObject({ state: 'expired' });
  });
  it('that never got there is refused', () =>
    expect(shown(asked().refused(2, 'r'))).toMatchObject({ state: 'refused', reason: 'NotConnected' }));
});

describe('the end of a reservation that the station took is told, with how long the outlet was kept', () => {
  const told = (stream: StationStream) => stream.told('ReservationEnded');
  const kept = { stationId: 'CP1', reservationId: 7, evseId: 1, tokenHash: '#ann', from: at(2) };
  it('for a transaction', () =>
    expect(
      told(active().says(5, 'TransactionEvent', { eventType: 'Started', transactionInfo: { transactionId: 'T' }, reservationId: 7 })),
    ).toEqual([expect.objectContaining({ ...kept, to: at(5), end: 'used', transactionId: 'T' })]));
  it('for nobody, until its time was over whenever that is told', () => {
    const expired = [expect.objectContaining({ ...kept, to: at(30), end: 'expired' })];
    expect(told(active().due(30))).toEqual(expired);
    expect(told(active().says(40, 'ReservationStatusUpdate', { reservationId: 7, reservationUpdateStatus: 'Expired' }))).toEqual(expired);
  });
  it('until it was called off', () =>
    expect(told(active().asked(3, 'c', 'CancelReservation', { reservationId: 7 }).answered(4, 'c', { status: 'Accepted' }))).toEqual([
      expect.objectContaining({ ...kept, to: at(4), end: 'cancelled' }),
    ]));
  it('from its beginning where it was asked for again, and also where that came to nothing', () => {
    const longer = { ...payload201, expiryDateTime: at(60) };
    const again = () => active().asked(10, 'r2', 'ReserveNow', longer);
    for (const stream of [again().refused(10, 'r2'), again().answered(10, 'r2', { status: 'Occupied' })])
      expect([shown(stream), told(stream.due(30))]).toMatchObject([
        { state: 'active', expires_at: at(30) },
        [{ ...kept, to: at(30), end: 'expired' }],
      ]);
    const kept60 = again().answered(10, 'r2', { status: 'Accepted' });
    expect([shown(kept60), told(kept60.due(60))]).toMatchObject([
      { state: 'active', expires_at: at(60) },
      [{ ...kept, to: at(60), end: 'expired' }],
    ]);
  });
  it('when somebody else takes its place', () => {
    const bob = { ...payload201, expiryDateTime: at(60), idToken: { idToken: 'sealed:v1:#bob:x', type: 'ISO14443' } };
    const stream = active().asked(10, 'r2', 'ReserveNow', bob).answered(10, 'r2', { status: 'Accepted' });
    expect(shown(stream)).toMatchObject({ state: 'active', token_hash: '#bob' });
    expect(told(stream.due(60))).toMatchObject([
      { ...kept, to: at(10), end: 'cancelled' },
      { ...kept, tokenHash: '#bob', from: at(10), to: at(60), end: 'expired' },
    ]);
  });
  it('and nothing of one that it refused or never answered', () => {
    expect(told(asked().answered(2, 'r', { status: 'Occupied' }))).toEqual([]);
    expect(told(asked().unanswered(3, 'r').due(30))).toEqual([]);
  });
});

describe('more reservations than are remembered', () => {
  it('are forgotten by their age, whatever their numbers', () => {
    const stream = StationStream.ready();
    for (let count = 0; count < 102; count++) {
      const payload = { ...payload201, id: 1000 - count, expiryDateTime: at(600) };
      stream.asked(count, `r${count}`, 'ReserveNow', payload).answered(count, `r${count}`, { status: 'Accepted' });
    }
    const ids = Object.keys(stream.state<{ kept: object }>(reservations).kept).map(Number);
    expect([ids.length, Math.min(...ids), Math.max(...ids)]).toEqual([100, 899, 998]);
  });
});
