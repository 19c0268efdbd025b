// A station is asked of a driver and tells in parts; of one who is forgotten it is told to forget, whenever it can be reached.
import { describe, expect, it } from '@jest/globals';
import { erasureSubject } from '#domain/privacy';
import { StationStream } from '../stream.fixture.js';
import { forgetCleared } from './erasure.js';
import { type Customers, customerInformation } from './part.js';

const place = { tenantId: 't', stationId: 'CP1' };
const sealed = `sealed:v1:${erasureSubject('ann', place)}:x`;

class CustomerStream extends StationStream {
  static open(): CustomerStream {
    return (new CustomerStream('CP1', 'ocpp2.0.1').configured().connected(0) as CustomerStream).boots(1);
  }
  asks(minute = 2): this {
    const idToken = { idToken: 'sealed:v1:ann:x', type: 'ISO14443' };
    return this.asked(minute, 'q', 'CustomerInformation', { requestId: 5, report: true, clear: false, idToken });
  }
  tells(seqNo: number, tbc: boolean, requestId = 5): this {
    return this.says(3, 'NotifyCustomerInformation', {
      requestId,
      seqNo,
      tbc,
      generatedAt: '2026-11-01T12:00:00Z',
      data: `sealed:v1:ann:${seqNo}`,
    });
  }
  forgets(minute: number, tokenHash = 'ann'): this {
    const idToken = sealed.replace('ann', tokenHash);
    return this.add('CustomerClearWanted', minute, { stationId: 'CP1', tokenHash, tokenType: 'ISO14443', idToken, requestedBy: 'api:dpo' });
  }
  mine = () => this.commands().filter(({ requestedBy }) => requestedBy === 'stations:customer-information');
  answers(minute: number, status: string): this {
    const command = this.mine().at(-1);
    if (command === undefined) throw new Error('nothing is asked');
    return this.askedAs(minute, command).answered(minute, command.commandId, { status });
  }
  clearing = () => this.state<Customers>(customerInformation).clearings.ann?.state;
}

describe('what a station tells of a driver', () => {
  it('is kept in parts, and complete with all of them in any order', () => {
    const stream = CustomerStream.open().asks().answered(2, 'q', { status: 'Accepted' }).tells(1, false).tells(1, false);
    expect(stream.rows('customer_requests').at(-1)).toMatchObject({ request_id: 5, token_hash: 'ann', state: 'accepted', is_clear: false });
    stream.tells(0, true);
    expect(stream.rows('customer_requests').at(-1)).toMatchObject({ state: 'complete' });
    expect(stream.rows('customer_data').map(({ seq_no: seqNo }) => seqNo)).toEqual([1, 1, 0]);
  });
  it('is nothing where nobody asked', () => expect(CustomerStream.open().tells(0, false, 99).rows('customer_data')).toEqual([]));
  it.each([
    ['Rejected', 'refused'],
    ['Invalid', 'refused'],
  ])('is nothing where it answers %s', (status, state) =>
    expect(CustomerStream.open().asks().answered(2, 'q', { status }).rows('customer_requests').at(-1)).toMatchObject({
      state,
      reason: status,
    }),
  );
});

describe('a driver who is forgotten', () => {
  it('is cleared at the station, named by a text of its own, without a report', () => {
    const stream = CustomerStream.open().forgets(2);
    expect(stream.mine()).toMatchObject([
      { action: 'CustomerInformation', payload: { report: false, clear: true, idToken: { idToken: sealed } } },
    ]);
    expect(stream.answers(2, 'Accepted').clearing()).toBe('cleared');
    expect(stream.boots(9).mine()).toHaveLength(1);
  });
  it('is cleared when the station is back, or could not do it then', () => {
    const away = CustomerStream.open().forgets(2);
    const [command] = away.mine();
    away.askedAs(2, command as never).refused(2, command?.commandId ?? '');
    expect([away.clearing(), away.mine().length]).toEqual(['wanted', 1]);
    expect(away.connected(5).mine()).toHaveLength(2);
    const busy = CustomerStream.open().forgets(2).answers(2, 'Rejected');
    expect([busy.clearing(), busy.mine().length]).toEqual(['wanted', 1]);
    expect(busy.boots(5).mine()).toHaveLength(2);
  });
  it('is followed by the next one', () => {
    const stream = CustomerStream.open().forgets(2).forgets(2, 'bob');
    expect(stream.mine()).toHaveLength(1);
    expect(stream.answers(2, 'Accepted').mine()).toHaveLength(2);
  });
  it('is given up at a station that is deleted, whatever it still answers; not at one that moves', () => {
    const removed = (stream: CustomerStream, more: object) =>
      stream.add('ConfigurationAccepted', 4, { requestId: 'r', version: 2, change: { kind: 'stationRemoved', stationId: 'CP1', ...more } });
    expect(removed(CustomerStream.open().forgets(2), {}).clearing()).toBe('asked');
    const deleted = removed(CustomerStream.open().forgets(2), { isDeleted: true });
    expect(deleted.clearing()).toBe('unsupported');
    expect(deleted.answers(5, 'Rejected').clearing()).toBe('unsupported');
  });
  it('is given up, and no longer named, once five hundred others wait after him; those that are over make room first', () => {
    const stream = CustomerStream.open().forgets(2, 'first').answers(2, 'Accepted').forgets(3);
    for (let count = 1; count < 500; count++) stream.forgets(3, `d${count}`);
    expect(stream.clearing()).toBe('asked');
    const states = () =>
      Object.groupBy(Object.values(stream.forgets(4, 'last').state<Customers>(customerInformation).clearings), ({ state }) => state);
    expect(Object.entries(states()).map(([state, { length }]) => [state, length])).toEqual([
      ['cleared', 1],
      ['unsupported', 1],
      ['asked', 1],
      ['wanted', 499],
    ]);
    expect(stream.clearing()).toBe('unsupported');
  });
  it('has no name left once that is done, and only then', async () => {
    const destroyed: string[] = [];
    const keys = { destroy: async (subject: string) => void destroyed.push(subject) };
    const state = (now: string) =>
      ({
        station: { ...place, siteId: 's' },
        open: {},
        parts: { 'customer-information': { requests: {}, clearings: { ann: { state: now } } } },
      }) as never;
    await forgetCleared(keys, state('asked'), state('wanted'));
    expect(destroyed).toEqual([]);
    await forgetCleared(keys, state('cleared'), state('asked'));
    await forgetCleared(keys, state('unsupported')); // taken over by somebody else
    expect(destroyed).toEqual([erasureSubject('ann', place), erasureSubject('ann', place)]);
  });
});

describe('more questions than are remembered', () => {
  it('are forgotten by their age, whatever their numbers', () => {
    const stream = CustomerStream.open();
    for (let count = 0; count < 25; count++)
      stream.asked(2 + count, `q${count}`, 'CustomerInformation', { requestId: 100 - count, report: true, clear: false });
    const ids = Object.keys(stream.state<Customers>(customerInformation).requests).map(Number);
    expect([ids.length, Math.min(...ids), Math.max(...ids)]).toEqual([20, 76, 95]);
  });
});
