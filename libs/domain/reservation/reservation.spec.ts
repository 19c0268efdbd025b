// Reservations in the words of each version, there and back.
import { describe, expect, it } from '@jest/globals';
import { validate } from '#ocpp';
import { reservationIn, reserveNow } from './index.js';

const wish = {
  reservationId: 7,
  evseId: 2,
  idToken: 'sealed:v1:#ann:x',
  tokenType: 'ISO14443',
  groupId: 'fleet',
  expiresAt: '2026-11-01T13:00:00.000Z',
};
const connectorOf = (evseId: number): number => evseId + 10;
const evseOf = (connectorId: number): number => connectorId - 10;

describe('ReserveNow', () => {
  it.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const)('keeps to the schema of %s and means the same read back', (version) => {
    const payload = reserveNow(version === 'ocpp1.6', wish, connectorOf);
    // 1.6 tokens are of 20 characters: what is sealed is opened before it is checked.
    const opened = JSON.parse(JSON.stringify(payload).replaceAll(wish.idToken, 'ANN'));
    expect(validate(version, 'ReserveNow', 'request', opened)).toEqual([]);
    expect(reservationIn(payload as never, evseOf)).toMatchObject({
      reservationId: 7,
      evseId: 2,
      tokenHash: '#ann',
      expiresMs: Date.parse(wish.expiresAt),
    });
  });
  it('of any outlet is connector 0 in 1.6 and without an EVSE in 2.x, perhaps with a connector type', () => {
    const any = { ...wish, evseId: undefined, connectorType: 'cType2' };
    expect(reserveNow(true, any, connectorOf)).toMatchObject({ connectorId: 0 });
    expect(reserveNow(false, any, connectorOf)).toMatchObject({ connectorType: 'cType2' });
    expect(reserveNow(false, any, connectorOf)).not.toHaveProperty('evseId');
  });
  it('without an id is none, and without a readable time never ends by itself', () => {
    expect(reservationIn({}, evseOf)).toBeUndefined();
    expect(reservationIn({ id: 1, expiryDateTime: 'soon' }, evseOf)).toEqual({ reservationId: 1, evseId: 0 });
  });
});
