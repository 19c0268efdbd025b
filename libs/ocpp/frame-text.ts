// Writes OCPP-J frames.
// Whether a payload keeps to its schema is checked by the caller, before.

/** The id of an error that answers a frame whose own id could not be read (OCPP-J part 4, 4.2.3). */
const NO_MESSAGE_ID = '-1';
const LONGEST_DESCRIPTION = 255;

export const callFrame = (messageId: string, action: string, payload: object): string => JSON.stringify([2, messageId, action, payload]);

export const resultFrame = (messageId: string, payload: object): string => JSON.stringify([3, messageId, payload]);

/** 2.1: an answer to our own call `messageId` that cannot be used; as `errorFrame`. */
export const resultErrorFrame = (messageId: string, code: string, description: string): string =>
  JSON.stringify([5, messageId, code, description.slice(0, LONGEST_DESCRIPTION).toWellFormed(), {}]);

/** `code` in the version's own spelling, see `errorCodeIn`; the description is cut to 255 characters. */
export const errorFrame = (messageId: string | undefined, code: string, description: string, details: object = {}): string =>
  JSON.stringify([4, messageId ?? NO_MESSAGE_ID, code, description.slice(0, LONGEST_DESCRIPTION).toWellFormed(), details]);
