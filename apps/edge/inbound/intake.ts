// How fast one station is heard (ADR 0115). Nothing is dropped: what waits here its socket had handed over already, the rest waits in the station's own buffers.
// Quiet: heard at once. → Loud, beyond `promptCallsPerStation` or with hardly a wrong frame left: one frame at a time, in turn with others who are. → Unproven, loud and owing the pong that shows that it reads (ADR 0131): as often as a quiet one. → Held, beyond one of its budgets, while it does not read our answers, or while it has more SENDs with us than may wait: not at all, until there is room.
// What a frame means, and whether it was wrong, is the connection's.
import type { Purse } from '#kernel';
import type { Clock } from '#ports';
import { BYTES_A_CALL, UNREAD_HOLD } from '../config.js';
import type { StationSocket } from '../listener.js';
import { ReadingProof } from './reading-proof.js';
import type { RoundRobin } from './round-robin.js';

/** Frames, and bytes of them, that may wait here before the socket is not read any more, its pong neither: a station that waits for its answers has one. */
const MOST_WAITING = 16;
const MOST_WAITING_BYTES = 64 << 10;
/** With fewer wrong frames left a station says little else: after each wait there is room for one, and that one waits for its turn. */
const FEWEST_WRONG_LEFT = 2;
/** What one wrong frame costs at most, however large [wrong frames]. */
const MOST_OF_ONE = 10;
/** How often it is looked whether a station that does not read reads again. */
const LOOK_AGAIN_MS = 1_000;

export interface IntakeParts {
  readonly socket: Pick<StationSocket, 'pause' | 'resume' | 'bufferedAmount' | 'ping'>;
  readonly clock: Clock;
  readonly roundRobin: RoundRobin;
  /** What the station may still say for now: at once, at all, and wrongly. */
  readonly prompt: Purse;
  readonly calls: Purse;
  readonly wrong: Purse;
  readonly read: (data: Buffer) => void;
  readonly held: () => void;
}

const callsOf = (bytes: number): number => 1 + Math.floor(bytes / BYTES_A_CALL);

export class Intake {
  readonly #parts: IntakeParts;
  readonly #waiting: Buffer[] = [];
  readonly #proof: ReadingProof;
  #waitingBytes = 0;
  #isPaused = false;
  /** What it is held for: prices not paid yet, or that it does not read. */
  #holds = 0;
  #isInLine = false;
  #looksAgain = false;
  #isClosed = false;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#proof = new ReadingProof(() => parts.socket.ping());
  }

  /** Nothing can be heard of it, not even that it is there: it is held, or more of it waits in line than may. */
  get isUnread(): boolean {
    return this.#isPaused;
  }

  /** Bytes that wait here: of a station that packs what it says, what one packet of it becomes. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  heard(data: Buffer): void {
    if (this.#isClosed) return;
    this.#waiting.push(data);
    this.#waitingBytes += data.length;
    this.#goOn();
    if (this.#waiting.length > MOST_WAITING || this.#waitingBytes > MOST_WAITING_BYTES) this.#pause();
  }

  /** What was read was wrong: it could not be read, answered nothing of ours, was refused, or nobody here wants it. A large one is several. */
  wasWrong(bytes: number): void {
    this.#spend(this.#parts.wrong, Math.min(callsOf(bytes), MOST_OF_ONE));
  }

  /** It was sent an answer. */
  answered(): void {
    this.#proof.answered();
  }

  /** It has read what it was sent before our latest ping. */
  pong(): void {
    this.#proof.given();
    this.#goOn();
  }

  /** Reads what may be read now. */
  #goOn(): void {
    const { prompt, wrong, clock, socket } = this.#parts;
    for (;;) {
      if (this.#isClosed || this.#holds > 0 || this.#isInLine) return;
      const [next] = this.#waiting;
      if (next === undefined) break;
      if (socket.bufferedAmount > UNREAD_HOLD) this.#hold(LOOK_AGAIN_MS);
      else if (wrong.waitMs(FEWEST_WRONG_LEFT, clock.now()) === 0 && prompt.spend(callsOf(next.length), clock.now())) this.#readNext();
      else if (this.#proof.trusts() || prompt.spend(1, clock.now())) this.#standInLine();
      else {
        this.#lookAgain(prompt.waitMs(1, clock.now()));
        return;
      }
    }
    this.#resume();
  }

  #standInLine(): void {
    this.#isInLine = true;
    this.#parts.roundRobin.enter(() => this.#turn());
  }

  #lookAgain(inMs: number): void {
    if (this.#looksAgain) return;
    this.#looksAgain = true;
    this.#parts.clock.after(inMs, () => {
      this.#looksAgain = false;
      this.#goOn();
    });
  }

  /** What was not read yet never will be; the socket is, for the peer's close frame. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    this.#resume();
  }

  #turn(): number {
    this.#isInLine = false;
    const cost = this.#isClosed || this.#holds > 0 ? 0 : this.#readNext();
    this.#goOn();
    return cost;
  }

  #readNext(): number {
    const data = this.#waiting.shift();
    if (data === undefined) return 0;
    this.#waitingBytes -= data.length;
    const cost = callsOf(data.length);
    this.#spend(this.#parts.calls, cost);
    this.#parts.read(data);
    return cost;
  }

  /** What overdraws is heard, and paid for before anything else is; a timer may be a moment early, and waits again. */
  #spend(purse: Purse, calls: number): void {
    const { clock } = this.#parts;
    if (!purse.spend(calls, clock.now())) this.#hold(purse.waitMs(calls, clock.now()), () => this.#spend(purse, calls));
  }

  #hold(forMs: number, pay?: () => void): void {
    if (this.#holds === 0) this.#parts.held();
    this.wait();
    this.#parts.clock.after(forMs, () => {
      pay?.();
      this.goOn();
    });
  }

  /** Nothing is read until it was told to go on as often as it was told to wait. */
  wait(): void {
    this.#holds++;
    this.#pause();
  }

  goOn(): void {
    this.#holds--;
    this.#goOn();
  }

  #pause(): void {
    if (this.#isPaused || this.#isClosed) return;
    this.#isPaused = true;
    this.#parts.socket.pause?.();
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#parts.socket.resume?.();
  }
}
