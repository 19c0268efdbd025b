// What is wanted on a display gets there, is known to be there, and is sent again where it is missing.
import { describe, expect, it } from '@jest/globals';
import { type Board, withMessage, withState } from '#domain/display-message';
import { at, StationStream } from '../stream.fixture.js';

const info = (id: number, fields: object = {}) => ({
  id,
  priority: 'NormalCycle',
  message: { format: 'UTF8', content: `sealed:v1:station:t/CP1:${id}` },
  ...fields,
});

class DisplayStream extends StationStream {
  static open(): DisplayStream {
    return (new DisplayStream('CP1', 'ocpp2.0.1').configured().connected(0) as DisplayStream).boots(1);
  }
  wanted(minute: number, messageId: number, message?: ReturnType<typeof info>): this {
    return this.add('DisplayMessageWanted', minute, { stationId: 'CP1', messageId, ...(message && { message }), requestedBy: 'api:ann' });
  }
  mine = () => this.commands().filter(({ requestedBy }) => requestedBy === 'stations:display-messages');
  last = () => {
    const command = this.mine().at(-1);
    if (command === undefined) throw new Error('nothing is sent');
    return command;
  };
  answers(minute: number, status: string): this {
    const command = this.last();
    return this.askedAs(minute, command).answered(minute, command.commandId, { status });
  }
  tells(minute: number, messageInfo: readonly object[], tbc = false): this {
    const { requestId } = this.last().payload as { requestId: number };
    return this.says(minute, 'NotifyDisplayMessages', { requestId, messageInfo, tbc });
  }
  /** State of each message, as last shown. */
  shown = () => Object.fromEntries(this.rows('display_messages').map(({ message_id: id, state }) => [id, state]));
}
const shows = (...ids: readonly number[]): DisplayStream =>
  ids.reduce((stream, id) => stream.wanted(2, id, info(id)).answers(2, 'Accepted'), DisplayStream.open());

describe('a message that is wanted', () => {
  it('is sent, and shown when the station took it', () => {
    const stream = DisplayStream.open().wanted(2, 4, info(4));
    expect(stream.last()).toMatchObject({ action: 'SetDisplayMessage', payload: { message: info(4) } });
    expect(stream.shown()).toEqual({ 4: 'asked' });
    expect(stream.answers(2, 'Accepted').shown()).toEqual({ 4: 'shown' });
  });
  it.each(['NotSupportedMessageFormat', 'Rejected', 'NotSupportedPriority', 'UnknownTransaction'])(
    'is refused with %s, and not sent again',
    (status) => {
      const stream = DisplayStream.open().wanted(2, 4, info(4)).answers(2, status);
      expect(stream.rows('display_messages').at(-1)).toMatchObject({ state: 'refused', reason: status });
      expect(stream.connected(5).mine()).toHaveLength(1);
    },
  );
  it('waits for a station that is away', () => {
    const stream = DisplayStream.open().wanted(2, 4, info(4));
    const { commandId } = stream.last();
    stream.askedAs(2, stream.last()).refused(2, commandId);
    expect([stream.shown(), stream.mine().length]).toEqual([{ 4: 'wanted' }, 1]);
    expect(stream.connected(5).mine()).toHaveLength(2);
  });
  it('that changed meanwhile is not taken for shown, or refused, by the answer to what it was', () => {
    for (const status of ['Accepted', 'Rejected']) {
      const stream = DisplayStream.open().wanted(2, 4, info(4));
      const first = stream.last();
      stream.askedAs(2, first).wanted(3, 4, info(4, { priority: 'AlwaysFront' }));
      const second = stream.last();
      stream.askedAs(3, second).answered(4, first.commandId, { status });
      expect(stream.shown()).toEqual({ 4: 'asked' });
      expect(stream.answered(5, second.commandId, { status: 'Accepted' }).shown()).toEqual({ 4: 'shown' });
    }
  });
  it('that is wanted again while it is taken off is shown afterwards', () => {
    const stream = shows(4).wanted(5, 4);
    const clear = stream.last();
    stream.askedAs(5, clear).wanted(6, 4, info(4));
    const set = stream.last();
    stream.askedAs(6, set).answered(7, clear.commandId, { status: 'Accepted' });
    expect(stream.shown()).toEqual({ 4: 'asked' });
    expect(stream.answered(8, set.commandId, { status: 'Accepted' }).shown()).toEqual({ 4: 'shown' });
  });
  it('is taken off when nobody wants it any more, also where the station does not know it', () => {
    for (const status of ['Accepted', 'Unknown']) {
      const stream = shows(4).wanted(5, 4);
      expect(stream.last()).toMatchObject({ action: 'ClearDisplayMessage', payload: { id: 4 } });
      expect(stream.answers(5, status).shown()).toEqual({ 4: 'cleared' });
      expect(stream.mine()).toHaveLength(2);
    }
  });
  it('is over at its end', () =>
    expect(
      DisplayStream.open()
        .wanted(2, 4, info(4, { endDateTime: at(9) }))
        .answers(2, 'Accepted')
        .due(9)
        .shown(),
    ).toEqual({ 4: 'over' }));
  it('bound to a transaction is over with it, and sent no more', () => {
    const stream = DisplayStream.open()
      .wanted(2, 4, info(4, { transactionId: 'T' }))
      .answers(2, 'Accepted');
    const tells = (minute: number, eventType: string, transactionId: string) =>
      stream.says(minute, 'TransactionEvent', { eventType, timestamp: at(minute), seqNo: minute, transactionInfo: { transactionId } });
    expect(tells(3, 'Updated', 'T').shown()).toEqual({ 4: 'shown' });
    expect(tells(4, 'Ended', 'another').shown()).toEqual({ 4: 'shown' });
    expect(tells(5, 'Ended', 'T').shown()).toEqual({ 4: 'over' });
    expect(stream.boots(6).mine()).toHaveLength(1);
  });
  it('somebody sent by hand counts as wanted', () =>
    expect(
      DisplayStream.open()
        .asked(2, 'theirs', 'SetDisplayMessage', { message: info(4) })
        .answered(2, 'theirs', { status: 'Accepted' })
        .shown(),
    ).toEqual({ 4: 'shown' }));
});

