// Many messages for one station leave one after the other, and end clearly where they cannot.
import { describe, expect, it } from '@jest/globals';
import { at, StationStream } from '../stream.fixture.js';
import { type MessageQueue, messageQueue } from './part.js';

const wanted = (stream: StationStream, minute: number, ids: readonly string[], notAfterMinute = minute + 30): StationStream =>
  stream.add('MessagesWanted', minute, {
    stationId: 'CP1',
    messages: ids.map((commandId) => ({ commandId, action: 'ChangeConfiguration', payload: { key: commandId, value: '1' } })),
    timeoutMs: 30_000,
    notAfter: at(notAfterMinute),
    requestedBy: 'api:ann',
  });
const sent = (stream: StationStream) =>
  stream
    .commands()
    .filter(({ requestedBy }) => requestedBy === 'stations:message-queue')
    .map(({ commandId }) => commandId);
/** The newest command, as the relay appends it. */
const relayed = (stream: StationStream, minute: number): StationStream => stream.askedAs(minute, stream.commands().at(-1) as never);
const refused = (stream: StationStream) =>
  stream.told('MessagesRefused') as readonly { commandIds: readonly string[]; reason: string; detail: string }[];
const waiting = (stream: StationStream) => stream.state<MessageQueue>(messageQueue).waiting.length;
const ready = () => StationStream.ready('ocpp1.6');

describe('many messages for one station', () => {
  it('leave one by one, in their order and under the ids they were given, whatever is answered', () => {
    const stream = wanted(ready(), 1, ['a', 'b', 'c']);
    expect(sent(stream)).toEqual(['a']);
    expect(stream.commands().at(-1)).toMatchObject({ action: 'ChangeConfiguration', payload: { key: 'a' }, notAfter: at(31) });
    relayed(stream, 1).answered(2, 'a', { status: 'Rejected' });
    expect(sent(stream)).toEqual(['a', 'b']);
    relayed(stream, 2);
    wanted(stream, 3, ['d']);
    expect(sent(stream)).toEqual(['a', 'b']);
    stream.errored(3, 'b');
    relayed(stream, 3).answered(4, 'c', { status: 'Accepted' });
    relayed(stream, 4).answered(5, 'd', { status: 'Accepted' });
    expect([sent(stream), waiting(stream), refused(stream)]).toEqual([['a', 'b', 'c', 'd'], 0, []]);
  });

  it('end refused, with what to do, where one of them did not arrive or was not answered', () => {
    const away = relayed(wanted(ready(), 1, ['a', 'b', 'c']), 1).refused(1, 'a');
    expect(refused(away)).toMatchObject([
      { stationId: 'CP1', commandIds: ['b', 'c'], reason: 'NotConnected', detail: expect.stringContaining('ask again') },
    ]);
    const unready = relayed(wanted(ready(), 1, ['a', 'b']), 1).refused(1, 'a', 'NotBooted');
    expect(refused(unready)).toMatchObject([
      { reason: 'NotBooted', detail: expect.stringContaining('ChangeConfiguration before it never left') },
    ]);
    const silent = relayed(wanted(ready(), 1, ['a', 'b']), 1).unanswered(2, 'a');
    expect(refused(silent)).toMatchObject([{ detail: expect.stringContaining('was not answered (timeout)') }]);
    expect([refused(silent).map(({ reason }) => reason), waiting(silent), sent(silent)]).toEqual([['PastNotAfter'], 0, ['a']]);
    expect(sent(wanted(silent, 3, ['c']))).toEqual(['a', 'c']);
  });

  it('go on after one that nobody could send as it is', () => {
    const stream = relayed(wanted(ready(), 1, ['a', 'b']), 1).refused(1, 'a', 'InvalidPayload');
    expect([sent(stream), refused(stream)]).toEqual([['a', 'b'], []]);
  });

  it('are refused when they are too late, or too many', () => {
    const late = relayed(wanted(ready(), 1, ['a', 'b'], 3), 1).answered(4, 'a', { status: 'Accepted' });
    expect(refused(late)).toMatchObject([{ commandIds: ['b'], reason: 'PastNotAfter' }]);
    const many = Array.from({ length: 1100 }, (_, index) => `m${index}`);
    expect(refused(wanted(ready(), 1, many))).toMatchObject([{ commandIds: { length: 100 }, reason: 'QueueFull' }]);
  });
});
