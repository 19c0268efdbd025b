// How one kind of station deviates from the book: a change of what it says, in which messages, or of what it answers. Several make a vendor.
// The deviations themselves are in manners.ts, who has which in personalities.ts.
import type { Reply } from './conversation.js';
import type { Dialect, Message } from './dialect.js';
import type { Outgoing } from './outbox.js';

export type Words = Readonly<Record<string, unknown>>;

export interface Manner {
  /** What becomes of a payload; asked each time it is sent. */
  tells?(action: string, payload: Words): Words;
  /** Which messages tell of a step of a transaction, in which order. */
  says?(messages: readonly Outgoing[]): readonly Outgoing[];
  /** `asOthers`: what a station by the book answers, with its effect. */
  answers?(action: string, payload: Words, asOthers: () => Reply): Reply;
}

/** The dialect as this station speaks it; the first manner comes first. */
export function mannered(dialect: Dialect, manners: readonly Manner[]): Dialect {
  if (manners.length === 0) return dialect;
  const told = <Said extends Message>(said: Said): Said => ({
    ...said,
    payload: () => manners.reduce((payload, manner) => manner.tells?.(said.action, payload) ?? payload, said.payload() as Words),
  });
  const chosen = (messages: readonly Outgoing[]): readonly Outgoing[] =>
    manners.reduce((left, manner) => manner.says?.(left) ?? left, messages).map(told);
  return {
    ...dialect,
    bootNotification: (reason) => told(dialect.bootNotification(reason)),
    heartbeat: () => told(dialect.heartbeat()),
    status: (outlet) => {
      const message = dialect.status(outlet);
      return message && told(message);
    },
    authorize: (idToken) => told(dialect.authorize(idToken)),
    started: (outlet, transaction) => chosen(dialect.started(outlet, transaction)),
    sampled: (outlet, transaction, cause) => chosen(dialect.sampled(outlet, transaction, cause)),
    stateChanged: (outlet, transaction) => chosen(dialect.stateChanged(outlet, transaction)),
    ended: (outlet, transaction, cause) => chosen(dialect.ended(outlet, transaction, cause)),
    answer: (action, payload) =>
      manners.reduce(
        (asOthers, manner) =>
          manner.answers === undefined ? asOthers : () => manner.answers?.(action, payload as Words, asOthers) ?? asOthers(),
        () => dialect.answer(action, payload),
      )(),
  };
}