describe('after a boot the station is asked what it shows', () => {
  const rebooted = () => shows(4, 5).boots(9);
  it('in parts: what is missing is sent again, what is not ours is told', () => {
    const stream = rebooted();
    expect(stream.last()).toMatchObject({ action: 'GetDisplayMessages' });
    stream
      .answers(9, 'Accepted')
      .tells(9, [info(5)], true)
      .tells(9, [info(77)]);
    expect(stream.last()).toMatchObject({ action: 'SetDisplayMessage', payload: { message: { id: 4 } } });
    expect(stream.shown()).toEqual({ 4: 'asked', 5: 'shown', 77: 'foreign' });
  });
  it('and where it has nothing any more, all of it is sent again', () => {
    const stream = rebooted().answers(9, 'Unknown');
    expect(
      stream
        .mine()
        .slice(-2)
        .map(({ payload }) => (payload as { message: { id: number } }).message.id),
    ).toEqual([4, 5]);
  });
  it('again when it is back, where nobody answered', () => {
    const stream = rebooted();
    const { commandId } = stream.last();
    stream.askedAs(9, stream.last()).unanswered(10, commandId);
    expect(stream.mine()).toHaveLength(3);
    expect(stream.connected(11).mine().slice(3)).toMatchObject([{ action: 'GetDisplayMessages' }]);
  });
  it('unless it never showed anything', () => expect(DisplayStream.open().boots(9).mine()).toEqual([]));
});

describe('a display with more messages than it has room for', () => {
  it('remembers as many as it may, of those that ended too', () => {
    let board: Board = {};
    const message = { priority: 'NormalCycle', message: { format: 'UTF8', content: 'x' } };
    for (let id = 1; id <= 300; id++) {
      board = withMessage(board, id, { message: { id, ...message }, state: 'shown', requestedBy: 'api:ann' });
      if (id % 2 === 0 && id > 100) board = withState(board, id, 'cleared');
    }
    expect(Object.keys(board)).toHaveLength(100);
  });
});
