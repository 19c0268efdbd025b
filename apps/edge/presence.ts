// Whether anybody is at the other end: pings find half-open sockets, and a peer that reads nothing of what it is sent is as good as gone.
// What becomes of the connection is its own business.
import { UNREAD_HOLD } from './config.js';
import type { StationSocket } from './listener.js';

export class Presence {
  readonly #socket: StationSocket;
  readonly #intervalMs: number;
  /** When it last spoke, or answered a ping. */
  #signMs: number;
  /** Since when its silence counts: it may also be that nobody reads it. */
  #silentFromMs: number;
  #pingedMs: number | undefined;
  /** When the log last had a sign of it. */
  #toldMs: number;
  /** When it was last seen to read what we send, and what was on its way when that was looked at. */
  #readsMs: number;
  #onItsWay: Pick<StationSocket, 'bufferedAmount' | 'sendingBytes'> = { bufferedAmount: 0 };

  /** Silence, and not reading, are borne for `intervalMs`. */
  constructor(socket: StationSocket, intervalMs: number, nowMs: number) {
    this.#socket = socket;
    this.#intervalMs = intervalMs;
    this.#signMs = nowMs;
    this.#silentFromMs = nowMs;
    this.#readsMs = nowMs;
    this.#toldMs = nowMs;
  }

  /** It said something that is told to others. */
  said(nowMs: number): void {
    this.#toldMs = nowMs;
  }

  /** It answers pings and has said nothing for `afterMs`: then that is told of it, once for each such time. */
  isThereInSilence(nowMs: number, afterMs: number): boolean {
    if (nowMs - this.#toldMs < afterMs || this.#signMs <= this.#toldMs) return false;
    this.#toldMs = nowMs;
    return true;
  }

  heard(nowMs: number): void {
    this.#signMs = nowMs;
    this.#bear(nowMs);
  }

  #bear(nowMs: number): void {
    this.#silentFromMs = nowMs;
    this.#pingedMs = undefined;
  }

  /** Called about once a second; `isUnread`: it said something that nobody has read yet. The reason for which nobody is there, if so. */
  check(nowMs: number, isUnread: boolean): 'does not read' | 'silent' | undefined {
    const [{ bufferedAmount, sendingBytes = 0 }, before] = [this.#socket, this.#onItsWay];
    this.#onItsWay = { bufferedAmount, sendingBytes };
    const isReading = bufferedAmount < before.bufferedAmount || sendingBytes < (before.sendingBytes ?? 0);
    if (isReading || isUnread) this.#bear(nowMs); // its answer to a ping waits behind what it reads, and behind what we do
    if (isReading || bufferedAmount <= UNREAD_HOLD) this.#readsMs = nowMs;
    else if (nowMs - this.#readsMs >= this.#intervalMs) return 'does not read';
    if (this.#pingedMs !== undefined) return nowMs - this.#pingedMs >= this.#intervalMs ? 'silent' : undefined;
    if (nowMs - this.#silentFromMs < this.#intervalMs) return undefined;
    this.#pingedMs = nowMs;
    this.#socket.ping();
    return undefined;
  }
}
