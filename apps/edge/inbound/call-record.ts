// One CALL as a record of the site's stream. The payload is spliced in as the station wrote it, unless something in it had to be sealed.
// Only text is built here; appending is the site log's.
import type { CallReceived, EnvelopeAttributes } from '#contracts';
import { encodeText } from '#contracts';
import type { NewRecord } from '#ports';
import type { Plan } from './plan-answer.js';

export type CallHead = Pick<CallReceived, 'connectionId' | 'generation' | 'ocppVersion'>;

/** The part of every record of one connection that never changes, as the beginning of its JSON text. */
export const recordPrefix = (head: CallHead): string => `${JSON.stringify(head).slice(0, -1)},`;

/** `payloadText` must be JSON text; it becomes the last member, `payload`. */
export function callRecord(
  attributes: EnvelopeAttributes,
  prefix: string,
  { messageId, action, isSend }: Pick<CallReceived, 'messageId' | 'action' | 'isSend'>,
  { answer, violations, flags, token, transactionId }: Plan,
  payloadText: string,
): NewRecord {
  const rest: Omit<CallReceived, 'payload' | keyof CallHead> = {
    messageId,
    action,
    ...(isSend === true && { isSend }),
    violations,
    flags,
    ...(token !== undefined && { token }),
    ...(transactionId !== undefined && { transactionId: String(transactionId) }),
    answer,
  };
  return encodeText(attributes, `${prefix}${JSON.stringify(rest).slice(1, -1)},"payload":${payloadText}}`);
}
