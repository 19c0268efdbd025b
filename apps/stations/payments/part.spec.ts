// Payments at a station: settlements once each, with their transaction, and payments in a browser until they expire.
import { describe, expect, it } from '@jest/globals';
import { StationStream } from '../stream.fixture.js';

const ready = (): StationStream => StationStream.ready('ocpp2.1');
const settlement = {
  pspRef: 'sealed:v1:x',
  status: 'Settled',
  settlementAmount: 12.34,
  settlementTime: '2026-03-01T12:00:00Z',
  transactionId: 't1',
};

describe('a settlement', () => {
  it('is kept with its transaction; told twice it is one', () => {
    const rows = ready()
      .says(1, 'NotifySettlement', settlement)
      .says(2, 'NotifySettlement', settlement, { messageId: 'again' })
      .rows('settlements');
    const keys = rows.map(({ station_id, transaction_id, settled_at, status }) => [station_id, transaction_id, settled_at, status].join());
    expect(new Set(keys).size).toBe(1);
    expect(rows[0]).toMatchObject({
      transaction_id: 't1',
      status: 'Settled',
      amount: 12.34,
      psp_ref: 'sealed:v1:x',
      settled_at: '2026-03-01T12:00:00.000Z',
    });
  });
  it('may be of no transaction', () => {
    const { transactionId: _, ...rest } = settlement;
    expect(
      ready()
        .says(1, 'NotifySettlement', { ...rest, status: 'Canceled' })
        .rows('settlements'),
    ).toMatchObject([{ transaction_id: '', status: 'Canceled' }]);
  });
});

describe('a payment in a browser', () => {
  const started = (): StationStream => ready().asked(1, 'x', 'NotifyWebPaymentStarted', { evseId: 2, timeout: 120 });
  const last = (stream: StationStream) => Object.assign({}, ...stream.rows('web_payments'));
  it('holds an EVSE until it expires, once the station was told', () => {
    const stream = started();
    const { started_at, expires_at } = last(stream) as { started_at: string; expires_at: string };
    expect(Date.parse(expires_at) - Date.parse(started_at)).toBe(120_000);
    expect(last(stream)).toMatchObject({ state: 'sent', evse_id: 2, requested_by: 'api:tests' });
    expect(last(stream.answered(2, 'x', {}))).toMatchObject({ state: 'told' });
  });
  it('holds nothing where the station could not be told', () => {
    expect(last(started().errored(2, 'x', 'NotSupported'))).toMatchObject({ state: 'failed', reason: 'NotSupported' });
    expect(last(started().refused(2, 'x'))).toMatchObject({ state: 'failed', reason: 'NotConnected' });
  });
});
