// A transaction that ended with a gap: its station is asked once, and what it says stands in a row.
import { describe, expect, it } from '@jest/globals';
import { StationStream } from '../stream.fixture.js';

const missing = (stream: StationStream, minute: number, count = 2, transactionId = 'T1') =>
  stream.add('TransactionEventsMissing', minute, { stationId: 'CP1', transactionId, missing: count });
const questions = (stream: StationStream) => stream.commands().filter(({ action }) => action === 'GetTransactionStatus');
const ready = () => StationStream.ready().boots(1);

describe('a station that kept events of an ended transaction', () => {
  it('is asked for it by name, once, and its answer is a row (E14)', () => {
    const stream = missing(ready(), 2);
    const [question] = questions(stream);
    expect(question?.payload).toEqual({ transactionId: 'T1' });
    stream.askedAs(2, question as never).answered(3, question?.commandId ?? '', { ongoingIndicator: false, messagesInQueue: true });
    expect(questions(missing(stream, 4, 0))).toHaveLength(1);
    expect(stream.rows('missing_events')).toMatchObject([
      { transaction_id: 'T1', missing: 2 },
      { transaction_id: 'T1', messages_in_queue: true, is_ongoing: false },
      { transaction_id: 'T1', missing: 0 },
    ]);
  });
  it('that does not know the question is asked again after a boot only', () => {
    const stream = missing(ready(), 2);
    const [question] = questions(stream);
    stream.askedAs(2, question as never).errored(2, question?.commandId ?? '', 'NotSupported');
    expect(questions(missing(stream, 3, 1, 'T2'))).toHaveLength(1);
    expect(questions(missing(stream.boots(4), 5, 1, 'T3'))).toHaveLength(2);
  });
  it('of 1.6 has no such question', () => expect(questions(missing(StationStream.ready('ocpp1.6').boots(1), 2))).toEqual([]));
  it('shows also what an operator asked', () => {
    const stream = ready().asked(2, 'c', 'GetTransactionStatus', { transactionId: 'T9' }).answered(2, 'c', { messagesInQueue: false });
    expect(stream.rows('missing_events')).toMatchObject([{ transaction_id: 'T9', messages_in_queue: false, is_ongoing: null }]);
  });
});
