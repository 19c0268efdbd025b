// The RPC layer of a station: one call outstanding, answers matched by id, repeats under new ids, every call of the CSMS answered.
// Sockets are the line's, order and persistence the outbox's, meaning the dialects'.
import {
  callFrame,
  errorCodeFor,
  errorCodeIn,
  errorFrame,
  isAction,
  type OcppVersion,
  parseFrame,
  type RpcErrorCode,
  resultFrame,
  validate,
} from '#ocpp';
import { type Cancel, type Clock, whileListening } from './clock.js';
import type { Entry, Gate, Outbox, Outgoing } from './outbox.js';

/** What a station answers; `afterwards` runs when the answer is on its way. */
export type Reply<Result extends object = object> =
  | { readonly result: Result; readonly afterwards?: () => void }
  | { readonly error: RpcErrorCode; readonly description: string };

export interface RetryPolicy {
  readonly answerTimeoutMs: number;
  readonly mostAttempts: number;
  readonly intervalMs: number;
}

export interface Answered {
  readonly out: Outgoing;
  readonly messageId: string;
  readonly messageIds: readonly string[];
  readonly payload: unknown;
  readonly latencyMs: number;
}

export interface ConversationParts {
  readonly version: OcppVersion;
  readonly clock: Clock;
  readonly ids: () => string;
  readonly outbox: Outbox;
  readonly send: (text: string) => boolean;
  readonly gate: () => Gate;
  readonly retries: () => RetryPolicy;
  readonly answer: (action: string, payload: unknown, messageId: string) => Reply;
  readonly answered: (message: Answered) => void;
  readonly failed: (entry: Entry, reason: string) => void;
  /** Two calls in a row met silence: the link is probably dead. */
  readonly silent: () => void;
}

interface Outstanding {
  readonly entry: Entry;
  readonly messageId: string;
  readonly payload: object;
  readonly sentAt: number;
  readonly frame: string;
  readonly cancelTimeout: Cancel;
}

export class Conversation {
  /** Faults: how many answers are still to be taken for lost, of which action; and whether calls of the CSMS are left without answer. */
  answersToLose: { left: number; readonly action?: string } = { left: 0 };
  mute = false;
  #outstanding: Outstanding | undefined;
  #lastFrame: string | undefined;
  #silences = 0;
  #cancelPump: Cancel = () => {};

  constructor(private readonly parts: ConversationParts) {}

  /** Sends the next message if none is outstanding. */
  pump(): void {
    this.#cancelPump();
    if (this.#outstanding !== undefined) return;
    const { outbox, clock, gate } = this.parts;
    const next = outbox.next(clock.now(), gate());
    if (next === undefined) return;
    if ('askAgainAt' in next) {
      this.#cancelPump = clock.after(next.askAgainAt - clock.now(), () => this.pump());
      return;
    }
    this.#call(next);
  }

  received(text: string): void {
    const { version, send } = this.parts;
    const frame = parseFrame(text, version);
    if (frame.kind === 'call') this.#called(frame.messageId, frame.action, frame.payload);
    else if (frame.kind === 'unreadable') send(errorFrame(frame.messageId ?? '-1', errorCodeIn(version, frame.code), frame.reason));
    else if (frame.kind === 'result') this.#answeredBy(frame.messageId, frame.payload);
    else if (frame.kind === 'error') this.#refused(frame.messageId, `${frame.code}: ${frame.description}`);
  }

  /** The link is gone; what was outstanding goes back to its place, to be sent again under a new id. */
  linkLost(): void {
    this.#cancelPump();
    this.#outstanding?.cancelTimeout();
    this.#outstanding = undefined;
    this.#lastFrame = undefined;
    this.#silences = 0;
    this.parts.outbox.linkLost();
  }

  /** Fault: the last call once more, letter by letter. */
  repeatLastFrame(): boolean {
    return this.#lastFrame !== undefined && this.parts.send(this.#lastFrame);
  }

  #call(entry: Entry): void {
    const { clock, ids, send, retries } = this.parts;
    const messageId = ids();
    const payload = entry.out.payload();
    const frame = callFrame(messageId, entry.out.action, payload);
    if (!send(frame)) return;
    entry.messageIds.push(messageId);
    this.#lastFrame = frame;
    const cancelTimeout = whileListening(clock, retries().answerTimeoutMs, () => this.#timedOut(messageId));
    this.#outstanding = { entry, messageId, payload, sentAt: clock.now(), frame, cancelTimeout };
  }

  #take(messageId: string): Outstanding | undefined {
    const outstanding = this.#outstanding;
    if (outstanding?.messageId !== messageId) return undefined;
    outstanding.cancelTimeout();
    this.#outstanding = undefined;
    return outstanding;
  }

  #answeredBy(messageId: string, payload: unknown): void {
    if (this.#losesAnswer(messageId)) return;
    const outstanding = this.#take(messageId);
    if (outstanding === undefined) return;
    const { entry, sentAt } = outstanding;
    this.#silences = 0;
    if (validate(this.parts.version, entry.out.action, 'response', payload).length > 0) {
      this.#fail(entry, 'an answer that does not fit its schema');
      return;
    }
    this.parts.outbox.remove(entry);
    // Worked in first, so that a listener sees the station after the answer.
    entry.out.answered?.(payload);
    const { messageIds, out } = entry;
    this.parts.answered({ out, messageId, messageIds, payload: outstanding.payload, latencyMs: this.parts.clock.now() - sentAt });
    this.pump();
  }

  /** Fault: the answer never arrived. The message is repeated at once, under a new id. */
  #losesAnswer(messageId: string): boolean {
    const { left, action } = this.answersToLose;
    if (left === 0 || this.#outstanding?.messageId !== messageId) return false;
    if (action !== undefined && this.#outstanding.entry.out.action !== action) return false;
    this.answersToLose.left--;
    this.#take(messageId);
    this.pump();
    return true;
  }

  #refused(messageId: string, reason: string): void {
    const outstanding = this.#take(messageId);
    if (outstanding !== undefined) this.#fail(outstanding.entry, reason);
  }

  #timedOut(messageId: string): void {
    const outstanding = this.#take(messageId);
    if (outstanding === undefined) return;
    this.#silences++;
    this.#fail(outstanding.entry, 'no answer');
    if (this.#silences >= 2) this.parts.silent();
  }

  #fail(entry: Entry, reason: string): void {
    const { outbox, clock, retries, failed } = this.parts;
    const { mostAttempts, intervalMs } = retries();
    failed(entry, reason);
    outbox.failed(entry, clock.now(), mostAttempts, intervalMs);
    this.pump();
  }

  #called(messageId: string, action: string, payload: unknown): void {
    if (this.mute) return;
    const { version, send } = this.parts;
    const error = (code: RpcErrorCode, description: string) => send(errorFrame(messageId, errorCodeIn(version, code), description));
    if (!isAction(version, action)) {
      error('NotImplemented', `${action} is not an action of ${version}`);
      return;
    }
    const violations = validate(version, action, 'request', payload);
    if (violations[0] !== undefined) {
      send(errorFrame(messageId, errorCodeFor(version, violations), `${violations[0].path} ${violations[0].message}`));
      return;
    }
    const reply = this.parts.answer(action, payload, messageId);
    if ('error' in reply) {
      error(reply.error, reply.description);
      return;
    }
    send(resultFrame(messageId, reply.result));
    reply.afterwards?.();
    this.pump();
  }
}
