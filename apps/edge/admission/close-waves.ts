// Spreads the closing of many sockets over time, so that their reconnects do not arrive as one storm.
// Why a socket closes, and with which code, is the caller's.
import type { Cancel, Clock } from '#ports';

const WAVE_MS = 1_000;
/** Lines this close to each other are one trouble: what is closed in it makes the waves no smaller. */
const ONE_TROUBLE_MS = 60_000;

interface Place {
  readonly close: () => void;
  /** It is to be closed by then [ms since 1970]. */
  readonly byMs: number;
}

/**
 * Closers wait in line; each second lets a fraction of the sockets go that were open when the trouble began, at least one. Parts of one are carried over: rounded down,
 * 39 would take as many seconds where 40 take twenty, and stations give up on an answer after thirty. More go where some would otherwise wait longer than they may (ADR 0133).
 */
export class CloseWaves {
  readonly #line = new Map<object, Place>();
  readonly #clock: Clock;
  readonly #openSockets: () => number;
  #fractionPerS: number;
  /** Closings allowed in each second: the last sockets do not wait longer than the first. */
  #perSecond = 1;
  #openAtFirst = 0;
  #lastLineMs = Number.NEGATIVE_INFINITY;
  /** Closings left in this second, with a part of one that the next one gets; undefined = no second is running. */
  #left: number | undefined;
  #cancel: Cancel | undefined;

  constructor(clock: Clock, openSockets: () => number, fractionPerS: number) {
    this.#clock = clock;
    this.#openSockets = openSockets;
    this.#fractionPerS = fractionPerS;
  }

  /** `close` runs once, in its turn, and within the second after `byMs`; a socket that stands in line already keeps its place. */
  enter(socket: object, close: () => void, byMs = Number.POSITIVE_INFINITY): void {
    if (!this.#line.has(socket)) this.#line.set(socket, { close, byMs });
    if (this.#left !== undefined) {
      this.#letGo();
      return;
    }
    const nowMs = this.#clock.now();
    if (nowMs - this.#lastLineMs >= ONE_TROUBLE_MS) this.#openAtFirst = 0;
    this.#openAtFirst = Math.max(this.#openAtFirst, this.#openSockets());
    this.#lastLineMs = nowMs;
    this.#perSecond = Math.max(1, this.#openAtFirst * this.#fractionPerS);
    this.#beginSecond();
  }

  /** The socket is gone by itself, or stays after all. */
  leave(socket: object): void {
    this.#line.delete(socket);
  }

  /** From the next line on: a process that takes every station down with it has no storm to avoid. */
  setFraction(fractionPerS: number): void {
    this.#fractionPerS = fractionPerS;
  }

  stop(): void {
    this.#cancel?.();
    this.#line.clear();
  }

  #beginSecond(carried = 0): void {
    this.#left = Math.max(this.#perSecond + carried, this.#dueNow());
    this.#cancel = this.#clock.after(WAVE_MS, () => {
      const rest = this.#left;
      this.#left = undefined;
      if (this.#line.size > 0) this.#beginSecond(rest);
    });
    this.#letGo();
  }

  /** So many have to go now, for each of the line to go in time at an even pace. */
  #dueNow(): number {
    const nowMs = this.#clock.now();
    let due = 0;
    let place = 0;
    for (const { byMs } of this.#line.values()) {
      const turns = 1 + Math.max(0, Math.floor((byMs - nowMs) / WAVE_MS));
      due = Math.max(due, ++place / turns);
    }
    return Math.ceil(due);
  }

  #letGo(): void {
    for (const [socket, { close }] of this.#line) {
      if (this.#left === undefined || this.#left < 1) return;
      this.#left--;
      this.#line.delete(socket);
      close();
    }
  }
}
