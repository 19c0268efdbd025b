// What became of a transaction whose events did not all come (2.0.1 E14): the station is asked once whether it still has any, and what it says is shown.
// That events are missing is the sessions' to find out.
import type { TransactionEventsMissing } from '#contracts';
import { isOcpp2 } from '#ocpp';
import type { Heard } from '../heard.js';
import { type Part, requesterOf } from '../part.js';
import { mayBeAsked } from '../station.js';
import { MISSING_EVENTS } from './tables.js';

export interface TransactionStatus {
  /** It does not know the question; it is asked again after a boot. */
  readonly refuses?: boolean;
}

const missingIn = (heard: Heard): TransactionEventsMissing | undefined =>
  heard.kind === 'fact' && heard.input.type === 'TransactionEventsMissing' ? heard.input.data : undefined;

export const transactionStatus: Part<TransactionStatus> = {
  name: 'transaction-status',
  tables: [MISSING_EVENTS],
  calls: ['BootNotification'],
  commands: ['GetTransactionStatus'],
  facts: ['TransactionEventsMissing'],
  initial: {},
  decide({ refuses }, heard, station) {
    const { ocppVersion } = station;
    const told = missingIn(heard);
    if (told === undefined || told.missing === 0 || refuses === true || !mayBeAsked(station)) return [];
    if (ocppVersion === undefined || !isOcpp2(ocppVersion)) return [];
    return [{ action: 'GetTransactionStatus', payload: { transactionId: told.transactionId } }];
  },
  evolve(state, heard) {
    if (heard.kind === 'call') return state.refuses === true ? {} : state;
    if (heard.kind !== 'outcome' || heard.command.requestedBy !== requesterOf(transactionStatus)) return state;
    return heard.outcome.kind === 'errored' && state.refuses !== true ? { refuses: true } : state;
  },
  rows({ heard, place }) {
    const told = missingIn(heard);
    if (told !== undefined) {
      const { transactionId, missing } = told;
      return [{ table: MISSING_EVENTS, row: { ...place, transaction_id: transactionId, missing, told_at: heard.input.time } }];
    }
    if (heard.kind !== 'outcome' || heard.outcome.kind !== 'answered') return [];
    const { transactionId } = heard.command.payload;
    const { ongoingIndicator, messagesInQueue } = heard.outcome.payload;
    if (typeof transactionId !== 'string' || typeof messagesInQueue !== 'boolean') return [];
    const answer = { messages_in_queue: messagesInQueue, is_ongoing: ongoingIndicator ?? null, answered_at: heard.input.time };
    return [{ table: MISSING_EVENTS, row: { ...place, transaction_id: transactionId, ...answer } }];
  },
};
