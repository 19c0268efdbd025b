// One socket of a load run: boots, then calls again as soon as (or a while after) the last call was answered.
// Links come and go through the line; what is sent comes from load-messages.ts.
import { randomUUID } from 'node:crypto';
import { callFrame, errorCodeIn, errorFrame, type OcppVersion, parseFrame, validate } from '#ocpp';
import { chance } from './chance.js';
import type { Cancel, Clock } from './clock.js';
import { type BackOff, Line } from './line.js';
import type { Dial } from './link.js';
import { type LoadMessage, type LoadScript, loadScript } from './load-messages.js';
import type { Tally } from './load-tally.js';

export interface LoadStationParts {
  readonly url: string;
  readonly stationId: string;
  readonly version: OcppVersion;
  readonly password: string;
  readonly idToken: string;
  readonly seed: string;
  /** From one call to the next; 0: at once. */
  readonly pauseMs: number;
  readonly tally: Tally;
  /** Told every call that got a result, to be compared with what the system kept. */
  readonly record?: ((answered: AnsweredCall) => void) | undefined;
  readonly dial: Dial;
  readonly backOff: BackOff;
  readonly clock: Clock;
}

export interface AnsweredCall {
  readonly stationId: string;
  readonly messageId: string;
  readonly action: string;
  readonly payload: object;
  readonly answer: unknown;
}

const ANSWER_TIMEOUT_MS = 30_000;
const BOOT_RETRY_MS = 2_000;

export class LoadStation {
  readonly #line: Line;
  readonly #script: LoadScript;
  #waiting: { readonly messageId: string; readonly message: LoadMessage; readonly sentAt: number } | undefined;
  #cancelTimeout: Cancel = () => {};
  #cancelNext: Cancel = () => {};
  #stopped = false;

  constructor(private readonly parts: LoadStationParts) {
    const { url, stationId, version, password, seed, dial, clock, backOff, idToken, tally } = parts;
    const source = chance(seed);
    const headers: Record<string, string> =
      password === '' ? {} : { authorization: `Basic ${Buffer.from(`${stationId}:${password}`).toString('base64')}` };
    this.#script = loadScript(version, stationId, idToken, source, randomUUID);
    const target = { url: `${url.replace(/\/$/, '')}/${encodeURIComponent(stationId)}`, subprotocol: version, headers };
    this.#line = new Line(dial, () => target, clock, source, backOff, {
      opened: () => {
        tally.open++;
        tally.openings++;
        this.#call(this.#script.boot());
      },
      lost: () => {
        tally.open--;
        if (this.#waiting !== undefined && !this.#stopped) tally.unanswered++;
        this.#forget();
      },
      down: (reason) => {
        if (this.#stopped) return;
        tally.losses++;
        tally.lastLoss = reason;
      },
      received: (text) => this.#received(text),
    });
  }

  /** For how long its call has had no answer [ms]; undefined where none is under way. */
  get waitedMs(): number | undefined {
    return this.#waiting && performance.now() - this.#waiting.sentAt;
  }

  start(): void {
    if (!this.#stopped) this.#line.connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#forget();
    this.#line.off(true);
  }

  #forget(): void {
    this.#cancelTimeout();
    this.#cancelNext();
    this.#waiting = undefined;
  }

  #call(message: LoadMessage): void {
    const messageId = randomUUID();
    this.#waiting = { messageId, message, sentAt: performance.now() };
    if (!this.#line.send(callFrame(messageId, message.action, message.payload))) return;
    this.#cancelTimeout = this.parts.clock.after(ANSWER_TIMEOUT_MS, () => this.#line.cut());
  }

  #received(text: string): void {
    const frame = parseFrame(text, this.parts.version);
    if (frame.kind === 'call') {
      this.#line.send(errorFrame(frame.messageId, errorCodeIn(this.parts.version, 'NotSupported'), 'a load station takes no commands'));
      return;
    }
    const { tally, clock, pauseMs, record, stationId, version } = this.parts;
    if ((frame.kind !== 'result' && frame.kind !== 'error') || frame.messageId !== this.#waiting?.messageId) {
      tally.error('frames that answer no call');
      return;
    }
    const { messageId, message, sentAt } = this.#waiting;
    this.#cancelTimeout();
    this.#waiting = undefined;
    if (frame.kind === 'error') tally.error(`${message.action} ${frame.code}`);
    else if (validate(version, message.action, 'response', frame.payload).length > 0) {
      tally.error(`${message.action} answered against its schema`);
      message.answered?.(frame.payload);
    } else {
      tally.answer(message.action, performance.now() - sentAt);
      message.answered?.(frame.payload);
      record?.({ stationId, messageId, action: message.action, payload: message.payload, answer: frame.payload });
    }
    const isBoot = message.action === 'BootNotification';
    const accepted = frame.kind === 'result' && (!isBoot || (frame.payload as { readonly status?: unknown }).status === 'Accepted');
    if (isBoot && accepted) tally.accepted++;
    if (isBoot && !accepted) {
      if (frame.kind === 'result') tally.error(`BootNotification ${String((frame.payload as { readonly status?: unknown }).status)}`);
      this.#cancelNext = clock.after(BOOT_RETRY_MS, () => this.#call(this.#script.boot()));
      return;
    }
    const next = () => this.#call(this.#script.next(clock.now()));
    if (pauseMs === 0) next();
    else this.#cancelNext = clock.after(Math.max(0, pauseMs - (performance.now() - sentAt)), next);
  }
}
