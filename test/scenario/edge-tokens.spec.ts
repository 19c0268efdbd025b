// Tokens over real sockets: what 1.6 and 2.0.1 stations hear, what is recorded about it, and what holds while nobody can be asked (P10).
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import type { CallReceived } from '#contracts';
import { RouterUnavailable } from '#ports';
import { EdgeWorld } from './support/edge-world.js';

let system: EdgeWorld;
let edge: Edge;
beforeEach(async () => {
  system = await EdgeWorld.open();
  edge = await system.edge();
  await system.station('CP1');
  await system.token('GOOD', { groupHash: 'f'.repeat(64) });
  await system.token('STOLEN', { status: 'Blocked' });
});
afterEach(() => system.close());

const now = '2026-11-01T12:00:00Z';
const start = (idTag: string) => ({ connectorId: 1, idTag, meterStart: 0, timestamp: now });
const event = (eventType: string, more: object = {}) => ({
  eventType,
  seqNo: 0,
  timestamp: now,
  triggerReason: 'Authorized',
  transactionInfo: { transactionId: 'T1' },
  ...more,
});
const idToken = (value: string, type = 'ISO14443') => ({ idToken: { idToken: value, type } });
const recorded = async () => (await system.records('CallReceived')).map(({ data }) => data as CallReceived);
const bookGone = (): void => {
  const gone = () => Promise.reject(new RouterUnavailable('the test took it away'));
  Object.assign(system.world.book, { token: gone, openSessions: gone, isComplete: gone, station: gone });
};

describe('a 1.6 station', () => {
  it('hears what a token is worth, in any case of letters, and gets a transactionId even for a refused one', async () => {
    const station = await system.connect(edge, 'CP1');
    expect(await station.call('Authorize', { idTag: 'good' })).toEqual([
      3,
      'm1',
      { idTagInfo: { status: 'Accepted', parentIdTag: 'f'.repeat(20) } },
    ]);
    expect(await station.call('StartTransaction', start('STOLEN'))).toMatchObject([
      3,
      'm2',
      { transactionId: expect.any(Number), idTagInfo: { status: 'Blocked' } },
    ]);
    expect(await station.call('StartTransaction', start('WHO'))).toMatchObject([3, 'm3', { idTagInfo: { status: 'Invalid' } }]);
    expect((await recorded()).map(({ token }) => token?.status)).toEqual(['Accepted', 'Blocked', 'Invalid']);
  });
});

describe('a 2.0.1 station', () => {
  it('hears about the token in every event that has one', async () => {
    const station = await system.connect(edge, 'CP1', { protocols: 'ocpp2.0.1' });
    const said = async (eventType: string, token: object) => (await station.call('TransactionEvent', event(eventType, token)))[2];
    expect(await said('Started', idToken('GOOD'))).toMatchObject({
      idTokenInfo: { status: 'Accepted', groupIdToken: { type: 'Central' } },
    });
    expect(await said('Updated', idToken('STOLEN'))).toEqual({ idTokenInfo: { status: 'Blocked' } });
    expect(await said('Ended', idToken('WHO'))).toEqual({ idTokenInfo: { status: 'Unknown' } });
    expect(await said('Updated', {})).toEqual({});
  });
  it('may charge anybody where it needs no authorization, and no driver is made up for it', async () => {
    const station = await system.connect(edge, 'CP1', { protocols: 'ocpp2.0.1' });
    expect((await station.call('TransactionEvent', event('Started', idToken('', 'NoAuthorization'))))[2]).toEqual({
      idTokenInfo: { status: 'Accepted' },
    });
    expect((await recorded())[0]?.token).toBeUndefined();
  });
  it('is not let in by a certificate nobody checked', async () => {
    const station = await system.connect(edge, 'CP1', { protocols: 'ocpp2.0.1' });
    const answer = await station.call('Authorize', { ...idToken('GOOD', 'eMAID'), certificate: 'PEM' });
    expect(answer[2]).toEqual({ idTokenInfo: { status: 'Invalid' }, certificateStatus: 'CertChainError' });
    expect(JSON.stringify(await recorded())).not.toContain('"PEM"');
  });
});

describe('while the answer book is away', () => {
  it.each([
    ['Authorize', { idTag: 'GOOD' }],
    ['StartTransaction', start('GOOD')],
  ])('%s closes the socket with 1013, unrecorded', async (action, payload) => {
    const station = await system.connect(edge, 'CP1');
    bookGone();
    station.send([2, 'a', action, payload]);
    expect(await station.closed).toMatchObject({ code: 1013 });
    expect(station.received).toEqual([]);
    expect(await recorded()).toEqual([]);
  });
  it('messages of running transactions are recorded and end nothing', async () => {
    const old = await system.connect(edge, 'CP1');
    await system.station('CP2');
    const modern = await system.connect(edge, 'CP2', { protocols: 'ocpp2.0.1' });
    bookGone();
    expect(await old.call('StopTransaction', { transactionId: 5, meterStop: 9, timestamp: now, idTag: 'GOOD' })).toEqual([3, 'm1', {}]);
    expect((await modern.call('TransactionEvent', event('Updated', idToken('GOOD'))))[2]).toEqual({ idTokenInfo: { status: 'Accepted' } });
    expect((await modern.call('TransactionEvent', event('Started', { ...idToken('GOOD'), offline: true, seqNo: 1 })))[2]).toEqual({
      idTokenInfo: { status: 'Accepted' },
    });
    expect((await recorded()).map(({ flags }) => flags)).toEqual([['bookAway'], ['bookAway'], ['bookAway']]);
  });
  it('a new event of a new transaction closes the socket, and a token missing from an incomplete book is not unknown', async () => {
    const station = await system.connect(edge, 'CP1', { protocols: 'ocpp2.0.1' });
    system.world.book.isComplete = async () => false;
    station.send([2, 'a', 'TransactionEvent', event('Started', idToken('NEW'))]);
    expect(await station.closed).toMatchObject({ code: 1013 });
  });
});
